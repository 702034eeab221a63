"""Files that hold a whole tenant: written while it is served, read by another server.

A file is NDJSON, compressed with zstd: a line with the form's version, the record and the counters; a line for each
product, group, record and change in a history; a last line with how many there were and the SHA-256 of all before it.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import msgspec
import zstandard

from facetry.application.key_transfer import unplaced, with_new_keys, with_plain_keys, with_sealed_keys
from facetry.application.moving_history import Change, note_changes, noted_changes
from facetry.application.part_file import OWNER, part_file
from facetry.application.secrets import Vault
from facetry.domain.copying import CopiedGroup, CopiedProduct, CopiedThing, Counters
from facetry.domain.errors import InterchangeError, InvalidValueError
from facetry.domain.journal import HistoryLine, RecordHistoryLine
from facetry.domain.product import identifier_problem
from facetry.domain.records import Record
from facetry.domain.tenant import Tenant
from facetry.ports.journal import Journal
from facetry.ports.tenant_copies import TenantCopies

VERSION = 2
"""Raised when an older program could not read what is written."""
_LINES = 500
_LONGEST_LINE = 256 << 20
_LEVEL = 3


class Head(msgspec.Struct, frozen=True):
    """The first line: the record has its keys in the clear, so the file is a secret."""

    facetry_tenant: int
    tenant: Tenant
    counters: Counters


class Tail(msgspec.Struct, frozen=True):
    """The last line: what stands before it."""

    products: int = 0
    groups: int = 0
    records: int = 0
    sha256: str = ""
    changes: int = 0


class _Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """Any line between; it has one of these."""

    product: CopiedProduct | None = None
    group: CopiedGroup | None = None
    record: Record | None = None
    change: HistoryLine | None = None
    record_change: RecordHistoryLine | None = None
    end: Tail | None = None


class MoveReport(msgspec.Struct, frozen=True):
    """What a file holds, or what was taken from it.

    Attributes:
        revision: The tenant's, where the file was written or where it was read.
        sha256: Of the lines of the file.
        changes: Of products and records, in their histories.
    """

    tenant: str
    revision: int
    products: int
    groups: int
    records: int
    sha256: str
    changes: int = 0


_encode = msgspec.json.Encoder().encode
_decode_line = msgspec.json.Decoder(_Line).decode


async def write_tenant(
    copies: TenantCopies, vault: Vault, tenant: str, file: Path, journal: Journal | None = None
) -> MoveReport:
    """Write a tenant as it is at one moment to a new file, durable on return, readable by its owner only.

    With a journal the histories go with it.

    Raises:
        TenantNotFoundError: There is no such tenant.
        InterchangeError: The file is there already, or cannot be written.
    """
    try:
        async with copies.read(tenant) as copy:
            with part_file(file, OWNER, replaces=False) as raw:
                head = Head(VERSION, with_plain_keys(copy.record, vault), copy.counters)
                changes = noted_changes(journal, tenant, copy.counters.revision) if journal is not None else None
                tail = await _write(raw, head, copy.things, changes)
            return _report(tenant, copy.counters.revision, tail)
    except FileExistsError as error:
        raise InterchangeError(f"{file} is there already") from error
    except OSError as error:
        raise InterchangeError(f"{file} cannot be written: {error.strerror}") from error


async def read_tenant(
    copies: TenantCopies,
    vault: Vault,
    file: Path,
    tenant: str | None = None,
    *,
    new_keys: bool = False,
    journal: Journal | None = None,
) -> MoveReport:
    """Add the tenant of a file with all it has, under its own id or another one; it is there whole or not at all.

    With ``new_keys`` it has none of the original's keys, and tokens of the original open nothing of it. The histories
    follow into the journal, where one is given, once the tenant is there; where that ends early they are shorter.

    Raises:
        InterchangeError: The file is none of a tenant, of a newer version, cut or altered; nothing was changed.
        InvalidValueError: The id cannot be one.
        TenantExistsError: The id is taken, or a key is another tenant's.
    """
    try:
        with file.open("rb") as raw:
            # A line that is far too long takes long to read.
            reader = await asyncio.to_thread(_Reader, raw)
            _check_id(tenant or reader.head.tenant.id)
            plain = with_new_keys(reader.head.tenant) if new_keys else reader.head.tenant
            record = with_sealed_keys(plain, vault)
            record = msgspec.structs.replace(unplaced(record), id=tenant or record.id)
            revision = await copies.take(record, reader.head.counters, reader.things())
        if journal is not None and reader.tail.changes:
            with file.open("rb") as raw:
                again = await asyncio.to_thread(_Reader, raw)
                await note_changes(journal, record.id, again.changes())
    except OverflowError as error:
        raise InterchangeError("the file was altered: a number in it is too large") from error
    except OSError as error:
        raise InterchangeError(f"{file} cannot be read: {error.strerror}") from error
    return _report(record.id, revision, reader.tail)


def _check_id(tenant: str) -> None:
    if problem := identifier_problem(tenant):
        raise InvalidValueError("id", problem)


def _report(tenant: str, revision: int, tail: Tail) -> MoveReport:
    return MoveReport(tenant, revision, tail.products, tail.groups, tail.records, tail.sha256, tail.changes)


async def _write(
    raw: BinaryIO,
    head: Head,
    things: AsyncIterator[Sequence[CopiedThing]],
    changes: AsyncIterator[Sequence[Change]] | None,
) -> Tail:
    counts = {"product": 0, "group": 0, "record": 0, "change": 0, "record_change": 0}
    checksum = hashlib.sha256()
    with zstandard.ZstdCompressor(level=_LEVEL).stream_writer(raw, closefd=False) as packed:
        first = _encode(head) + b"\n"
        checksum.update(first)
        packed.write(first)
        async for portion in _both(things, changes):
            lines = [_line(thing) for thing in portion]
            for name, _ in lines:
                counts[name] += 1
            body = b"".join(line for _, line in lines)
            checksum.update(body)
            # Compressing and writing leave the event loop to whom this process serves.
            await asyncio.to_thread(packed.write, body)
        told = counts["change"] + counts["record_change"]
        tail = Tail(counts["product"], counts["group"], counts["record"], checksum.hexdigest(), told)
        packed.write(_encode(_Line(end=tail)) + b"\n")
    return tail


async def _both(
    things: AsyncIterator[Sequence[CopiedThing]], changes: AsyncIterator[Sequence[Change]] | None
) -> AsyncIterator[Sequence[CopiedThing | Change]]:
    """Yield the things of a tenant, and then what became of them."""
    async for portion in things:
        yield portion
    if changes is not None:
        async for told in changes:
            yield told


def _line(thing: CopiedThing | Change) -> tuple[str, bytes]:
    match thing:
        case RecordHistoryLine():
            return "record_change", _encode(_Line(record_change=thing)) + b"\n"
        case HistoryLine():
            return "change", _encode(_Line(change=thing)) + b"\n"
        case CopiedProduct():
            return "product", _encode(_Line(product=thing)) + b"\n"
        case CopiedGroup():
            return "group", _encode(_Line(group=thing)) + b"\n"
        case _:
            return "record", _encode(_Line(record=thing)) + b"\n"


class _Reader:
    """What stands in a file; its end is looked at before the last portion is handed on as complete."""

    def __init__(self, raw: BinaryIO) -> None:
        """Read the first line.

        Raises:
            InterchangeError: It is none of ours.
        """
        self._checksum = hashlib.sha256()
        self._lines = _lines_of(raw)
        self.tail = Tail()
        first = next(self._lines, b"")
        try:
            version = msgspec.json.decode(first, type=dict[str, msgspec.Raw]).get("facetry_tenant", msgspec.Raw(b"0"))
            if msgspec.json.decode(version, type=int) > VERSION:
                raise InterchangeError("the file was written by a newer version of Facetry")
            self.head = msgspec.json.decode(first, type=Head)
        except msgspec.DecodeError as error:
            raise InterchangeError("the file is none that holds a tenant") from error
        self._checksum.update(first)

    async def things(self) -> AsyncIterator[Sequence[CopiedThing]]:
        """Yield what stands between the first line and the last, and end only if that is what was written.

        Raises:
            InterchangeError: It is cut or altered.
        """
        counts: Counter[str] = Counter()
        end: Tail | None = None
        while end is None:
            portion, end = await asyncio.to_thread(self._portion)
            counts.update(map(_kind, portion))
            yield [thing for thing in portion if not isinstance(thing, HistoryLine)]
        numbers = (counts["product"], counts["group"], counts["record"])
        if end != Tail(*numbers, self._checksum.hexdigest(), counts["change"]):
            raise InterchangeError("the file was altered: its checksum is another one")
        self.tail = end

    async def changes(self) -> AsyncIterator[Sequence[Change]]:
        """Yield the changes that the histories hold, newest first, of a file that was found to be whole."""
        end: Tail | None = None
        while end is None:
            portion, end = await asyncio.to_thread(self._portion)
            yield [thing for thing in portion if isinstance(thing, HistoryLine)]

    def _portion(self) -> tuple[list[CopiedThing | Change], Tail | None]:
        things: list[CopiedThing | Change] = []
        for raw in islice(self._lines, _LINES):
            try:
                line = _decode_line(raw)
            except msgspec.DecodeError as error:
                raise InterchangeError(f"the file was altered: {error}") from error
            if line.end is not None:
                return things, line.end
            self._checksum.update(raw)
            thing = line.product or line.group or line.record or line.change or line.record_change
            if thing is None:
                raise InterchangeError("the file was altered: a line says nothing")
            things.append(thing)
        if not things:
            raise InterchangeError("the file is cut: its end is missing")
        return things, None


def _kind(thing: CopiedThing | Change) -> str:
    """Return as what a thing is counted."""
    match thing:
        case CopiedProduct():
            return "product"
        case CopiedGroup():
            return "group"
        case HistoryLine():
            return "change"
    return "record"


def _lines_of(raw: BinaryIO) -> Iterator[bytes]:
    """Yield the whole lines of a compressed file, their ends included.

    Raises:
        InterchangeError: It is not compressed as it should be, or a line is too long.
    """
    parts: list[bytes] = []
    try:
        reader = zstandard.ZstdDecompressor().stream_reader(raw, closefd=False)
        while chunk := reader.read(1 << 20):
            first, *rest = chunk.split(b"\n")
            parts.append(first)
            if sum(map(len, parts)) > _LONGEST_LINE:
                raise InterchangeError("the file was altered: a line is too long")
            if rest:
                yield b"".join([*parts, b"\n"])
                *whole, last = rest
                yield from (line + b"\n" for line in whole)
                parts = [last]
    except zstandard.ZstdError as error:
        raise InterchangeError("the file is none that holds a tenant, or was altered") from error
