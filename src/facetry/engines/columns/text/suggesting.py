"""What is offered to someone who is still typing, from a snapshot; ``domain.search.suggestions`` defines it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from facetry.domain.analysis import words
from facetry.domain.group import ProductGroup
from facetry.domain.search.fields import BUILT_IN, Field
from facetry.domain.search.slots import WORD
from facetry.domain.search.suggestions import Suggestion, Suggestions, SuggestQuery
from facetry.domain.search.text.documents import HIDDEN, stem_keys
from facetry.engines.columns.kernels.text_suggesting import count_marked, distinct_values, mark
from facetry.engines.columns.posting_counts import plain_counts
from facetry.engines.columns.search.columns import value_column
from facetry.engines.columns.segment import NAME_KEY, SHOWN_NAME, WHOLE_NAME, Flags, Ints, Longs, Segment
from facetry.engines.columns.snapshot import Part, Snapshot
from facetry.engines.columns.strings import Strings, encoded
from facetry.engines.columns.text.key_postings import behind, first_from, postings_of
from facetry.engines.columns.text.terms import postings
from facetry.engines.columns.text.word_lists import values_beginning

_BRAND, _CATEGORY = BUILT_IN["brand"], BUILT_IN["category"]
_AT_ONCE = 256


class ValuesName(NamedTuple):
    """Under which a segment keeps the values of its groups in a field: of all products, or of active ones."""

    field: Field
    active_only: bool


VALUES = tuple(ValuesName(field, active_only) for field in (_BRAND, _CATEGORY) for active_only in (False, True))


@dataclass(frozen=True, slots=True, eq=False)
class _Continued:
    """Longer words of one part, together in its vocabulary from ``first`` on, and how many groups have each."""

    segment: Segment
    first: int
    counts: Longs


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
    found: list[_Continued] = []
    for part in snapshot.parts:
        check()
        one = _continued(part, WORD + last)
        if len(one.counts):
            hidden = HIDDEN if query.active_only and part.segment.has_inactive else 0
            _count(part, one, _wanted(part, lookups, hidden), hidden)
            found.append(one)
    best = _most(found, query.limit)
    return tuple(Suggestion(" ".join((*before, word)), count) for word, count in best)


def _wanted(part: Part, lookups: Sequence[Sequence[str]], hidden: int) -> Flags | None:
    """Return 1 for each group of a part that counts and has any key of each lookup; None where all do.

    A group that has the bit ``hidden`` in its counts of a key has not the key.
    """
    segment = part.segment
    # Where anything is hidden, its postings have to be looked at.
    wanted = part.live if part.has_dead or hidden else None
    for keys in lookups:
        ranges = [postings(segment, key) for key in keys]
        if not hidden and any(last - first == len(segment) for first, last in ranges):
            # A key that every group has leaves none out.
            continue
        having = np.zeros(len(segment), np.uint8)
        for first, last in ranges:
            mark(segment.posting_groups, segment.posting_counts, first, last, hidden, having)
        wanted = having if wanted is None else wanted & having
    return wanted


def _continued(part: Part, key: str) -> _Continued:
    """Return the words of a part that begin with a word and are longer, none counted as yet."""
    own = part.segment.vocabulary
    first, last = own.after(encoded(key)), first_from(own, behind(key))
    return _Continued(part.segment, first, np.zeros(last - first, np.int64))


def _count(part: Part, found: _Continued, wanted: Flags | None, hidden: int) -> None:
    """Count the wanted groups of words; ``hidden`` as in ``_wanted``."""
    segment, first, last = part.segment, found.first, found.first + len(found.counts)
    if wanted is None:
        found.counts[:] = np.diff(segment.posting_starts[first : last + 1])
    else:
        count_marked(
            segment.posting_starts,
            segment.posting_groups,
            segment.posting_counts,
            first,
            last,
            hidden,
            wanted,
            found.counts,
        )


def _most(found: Sequence[_Continued], limit: int) -> list[tuple[str, int]]:
    """Return the words that most groups have in all parts, by their number, then by code point."""
    # At least ``limit`` words have so many groups, and who has so many has its share of them in some part.
    enough = max((_highest(one.counts, limit) for one in found), default=0)
    share = max(-(-enough // max(len(found), 1)), 1)
    keys = sorted({key for one in found for key in _keys(one, share)})
    totals = np.zeros(len(keys), np.int64)
    listed = Strings.of(keys)
    for one in found:
        bounds = postings_of(one.segment.vocabulary, one.segment.posting_starts, listed)
        there = np.flatnonzero(bounds[:, 0] < bounds[:, 1])
        terms = np.searchsorted(one.segment.posting_starts, bounds[there, 0])
        totals[there] += one.counts[terms - one.first]
    best = np.argsort(-totals, kind="stable")[:limit].tolist()
    return [(keys[number][len(WORD) :].decode(errors="surrogatepass"), int(totals[number])) for number in best]


def _highest(counts: Longs, place: int) -> int:
    """Return the count in a place when the highest come first; 0 where there are fewer."""
    return int(np.partition(counts, len(counts) - place)[len(counts) - place]) if 0 < place <= len(counts) else 0


def _keys(found: _Continued, least: int) -> Iterator[bytes]:
    """Yield the keys of the words that at least so many groups have."""
    for term in np.flatnonzero(found.counts >= least).tolist():
        yield found.segment.vocabulary[found.first + term]


def _values(
    query: SuggestQuery, snapshot: Snapshot, typed: Sequence[str], field: Field, check: Callable[[], None]
) -> tuple[Suggestion, ...]:
    dictionary = snapshot.dictionaries.get(field.name)
    codes = values_beginning(dictionary, typed) if dictionary else []
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
    groups, codes, counts = group_values(part.segment, ValuesName(field, active_only))
    return np.bincount(codes[part.live[groups] != 0]).astype(np.int64) if part.has_dead else counts


def group_values(segment: Segment, name: ValuesName) -> tuple[Ints, Ints, Longs]:
    """Return groups and codes of the distinct values of each group, and how many groups have each code."""
    return segment.cached(name, lambda: _distinct(segment, name.field, active_only=name.active_only))


def _distinct(segment: Segment, field: Field, *, active_only: bool) -> tuple[Ints, Ints, Longs]:
    column = value_column(segment, field)
    if column is None:
        return np.empty(0, np.int32), np.empty(0, np.int32), _none()
    rows, codes = column.pairs()
    if active_only:
        shown = segment.products.numbers["active"][rows] != 0
        rows, codes = rows[shown], codes[shown]
    values = int(codes.max(initial=0)) + 1
    groups, own = np.empty(len(rows), np.int32), np.empty(len(rows), np.int32)
    stamps: Ints = np.full(values, -1, np.int32)
    count = distinct_values(segment.product_starts, rows, codes, stamps, groups, own)
    # Copies, because there is room for all products.
    groups, own = groups[:count].copy(), own[:count].copy()
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
    name = SHOWN_NAME if query.active_only else WHOLE_NAME
    left = query.limit
    for start in range(first, last, _AT_ONCE):
        some = slice(start, min(start + _AT_ONCE, last))
        groups = segment.posting_groups[some]
        there = np.flatnonzero(
            (plain_counts(segment.posting_counts, some.start, some.stop) & name != 0) & (part.live[groups] != 0)
        )
        for position in there[:left].tolist():
            term = int(np.searchsorted(starts, start + position, side="right")) - 1
            ordinal = int(groups[position])
            yield own[term], segment.ids[ordinal], segment, ordinal
        left -= len(there)
        if left <= 0:
            return


def _none() -> Longs:
    return np.empty(0, np.int64)
