"""The identifiers of a snapshot's groups: their ids, SKUs, and the values of fields that hold identifiers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.fields import STONES
from facetry.domain.search.ranking import IDENTIFIER_QUALITIES
from facetry.engines.columns.dictionary import ValueDictionary
from facetry.engines.columns.kernels.text_identifiers import BEGINNING, INNER, WHOLE
from facetry.engines.columns.segment import NUMBERS, Bytes, Ints, Longs, Segment
from facetry.engines.columns.snapshot import Part, Snapshot
from facetry.engines.columns.strings import Strings, encoded
from facetry.engines.columns.text.normal_texts import NormalTexts

IDS, SKUS = "normal ids", "normal skus"
"""Under which a segment keeps its normalised ids and SKUs."""
_ACTIVE = NUMBERS.index("active")
_Hits = tuple[Ints, Bytes]
"""What was found, ascending, and how well it fits."""
_QUALITIES = np.zeros(WHOLE + 1)
_QUALITIES[[WHOLE, BEGINNING, INNER]] = IDENTIFIER_QUALITIES


@dataclass(frozen=True, slots=True, eq=False)
class Identified:
    """The live groups of a part that have an identifier, ascending, and how well the best of each fits."""

    groups: Ints
    qualities: NDArray[np.float64]


def normal_ids(segment: Segment) -> NormalTexts:
    """Return the normalised ids of a segment's groups."""
    return segment.cached(IDS, lambda: NormalTexts.of(segment.ids))


def normal_skus(segment: Segment) -> NormalTexts:
    """Return the normalised SKUs of a segment's products."""
    return segment.cached(SKUS, lambda: NormalTexts.of(segment.skus))


class Identifiers:
    """Finds groups of one snapshot by identifiers; what was found once is remembered."""

    def __init__(
        self, snapshot: Snapshot, fields: Iterable[str], check: Callable[[], None], *, active_only: bool = False
    ) -> None:
        """Look in a snapshot.

        Args:
            snapshot: What is searched.
            fields: Full names of the fields beside ids and SKUs.
            check: Called between slices of the work; what it raises ends it.
            active_only: Whether only what active products have counts, and only ids of groups with any.
        """
        self._snapshot = snapshot
        self._fields = sorted(set(fields) & snapshot.dictionaries.keys())
        self._check = check
        self._active_only = active_only
        self._found: dict[str, list[Identified]] = {}

    def find(self, needle: str) -> list[Identified]:
        """Return what a normalised text finds, for each part of the snapshot."""
        found = self._found.get(needle)
        if found is None:
            codes = {name: self._codes(name, needle) for name in self._fields}
            codes = {name: hits for name, hits in codes.items() if len(hits[0])}
            found = self._found[needle] = [self._in_part(part, needle, codes) for part in self._snapshot.parts]
        return found

    def _codes(self, name: str, needle: str) -> _Hits:
        """Return the codes of a field's values that fit."""
        found: list[_Hits] = []
        before = 0
        for texts in _normal_values(self._snapshot.dictionaries[name]):
            codes, fits = texts.find(needle, self._check)
            found.append((codes + np.int32(before), fits))
            before += len(texts)
        return _joined(found)

    def _in_part(self, part: Part, needle: str, codes: dict[str, _Hits]) -> Identified:
        segment = part.segment
        found = [normal_skus(segment).find(needle, self._check), *_with_codes(segment, codes)]
        ids = normal_ids(segment).find(needle, self._check)
        if self._active_only:
            found = [_kept(hits, segment.products.numbers["active"]) for hits in found]
            ids = _kept(ids, segment.numbers[_ACTIVE])
        of_products = ((_owners(segment.product_starts, products), fits) for products, fits in found)
        groups, best = _best(_joined([ids, *of_products]))
        live = part.live[groups] != 0
        return Identified(groups[live], _QUALITIES[best[live]])


def _with_codes(segment: Segment, codes: dict[str, _Hits]) -> Iterator[_Hits]:
    """Yield the products that have one of some codes, or a gemstone that has, by field."""
    for name, (wanted, fits) in codes.items():
        is_of_stones = name.startswith(STONES)
        column = (segment.stones if is_of_stones else segment.products).columns.get(name)
        if column is None:
            continue
        table = np.zeros(max(int(wanted[-1]), int(column.codes.max())) + 2, np.uint8)
        table[wanted] = fits
        # The last entry is that of rows without a value, whose code is negative.
        fitting = table[column.codes]
        places = np.flatnonzero(fitting).astype(np.int32)
        rows = places if column.rows is None else column.rows[places]
        yield _owners(segment.stone_starts, rows) if is_of_stones else rows, fitting[places]


def _kept(hits: _Hits, active: Longs | Bytes) -> _Hits:
    """Return the hits that are active."""
    there = active[hits[0]] > 0
    return hits[0][there], hits[1][there]


def _owners(starts: Ints, members: Ints) -> Ints:
    """Return for each member the list that it is in."""
    return (np.searchsorted(starts, members, side="right") - 1).astype(np.int32)


def _joined(found: list[_Hits]) -> _Hits:
    empty: _Hits = (np.empty(0, np.int32), np.empty(0, np.uint8))
    positions, fits = zip(empty, *found, strict=True)
    return np.concatenate(positions), np.concatenate(fits)


def _best(hits: _Hits) -> _Hits:
    """Return each distinct thing once, ascending, with the best fit."""
    order = np.lexsort((hits[1], hits[0]))
    positions, fits = hits[0][order], hits[1][order]
    last = np.append(positions[1:] != positions[:-1], True)[: len(positions)]
    return positions[last], fits[last]


def _normal_values(dictionary: ValueDictionary) -> list[NormalTexts]:
    """Return the values of a dictionary, normalised, by code: several lists, one behind the other.

    Values that were added since the last time are a new list, which swallows those before it that are not much longer.
    """
    known = dictionary.derived.get("normal")
    lists: list[NormalTexts] = list(known) if isinstance(known, tuple) else []
    before = sum(map(len, lists))
    values = dictionary.values_by_code[before:]
    if values:
        newest = NormalTexts.of(Strings.of([encoded(value) for value in values]))
        while lists and len(lists[-1]) <= 2 * len(newest):
            newest = lists.pop().and_then(newest)
        lists.append(newest)
        dictionary.derived["normal"] = tuple(lists)
    return lists
