"""Lists of byte strings, each list two arrays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from facetry.engines.columns.kernels.ordering import first_not_below

Bytes = NDArray[np.uint8]
Longs = NDArray[np.int64]
Whole = TypeVar("Whole", np.int32, np.int64)


def encoded(text: str) -> bytes:
    """Return UTF-8, also of text that has lone surrogates, so that a query with one finds nothing."""
    return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True, eq=False)
class Strings:
    """A list of byte strings, see ``kernels.ordering``."""

    blob: Bytes
    starts: Longs

    @classmethod
    def of(cls, items: Sequence[bytes]) -> Strings:
        """Return a list of these strings."""
        starts = np.zeros(len(items) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, items), np.int64, len(items)), out=starts[1:])
        # Kernels are compiled for arrays that may be written, as bytes may not be.
        return cls(np.frombuffer(bytearray().join(items), np.uint8), starts)

    @classmethod
    def of_texts(cls, texts: Sequence[str]) -> Strings:
        """Return a list of texts, encoded; quicker than one by one."""
        joined = "".join(texts)
        lengths: Iterable[int] = map(len, texts)
        if not joined.isascii():
            lengths = (len(text) if text.isascii() else len(encoded(text)) for text in texts)
        starts = np.zeros(len(texts) + 1, np.int64)
        np.cumsum(np.fromiter(lengths, np.int64, len(texts)), out=starts[1:])
        return cls(np.frombuffer(encoded(joined), np.uint8).copy(), starts)

    @classmethod
    def stacked(cls, lists: Sequence[Strings]) -> Strings:
        """Return the strings of several lists, one after another."""
        blobs = [strings.blob for strings in lists] or [np.empty(0, np.uint8)]
        return cls(np.concatenate(blobs), stacked_starts([strings.starts for strings in lists], np.int64))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, position: int) -> bytes:
        return self.blob[self.starts[position] : self.starts[position + 1]].tobytes()

    def after(self, key: bytes) -> int:
        """Return the position of the first string of this sorted list that is greater than the key."""
        # No string lies between a key and the same with a zero byte at its end.
        above = np.frombuffer(key + b"\0", np.uint8).copy()
        return first_not_below(self.blob, self.starts, above, 0, len(above))


def stacked_starts(starts: Sequence[NDArray[Whole]], dtype: type[Whole]) -> NDArray[Whole]:
    """Return the starts of lists that are put one after another."""
    stacked = np.zeros(sum(len(part) - 1 for part in starts) + 1, dtype)
    position = 0
    for part in starts:
        end = position + len(part)
        np.add(part, stacked[position], out=stacked[position:end])
        position = end - 1
    return stacked
