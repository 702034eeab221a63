"""The files of the index: a segment is one file of arrays behind one map, a manifest says which files count.

A file is written under another name, flushed to the disk and renamed, so that it is whole or not there. Checksums
of header and arrays are verified when it is opened, by reading it once; a file that is cut, altered or of a newer
version is refused as damaged, and the index is rebuilt from the store.

Layout of a segment file: ``_PREFIX`` (magic, version, length of the header, checksum of file name and header, so that
no file stands for another), the header as MessagePack, then the arrays, each at a multiple of 64 bytes: see
``stored_arrays``.
"""

from __future__ import annotations

import errno
import hashlib
import mmap
import os
import struct
import uuid
import zlib
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

from facetry.domain.errors import IndexDamagedError
from facetry.engines.columns.packing import NO_TEMPLATE, packed
from facetry.engines.columns.posting_counts import packed_counts, plain_counts
from facetry.engines.columns.segment import Segment
from facetry.engines.columns.stored_arrays import ArrayEntry, opened_array, stored_array, verify_array
from facetry.engines.columns.strings import Bytes, Strings
from facetry.engines.columns.table import Table, ValueColumn

VERSION = 8
"""Raised whenever the form or the meaning of a file changes, the way text becomes terms included."""
SEGMENT_SUFFIX = ".segment"
VALUES_SUFFIX = ".values"
_MANIFEST = "manifest"
_MAGIC = b"FACETRY\x00"
_PREFIX = struct.Struct("<8sIII")
_ALIGNMENT = 64
_READABLE = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789-_")
_READABLE_LENGTH = 60
_Array = NDArray[np.generic]


class _Header(msgspec.Struct, frozen=True):
    after: int
    arrays: tuple[ArrayEntry, ...]


class SavedPart(msgspec.Struct, frozen=True):
    """One segment of a manifest; ``dead`` is empty or one bit a group, packed, set for a dead one."""

    file_name: str
    groups: int
    dead: bytes


class Manifest(msgspec.Struct, frozen=True):
    """What is durable of a tenant's index: everything up to ``revision``, and perhaps more.

    Attributes:
        values: Files of the dictionaries, see ``save_values``, in the order in which they were written.
        silent: The full names of attributes whose values are no words of the groups.
    """

    tenant: str
    language: str
    revision: int
    parts: tuple[SavedPart, ...]
    values: tuple[str, ...]
    silent: tuple[str, ...] = ()


class Values(msgspec.Struct, frozen=True):
    """Values of dictionaries by field, in the order of their codes; the first of each has the code ``first``."""

    first: dict[str, int]
    values: dict[str, list[str]]


def folder_name(tenant: str) -> str:
    """Return a name for the tenant's folder that is safe on every file system, also on one that ignores case."""
    raw = tenant.encode("utf-8", "surrogatepass")
    name = "".join(chr(byte) if byte in _READABLE else f"%{byte:02x}" for byte in raw)
    if 0 < len(name) <= _READABLE_LENGTH:
        return name
    return f"{name[:_READABLE_LENGTH]}+{hashlib.sha256(raw).hexdigest()[:32]}"


def save_segment(folder: Path, segment: Segment, template: Bytes = NO_TEMPLATE) -> Segment:
    """Write a segment, durable on return, and return it as it is mapped from the file.

    Args:
        folder: Where the file is made.
        segment: What is written; its documents are packed.
        template: What they may be packed with where none of them is yet; without one it is made of them.
    """
    name = uuid.uuid4().hex + SEGMENT_SUFFIX
    arrays = _arrays_of(_packed(segment, template))
    stored = [stored_array(array_name, array) for array_name, array in arrays.items()]
    entries: list[ArrayEntry] = []
    offset = 0
    for (array_name, array), raw in zip(arrays.items(), stored, strict=True):
        offset = _aligned(offset)
        entries.append(ArrayEntry(array_name, array.dtype.str, array.shape, offset, len(raw), zlib.crc32(raw)))
        offset += len(raw)
    header = msgspec.msgpack.encode(_Header(segment.after, tuple(entries)))
    _write_durably(folder / name, _segment_chunks(name, header, entries, stored))
    return open_segment(folder, name, len(segment))


def open_segment(folder: Path, name: str, groups: int) -> Segment:
    """Return a segment mapped from its file, after verifying all of it.

    Raises:
        IndexDamagedError: It is missing, cut, altered or of another version.
    """
    try:
        with (folder / name).open("rb") as file:
            header, start = _read_header(file.fileno(), name)
            for entry in header.arrays:
                verify_array(file.fileno(), entry, start)
            # A private map can be written, as kernels are compiled for, and is shared as long as nobody does.
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY)
        segment = _segment_of(name, header, mapped, start)
    except (OSError, ValueError, KeyError, msgspec.MsgspecError, zstandard.ZstdError) as error:
        if is_shortage(error):
            raise
        raise IndexDamagedError(f"segment {name} cannot be read: {error}") from error
    if len(segment) != groups:
        raise IndexDamagedError(f"segment {name} has {len(segment)} groups, not {groups}")
    return segment


def is_shortage(error: Exception) -> bool:
    """Return whether a file could not be read for lack of descriptors or memory, which says nothing of the file."""
    return isinstance(error, OSError) and error.errno in {errno.EMFILE, errno.ENFILE, errno.ENOMEM}


def save_values(folder: Path, values: Values) -> str:
    """Write values of dictionaries, durable on return, and return the file's name; no manifest names it yet."""
    name = uuid.uuid4().hex + VALUES_SUFFIX
    _write_body(folder / name, zstandard.compress(msgspec.msgpack.encode(values)))
    return name


def open_values(folder: Path, name: str) -> Values:
    """Return values of dictionaries from their file.

    Raises:
        IndexDamagedError: It is missing, cut, altered or of another version.
    """
    try:
        body = zstandard.decompress(_read_body(folder / name))
        return msgspec.msgpack.decode(body, type=Values)
    except (OSError, ValueError, msgspec.MsgspecError, zstandard.ZstdError) as error:
        if is_shortage(error):
            raise
        raise IndexDamagedError(f"values {name} cannot be read: {error}") from error


def save_manifest(folder: Path, manifest: Manifest) -> None:
    """Replace the folder's manifest, durable on return."""
    _write_body(folder / _MANIFEST, msgspec.msgpack.encode(manifest))


def read_manifest(folder: Path) -> Manifest | None:
    """Return the folder's manifest, None where there is none.

    Raises:
        IndexDamagedError: It is cut, altered or of another version.
        OSError: It cannot be read.
    """
    try:
        return msgspec.msgpack.decode(_read_body(folder / _MANIFEST), type=Manifest)
    except FileNotFoundError:
        return None
    except (ValueError, msgspec.MsgspecError) as error:
        raise IndexDamagedError(f"manifest cannot be read: {error}") from error


def _write_body(path: Path, body: bytes) -> None:
    _write_durably(path, iter([_prefix(path.name, body), body]))


def _read_body(path: Path) -> bytes:
    raw = path.read_bytes()
    return _checked(path.name, raw[: _PREFIX.size], raw[_PREFIX.size :])


def manifest_stamp(folder: Path) -> object:
    """Return a value that differs whenever the manifest was replaced; None where none can be read."""
    try:
        status = (folder / _MANIFEST).stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def remove_strays(folder: Path, kept: Collection[str]) -> None:
    """Remove every file of the folder but the manifest and these."""
    for path in folder.iterdir():
        if path.name != _MANIFEST and path.name not in kept and not path.is_dir():
            path.unlink(missing_ok=True)


def _aligned(offset: int) -> int:
    return -(-offset // _ALIGNMENT) * _ALIGNMENT


def _packed(segment: Segment, known: Bytes) -> Segment:
    lists, template = packed([segment.group_documents, segment.product_blocks], segment.template, known)
    return replace(segment, group_documents=lists[0], product_blocks=lists[1], template=template)


def _arrays_of(segment: Segment) -> dict[str, _Array]:
    """Return the arrays of a segment by name; a name ends with that of a field, which may be any text."""
    arrays: dict[str, _Array] = {name: getattr(segment, name) for name in Segment.ARRAYS}
    arrays["posting_counts"] = plain_counts(segment.posting_counts)
    for name in Segment.TABLES:
        table: Table = getattr(segment, name)
        arrays |= {f"{name}.numbers.{field}": numbers for field, numbers in table.numbers.items()}
        arrays |= {f"{name}.codes.{field}": column.codes for field, column in table.columns.items()}
        sparse = ((field, column.rows) for field, column in table.columns.items())
        arrays |= {f"{name}.rows.{field}": rows for field, rows in sparse if rows is not None}
    # Lists of strings come last: their starts are never empty, so the file ends with something that is verified.
    for name in Segment.STRINGS:
        strings: Strings = getattr(segment, name)
        arrays[f"{name}.blob"] = strings.blob
        arrays[f"{name}.starts"] = strings.starts
    return arrays


def _segment_of(name: str, header: _Header, mapped: mmap.mmap, start: int) -> Segment:
    arrays: dict[str, Any] = {entry.name: opened_array(entry, mapped, start) for entry in header.arrays}
    fields: dict[str, Any] = {name: arrays[name] for name in Segment.ARRAYS}
    fields["posting_counts"] = packed_counts(arrays["posting_counts"])
    for name_of_list in Segment.STRINGS:
        fields[name_of_list] = Strings(arrays[f"{name_of_list}.blob"], arrays[f"{name_of_list}.starts"])
    for table, starts in zip(Segment.TABLES, ("product_starts", "stone_starts"), strict=True):
        fields[table] = _table_of(table, arrays, int(fields[starts][-1]) if len(fields[starts]) else 0)
    return Segment(after=header.after, file_name=name, **fields)


def _table_of(name: str, arrays: dict[str, Any], size: int) -> Table:
    def named(prefix: str) -> dict[str, Any]:
        return {key[len(prefix) :]: array for key, array in arrays.items() if key.startswith(prefix)}

    rows = named(f"{name}.rows.")
    columns = {field: ValueColumn(codes, rows.get(field)) for field, codes in named(f"{name}.codes.").items()}
    return Table(size, named(f"{name}.numbers."), columns)


def _segment_chunks(
    name: str, header: bytes, entries: list[ArrayEntry], stored: list[bytes | memoryview]
) -> Iterator[bytes | memoryview]:
    yield _prefix(name, header)
    yield header
    written = _PREFIX.size + len(header)
    start = _aligned(written)
    for entry, raw in zip(entries, stored, strict=True):
        yield bytes(start + entry.offset - written)
        yield raw
        written = start + entry.offset + entry.size


def _read_header(file: int, name: str) -> tuple[_Header, int]:
    """Return the header and where the arrays begin."""
    prefix = os.pread(file, _PREFIX.size, 0)
    length = _PREFIX.unpack(prefix)[2] if len(prefix) == _PREFIX.size else 0
    body = _checked(name, prefix, os.pread(file, length, _PREFIX.size))
    return msgspec.msgpack.decode(body, type=_Header), _aligned(_PREFIX.size + length)


def _prefix(name: str, body: bytes) -> bytes:
    """Return what stands before the body of a file of this name."""
    return _PREFIX.pack(_MAGIC, VERSION, len(body), _checksum(name, body))


def _checksum(name: str, body: bytes) -> int:
    return zlib.crc32(body, zlib.crc32(name.encode()))


def _checked(name: str, prefix: bytes, body: bytes) -> bytes:
    """Return the body that a prefix announces; ValueError where it is another, or that of a file of another name."""
    if len(prefix) < _PREFIX.size:
        raise ValueError("it is cut")
    magic, version, length, checksum = _PREFIX.unpack(prefix)
    if magic != _MAGIC:
        raise ValueError("it is no file of the index")
    if version != VERSION:
        raise ValueError(f"it has version {version}, not {VERSION}")
    if len(body) != length or _checksum(name, body) != checksum:
        raise ValueError("it is cut or altered")
    return body


def _write_durably(path: Path, chunks: Iterator[bytes | memoryview]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".unfinished")
    try:
        with unfinished.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        unfinished.rename(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    _flush_folder(path.parent)


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
