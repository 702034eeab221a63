"""What a search answers."""

from __future__ import annotations

import msgspec

from facetry.domain.group import ProductGroup
from facetry.domain.product import Product
from facetry.domain.search.query import Position


class ValueCount(msgspec.Struct, frozen=True, gc=False):
    """A value as it is written, and how many there are."""

    value: str
    count: int


class ValuesResult(msgspec.Struct, frozen=True, tag="values"):
    """The values of a facet, the sum of the counts of those left out, and how many values there are in all."""

    values: tuple[ValueCount, ...]
    other: int
    distinct: int


class RangeCount(msgspec.Struct, frozen=True, gc=False):
    """How many lie between two number keys, both included."""

    first: int
    last: int
    count: int


class RangesResult(msgspec.Struct, frozen=True, tag="ranges"):
    """Counts per range, and lowest and highest number key of all that is counted (None without any)."""

    ranges: tuple[RangeCount, ...]
    lowest: int | None
    highest: int | None


class TreeNode(msgspec.Struct, frozen=True):
    """A category by its whole path, with those below it; ``other`` is the sum of the counts of those left out."""

    path: str
    count: int
    children: tuple[TreeNode, ...] = ()
    other: int = 0


class TreeResult(msgspec.Struct, frozen=True, tag="tree"):
    """The uppermost categories, by count, then by path, and the sum of the counts of those left out."""

    nodes: tuple[TreeNode, ...]
    other: int = 0


FacetResult = ValuesResult | RangesResult | TreeResult


class WordScore(msgspec.Struct, frozen=True):
    """What one word of the query added to a score.

    Attributes:
        word: The word as it was looked up.
        document_frequency: How many groups have it.
        frequency: How often it is there, weighted by field and by how well it fits.
        weight: What it added.
        typos: Whether it was found only misspelt.
    """

    word: str
    document_frequency: int
    frequency: float
    weight: float
    typos: int


# Like a product, a hit is never part of a cycle; neither are the counts above, of which an answer has hundreds.
class SearchHit(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One hit: a product group, or where ``group_by`` is given all matching products with the same values.

    Attributes:
        key: The group id, or the values of ``group_by``.
        group: The group, without its products but for ``SearchQuery.active_only``; with ``group_by`` that of the
            first matching product.
        score: Its relevance; 0 without a text.
        matched_words: How many of the query's words it has.
        matched: Its first matching products: in the order of the sort where that is by a field, then those that the
            words of the text fit best, then as they joined.
        matched_count: How many products match.
        cheapest: The matching product with the lowest price (then the one that joined first), None where none has
            a price in the search's currency.
        position: Where the next page begins.
        explanation: One entry a word where it was asked for.
        highlights: Texts by field in which the words found stand between ``<mark>`` and ``</mark>``, HTML-escaped.
    """

    key: tuple[str, ...]
    group: ProductGroup
    score: float
    matched_words: int
    matched: tuple[Product, ...]
    matched_count: int
    cheapest: Product | None
    position: Position
    explanation: tuple[WordScore, ...] = ()
    highlights: dict[str, str] = {}


class Read(msgspec.Struct, frozen=True):
    """How a run of the typed text was read: as a term of the trade, or as a condition of the filter language."""

    text: str
    term: str = ""
    filter: str = ""


class SearchResult(msgspec.Struct, frozen=True, kw_only=True):
    """Hits in order, with exact totals and counts of one revision.

    Attributes:
        total: Number of hits.
        total_products: Number of matching products in them; one that stands in several hits counts once.
        facets: One result for each facet of the query, by its name.
        words: How many words the query has.
        required_words: How many of them a hit must have; fewer than ``words`` where too little had all.
        reads: What was understood.
        did_you_mean: The text with its misspelt words put right by words of this catalog; empty where nothing is.
        typos: Whether words were taken as misspelt.
    """

    revision: int
    total: int
    total_products: int
    hits: tuple[SearchHit, ...]
    facets: dict[str, FacetResult]
    words: int = 0
    required_words: int = 0
    reads: tuple[Read, ...] = ()
    did_you_mean: str = ""
    typos: bool = False
