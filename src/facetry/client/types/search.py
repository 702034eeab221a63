"""Searches, as they are asked and answered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal, TypedDict

import msgspec

from facetry.domain.product import AttributeValue, Part

Filter = str | dict[str, Any] | list[dict[str, Any]]
"""A filter: in the filter language, or as JSON."""
Edge = int | float | str | None
"""An end of a range: a number, or the text of a date or grade."""


class SearchOptions(TypedDict, total=False):
    """What a search can say; see docs/search.md for each of it."""

    filter: Filter | None
    facets: list[str | dict[str, Any]]
    count_level: Literal["group", "product"]
    sort: str | list[str | dict[str, Any]]
    offset: int
    limit: int
    after: str | None
    matched_products: int
    group_by: str | list[str]
    fields: list[str]
    prefix: bool
    typos: bool
    understand: bool
    explain: bool
    highlight: bool
    currency: str
    min_revision: int
    timeout_ms: int
    on_timeout: Literal["error", "partial"]


class SearchDocument(SearchOptions, total=False):
    """A search as a whole, for several at once."""

    q: str


class Count(msgspec.Struct, frozen=True):
    """A value of a facet, and how many have it."""

    value: str
    count: int


class Range(msgspec.Struct, frozen=True, kw_only=True, rename={"first": "from", "end": "to"}):
    """A range of a facet: ``first`` is in it, ``end`` is not; None where it is open.

    Attributes:
        value: In place of both, of a grade, or of true and false.
    """

    count: int
    first: Edge = None
    end: Edge = None
    value: str | bool | None = None


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A category of a tree, and those below it; ``other`` counts those that are not shown."""

    path: str
    name: str
    count: int
    categories: tuple[Category, ...] = ()
    other: int = 0


class FacetCounts(msgspec.Struct, frozen=True, kw_only=True):
    """The counts of a facet: values, ranges or a tree of categories, by its type.

    Attributes:
        other: Sum of the counts of what is not shown.
        distinct: How many values there are.
        min: The lowest value, of ranges.
        max: The highest value, of ranges.
    """

    values: tuple[Count, ...] = ()
    ranges: tuple[Range, ...] = ()
    categories: tuple[Category, ...] = ()
    other: int = 0
    distinct: int = 0
    min: Edge = None
    max: Edge = None


class HitGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The group of a hit, in the fields that were wanted."""

    group_id: str = ""
    main_sku: str = ""
    name: str = ""
    description: str = ""
    brands: tuple[str, ...] = ()
    colors: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    category: tuple[str, ...] = ()
    search_keywords: tuple[str, ...] = ()
    image: str = ""
    images: tuple[str, ...] = ()
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    regular_price_min: Decimal | None = None
    regular_price_max: Decimal | None = None
    currency: str = ""
    active: bool = True
    product_count: int = 0


class HitProduct(msgspec.Struct, frozen=True, kw_only=True):
    """A matching product of a hit, in the fields that were wanted."""

    sku: str = ""
    group_id: str = ""
    name: str = ""
    description: str = ""
    price: Decimal | None = None
    regular_price: Decimal | None = None
    promotion_price: Decimal | None = None
    currency: str = ""
    quantity: int = 0
    in_stock: bool = False
    active: bool = True
    is_main: bool = False
    brand: str | None = None
    color: str | None = None
    size: str | None = None
    category: tuple[str, ...] = ()
    search_keywords: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    attributes: dict[str, AttributeValue] = {}
    metals: tuple[Part, ...] = ()
    gemstones: tuple[Part, ...] = ()


class Cheapest(msgspec.Struct, frozen=True, kw_only=True):
    """The matching product of a hit with the lowest price."""

    sku: str
    price: Decimal | None = None
    currency: str = ""
    image: str = ""


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A hit, in the parts that were wanted.

    Attributes:
        key: What makes it a hit: the values of ``group_by``.
        matched_count: How many of its products match.
        products: The first of them.
        highlights: Texts with the words marked, by name.
    """

    key: tuple[str, ...] = ()
    group: HitGroup | None = None
    score: float = 0.0
    matched_words: int = 0
    matched_count: int = 0
    products: tuple[HitProduct, ...] = ()
    cheapest: Cheapest | None = None
    highlights: dict[str, str] = {}
    explanation: tuple[dict[str, Any], ...] = ()


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What was understood of a text."""

    text: str = ""
    term: str = ""
    filter: str = ""


class Relaxed(msgspec.Struct, frozen=True):
    """Of how many words of a query so many had to be there."""

    words: int
    required: int


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The answer of a search.

    Attributes:
        revision: The catalog's, at which all of this is true.
        partial: Whether the time was over before anything was found.
        total: How many hits there are; None where it is partial.
        total_products: How many matching products are in them.
        words: How many words the query has.
        relaxed: None where all of them are there.
        did_you_mean: The text with its misspelt words put right.
        next: Begins the next page as ``after``; None on the last one.
        search_id: For events that follow.
        error: Of several searches: the problem, where this one was refused.
    """

    revision: int = 0
    took_ms: float = 0.0
    partial: bool = False
    total: int | None = None
    total_products: int | None = None
    words: int = 0
    relaxed: Relaxed | None = None
    reads: tuple[Read, ...] = ()
    typos: bool = False
    did_you_mean: str | None = None
    facets: dict[str, FacetCounts] = {}
    hits: tuple[Hit, ...] = ()
    next: str | None = None
    search_id: str = ""
    error: dict[str, Any] | None = None


class FoundSeveral(msgspec.Struct, frozen=True):
    """The answers of several searches; ``revision`` is None where they are of different ones."""

    revision: int | None
    took_ms: float
    results: tuple[Found, ...]


class Suggestion(msgspec.Struct, frozen=True):
    """A text that is offered, and how many groups it is found in."""

    text: str
    count: int


class SuggestedCategory(msgspec.Struct, frozen=True):
    """A category that is offered."""

    path: str
    name: str
    count: int


class Suggestions(msgspec.Struct, frozen=True):
    """What is offered while somebody types."""

    queries: tuple[Suggestion, ...] = ()
    categories: tuple[SuggestedCategory, ...] = ()
    brands: tuple[Suggestion, ...] = ()
    products: tuple[HitGroup, ...] = ()
