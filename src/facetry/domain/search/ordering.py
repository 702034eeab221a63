"""The order of hits: their sort values, and how two of them compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cmp_to_key
from hashlib import blake2b
from typing import TypeVar

from facetry.domain.analysis import keyword
from facetry.domain.search.fields import Field
from facetry.domain.search.filters import NUMBER_FIELDS, Candidate, candidate_numbers, candidate_texts
from facetry.domain.search.query import Position, SortByField, SortByRelevance, SortKey
from facetry.domain.search.values import number_of

Value = float | int | str | None
_T = TypeVar("_T")
_MASK = 2**64 - 1
RELEVANCE: tuple[SortKey, ...] = (SortByRelevance(),)


def sort_keys(keys: tuple[SortKey, ...]) -> tuple[SortKey, ...]:
    """Return the keys of an order; without any it is by relevance."""
    return keys or RELEVANCE


def sortable(field: Field, text: str) -> int | str:
    """Return what a value sorts by: its number key, else its text as a keyword."""
    number = number_of(field, text)
    return keyword(text) if number is None else number


def candidate_values(field: Field, candidate: Candidate) -> list[int | str]:
    """Return what the values of a candidate in a field sort by."""
    if field.name in NUMBER_FIELDS:
        return [*candidate_numbers(field, candidate)]
    return [sortable(field, text) for text in candidate_texts(field, candidate)]


def lowest_or_highest(values: Iterable[int | str], *, descending: bool) -> int | str | None:
    """Return the value that comes first; numbers lie below texts."""
    ordered: list[int | str] = sorted(values, key=_rank)
    if not ordered:
        return None
    return ordered[-1] if descending else ordered[0]


def random_key(seed: int, key: Sequence[str]) -> int:
    """Return where a seed puts a hit: a hash of its key, mixed with the seed by the finalizer of splitmix64."""
    digest = blake2b("\x1f".join(key).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    mixed = (int.from_bytes(digest, "little") ^ (seed & _MASK)) & _MASK
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _MASK
    return (mixed ^ (mixed >> 31)) >> 1


def in_order(positions: Iterable[tuple[Position, _T]], keys: tuple[SortKey, ...]) -> list[tuple[Position, _T]]:
    """Return things with positions in their order."""

    def order(one: tuple[Position, object], other: tuple[Position, object]) -> int:
        return compared(one[0], other[0], keys)

    return sorted(positions, key=cmp_to_key(order))


def compared(one: Position, other: Position, keys: tuple[SortKey, ...]) -> int:
    """Return a number below zero where one position comes before another, above zero where it comes after."""
    for key, left, right in zip(keys, one.values, other.values, strict=True):
        descending = isinstance(key, SortByRelevance) or (isinstance(key, SortByField) and key.descending)
        result = _compared(left, right, descending=descending)
        if result:
            return result
    return (one.key > other.key) - (one.key < other.key)


def _compared(left: Value, right: Value, *, descending: bool) -> int:
    if left is None or right is None:
        # Without a value last, in both directions.
        return (left is None) - (right is None)
    low, high = _rank(left), _rank(right)
    result = (low > high) - (low < high)
    return -result if descending else result


def _rank(value: float | str) -> tuple[bool, float | str]:
    return (isinstance(value, str), value)
