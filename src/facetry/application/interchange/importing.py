"""Import a file into a tenant's catalog: in batches, in bounded memory, with a report, and resumable."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from facetry.application.catalog import Catalog
from facetry.application.interchange.detection import Format, StoneSource, open_reader
from facetry.application.interchange.intake import Accepted, Intake
from facetry.application.interchange.mapping import Mapping, load_mapping
from facetry.application.interchange.reading import Reading
from facetry.application.interchange.record import Problem, printable, shown
from facetry.application.interchange.report import ImportReport, Rejection
from facetry.application.interchange.resumption import Confirmed, Resumption
from facetry.application.interchange.source import Source, file_digest
from facetry.application.interchange.stones import StoneForm, StoneOptions
from facetry.application.records import Records
from facetry.domain.catalog import AllDone, Effect, Refused, Stored
from facetry.domain.change import Receipt
from facetry.domain.errors import InterchangeError, ProductNotFoundError
from facetry.domain.keeping import Recorded
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey


class ImportOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What to import and how.

    Attributes:
        path: The file, plain or gzip.
        format: Its format; found in its first line where it is left out.
        mapping: A mapping file (TOML) for CSV in a form of its own.
        encoding: Such as ``cp1252``; by its byte order mark or UTF-8 where it is left out.
        dry_run: Whether to check everything and write nothing.
        restart: Whether to begin at the first product even if an earlier run was broken off.
        state_folder: Where progress is kept while an import runs; without it, it cannot be resumed.
        rejected_path: A file to write every rejection to, as JSON lines.
        refused_kinds: Kinds of records that are not to be written.
        stones: How a list of stones is read; codes begin with the file's name where it names no other prefix.
    """

    path: Path
    format: Format | None = None
    mapping: Path | None = None
    encoding: str | None = None
    dry_run: bool = False
    restart: bool = False
    state_folder: Path | None = None
    rejected_path: Path | None = None
    stones: StoneOptions | None = None
    refused_kinds: tuple[str, ...] = ()


class ImportProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far an import has come.

    Attributes:
        bytes_read: Bytes of the file that are read.
        bytes_total: Size of the file.
        stored: Products stored by now, by earlier runs included.
        rejected: Rows rejected by now.
        elapsed_seconds: Since this run began.
        rate: Products a second that this run stores.
    """

    bytes_read: int
    bytes_total: int
    stored: int
    rejected: int
    elapsed_seconds: float
    rate: float

    @property
    def remaining_seconds(self) -> float | None:
        """Return how long the rest will take at this pace, None before the first bytes."""
        left = self.bytes_total - self.bytes_read
        return self.elapsed_seconds * left / self.bytes_read if self.bytes_read else None


Watch = Callable[[ImportProgress], None]
_LONGEST_PREFIX = 30
_THINGS = {
    StoneForm.GEMSTONES: "gemstones",
    StoneForm.PRODUCTS: "loose products",
    StoneForm.BOTH: "gemstones with their products",
}


async def import_file(
    options: ImportOptions,
    catalog: Catalog,
    tenant: str,
    progress: Watch | None = None,
    records: Records | None = None,
) -> ImportReport:
    """Import a file into a tenant's catalog and return what happened; everything told as stored is searchable.

    Products are written in the order of the file, so the last one with a SKU stays. What is fit goes in, what is
    not is reported. A run that was broken off is continued by the next one with the same file and options, if both
    have a state folder. The file is then read again from its start, so that the report tells of all of it, and
    only what is stored already is not written again. Whether gemstones of an earlier run are still there is seen with
    ``records`` only; without it they are written again.

    Raises:
        InterchangeError: The file or the mapping cannot be used as a whole, or the file breaks off; batches before
            that stay stored.
        TenantNotFoundError: There is no such tenant.
        IndexBehindError: A batch is stored, but not searchable yet; a repeated run goes on from there.
    """
    _check_apart(options)
    mapping = load_mapping(options.mapping) if options.mapping else None
    encoding = options.encoding or (mapping.file.encoding if mapping else None)
    resumption = await _resumption(options, mapping, tenant)
    kept = _Kept(catalog, records, tenant)
    confirmed = Confirmed() if resumption is None or options.restart else await kept.confirmed(resumption.load())
    with (
        Source(options.path, encoding) as source,
        _RejectedRows(options.rejected_path) as rejected_rows,
        Reading() as reading,
    ):
        stones = StoneSource(_stones(options), lambda: reading.lines(_lines(options.path, encoding)))
        opened = partial(open_reader, reading.lines(source), options.format, mapping, stones, options.refused_kinds)
        found, reader = await reading.do(opened)
        report = ImportReport(file=printable(options.path.name), format=found.value, dry_run=options.dry_run)
        if found is Format.GEMSTONES:
            report.things = _THINGS[stones.options.form]
        intake = Intake(reader, report, rejected_rows.add)
        run = _Run(_Target(catalog, tenant, resumption), source, report, confirmed, progress)
        await run.take(intake, reading)
        report.skipped = reader.skipped
        report.ignored_columns = tuple(map(shown, reader.ignored_columns))
    return report


class _Target(msgspec.Struct, frozen=True):
    """Where products go, and where progress is kept."""

    catalog: Catalog
    tenant: str
    resumption: Resumption | None


class _Run:
    """One run of an import: write batch after batch, while the next one is read."""

    def __init__(
        self, target: _Target, source: Source, report: ImportReport, confirmed: Confirmed, progress: Watch | None
    ) -> None:
        self._target = target
        self._source = source
        self._report = report
        self._confirmed = confirmed
        self._progress = progress
        self._start = time.monotonic()
        report.resumed_after = confirmed.products
        self._count(confirmed)

    async def take(self, intake: Intake, reading: Reading) -> None:
        """Store all that the intake gives."""
        writing: asyncio.Task[None] | None = None
        read = 0
        try:
            async for batch in intake.batches(reading):
                # Batches are written one after the other, as later products replace earlier ones.
                if writing is not None:
                    await writing
                read += len(batch)
                fresh = batch[max(len(batch) - max(read - self._confirmed.products, 0), 0) :]
                writing = asyncio.create_task(self._store(fresh, intake))
            if writing is not None:
                await writing
        finally:
            # Whatever broke off the reading, a batch under way is committed or not before this run ends. What it
            # raises beside that is not told: the reason that is told comes first.
            if writing is not None:
                await asyncio.gather(writing, return_exceptions=True)
        if self._target.resumption is not None:
            self._target.resumption.forget()
        self._report.elapsed_seconds = time.monotonic() - self._start

    async def _store(self, batch: list[Accepted], intake: Intake) -> None:
        if self._report.dry_run:
            self._report.stored += len(batch)
        elif batch:
            writes = [accepted.write for accepted in batch]
            receipt = await self._target.catalog.write(self._target.tenant, writes)
            self._settle(batch, receipt, intake)
        if self._progress is not None:
            self._progress(self._now())

    def _settle(self, batch: list[Accepted], receipt: Receipt, intake: Intake) -> None:
        created = replaced = 0
        for accepted, outcome in zip(batch, receipt.outcomes, strict=True):
            if isinstance(outcome, Refused):
                intake.reject(accepted.line, accepted.key, (Problem(outcome.subject, None, outcome.message),))
            else:
                is_new = _is_new(outcome)
                created += is_new
                replaced += not is_new
        self._count(
            Confirmed(
                products=self._confirmed.products + len(batch),
                last_sku=batch[-1].key,
                created=self._confirmed.created + created,
                replaced=self._confirmed.replaced + replaced,
            )
        )
        if self._target.resumption is not None:
            self._report.is_resumable = self._target.resumption.save(self._confirmed)

    def _count(self, confirmed: Confirmed) -> None:
        self._confirmed = confirmed
        self._report.created, self._report.replaced = confirmed.created, confirmed.replaced
        self._report.stored = confirmed.created + confirmed.replaced

    def _now(self) -> ImportProgress:
        self._report.elapsed_seconds = time.monotonic() - self._start
        return ImportProgress(
            bytes_read=min(self._source.position, self._source.size),
            bytes_total=self._source.size,
            stored=self._report.stored,
            rejected=self._report.rejected,
            elapsed_seconds=self._report.elapsed_seconds,
            rate=self._report.rate,
        )


class _RejectedRows:
    """The file of every rejection, as JSON lines; nothing where none is wanted."""

    def __init__(self, path: Path | None) -> None:
        self._encode = msgspec.json.Encoder().encode
        try:
            self._file = path.open("wb") if path is not None else None
        except OSError as error:
            raise InterchangeError(f"{printable(str(path))} cannot be written: {error.strerror or error}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, rejection: Rejection) -> None:
        if self._file is not None:
            self._file.write(self._encode(rejection) + b"\n")


def _check_apart(options: ImportOptions) -> None:
    """Refuse to write the rejected rows over what is read."""
    if options.rejected_path is not None:
        for path in (options.path, options.mapping):
            if path is not None and path.resolve() == options.rejected_path.resolve():
                raise InterchangeError(
                    f"{printable(str(path))} is to be read, so rejected rows cannot be written to it"
                )


async def _resumption(options: ImportOptions, mapping: Mapping | None, tenant: str) -> Resumption | None:
    if options.state_folder is None or options.dry_run:
        return None
    digest = await asyncio.to_thread(file_digest, options.path)
    parts = (digest, options.format.value if options.format else None, options.encoding, mapping, options.stones)
    return Resumption(options.state_folder, options.path, tenant, msgspec.json.encode(parts).decode())


class _Kept(msgspec.Struct, frozen=True):
    """Where to see whether what an earlier run has stored is still there."""

    catalog: Catalog
    records: Records | None
    tenant: str

    async def confirmed(self, earlier: Confirmed) -> Confirmed:
        """Return what an earlier run has stored; nothing where the catalog knows nothing of it."""
        if not earlier.products or await self._has(earlier.last_sku):
            return earlier
        # The tenant was emptied, or its data restored from a time before.
        return Confirmed()

    async def _has(self, key: str) -> bool:
        try:
            await self.catalog.product(self.tenant, key)
        except ProductNotFoundError:
            if self.records is None:
                return False
            (stone,) = await self.records.find(self.tenant, RecordKind.GEMSTONE, (RecordKey(code=key),))
            return stone is not None
        return True


def _is_new(effect: Effect) -> bool:
    """Return whether a write has made something that was not there before."""
    if isinstance(effect, AllDone):
        return all(map(_is_new, effect.outcomes))
    return isinstance(effect, Stored | Recorded) and effect.created


def _stones(options: ImportOptions) -> StoneOptions:
    if options.stones is not None:
        return options.stones
    return StoneOptions(prefix=prefix_of(options.path))


def prefix_of(path: Path) -> str:
    """Return what the codes of stones without one begin with: the file's name, as far as a SKU may have it."""
    name = printable(path.name.partition(".")[0])
    return "-".join(name.split())[:_LONGEST_PREFIX] or "stone"


def _lines(path: Path, encoding: str | None) -> Iterator[str]:
    with Source(path, encoding) as source:
        yield from source
