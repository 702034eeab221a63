"""What texts found last, as long as nothing is written: who filters or turns pages asks with the same text again."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from facetry.domain.search.filters import EVERYTHING
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.text.expansion import ReadingPlan
from facetry.domain.search.text.semantics import Embedder
from facetry.engines.columns.search.fits import FittingTables
from facetry.engines.columns.search.matches import TextMatches
from facetry.engines.columns.snapshot import Snapshot

KEPT_BYTES = 32 << 20
"""Some hundred texts of a catalog of a hundred thousand groups."""
_LARGEST_SHARE = 4
"""A text that alone takes more than one in so many of these bytes is not kept."""
_ENTRY_BYTES = 4096
"""What an entry takes beside its readings."""
_READING_BYTES = 512
"""What each word of a reading takes, and each of its alternatives."""
_Key = tuple[int, str, bool]


@dataclass(frozen=True, slots=True, eq=False)
class FoundAttempt:
    """One reading of a text and what it found in a snapshot; nobody may change any of it.

    Attributes:
        plan: See ``TextAttempt``.
        strict: See ``TextAttempt``.
        frequencies: See ``TextAttempt``.
        matches: See ``TextAttempt``; None where nobody asked for it.
        fitting: See ``TextAttempt``.
    """

    plan: ReadingPlan
    strict: TextMatches
    frequencies: tuple[int, ...]
    matches: TextMatches | None
    fitting: FittingTables | None


@dataclass(frozen=True, slots=True, eq=False)
class FoundText:
    """What a text found: the readings that were tried, in order, and the text with its misspelt words put right."""

    attempts: Sequence[FoundAttempt]
    did_you_mean: str


class FoundTexts:
    """What texts found in snapshots, those asked for last; any thread may use it.

    Of snapshots that are gone nobody asks any more, so others take the place of what was found there.
    """

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        """Begin empty; what is kept takes ``limit`` bytes together."""
        self._limit = limit
        self._size = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[_Key, tuple[SearchQuery, Embedder | None, FoundText, int]] = OrderedDict()

    def found(self, snapshot: Snapshot, query: SearchQuery, embedder: Embedder | None) -> FoundText | None:
        """Return what the text of a query found in a snapshot, with the same rules; None where that is not kept."""
        key = _key(snapshot, query)
        with self._lock:
            entry = self._kept.get(key)
            if entry is None or entry[1] is not embedder or entry[0] != _of_text(query):
                return None
            self._kept.move_to_end(key)
        return entry[2]

    def keep(self, snapshot: Snapshot, query: SearchQuery, embedder: Embedder | None, text: FoundText) -> None:
        """Keep what the text of a query found in a snapshot."""
        size = _ENTRY_BYTES + sum(map(_size, text.attempts))
        if size * _LARGEST_SHARE > self._limit:
            return
        key = _key(snapshot, query)
        with self._lock:
            before = self._kept.pop(key, None)
            self._size += size - (before[3] if before else 0)
            self._kept[key] = (_of_text(query), embedder, text, size)
            while self._size > self._limit:
                self._size -= self._kept.popitem(last=False)[1][3]


def _key(snapshot: Snapshot, query: SearchQuery) -> _Key:
    return snapshot.serial, query.text, query.prefix


def _of_text(query: SearchQuery) -> SearchQuery:
    """Return a query without all that does not change what its text finds."""
    return msgspec.structs.replace(
        query,
        filter=EVERYTHING,
        scope=EVERYTHING,
        facets=(),
        sort=(),
        offset=0,
        limit=0,
        after=None,
        matched_products=0,
        group_by=(),
        explain=False,
        highlight=False,
    )


def _size(attempt: FoundAttempt) -> int:
    """Return how many bytes a reading takes with its arrays, about."""
    slots = attempt.plan.reading.slots
    words = len(slots) + sum(len(slot.alternatives) for slot in slots)
    parts = (*attempt.strict, *(attempt.matches or ()))
    arrays = (array for part in parts for array in (part.ordinals, part.scores, part.matched_words, part.pinned))
    tables = attempt.fitting.nbytes if attempt.fitting else 0
    return words * _READING_BYTES + sum(array.nbytes for array in arrays) + tables
