"""What a search can ask."""

from __future__ import annotations

from enum import Enum

import msgspec

from facetry.domain.money import DEFAULT_CURRENCY
from facetry.domain.search.fields import AttributeDefinition, Field
from facetry.domain.search.filters import EVERYTHING, Filter
from facetry.domain.search.rules import SearchRules

MAX_TEXT_LENGTH = 512
MAX_LIMIT = 1000
DEFAULT_LIMIT = 20
DEFAULT_MATCHED = 5


class CountLevel(Enum):
    """What a facet counts: hits (groups, or what ``group_by`` makes of them), or matching products."""

    GROUP = "group"
    PRODUCT = "product"


class ValueOrder(Enum):
    """In which order a facet's values come; ties of counts by value, values by number where they have one."""

    COUNT = "count"
    VALUE = "value"


class ValuesFacet(msgspec.Struct, frozen=True, tag="values"):
    """Counts per value of a field.

    Attributes:
        size: Largest number of values answered.
        search: Only values one of whose words, folded, begins with this, folded; all where empty.
        own_filter: Whether the conditions on the facet's own field count too; else the facet is disjunctive.
    """

    name: str
    field: Field
    size: int = 10
    order: ValueOrder = ValueOrder.COUNT
    search: str = ""
    level: CountLevel = CountLevel.GROUP
    own_filter: bool = False


class RangesFacet(msgspec.Struct, frozen=True, tag="ranges"):
    """Counts per range of number keys (first and last, both included; they may overlap), lowest and highest key."""

    name: str
    field: Field
    ranges: tuple[tuple[int, int], ...]
    level: CountLevel = CountLevel.GROUP
    own_filter: bool = False


class HistogramFacet(msgspec.Struct, frozen=True, tag="histogram"):
    """Counts per bucket of equal width, see ``histogram.buckets``; lowest and highest key.

    Attributes:
        interval: The width as a decimal text in the field's unit; empty where the search chooses it.
        buckets: So many buckets at most where the search chooses.
    """

    name: str
    field: Field
    interval: str = ""
    buckets: int = 10
    level: CountLevel = CountLevel.GROUP
    own_filter: bool = False


class TreeFacet(msgspec.Struct, frozen=True, tag="tree"):
    """Counts of the categories below ``root`` (a path like ``Jewelry > Rings``; empty for all), ``depth`` levels.

    ``size`` categories at most are answered below each one, those with the highest counts.
    """

    name: str
    root: str = ""
    depth: int = 2
    size: int = 20
    level: CountLevel = CountLevel.GROUP
    own_filter: bool = False


Facet = ValuesFacet | RangesFacet | HistogramFacet | TreeFacet


class SortByRelevance(msgspec.Struct, frozen=True, tag="relevance"):
    """Best first."""


class SortByField(msgspec.Struct, frozen=True, tag="field"):
    """By the lowest value of the hit's matching products, or descending by the highest; those without one last.

    Numbers come before texts; texts are compared in the form of ``analysis.keyword``, by code point.
    """

    field: Field
    descending: bool = False


class SortAtRandom(msgspec.Struct, frozen=True, tag="random"):
    """In an order that only seed and keys of hits decide."""

    seed: int


SortKey = SortByRelevance | SortByField | SortAtRandom

GROUP_BY_GROUP: tuple[Field, ...] = ()


class SearchQuery(msgspec.Struct, frozen=True, kw_only=True):
    """One search.

    Attributes:
        text: What was typed; empty finds everything.
        filter: What a matching product must fulfil; facets leave out conditions on their own field.
        scope: The same, but no facet leaves it out: what the caller may see.
        facets: What to count.
        sort: The keys of the order, each breaking the ties of the one before; the hit's key breaks the last. Empty:
            by relevance.
        offset: Number of leading hits to skip.
        limit: Largest number of hits to return.
        after: Where a page begins: behind the hit with these sort values and key; None for the beginning.
        matched_products: Largest number of matching products in a hit.
        group_by: Fields of products whose combination of values makes a hit, in place of the product group; empty
            for groups. A product with several values stands in several hits; one without, in none.
        prefix: Whether the last word may be the beginning of one.
        typos: Whether words may be misspelt.
        understand: Whether sizes, carats, prices and the like are recognised in the text.
        explain: Whether hits carry the parts of their score.
        highlight: Whether hits carry marked texts.
        active_only: Whether the caller sees active products only, and no word or identifier of others leads to their
            groups, see ``text.documents.shown_text``. The groups of hits that have active and inactive products come
            with all of them, so that what is visible can be derived; all other groups come without products.
        language: The tenant's, which stems.
        currency: In which prices are compared, sorted and counted.
        default_currency: The tenant's.
        attributes: The types that the tenant has given its attributes.
        rules: The tenant's rules of ranking.
    """

    text: str = ""
    filter: Filter = EVERYTHING
    scope: Filter = EVERYTHING
    facets: tuple[Facet, ...] = ()
    sort: tuple[SortKey, ...] = ()
    offset: int = 0
    limit: int = DEFAULT_LIMIT
    after: Position | None = None
    matched_products: int = DEFAULT_MATCHED
    group_by: tuple[Field, ...] = GROUP_BY_GROUP
    prefix: bool = True
    typos: bool = True
    understand: bool = True
    explain: bool = False
    highlight: bool = False
    active_only: bool = False
    language: str = "en"
    currency: str = DEFAULT_CURRENCY
    default_currency: str = DEFAULT_CURRENCY
    attributes: tuple[AttributeDefinition, ...] = ()
    rules: SearchRules = SearchRules()


class Position(msgspec.Struct, frozen=True):
    """A place in the order of hits.

    Attributes:
        values: One a sort key: a score, a number key, a text in its compared form, or None where there is no value.
        key: The hit's key.
    """

    values: tuple[float | int | str | None, ...]
    key: tuple[str, ...]
