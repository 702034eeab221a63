"""What a search answers."""

from __future__ import annotations

import msgspec

from facetry.domain.group import ProductGroup


class TermScore(msgspec.Struct, frozen=True):
    """What one term of the query added to the score of one field.

    Attributes:
        frequency: How often the term stands in the field.
        document_frequency: How many live groups have the term in this field.
        weight: The part of the score.
    """

    term: str
    frequency: int
    document_frequency: int
    weight: float


class FieldScore(msgspec.Struct, frozen=True):
    """The score of one field of a hit: its terms, and whether it has every word of the query."""

    field: str
    terms: tuple[TermScore, ...]
    complete: bool
    score: float


class Hit(msgspec.Struct, frozen=True):
    """One group found, as it was at the result's revision."""

    group: ProductGroup
    score: float
    explanation: tuple[FieldScore, ...] = ()


class ValueCount(msgspec.Struct, frozen=True):
    """How many groups have a value."""

    value: str
    count: int


class ValueFacetResult(msgspec.Struct, frozen=True, tag="values"):
    """The leading values of a facet and the sum of the counts of all others."""

    values: tuple[ValueCount, ...]
    other: int


class RangeFacetResult(msgspec.Struct, frozen=True, tag="ranges"):
    """Counts per range, in the order of the facet's bounds."""

    counts: tuple[int, ...]


FacetResult = ValueFacetResult | RangeFacetResult


class FieldResult(msgspec.Struct, frozen=True, kw_only=True):
    """Groups found, best first (score descending, then group id by code point), with exact counts.

    Attributes:
        revision: The tenant's revision that the index held.
        total: Number of groups found.
        max_score: Score of the best group found, None without any.
        facets: One result for each facet of the query, by its name.
        terms: The words of the query as they were looked up.
    """

    revision: int
    total: int
    max_score: float | None
    hits: tuple[Hit, ...]
    facets: dict[str, FacetResult]
    terms: tuple[str, ...] = ()
