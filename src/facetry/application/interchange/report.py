"""What an import did: counts, notes and rejected rows, and how to say it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from facetry.application.interchange.record import shown

MOST_REJECTIONS_LISTED = 100
MOST_EXAMPLES = 5
MOST_COLUMNS_LISTED = 12

NOTES = {
    "no_description": "products without a description",
    "no_image": "products without a picture",
    "no_price": "products without a price",
    "zero_price": "prices of 0, read as no price",
    "negative_quantity": "quantities below 0, read as 0",
    "duplicate_sku": "SKUs again in the same file: the last one stays",
    "case_variant_sku": "SKUs that differ from another only in case: products of their own",
    "derived_sku": "variants without a SKU: made of handle and position",
    "derived_code": "stones without a code: made of their certificate, or of the line",
    "unknown_label": "values that are in no table, kept as written",
    "zero_size": "sizes of 0, read as none",
    "long_handle": "handles too long for a group id: shortened",
}
"""Kinds of notes and what they say behind their count."""


class Rejection(msgspec.Struct, frozen=True, kw_only=True):
    """A row that was not stored.

    Attributes:
        line: The line of the file on which it begins.
        sku: Its SKU as far as it has one.
        field: Field of the Catalog API, empty where the whole row is meant.
        column: What the file calls the field.
        value: The value in one short line.
        reason: What is wrong with it.
    """

    file: str
    line: int
    sku: str
    field: str
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        """Return it as one line for a reader."""
        name = self.column if self.column in {"", self.field} else f"{self.column} ({self.field})"
        told = [f"{self.file}, line {self.line}"]
        if name or self.field:
            told.append(name or self.field)
        value = f'"{self.value}" ' if self.value else ""
        return ": ".join([*told, f"{value}{self.reason}"])


class NoteCount(msgspec.Struct):
    """How often something was noted, and the first few places: line, SKU and detail."""

    count: int = 0
    examples: list[str] = []

    def add(self, line: int, sku: str, detail: str) -> None:
        """Count one more."""
        self.count += 1
        if len(self.examples) < MOST_EXAMPLES:
            told = f"line {line}: {shown(sku)}"
            self.examples.append(f"{told} ({shown(detail)})" if detail and detail != sku else told)


class ImportReport(msgspec.Struct, kw_only=True):
    """What an import did, or with ``dry_run`` would do.

    Attributes:
        file: Name of the file.
        format: Name of its format.
        things: What is stored.
        stored: Products written, created and replaced ones together.
        resumed_after: Products that an earlier, broken run had stored; they count in ``stored`` too.
        rejected: Rows that were not stored.
        skipped: Rows that hold no product, or none that the mapping wants.
        rejections: The first of the problems of rejected rows, in the order of the file.
        problems: How many problems the rejected rows have; a row may have several.
        notes: What was noted, by kind.
        ignored_columns: Columns of the file that are not read.
        elapsed_seconds: How long it took.
        is_resumable: Whether a broken run could have been continued.
    """

    file: str
    format: str
    things: str = "products"
    dry_run: bool = False
    stored: int = 0
    created: int = 0
    replaced: int = 0
    resumed_after: int = 0
    rejected: int = 0
    skipped: int = 0
    problems: int = 0
    rejections: list[Rejection] = []
    notes: dict[str, NoteCount] = {}
    ignored_columns: tuple[str, ...] = ()
    elapsed_seconds: float = 0.0
    is_resumable: bool = False

    @property
    def rate(self) -> float:
        """Return products a second that this run took in."""
        return (self.stored - self.resumed_after) / self.elapsed_seconds if self.elapsed_seconds else 0.0

    def note(self, kind: str, line: int, sku: str, detail: str = "") -> None:
        """Count a note."""
        self.notes.setdefault(kind, NoteCount()).add(line, sku, detail)

    def lines(self) -> Iterator[str]:
        """Yield the report as lines of text."""
        yield self._summary()
        if self.resumed_after:
            yield f"continued after {self.resumed_after:,} {self.things} that an earlier run had stored"
        if self.skipped:
            yield f"{self.skipped:,} rows skipped: no product, or none that the mapping wants"
        if self.ignored_columns:
            yield f"{len(self.ignored_columns):,} columns not read: {_some(self.ignored_columns)}"
        for kind, note in self.notes.items():
            examples = "; ".join(note.examples)
            more = "; ..." if note.count > len(note.examples) else ""
            yield f"{note.count:,} {NOTES.get(kind, kind)}: {examples}{more}"
        if self.rejected:
            yield f"{self.rejected:,} rows rejected:"
        for rejection in self.rejections:
            yield f"  {rejection}"
        if self.problems > len(self.rejections):
            yield f"  ... and {self.problems - len(self.rejections):,} more"

    def _summary(self) -> str:
        if self.dry_run:
            return (
                f"{self.file} ({self.format}): {self.stored:,} {self.things} are fit to be stored; nothing was written"
            )
        counts = f"{self.stored:,} {self.things} stored ({self.created:,} new, {self.replaced:,} replaced)"
        return f"{self.file} ({self.format}): {counts} in {self.elapsed_seconds:.1f} s, {self.rate:,.0f}/s"


def _some(columns: tuple[str, ...]) -> str:
    listed = ", ".join(columns[:MOST_COLUMNS_LISTED])
    return f"{listed}, ..." if len(columns) > MOST_COLUMNS_LISTED else listed
