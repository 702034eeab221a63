"""Lists of identifiers in the form in which they are compared, and looking for a part in all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from facetry.domain.search.text.identifiers import SHORTEST_PART, normalised
from facetry.engines.columns.kernels.text_identifiers import (
    BLOCK,
    COMPARED,
    ROWS,
    blocks_with,
    find_part,
    mark_blocks,
    normalise,
)
from facetry.engines.columns.segment import Bytes, Flags, Ints, Longs
from facetry.engines.columns.strings import Strings, encoded

_FIRST_BEYOND_ASCII = 0x80
_ROOM = 4096
_MARKED = 1 << 18
"""Lists of at least so many bytes have marks: looking through less is as quick."""
_SLICE = 1 << 11
"""So many blocks are looked at in one go: about 2 ms."""


@dataclass(frozen=True, slots=True, eq=False)
class NormalTexts:
    """Normalised texts, see ``kernels.text_identifiers``.

    Attributes:
        marks: As ``mark_blocks`` makes them; empty for a short list.
    """

    blob: Bytes
    starts: Longs
    marks: Flags

    def __len__(self) -> int:
        return len(self.starts) - 1

    @classmethod
    def of(cls, texts: Strings, marked_from: int = _MARKED) -> NormalTexts:
        """Return texts normalised, with marks where they have so many bytes."""
        if len(texts.blob) and texts.blob.max() >= _FIRST_BEYOND_ASCII:
            texts = Strings.of([_plain(texts[i]) for i in range(len(texts))])
        room = np.empty(len(texts.blob) + len(texts) + 1, np.uint8)
        starts = np.empty(len(texts) + 1, np.int64)
        used = normalise(texts.blob, texts.starts, room, starts)
        return cls._marked(room[:used].copy(), starts, marked_from)

    @classmethod
    def _marked(cls, blob: Bytes, starts: Longs, marked_from: int) -> NormalTexts:
        if len(blob) < marked_from:
            return cls(blob, starts, np.empty((0, 0), np.uint8))
        blocks = -(-len(blob) // BLOCK)
        marks = np.zeros((ROWS, -(-blocks // 8)), np.uint8)
        mark_blocks(blob, marks)
        return cls(blob, starts, marks)

    def and_then(self, other: NormalTexts) -> NormalTexts:
        """Return these texts and behind them others."""
        # The zero byte between the two is there twice.
        starts = np.concatenate([self.starts, other.starts[1:] + (len(self.blob) - 1)])
        return self._marked(np.concatenate([self.blob, other.blob[1:]]), starts, _MARKED)

    def find(self, needle: str, check: Callable[[], None]) -> tuple[Ints, Bytes]:
        """Return which texts have a normalised text in them, ascending, and how it fits each.

        Args:
            needle: Of fewer than ``SHORTEST_PART`` characters it must be the whole.
            check: Called between slices; what it raises ends the search.
        """
        raw = encoded(needle)
        padded = np.frombuffer(raw + bytes(COMPARED), np.uint8).copy()
        whole_only = len(needle) < SHORTEST_PART
        # A whole text has a zero byte at its end.
        size = len(raw) + whole_only
        progress: Longs = np.array([0, 1, 0], np.int64)
        found, fits = np.empty(_ROOM, np.int32), np.empty(_ROOM, np.uint8)
        blocks = self._blocks(padded, size)
        for first in range(0, len(blocks), _SLICE):
            check()
            own = blocks[first : first + _SLICE]
            while not find_part(self.blob, self.starts, padded, len(raw), whole_only, own, progress, found, fits):
                found, fits = np.concatenate([found, found]), np.concatenate([fits, fits])
        count = int(progress[-1])
        return found[:count], fits[:count]

    def _blocks(self, needle: Bytes, size: int) -> Longs:
        """Return the blocks in which a needle may begin; only ``size`` of its bytes count."""
        if not len(self.marks) or size < COMPARED:
            return np.arange(-(-len(self.blob) // BLOCK))
        blocks: Longs = np.empty(8 * self.marks.shape[1], np.int64)
        return blocks[: blocks_with(self.marks, needle, size, blocks)]


def _plain(text: bytes) -> bytes:
    return text if text.isascii() else encoded(normalised(text.decode(errors="surrogatepass")))
