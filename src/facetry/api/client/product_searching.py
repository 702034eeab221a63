"""Finding products for the back office: by key from the store, by text from the index, all else by looking at each."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

from facetry.api.client.product_criteria import VARIATIONS, Criteria
from facetry.api.client.product_rendering import IDENTITY, Record, product_record, variation_records
from facetry.application.catalog import Catalog
from facetry.application.search import Search
from facetry.application.selections import Selection, Selections
from facetry.application.turns import Turns
from facetry.domain.analysis import keyword
from facetry.domain.errors import GroupNotFoundError, InvalidValueError
from facetry.domain.product import Product
from facetry.domain.search.fields import Field, Kind, Level
from facetry.domain.search.filters import EVERYTHING, Filter, Has
from facetry.domain.search.query import SearchQuery
from facetry.domain.tenant import TenantSettings
from facetry.domain.variations import variation_of

PAGE = 200
"""Products that are looked at before others get their turn."""
MAX_RECORDS = 10_000
"""So many records with fields an answer may have; without them there is no limit."""
_CODE = Field("gemstones.code", Level.STONE, Kind.ANY)


class ProductFinder:
    """Finds products, ascending by id."""

    def __init__(self, catalog: Catalog, search: Search, max_records: int = MAX_RECORDS) -> None:
        """Look in a catalog and its index; ``max_records`` with fields are answered at most."""
        self._max_records = max_records
        self._catalog = catalog
        self._selections = Selections(search)

    async def records(self, tenant: str, settings: TenantSettings, criteria: Criteria) -> list[Record]:
        """Return the records of the products that fulfil all criteria.

        Raises:
            InvalidValueError: There are more with fields than an answer may have.
        """
        products = await self._products(tenant, settings, criteria)
        fields = IDENTITY if criteria.fields is None else criteria.fields
        families = await self._families(tenant, products) if VARIATIONS in fields else None
        turns = Turns()
        records: list[Record] = []
        for product in products:
            record = product_record(product, settings.currency, fields)
            if families is not None:
                record[VARIATIONS] = variation_records(families.get(product.sku, ()))
            records.append(record)
            await turns.give()
        return records

    async def _families(self, tenant: str, products: Sequence[Product]) -> Mapping[str, Sequence[Product]]:
        """Return the variations of some products, as they joined, by the SKU of their parent.

        Each group is read once, however many of its products there are.
        """
        wanted = {product.sku: product.group_id for product in products if variation_of(product) is None}
        found: dict[str, list[Product]] = {}
        turns = Turns()
        for group_id in dict.fromkeys(wanted.values()):
            for one in await self._members(tenant, group_id):
                its = variation_of(one)
                if its is not None and wanted.get(its.parent) == group_id:
                    found.setdefault(its.parent, []).append(one)
            await turns.give()
        return found

    async def _products(self, tenant: str, settings: TenantSettings, criteria: Criteria) -> list[Product]:
        end = None if criteria.limit is None else criteria.offset + criteria.limit
        most = None if criteria.fields is None else criteria.offset + self._max_records
        found: list[Product] = []
        turns = Turns()
        async for page in self._candidates(tenant, settings, criteria):
            for product in page:
                if criteria.allows(product):
                    found.append(product)
                await turns.give()
            if end is not None and len(found) >= end:
                break
            if most is not None and len(found) > most:
                break
        found = found[criteria.offset : end]
        if criteria.fields is not None and len(found) > self._max_records:
            raise InvalidValueError(
                "limit",
                f"more than {self._max_records} products with fields fit in no answer: ask for them with offset",
            )
        return found

    async def _candidates(
        self, tenant: str, settings: TenantSettings, criteria: Criteria
    ) -> AsyncIterator[Sequence[Product]]:
        """Yield, ascending by id, products among which all are that are looked for."""
        narrowed = await self._narrowed(tenant, settings, criteria)
        if narrowed is not None and criteria.updated == Criteria().updated:
            yield sorted(narrowed.values(), key=lambda product: product.product_id)
            return
        last, (first, latest) = 0, criteria.updated
        while page := await self._catalog.products_after(tenant, last, PAGE, updated_from=first, updated_to=latest):
            yield page if narrowed is None else [product for product in page if product.product_id in narrowed]
            last = page[-1].product_id
            await asyncio.sleep(0)

    async def _narrowed(self, tenant: str, settings: TenantSettings, criteria: Criteria) -> dict[int, Product] | None:
        """Return by id all products that keys, text, models or gemstones leave; None where none of them is given."""
        found: Sequence[Product | None]
        if criteria.text:
            found = [product async for product in self._matching(tenant, settings, criteria)]
            if criteria.keys is not None:
                kept = {product.product_id for product in await self._keyed(tenant, criteria)}
                found = [product for product in found if product and product.product_id in kept]
        elif criteria.keys is not None:
            found = await self._keyed(tenant, criteria)
        elif criteria.models is not None:
            found = [product for model in criteria.models for product in await self._members(tenant, model)]
        elif criteria.codes is not None:
            found = [product async for product in self._matching(tenant, settings, criteria)]
        else:
            return None
        return {product.product_id: product for product in found if product is not None}

    async def _keyed(self, tenant: str, criteria: Criteria) -> list[Product]:
        keys = criteria.keys or []
        found = await self._catalog.find_products(tenant, keys)
        return [
            product
            for key, product in zip(keys, found, strict=True)
            if product is not None and key.sku in {"", product.sku}
        ]

    async def _members(self, tenant: str, model: str) -> Sequence[Product]:
        try:
            group = await self._catalog.group(tenant, model)
        except GroupNotFoundError:
            return ()
        return group.products

    async def _matching(self, tenant: str, settings: TenantSettings, criteria: Criteria) -> AsyncIterator[Product]:
        """Yield each product that text and gemstones find in the index."""
        query = SearchQuery(
            text=criteria.text,
            filter=_filter(criteria),
            language=settings.language,
            currency=settings.currency,
            default_currency=settings.currency,
            attributes=settings.attributes,
            rules=settings.rules,
        )
        async for page in self._selections.pages(tenant, Selection(query)):
            for product in page.products:
                yield product


def _filter(criteria: Criteria) -> Filter:
    """Return what the index knows of the gemstones asked for; the tests of the criteria decide."""
    if criteria.codes is None:
        return EVERYTHING
    return Has(_CODE, texts=frozenset(keyword(code) for code in criteria.codes))
