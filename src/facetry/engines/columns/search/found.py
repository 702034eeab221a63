"""What one part has that fulfils a search's conditions, also without those that a facet leaves out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.filters import Filter
from facetry.engines.columns.kernels.filtering import cut, keep_members
from facetry.engines.columns.search.candidates import Candidates, Rows
from facetry.engines.columns.search.conditions import NOTHING, Conditions
from facetry.engines.columns.search.filters import PartFilter
from facetry.engines.columns.segment import Segment

Ints = NDArray[np.int32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
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


class Found:
    """What one part has; masks are over all candidates, and None where all of them are found."""

    def __init__(self, candidates: Candidates, conditions: Conditions, part_filter: PartFilter) -> None:
        """Evaluate the conditions."""
        self.candidates = candidates
        self._filter = part_filter
        pieces = conditions.pieces
        self._products = _evaluated({name: piece.products for name, piece in pieces.items()}, part_filter.products)
        self._stones = _evaluated({name: piece.stones for name, piece in pieces.items()}, part_filter.stones)
        self._groups: Mask | None = None
        self._masks: dict[str, tuple[Mask | None, Mask | None]] = {}
        self._listed: dict[tuple[str, bool, bool], Listed] = {}

    def keep_groups(self, groups: Mask) -> None:
        """Leave out all other groups from now on."""
        if not groups.all():
            self._groups = groups
            self._masks.clear()
            self._listed.clear()

    def passing_groups(self) -> Mask:
        """Return which groups have any product that is found."""
        passing = np.zeros(len(self.candidates.groups), np.bool_)
        passing[self.products(NOTHING, by_group=True).lists] = True
        return passing

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
        if self._groups is not None and not (_without(self._products, left_out) or _without(self._stones, left_out)):
            return self._list_groups(self._groups)
        products, mask = self.candidates.products, self._product_mask(left_out)
        listed = self._selected(mask, products, products.starts)
        return replace(listed, groups=self.candidates.groups[listed.lists], is_whole=mask is None)

    def _list_groups(self, kept: Mask) -> Listed:
        """Return some groups with all their products, where no condition leaves any out."""
        segment, groups = self.candidates.segment, self.candidates.groups[kept]
        lists = np.flatnonzero(kept).astype(np.int32)
        return Listed(segment, Candidates(segment, groups).products, lists, groups=groups, is_whole=True)

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
            products = _all_of([*_without(self._products, left_out), *self._products_of_groups()])
            stones = _all_of(_without(self._stones, left_out))
            if stones is not None:
                stones = stones if products is None else stones & self._filter.of_stones(products)
                products = self._filter.any_stone(stones)
            self._masks[left_out] = products, stones
        return self._masks[left_out]

    def _products_of_groups(self) -> Sequence[Mask]:
        if self._groups is None:
            return ()
        kept = np.empty(self.candidates.products.size, np.uint8)
        keep_members(self._groups.view(np.uint8), self.candidates.products.starts, kept)
        return (kept.view(np.bool_),)


def _evaluated(conditions: Mapping[str, Sequence[Filter]], evaluate: Callable[[Filter], Mask]) -> dict[str, Mask]:
    masks = {name: _all_of([evaluate(part) for part in parts]) for name, parts in conditions.items()}
    return {name: mask for name, mask in masks.items() if mask is not None}


def _without(masks: Mapping[str, Mask], name: str) -> list[Mask]:
    return [mask for own, mask in masks.items() if own != name]


def _all_of(masks: Sequence[Mask]) -> Mask | None:
    return reduce(and_, masks) if masks else None
