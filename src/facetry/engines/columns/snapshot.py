"""The snapshot: what a search sees of a tenant, never changed once it is published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np

from facetry.domain.group import ProductGroup
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.kernels.searching import find_live
from facetry.engines.columns.segment import Flags, Longs, Segment
from facetry.engines.columns.strings import Strings, encoded

_SERIALS = count()


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A segment and which of its groups live.

    Attributes:
        live: (G) 1 for a live group.
        count: How many live.
        lengths: Terms of the live groups in each text field of ``term_key``.
        text_lengths: Words of the live groups in each text field of a search.
    """

    segment: Segment
    live: Flags
    count: int
    lengths: Longs
    text_lengths: Longs

    @classmethod
    def whole(cls, segment: Segment) -> Part:
        """Return a segment all of whose groups live."""
        lengths = segment.lengths.sum(axis=1, dtype=np.int64)
        return cls(segment, segment.all_live, len(segment), lengths, segment.text_lengths.sum(axis=0, dtype=np.int64))

    @property
    def has_dead(self) -> bool:
        """Say whether some of its groups live no more."""
        return self.count < len(self.segment)

    def find(self, ids: Strings) -> Longs:
        """Return the ordinals of the live groups with these ids."""
        found = np.empty(len(ids), np.int64)
        own = self.segment.ids
        return found[: find_live(own.blob, own.starts, self.live, ids.blob, ids.starts, found)]

    def without(self, ordinals: Longs) -> Part:
        """Return the part after these live groups died."""
        if not len(ordinals):
            return self
        dead = np.unique(ordinals)
        live = self.live.copy()
        live[dead] = 0
        lengths = self.lengths - self.segment.lengths[:, dead].sum(axis=1, dtype=np.int64)
        text_lengths = self.text_lengths - self.segment.text_lengths[dead].sum(axis=0, dtype=np.int64)
        return Part(self.segment, live, self.count - len(dead), lengths, text_lengths)


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """All live groups of a tenant at a revision; a group lives in one part only.

    Attributes:
        silent: The full names of attributes whose values are no words of the groups.
        serial: Its number, which no other in this process has.
    """

    revision: int
    language: str
    parts: tuple[Part, ...]
    dictionaries: Dictionaries
    silent: frozenset[str] = frozenset()
    serial: int = field(init=False, default_factory=_SERIALS.__next__)

    @property
    def groups(self) -> int:
        """Number of live groups."""
        return sum(part.count for part in self.parts)

    @property
    def products(self) -> int:
        """Number of products, those of dead groups included that are not merged away yet."""
        return sum(part.segment.products.size for part in self.parts)

    def with_changes(self, revision: int, added: Iterable[Part], touched: Iterable[str]) -> Snapshot:
        """Return the snapshot in which the touched groups are what the added parts say."""
        ids = Strings.of([encoded(group_id) for group_id in touched])
        kept = (part.without(part.find(ids)) for part in self.parts) if len(ids) else self.parts
        return replace(self, revision=revision, parts=tuple(p for p in (*kept, *added) if p.count))

    def group(self, group_id: str) -> ProductGroup | None:
        """Return a live group."""
        ids = Strings.of([encoded(group_id)])
        found = ((part.segment, part.find(ids)) for part in self.parts)
        return next((segment.group(ordinals[0]) for segment, ordinals in found if len(ordinals)), None)

    def groups_after(self, group_id: str, limit: int) -> list[ProductGroup]:
        """Return up to ``limit`` live groups with greater ids, ascending."""
        key = encoded(group_id)
        found: list[tuple[bytes, Segment, int]] = []
        for part in self.parts:
            first = part.segment.ids.after(key)
            ordinals = first + np.flatnonzero(part.live[first:])[:limit]
            found += [(part.segment.ids[ordinal], part.segment, ordinal) for ordinal in ordinals.tolist()]
        found.sort(key=lambda entry: entry[0])
        return [segment.group(ordinal) for _, segment, ordinal in found[:limit]]
