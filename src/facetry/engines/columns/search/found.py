"""What one part has that fulfils a search's conditions, also without those that a facet leaves out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import and_

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.filters import Filter
from facetry.engines.columns.kernels.filtering import DEAD, cut, fail, select, survivors
from facetry.engines.columns.search.candidates import EVERY_ROW, Candidates, Rows
from facetry.engines.columns.search.conditions import REST, Conditions
from facetry.engines.columns.search.filters import PartFilter
from facetry.engines.columns.segment import Segment

Flags = NDArray[np.uint8]
Ints = NDArray[np.int32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Listed:
    """Rows found, in lists of what is counted together.

    Attributes:
        rows: Products or gemstones.
        lists: Of each list its position among the groups, or the products, of the candidates; ascending.
        units: The number of the hit that each list belongs to, where a hit may have several; else None.
        groups: The ordinals of the groups whose products the lists are; None where they are lists of other things.
        is_whole: Whether the lists are all products of their groups.
    """

    segment: Segment
    rows: Rows
    lists: Ints
    units: Ints | None = None
    groups: Ints | None = None
    is_whole: bool = False

    @cached_property
    def other_groups(self) -> Ints:
        """The ordinals of all groups of the segment but ``groups``, ascending."""
        is_other = np.ones(len(self.segment), np.bool_)
        is_other[self.groups] = False
        return np.flatnonzero(is_other).astype(np.int32)


class Found:
    """What one part has; masks are over all candidates, and None where all of them are found."""

    def __init__(self, candidates: Candidates, conditions: Conditions, part_filter: PartFilter) -> None:
        """Evaluate the conditions."""
        self.candidates = candidates
        self._filter = part_filter
        pieces = conditions.pieces
        # A row of ``DEAD`` is never found: nothing leaves the rest out.
        self._numbers = {name: number for number, name in enumerate(pieces, 1) if name != REST}
        self._fails: Flags | None = None
        for name, piece in pieces.items():
            for part in piece.products:
                part_filter.fail(part, self._numbers.get(name, DEAD), self._all_fails())
        self._stones = _evaluated({name: piece.stones for name, piece in pieces.items()}, part_filter.stones)
        self._masks: dict[str, tuple[Mask | None, Mask | None]] = {}
        self._survivors: tuple[Ints, Flags, Ints, Ints] | None = None
        self._listed: dict[tuple[str, bool, bool], Listed] = {}

    def keep_groups(self, groups: Mask) -> None:
        """Leave out all other groups from now on."""
        if not groups.all():
            kept = np.repeat(groups, np.diff(self.candidates.products.starts))
            fail(kept.view(np.uint8), DEAD, self._all_fails())
            self._masks.clear()
            self._listed.clear()
            self._survivors = None

    def products(self, left_out: str, *, by_group: bool) -> Listed:
        """Return the products found, in a list a group or a list each.

        Args:
            left_out: The piece of the conditions that does not matter, or ``NOTHING``.
            by_group: Whether the products of a group are one list.
        """
        return self._list(left_out, stones=False, by_group=by_group)

    def stones(self, left_out: str, *, by_group: bool) -> Listed:
        """Return the gemstones found, in a list a group or a list a product; see ``products``."""
        return self._list(left_out, stones=True, by_group=by_group)

    def keeps_products(self, left_out: str) -> Mask:
        """Return which candidates are found."""
        mask = self._product_mask(left_out)
        return np.ones(self.candidates.products.size, np.bool_) if mask is None else mask

    def each(self, positions: Ints) -> Listed:
        """Return candidates by their positions, in a list each."""
        singly = np.arange(len(positions) + 1, dtype=np.int32)
        rows = Rows(len(positions), self.candidates.products.ordinals(positions), singly)
        return Listed(self.candidates.segment, rows, positions)

    def stones_of(self, left_out: str, positions: Ints) -> Listed:
        """Return the gemstones found of products found, by their positions among the candidates, in a list each."""
        everything = self.stones(left_out, by_group=False)
        lists = np.searchsorted(everything.lists, positions)
        starts = everything.rows.starts
        counts = starts[lists + 1] - starts[lists]
        own_starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        picks = np.repeat(starts[lists] - own_starts[:-1], counts) + np.arange(own_starts[-1], dtype=np.int32)
        rows = Rows(len(picks), everything.rows.ordinals(picks), own_starts)
        return Listed(self.candidates.segment, rows, positions)

    def _list(self, left_out: str, *, stones: bool, by_group: bool) -> Listed:
        key = (left_out, stones, by_group)
        if key not in self._listed:
            make = self._list_stones if stones else self._list_products if by_group else self._list_singly
            self._listed[key] = make(left_out, by_group=by_group)
        return self._listed[key]

    def _list_products(self, left_out: str, *, by_group: bool) -> Listed:
        assert by_group  # noqa: S101 - the other case is listed singly
        candidates = self.candidates
        segment, groups = candidates.segment, candidates.groups
        found = self._selection(left_out)
        if found is None:
            everything = np.arange(len(groups), dtype=np.int32)
            return Listed(segment, candidates.products, everything, groups=groups, is_whole=True)
        rows, row_starts, lists, is_whole = found
        if len(rows) == segment.products.size:
            rows = EVERY_ROW
        selected = Rows(int(row_starts[-1]), rows, row_starts)
        return Listed(segment, selected, lists, groups=groups[lists], is_whole=is_whole)

    def _selection(self, left_out: str) -> tuple[Ints, Ints, Ints, bool] | None:
        """Return the products found by group, see ``select``; None where all are found."""
        starts = self.candidates.products.starts
        if _without(self._stones, left_out):
            kept = self.keeps_products(left_out)
            # What is not kept is dead.
            return select(*self._surviving(kept.view(np.uint8) - np.uint8(1)), 0, starts)
        if self._fails is None:
            return None
        if self._survivors is None:
            self._survivors = self._surviving(self._fails)
        return select(*self._survivors, self._numbers.get(left_out, 0), starts)

    def _surviving(self, fails: Flags) -> tuple[Ints, Flags, Ints, Ints]:
        candidates = self.candidates
        return survivors(fails, candidates.segment.product_starts, candidates.groups, candidates.products.starts)

    def _all_fails(self) -> Flags:
        if self._fails is None:
            self._fails = np.zeros(self.candidates.products.size, np.uint8)
        return self._fails

    def _list_singly(self, left_out: str, *, by_group: bool) -> Listed:
        rows = self.products(left_out, by_group=not by_group).rows
        singly = np.arange(rows.size + 1, dtype=np.int32)
        return Listed(self.candidates.segment, Rows(rows.size, rows.picks, singly), singly[:-1])

    def _list_stones(self, left_out: str, *, by_group: bool) -> Listed:
        candidates = self.candidates
        starts = candidates.stone_starts_of_groups() if by_group else candidates.stones.starts
        return self._selected(self._stone_mask(left_out), candidates.stones, starts)

    def _selected(self, mask: Mask | None, rows: Rows, starts: Ints) -> Listed:
        size = len(starts) - 1
        if mask is None:
            return Listed(self.candidates.segment, Rows(rows.size, rows.picks, starts), np.arange(size, dtype=np.int32))
        if size == rows.size:
            # Every list has one row, of products nearly always where each is its own group.
            kept = np.flatnonzero(mask).astype(np.int32)
            singly = np.arange(len(kept) + 1, dtype=np.int32)
            return Listed(self.candidates.segment, Rows(len(kept), rows.ordinals(kept), singly), kept)
        picks = np.flatnonzero(mask).astype(np.int32)
        row_starts, lists = np.empty(size + 1, np.int32), np.empty(size, np.int32)
        found = cut(picks, starts, row_starts, lists)
        selected = Rows(len(picks), rows.ordinals(picks), row_starts[: found + 1])
        return Listed(self.candidates.segment, selected, lists[:found])

    def _product_mask(self, left_out: str) -> Mask | None:
        return self._both_masks(left_out)[0]

    def _stone_mask(self, left_out: str) -> Mask | None:
        products, stones = self._both_masks(left_out)
        return self._filter.of_stones(products) if stones is None and products is not None else stones

    def _both_masks(self, left_out: str) -> tuple[Mask | None, Mask | None]:
        """Return masks of products and of gemstones, that of gemstones only where conditions look at them."""
        if left_out not in self._masks:
            products = self._passing(left_out)
            stones = _all_of(_without(self._stones, left_out))
            if stones is not None:
                stones = stones if products is None else stones & self._filter.of_stones(products)
                products = self._filter.any_stone(stones)
            self._masks[left_out] = products, stones
        return self._masks[left_out]

    def _passing(self, left_out: str) -> Mask | None:
        """Return which products pass the conditions that do not look at gemstones."""
        if self._fails is None:
            return None
        passing: Mask = (self._fails == 0) | (self._fails == self._numbers.get(left_out, 0))
        return passing


def _evaluated(conditions: Mapping[str, Sequence[Filter]], evaluate: Callable[[Filter], Mask]) -> dict[str, Mask]:
    masks = {name: _all_of([evaluate(part) for part in parts]) for name, parts in conditions.items()}
    return {name: mask for name, mask in masks.items() if mask is not None}


def _without(masks: Mapping[str, Mask], name: str) -> list[Mask]:
    return [mask for own, mask in masks.items() if own != name]


def _all_of(masks: Sequence[Mask]) -> Mask | None:
    return reduce(and_, masks) if masks else None
