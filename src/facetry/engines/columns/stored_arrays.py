"""The arrays of a segment's file: mapped as they are, or packed and unpacked into memory."""

from __future__ import annotations

import mmap
import os
import zlib

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

PACKED = frozenset({"posting_counts"})
"""Arrays of few distinct values, which pack to a twentieth of their size and unpack in no time."""
_CHUNK = 1 << 20
_Array = NDArray[np.generic]


class ArrayEntry(msgspec.Struct, frozen=True):
    """Where an array lies; ``size`` is how many bytes of the file it takes."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    offset: int
    size: int
    checksum: int


def stored_array(name: str, array: _Array) -> bytes | memoryview:
    """Return an array as it stands in the file."""
    raw = array.data.cast("B") if array.nbytes else b""
    return zstandard.compress(raw) if name in PACKED else raw


def opened_array(entry: ArrayEntry, mapped: mmap.mmap, start: int) -> _Array:
    """Return an array of a mapped file in which the arrays begin at ``start``.

    Raises:
        ValueError: It is cut.
        zstandard.ZstdError: It cannot be unpacked.
    """
    if entry.name not in PACKED:
        return np.ndarray(entry.shape, np.dtype(entry.dtype), mapped, start + entry.offset)
    array: _Array = np.empty(entry.shape, np.dtype(entry.dtype))
    begin = start + entry.offset
    with zstandard.ZstdDecompressor().stream_reader(mapped[begin : begin + entry.size]) as reader:
        found = reader.readinto(array.data.cast("B")) if array.nbytes else 0
    if found != array.nbytes:
        raise ValueError(f"{entry.name} is cut")
    return array


def verify_array(file: int, entry: ArrayEntry, start: int) -> None:
    """Compare an array with its checksum, by reading, since a page that is only mapped would count as ours.

    Raises:
        ValueError: It is cut or altered.
    """
    left = entry.size
    position = start + entry.offset
    checksum = 0
    while left:
        chunk = os.pread(file, min(left, _CHUNK), position)
        if not chunk:
            raise ValueError("it is cut")
        checksum = zlib.crc32(chunk, checksum)
        position += len(chunk)
        left -= len(chunk)
    if checksum != entry.checksum:
        raise ValueError(f"{entry.name} is altered")
