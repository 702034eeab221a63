"""What a search asks."""

from __future__ import annotations

import msgspec

DEFAULT_LIMIT = 10
MAX_QUERY_LENGTH = 1024

TEXT_FIELDS = ("name", "description", "category")
"""Group fields that are analysed text: matched word by word, folded and stemmed."""
KEYWORD_FIELDS = ("product_skus", "search_keywords", "group_id", "colors", "brands", "sizes", "images")
"""Group fields whose values match whole, ignoring case."""
NUMBER_FIELDS = ("regular_price_min", "regular_price_max", "promotion_price_min", "promotion_price_max")
"""Group fields that are prices in ten-thousandths."""
FLAG_FIELDS = ("active",)
"""Group fields that are true or false."""
GROUP_FIELDS = TEXT_FIELDS + KEYWORD_FIELDS + NUMBER_FIELDS + FLAG_FIELDS
VALUE_FIELDS = ("brand", "color", "size")
"""Product fields whose values can be counted."""
DEFAULT_FIELDS = ("name", "product_skus", "search_keywords", "group_id")


class ValueFacet(msgspec.Struct, frozen=True, tag="values"):
    """Count groups per distinct value of a product field (``color``, ``brand``, ``size``).

    A group counts once for a value, however many of its products have it. The ``size`` values with most groups
    are listed, by count, then by value in code point order.
    """

    name: str
    field: str
    size: int = 5


class RangeFacet(msgspec.Struct, frozen=True, tag="ranges"):
    """Count groups per range of a group price, for groups priced in ``currency`` or in the tenant's default (None).

    ``bounds`` are the ascending lower bounds in ten-thousandths; each range ends below the next bound, the last
    one is open.
    """

    name: str
    field: str
    bounds: tuple[int, ...]
    currency: str


Facet = ValueFacet | RangeFacet


class FieldQuery(msgspec.Struct, frozen=True, kw_only=True):
    """One search over a tenant's groups.

    Attributes:
        text: What was typed.
        fields: Group fields to look in; an unknown one finds nothing.
        facets: What to count over all groups found.
        offset: Number of leading hits to skip.
        limit: Largest number of hits to return.
        explain: Whether hits carry the parts of their score.
        language: The tenant's language, which stems words of text fields.
    """

    text: str
    fields: tuple[str, ...] = DEFAULT_FIELDS
    facets: tuple[Facet, ...] = ()
    offset: int = 0
    limit: int = DEFAULT_LIMIT
    explain: bool = False
    language: str = "en"
