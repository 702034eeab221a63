"""The actions on products."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import perf_counter

from facetry.api.client.action import Action, ActionCall, Category, DataNeed, FieldNote, Result
from facetry.api.client.dependencies import Dependencies
from facetry.api.client.errors import listed
from facetry.api.client.product_criteria import SEARCH_KEYS, read_criteria
from facetry.api.client.product_fields import ID_FIELD, PRODUCT_FIELDS, SALE
from facetry.api.client.product_form import form_fields
from facetry.api.client.product_keys import product_keys
from facetry.api.client.product_reading import ProductReader
from facetry.api.client.product_samples import SAMPLE, SAMPLE_RECORD
from facetry.api.client.product_searching import ProductFinder
from facetry.api.client.product_writing import (
    ProductWriter,
    read_sale,
    tell_deleted,
    tell_sold,
    tell_stored,
    told_by_field,
)
from facetry.api.client.record_fields import notes, records_of
from facetry.domain.catalog import DeleteProduct, Write
from facetry.domain.errors import DataMissingError, FacetryError
from facetry.domain.journal import SearchNote
from facetry.domain.patching import ProductKey
from facetry.domain.tenant import Scope

_ID = FieldNote("product_id", "integer", "Ours. A list, and `1,2,3`, are taken too.")
_SKU = FieldNote("sku", "text", "Yours; in place of the id. Also `catalog_code`.")
_ACTIONS = (
    "Fields that are left out stay, empty ones overwrite, lists replace. The parameter `actions` says otherwise for "
    '`metals`, `gemstones` and `images`: `{"gemstones": "append"}`, or `update` (metals by name, gemstones by code, '
    "images by URL), `remove`, `replace`. A product's variations follow it in what they have as it had it."
)


class Products:
    """Bring in, change, find, sell and remove products."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Work on a catalog."""
        self._catalog = dependencies.catalog
        self._relay = dependencies.relay
        self._finder = ProductFinder(dependencies.catalog, dependencies.search)
        self._writer = ProductWriter(dependencies.catalog)

    async def add(self, call: ActionCall) -> Result:
        """Add products."""
        return await self._store(call, ProductReader(call.settings).new)

    async def change(self, call: ActionCall) -> Result:
        """Change products where their records speak of them."""
        with told_by_field():
            reader = ProductReader(call.settings, call.actions)
        return await self._store(call, reader.changed)

    async def search(self, call: ActionCall) -> Result:
        """Return the products that fulfil all criteria, ascending by id."""
        with told_by_field():
            criteria = read_criteria(call.data, call.settings)
            begun = perf_counter()
            records = await self._finder.records(call.tenant, call.settings, criteria)
        if not criteria.text:
            return Result(records)
        note = SearchNote(
            search_id=call.request_id,
            query=criteria.text,
            hits=len(records),
            duration_ms=(perf_counter() - begun) * 1000,
            revision=await self._relay.settle(call.tenant),
        )
        return Result(records, searches=(note,))

    async def sell(self, call: ActionCall) -> Result:
        """Take sold pieces out of stock."""
        return listed(await self._writer.outcomes(call.tenant, records_of(call.data), read_sale, tell_sold))

    async def remove(self, call: ActionCall) -> Result:
        """Remove products."""
        keys = product_keys(call.data)
        if not keys:
            raise DataMissingError("product_delete needs ids")
        found = await self._catalog.find_products(
            call.tenant, [key if isinstance(key, ProductKey) else ProductKey() for key in keys]
        )
        ids = {product.sku: product.product_id for product in found if product is not None}
        return listed(await self._writer.outcomes(call.tenant, keys, _removal, tell_deleted(ids)))

    async def fields(self, call: ActionCall) -> Result:
        """Return the fields of products."""
        return Result(form_fields(call.settings))

    async def _store(self, call: ActionCall, plan: Callable[[object], Write]) -> Result:
        tell = tell_stored(call.settings.currency)
        return listed(await self._writer.outcomes(call.tenant, records_of(call.data), plan, tell), "product")


def _removal(key: object) -> Write:
    """Return the write that removes what a key names.

    Raises:
        FacetryError: The key is one, which says why there is none.
    """
    if isinstance(key, FacetryError):
        raise key
    assert isinstance(key, ProductKey)  # noqa: S101 - narrows the type for the type checker
    return DeleteProduct(key.sku, key.id)


def actions(dependencies: Dependencies) -> Sequence[Action]:
    """Return the actions on products."""
    products = Products(dependencies)
    return [
        Action(
            name="product_import",
            category=Category.PRODUCTS,
            about=(
                "Adds products, one or a list. Models, collections and gemstones that are not there yet are made. "
                "The answer is the product as it is stored, with its `product_id`."
            ),
            handler=products.add,
            scope=Scope.WRITE,
            need=DataNeed.MANDATORY,
            fields=[field.note() for field in PRODUCT_FIELDS],
            sample=SAMPLE,
            answer=[SAMPLE_RECORD],
        ),
        Action(
            name="product_update",
            category=Category.PRODUCTS,
            about=f"Changes products, one or a list, each named by `product_id` or `sku`. {_ACTIONS}",
            handler=products.change,
            scope=Scope.WRITE,
            need=DataNeed.MANDATORY,
            fields=[ID_FIELD.note(), *(field.read.note() for field in PRODUCT_FIELDS)],
            sample={"sku": "R-1001", "price": 1290, "tags": ["ring", "sale"]},
            answer=[SAMPLE_RECORD | {"price": 1290, "tags": ["ring", "sale"]}],
        ),
        Action(
            name="product_search",
            category=Category.PRODUCTS,
            about=(
                "Finds products that fulfil all of these, ascending by id; without `data` all. Values that are blank "
                "ask for nothing. With `fields` at most 10,000 products are answered at once."
            ),
            handler=products.search,
            scope=Scope.READ,
            fields=[FieldNote(name, "any", about) for name, about in SEARCH_KEYS.items()],
            sample={"type": "ring", "metal": "18K white gold", "price_to": 2000, "fields": "title,price"},
            answer=[{"product_id": 1, "sku": "R-1001", "title": SAMPLE["title"], "price": 1450}],
        ),
        Action(
            name="product_sold",
            category=Category.PRODUCTS,
            about=(
                "Takes sold pieces out of stock, never below 0: where there are fewer nothing is changed, and `left` "
                "says how many there are. Gemstones in the product go down too. Answers what is left and the "
                "listings that were changed."
            ),
            handler=products.sell,
            scope=Scope.WRITE,
            need=DataNeed.MANDATORY,
            fields=notes(SALE, ("quantity",)),
            sample={"sku": "R-1001", "quantity": 1, "sold_action": "revise", "order_ref": "2024-0815"},
            answer=[{"product_id": 1, "sku": "R-1001", "left": 2, "listings": [], "repeated": False}],
        ),
        Action(
            name="product_delete",
            category=Category.PRODUCTS,
            about="Removes products; a result for each. Variations of one stay, as products of their own.",
            handler=products.remove,
            scope=Scope.WRITE,
            need=DataNeed.MANDATORY,
            fields=(_ID, _SKU),
            sample=[1, 2],
            answer=[
                {"product_id": 1, "sku": "R-1001", "deleted": True},
                {"product_id": 2, "sku": "R-1002", "deleted": True},
            ],
        ),
        Action(
            name="product_listfields",
            category=Category.PRODUCTS,
            about="Lists the fields of products, with those that the account has given a type.",
            handler=products.fields,
            scope=Scope.READ,
            need=DataNeed.NONE,
            answer=[PRODUCT_FIELDS[0].described()],
        ),
    ]
