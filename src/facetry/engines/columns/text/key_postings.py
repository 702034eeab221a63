"""Where the postings of keys lie in a segment: what was asked for lately is remembered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from facetry.engines.columns.kernels.ordering import first_not_below
from facetry.engines.columns.kernels.searching import look_up
from facetry.engines.columns.segment import Longs, Segment
from facetry.engines.columns.strings import Strings, encoded

Bounds = tuple[int, int]
"""First and last + 1 posting; equal where there is none."""
_NOWHERE = (0, 0)
_MOST_KEYS = 4096
"""So many keys are remembered at most; a segment of fewer is known as a whole."""


class KeyPostings:
    """Finds postings by keys, in several threads at once.

    Attributes:
        is_complete: Whether all keys of the segment are known, because it is small.
    """

    def __init__(self, segment: Segment) -> None:
        """Look in a segment; kept with it, so it holds its arrays only."""
        self._vocabulary, self._starts = segment.vocabulary, segment.posting_starts
        self.is_complete = len(segment.vocabulary) < _MOST_KEYS
        self._known: dict[bytes, Bounds] = self._all() if self.is_complete else {}
        self._continued: dict[str, Bounds] = {}

    def one(self, key: bytes) -> Bounds:
        """Return the postings of a key."""
        found = self._known.get(key)
        return self.of([key])[0] if found is None else found

    def of(self, keys: Sequence[bytes]) -> list[Bounds]:
        """Return the postings of each key."""
        # Whoever makes room puts another dictionary in the place of this one, which so keeps what it has.
        known = self._known
        unknown = [] if self.is_complete else [key for key in keys if key not in known]
        found = self._look_up(unknown) if unknown else {}
        return [known.get(key) or found.get(key, _NOWHERE) for key in keys]

    def may_have(self, keys: Iterable[bytes]) -> bool:
        """Return whether any key may be there; True of all but small segments."""
        return not (self.is_complete and self._known.keys().isdisjoint(keys))

    def continued(self, key: str) -> Bounds:
        """Return the postings of the keys that begin with a key and are longer, which lie together."""
        found = self._continued.get(key)
        if found is None:
            first = self._vocabulary.after(encoded(key))
            last = first_from(self._vocabulary, behind(key))
            found = int(self._starts[first]), int(self._starts[last])
            if len(self._continued) >= _MOST_KEYS:
                self._continued = {}
            self._continued[key] = found
        return found

    def _look_up(self, keys: Sequence[bytes]) -> dict[bytes, Bounds]:
        bounds = postings_of(self._vocabulary, self._starts, Strings.of(keys)).tolist()
        found = {key: (first, last) for key, (first, last) in zip(keys, bounds, strict=True)}
        if len(self._known) + len(found) > _MOST_KEYS:
            self._known = {}
        self._known.update(found)
        return found

    def _all(self) -> dict[bytes, Bounds]:
        starts = self._starts.tolist()
        return {self._vocabulary[term]: (starts[term], starts[term + 1]) for term in range(len(self._vocabulary))}


def key_postings(segment: Segment) -> KeyPostings:
    """Return what finds the postings of a segment."""
    return segment.cached("key postings", lambda: KeyPostings(segment))


def postings_of(vocabulary: Strings, starts: Longs, keys: Strings) -> Longs:
    """Return first and last + 1 posting of each key (keys x 2); equal where it is not there.

    Args:
        vocabulary: All keys of a segment.
        starts: Its ``posting_starts``.
        keys: Those that are looked up.
    """
    bounds = np.empty((len(keys), 2), np.int64)
    look_up(vocabulary.blob, vocabulary.starts, starts, keys.blob, keys.starts, bounds)
    return bounds


def behind(key: str) -> bytes:
    """Return what lies behind every continuation of a key, and before all else that lies behind it."""
    # No UTF-8 has this byte.
    return encoded(key) + b"\xff"


def first_from(keys: Strings, key: bytes) -> int:
    """Return the position of the first of some sorted strings that is not below a key."""
    letters = np.frombuffer(key, np.uint8).copy()
    return first_not_below(keys.blob, keys.starts, letters, 0, len(letters))
