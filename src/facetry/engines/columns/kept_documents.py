"""Documents as they were decoded last, because a shop's leading products stand in most of its answers."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

Key = tuple[int, int]
"""The serial number of a segment's documents, and which of them it is."""
_Document = TypeVar("_Document")


class KeptDocuments(Generic[_Document]):
    """Decoded documents of all segments, those that were asked for last; any thread may use it.

    Documents of segments that are gone are not asked for any more, so others take their place soon.
    """

    def __init__(self, limit: int) -> None:
        """Begin empty; documents are kept whose JSON has ``limit`` bytes together."""
        self._limit = limit
        self._size = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, tuple[_Document, int]] = OrderedDict()

    def found(self, keys: Sequence[Key]) -> list[_Document | None]:
        """Return the documents of these keys, None for each that is not kept."""
        kept = self._kept
        found: list[_Document | None] = []
        with self._lock:
            for key in keys:
                entry = kept.get(key)
                if entry is None:
                    found.append(None)
                    continue
                kept.move_to_end(key)
                found.append(entry[0])
        return found

    def keep(self, entries: Iterable[tuple[Key, _Document, int]]) -> None:
        """Keep documents, each with the number of its bytes as JSON; nobody may change them."""
        with self._lock:
            for key, document, size in entries:
                if key not in self._kept:
                    self._kept[key] = (document, size)
                    self._size += size
            while self._size > self._limit:
                self._size -= self._kept.popitem(last=False)[1][1]
