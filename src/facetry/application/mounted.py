"""In which products a gemstone is set."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from facetry.application.search import Search
from facetry.domain.analysis import keyword
from facetry.domain.product import Product
from facetry.domain.search.fields import Schema
from facetry.domain.search.filters import Has
from facetry.domain.search.query import SearchQuery
from facetry.domain.tenant import TenantSettings

LIMIT = 100
"""So many groups with such products are looked at."""
_MATCHED = 20
_CODE = Schema().field("gemstones.code")


class Mounted(msgspec.Struct, frozen=True):
    """The products that have a gemstone: those that are looked at, and how many there are in all."""

    products: Sequence[Product]
    total: int


async def mounted(search: Search, tenant: str, settings: TenantSettings, code: str) -> Mounted:
    """Return the products that have the gemstone with a code, as of everything that is committed now.

    Raises:
        IndexBehindError: The index could not be brought up in time.
        QuotaExceededError: The tenant searches more than it may.
    """
    # A tenant may have given codes a type of its own, and the index then compares them by that.
    field = search.schema(tenant, settings).field(_CODE.name)
    query = SearchQuery(
        filter=Has(field, texts=frozenset({keyword(code)})),
        limit=LIMIT,
        matched_products=_MATCHED,
        language=settings.language,
        currency=settings.currency,
        default_currency=settings.currency,
        attributes=settings.attributes,
    )
    found = await search.search(tenant, query)
    products = [one for hit in found.hits for one in hit.matched]
    # Conditions take codes in any case; those that differ in it are other stones.
    exact = [one for one in products if any(part.get("code") == code for part in one.gemstones or ())]
    return Mounted(exact, found.total_products - (len(products) - len(exact)))
