"""From records to batches of products that may be stored; everything else is counted and told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import NamedTuple

from facetry.application.interchange.reading import Reading
from facetry.application.interchange.record import Problem, Record, RecordReader, shown
from facetry.application.interchange.report import MOST_REJECTIONS_LISTED, ImportReport, Rejection
from facetry.application.interchange.values import read_content
from facetry.domain.catalog import PutProduct, Write
from facetry.domain.product import ProductContent
from facetry.domain.restoring import RestoreRecord

BATCH_PRODUCTS = 250
LARGEST_BATCH = 1_000
"""Until here a batch grows to keep the products of a group together, which the store then derives once."""
_TURN_RECORDS = 50
"""Records looked at before others on the event loop get their turn: about two milliseconds."""
MOST_SKUS_REMEMBERED = 2_000_000
"""Beyond it repeated SKUs are noted no more, so that memory stays bounded."""


class Accepted(NamedTuple):
    """What may be stored: the line on which it begins, its SKU or code, how it is stored, and its group, if any."""

    line: int
    key: str
    write: Write
    group_id: str = ""


class Intake:
    """Read the records of one file, note and reject."""

    def __init__(self, reader: RecordReader, report: ImportReport, told: Callable[[Rejection], None]) -> None:
        """Read from a reader into a report; every rejection is told as well."""
        self._reader = reader
        self._report = report
        self._told = told
        self._lines: dict[str, int] = {}
        self._folded: dict[str, str] = {}

    async def batches(self, reading: Reading) -> AsyncIterator[list[Accepted]]:
        """Yield the products that may be stored, in the order of the file; the same file gives the same batches."""
        batch: list[Accepted] = []
        async for records in reading.slices(self._reader.records()):
            for count, record in enumerate(records, 1):
                if count % _TURN_RECORDS == 0:
                    await asyncio.sleep(0)
                accepted = self._accepted(record)
                if accepted is None:
                    continue
                if _is_full(batch, accepted):
                    yield batch
                    batch = []
                batch.append(accepted)
        if batch:
            yield batch

    def reject(self, line: int, sku: str, problems: tuple[Problem, ...]) -> None:
        """Count a row as rejected and tell each of its problems."""
        self._report.rejected += 1
        for problem in problems:
            rejection = Rejection(
                file=self._report.file,
                line=line,
                sku=shown(sku),
                field=problem.field,
                column=shown(self._reader.columns.get(problem.field, problem.field)),
                value=shown(problem.value),
                reason=problem.reason,
            )
            self._report.problems += 1
            if len(self._report.rejections) < MOST_REJECTIONS_LISTED:
                self._report.rejections.append(rejection)
            self._told(rejection)

    def _accepted(self, record: Record) -> Accepted | None:
        accepted = record.problems or _accepted(record)
        if not isinstance(accepted, Accepted):
            self.reject(record.line, shown(record.values.get("sku")), accepted)
            return None
        if isinstance(accepted.write, RestoreRecord):
            self._report.things = "products and records"
        for note in record.notes:
            self._report.note(note.kind, record.line, accepted.key, note.detail)
        if isinstance(accepted.write, PutProduct) and record.write is None:
            self._note_gaps(record.line, accepted.write.content)
        self._note_repetition(record.line, accepted.key)
        return accepted

    def _note_gaps(self, line: int, content: ProductContent) -> None:
        if not content.description:
            self._report.note("no_description", line, content.sku)
        if not content.images:
            self._report.note("no_image", line, content.sku)
        if content.promotion_price is None:
            self._report.note("no_price", line, content.sku)

    def _note_repetition(self, line: int, sku: str) -> None:
        if (first := self._lines.get(sku)) is not None:
            self._report.note("duplicate_sku", line, sku, f"first on line {first}")
        elif len(self._lines) < MOST_SKUS_REMEMBERED:
            self._lines[sku] = line
            other = self._folded.setdefault(sku.casefold(), sku)
            if other is not sku:
                self._report.note("case_variant_sku", line, sku, f"beside {other} on line {self._lines[other]}")


def _accepted(record: Record) -> Accepted | tuple[Problem, ...]:
    """Return what storing a record means, or all that is wrong with it."""
    if record.write is not None:
        return Accepted(record.line, str(record.values["sku"]), record.write)
    content = read_content(record.values)
    if isinstance(content, tuple):
        return content
    return Accepted(record.line, content.sku, PutProduct(content), content.group_id)


def _is_full(batch: list[Accepted], following: Accepted) -> bool:
    """Return whether a batch ends before a product: large enough, and not in the middle of a group."""
    if len(batch) < BATCH_PRODUCTS:
        return False
    last = batch[-1]
    return len(batch) >= LARGEST_BATCH or not last.group_id or last.group_id != following.group_id
