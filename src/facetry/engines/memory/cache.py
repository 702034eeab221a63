"""The cache of finished answers in the memory of one process: bounded by bytes, what is used stays."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from facetry.ports.cache import CacheEntry

_ENTRY_BYTES = 512
_TEXT_BYTES = 64
"""What an entry, and each of its texts, costs beside what is in it, estimated."""


class _Slot:
    """Where an entry stands: its place in the order of use and the tags that lead to it."""

    __slots__ = ("entry", "size", "tags")

    def __init__(self, entry: CacheEntry, size: int, tags: tuple[str, ...]) -> None:
        self.entry = entry
        self.size = size
        self.tags = tags


class _Shelf:
    """What is kept of one tenant.

    Attributes:
        slots: Slots by key.
        keys: Keys by tag.
        revision: The highest one that anything was invalidated at.
    """

    __slots__ = ("keys", "revision", "slots")

    def __init__(self) -> None:
        self.slots: dict[str, _Slot] = {}
        self.keys: dict[str, set[str]] = {}
        self.revision = 0


class MemoryCache:
    """Keep answers up to a number of bytes.

    Attributes:
        limit_bytes: What all entries together may occupy.
        used_bytes: What they do.
    """

    def __init__(self, limit_bytes: int) -> None:
        """Begin empty."""
        self.limit_bytes = limit_bytes
        self.used_bytes = 0
        self._shelves: dict[str, _Shelf] = {}
        self._order: OrderedDict[tuple[str, str], None] = OrderedDict()

    def __len__(self) -> int:
        """Return how many entries are kept."""
        return len(self._order)

    def get(self, tenant: str, key: str) -> CacheEntry | None:
        """Return the fresh entry of this key, or None."""
        shelf = self._shelves.get(tenant)
        slot = shelf.slots.get(key) if shelf else None
        if slot is None:
            return None
        slot.entry.used = True
        return slot.entry

    def put(self, tenant: str, key: str, value: object, *, size: int, tags: Iterable[str], revision: int) -> CacheEntry:
        """Keep an answer and return its entry."""
        shelf = self._shelves.setdefault(tenant, _Shelf())
        entry = CacheEntry(value)
        texts = (key, *tags)
        total = size + _ENTRY_BYTES + sum(_TEXT_BYTES + len(text) for text in texts)
        if revision < shelf.revision or total > self.limit_bytes:
            entry.fresh = False
            return entry
        self._drop(tenant, shelf, key)
        slot = _Slot(entry, total, texts[1:])
        shelf.slots[key] = slot
        for tag in slot.tags:
            shelf.keys.setdefault(tag, set()).add(key)
        self._order[tenant, key] = None
        self.used_bytes += total
        self._make_room()
        return entry

    def invalidate(self, tenant: str, tags: Iterable[str], revision: int) -> None:
        """Drop every entry with one of the tags."""
        shelf = self._shelves.setdefault(tenant, _Shelf())
        shelf.revision = max(shelf.revision, revision)
        for tag in tags:
            for key in tuple(shelf.keys.get(tag, ())):
                self._drop(tenant, shelf, key)

    def forget(self, tenant: str) -> None:
        """Drop every entry of a tenant."""
        shelf = self._shelves.pop(tenant, _Shelf())
        for key in tuple(shelf.slots):
            self._drop(tenant, shelf, key)

    def _make_room(self) -> None:
        """Evict down to the limit; an entry that was used since it last came up gets another round."""
        while self.used_bytes > self.limit_bytes:
            tenant, key = next(iter(self._order))
            shelf = self._shelves[tenant]
            entry = shelf.slots[key].entry
            if entry.used:
                entry.used = False
                self._order.move_to_end((tenant, key))
            else:
                self._drop(tenant, shelf, key)

    def _drop(self, tenant: str, shelf: _Shelf, key: str) -> None:
        slot = shelf.slots.pop(key, None)
        if slot is None:
            return
        slot.entry.fresh = False
        # Whoever still holds the entry must not hold the bytes: they no longer count against the limit.
        slot.entry.value = None
        self.used_bytes -= slot.size
        del self._order[tenant, key]
        for tag in slot.tags:
            keys = shelf.keys.get(tag, set())
            keys.discard(key)
            if not keys:
                shelf.keys.pop(tag, None)
