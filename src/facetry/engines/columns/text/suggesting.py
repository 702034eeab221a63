"""What is offered to someone who is still typing, from a snapshot; ``domain.search.suggestions`` defines it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from facetry.domain.analysis import words
from facetry.domain.group import ProductGroup
from facetry.domain.search.fields import BUILT_IN, Field
from facetry.domain.search.slots import WORD
from facetry.domain.search.suggestions import Suggestion, Suggestions, SuggestQuery
from facetry.domain.search.text.documents import stem_keys
from facetry.engines.columns.kernels.merging import number_distinct
from facetry.engines.columns.kernels.ordering import merge_runs, pick
from facetry.engines.columns.kernels.text_suggesting import count_marked, mark
from facetry.engines.columns.search.columns import value_column
from facetry.engines.columns.segment import NAME_KEY, NUMBERS, Flags, Ints, Longs, Segment
from facetry.engines.columns.snapshot import Part, Snapshot
from facetry.engines.columns.strings import Strings, encoded
from facetry.engines.columns.text.terms import behind, first_from, postings
from facetry.engines.columns.text.word_lists import word_list

_BRAND, _CATEGORY = BUILT_IN["brand"], BUILT_IN["category"]
_ACTIVE = NUMBERS.index("active")
_AT_ONCE = 256
_NO_SCORES: NDArray[np.float64] = np.empty(0, np.float64)


def suggest(query: SuggestQuery, snapshot: Snapshot, check: Callable[[], None]) -> Suggestions:
    """Return what is offered; see ``SearchIndex.suggest``.

    Args:
        query: What was typed, in the snapshot's language.
        snapshot: Of what.
        check: Called between slices of the work; what it raises ends it.
    """
    typed = words(query.text)
    if not typed:
        return Suggestions()
    queries = _completions(query, snapshot, typed, check)
    categories = _values(query, snapshot, typed, _CATEGORY, check)
    brands = _values(query, snapshot, typed, _BRAND, check)
    products = _products(query, snapshot, typed, check)
    return Suggestions(queries=queries, categories=categories, brands=brands, products=products)


def _completions(
    query: SuggestQuery, snapshot: Snapshot, typed: Sequence[str], check: Callable[[], None]
) -> tuple[Suggestion, ...]:
    *before, last = typed
    lookups = [(WORD + word, *stem_keys(word, query.language)) for word in before]
    lists: list[Strings] = []
    counts: list[Longs] = []
    for part in snapshot.parts:
        check()
        words_found, numbers = _continued_words(part, _wanted(part, query, lookups), WORD + last)
        lists.append(words_found)
        counts.append(numbers)
    found = _most(Strings.stacked(lists), np.cumsum([0, *map(len, lists)]), np.concatenate([*counts, _none()]), query)
    return tuple(Suggestion(" ".join((*before, word)), count) for word, count in found)


def _wanted(part: Part, query: SuggestQuery, lookups: Sequence[Sequence[str]]) -> Flags | None:
    """Return 1 for each group of a part that counts and has any key of each lookup; None where all do."""
    wanted = _shown(part, active_only=query.active_only)
    for keys in lookups:
        having = np.zeros(len(part.segment), np.uint8)
        for key in keys:
            mark(part.segment.posting_groups, *postings(part.segment, key), having)
        wanted = having if wanted is None else wanted & having
    return wanted


def _shown(part: Part, *, active_only: bool) -> Flags | None:
    """Return 1 for each group of a part that may be offered; None where all may."""
    if active_only:
        active: Flags = (part.segment.numbers[_ACTIVE] > 0).astype(np.uint8)
        return part.live & active
    return part.live if part.has_dead else None


def _continued_words(part: Part, wanted: Flags | None, key: str) -> tuple[Strings, Longs]:
    """Return the longer words that begin with a word, as keys, and how many wanted groups have each, at least one."""
    segment = part.segment
    own, starts = segment.vocabulary, segment.posting_starts
    first, last = own.after(encoded(key)), first_from(own, behind(key))
    if wanted is None:
        counts: Longs = np.diff(starts[first : last + 1])
    else:
        counts = np.empty(last - first, np.int64)
        count_marked(starts, segment.posting_groups, first, last, wanted, counts)
    there = np.flatnonzero(counts)
    return Strings(*pick(own.blob, own.starts, there + first)), counts[there]


def _most(keys: Strings, bounds: Longs, counts: Longs, query: SuggestQuery) -> list[tuple[str, int]]:
    """Return the words that most groups have, by number, then by code point.

    Args:
        keys: Keys of words; those of each part are sorted.
        bounds: Where those of each part begin, and the end.
        counts: How many groups of the part have each.
        query: Says how many.
    """
    order = merge_runs(_NO_SCORES, keys.blob, keys.starts, bounds) if len(bounds) > 2 else np.arange(len(keys))  # noqa: PLR2004 - one run
    if not len(order):
        return []
    numbers = number_distinct(keys.blob, keys.starts, order)
    sums = np.bincount(numbers, weights=counts).astype(np.int64)
    examples = np.empty(len(sums), np.int64)
    examples[numbers] = np.arange(len(numbers))
    # Numbers of distinct words are in their order.
    best = np.lexsort((np.arange(len(sums)), -sums))[: query.limit].tolist()
    return [(_text(keys[examples[number]], WORD), int(sums[number])) for number in best]


def _values(
    query: SuggestQuery, snapshot: Snapshot, typed: Sequence[str], field: Field, check: Callable[[], None]
) -> tuple[Suggestion, ...]:
    dictionary = snapshot.dictionaries.get(field.name)
    codes = word_list(dictionary).beginning(typed) if dictionary else []
    if not dictionary or not codes:
        return ()
    total = np.zeros(codes[-1] + 1, np.int64)
    for part in snapshot.parts:
        check()
        counts = _group_counts(part, field, active_only=query.active_only)[: len(total)]
        total[: len(counts)] += counts
    pairs = ((-count, dictionary.values_by_code[code]) for code in codes if (count := int(total[code])))
    return tuple(Suggestion(value, -count) for count, value in sorted(pairs)[: query.limit])


def _group_counts(part: Part, field: Field, *, active_only: bool) -> Longs:
    """Return how many live groups of a part have a product, an active one if so wanted, with each value, by code."""
    segment = part.segment
    name = ("values of groups", field.name, active_only)
    groups, codes, counts = segment.cached(name, lambda: _group_values(segment, field, active_only=active_only))
    return np.bincount(codes[part.live[groups] != 0]).astype(np.int64) if part.has_dead else counts


def _group_values(segment: Segment, field: Field, *, active_only: bool) -> tuple[Ints, Ints, Longs]:
    """Return groups and codes of the distinct values of each group, and how many groups have each code."""
    column = value_column(segment, field)
    if column is None:
        return np.empty(0, np.int32), np.empty(0, np.int32), _none()
    rows, codes = column.pairs()
    if active_only:
        shown = segment.products.numbers["active"][rows] != 0
        rows, codes = rows[shown], codes[shown]
    owners = np.searchsorted(segment.product_starts, rows, side="right") - 1
    values = int(codes.max(initial=0)) + 1
    distinct = np.unique(owners * values + codes)
    groups, own = (distinct // values).astype(np.int32), (distinct % values).astype(np.int32)
    return groups, own, np.bincount(own, minlength=values).astype(np.int64)


def _products(
    query: SuggestQuery, snapshot: Snapshot, typed: Sequence[str], check: Callable[[], None]
) -> tuple[ProductGroup, ...]:
    beginning = NAME_KEY + " ".join(typed)
    found: list[tuple[bytes, bytes, Segment, int]] = []
    for part in snapshot.parts:
        check()
        found += list(_named(part, beginning, query))
    found.sort(key=lambda entry: entry[:2])
    return tuple(segment.group(ordinal) for _, _, segment, ordinal in found[: query.limit])


def _named(part: Part, beginning: str, query: SuggestQuery) -> Iterator[tuple[bytes, bytes, Segment, int]]:
    """Yield name, id, segment and ordinal of the first groups whose names begin so."""
    segment = part.segment
    own, starts = segment.vocabulary, segment.posting_starts
    first, last = (int(starts[first_from(own, key)]) for key in (encoded(beginning), behind(beginning)))
    shown = _shown(part, active_only=query.active_only)
    left = query.limit
    for start in range(first, last, _AT_ONCE):
        groups = segment.posting_groups[start : min(start + _AT_ONCE, last)]
        there = np.arange(len(groups)) if shown is None else np.flatnonzero(shown[groups])
        for position in there[:left].tolist():
            term = int(np.searchsorted(starts, start + position, side="right")) - 1
            ordinal = int(groups[position])
            yield own[term], segment.ids[ordinal], segment, ordinal
        left -= len(there)
        if left <= 0:
            return


def _text(key: bytes, character: str) -> str:
    return key[len(character) :].decode(errors="surrogatepass")


def _none() -> Longs:
    return np.empty(0, np.int64)
