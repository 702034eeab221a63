"""Lists of identifiers in the form in which they are compared, and looking for a part in all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from facetry.domain.search.text.identifiers import SHORTEST_PART, normalised
from facetry.engines.columns.kernels.text_identifiers import COMPARED, find_part, normalise
from facetry.engines.columns.segment import Bytes, Ints, Longs
from facetry.engines.columns.strings import Strings, encoded

_FIRST_BEYOND_ASCII = 0x80
_ROOM = 4096
_SLICE = 8 << 20
"""So many bytes are looked at in one go: about 2 ms."""


@dataclass(frozen=True, slots=True, eq=False)
class NormalTexts:
    """Normalised texts, see ``kernels.text_identifiers``."""

    blob: Bytes
    starts: Longs

    def __len__(self) -> int:
        return len(self.starts) - 1

    @classmethod
    def of(cls, texts: Strings) -> NormalTexts:
        """Return texts normalised."""
        if len(texts.blob) and texts.blob.max() >= _FIRST_BEYOND_ASCII:
            texts = Strings.of([_plain(texts[i]) for i in range(len(texts))])
        room = np.empty(len(texts.blob) + len(texts) + 1, np.uint8)
        starts = np.empty(len(texts) + 1, np.int64)
        used = normalise(texts.blob, texts.starts, room, starts)
        return cls(room[:used].copy(), starts)

    def and_then(self, other: NormalTexts) -> NormalTexts:
        """Return these texts and behind them others."""
        # The zero byte between the two is there twice.
        starts = np.concatenate([self.starts, other.starts[1:] + (len(self.blob) - 1)])
        return NormalTexts(np.concatenate([self.blob, other.blob[1:]]), starts)

    def find(self, needle: str, check: Callable[[], None]) -> tuple[Ints, Bytes]:
        """Return which texts have a normalised text in them, ascending, and how it fits each.

        Args:
            needle: Of fewer than ``SHORTEST_PART`` characters it must be the whole.
            check: Called between slices; what it raises ends the search.
        """
        raw = encoded(needle)
        padded = np.frombuffer(raw + bytes(COMPARED), np.uint8).copy()
        whole_only = len(needle) < SHORTEST_PART
        progress: Longs = np.array([1, 0], np.int64)
        found, fits = np.empty(_ROOM, np.int32), np.empty(_ROOM, np.uint8)
        while not find_part(self.blob, self.starts, padded, len(raw), whole_only, progress, found, fits, _SLICE):
            check()
            if progress[1] == len(found):
                found, fits = np.concatenate([found, found]), np.concatenate([fits, fits])
        return found[: progress[1]], fits[: progress[1]]


def _plain(text: bytes) -> bytes:
    return text if text.isascii() else encoded(normalised(text.decode(errors="surrogatepass")))
