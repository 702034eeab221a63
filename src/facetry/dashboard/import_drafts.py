"""The page of a file that waits: what it seems to be, which column is what, and what was wished in the form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from facetry.application.import_drafts import Amounts, ImportDrafts, currency_of
from facetry.application.interchange.detection import Format
from facetry.application.interchange.mapping import FileRule, parse_mapping
from facetry.application.interchange.mapping import Mapping as FileMapping
from facetry.application.interchange.preview import Column, Preview
from facetry.application.interchange.proposing import targets_of
from facetry.application.interchange.report import Rejection
from facetry.dashboard.call import PageCall
from facetry.dashboard.import_words import encodings, formats, notes, number_forms, stone_forms, targets
from facetry.dashboard.remarks import remark
from facetry.dashboard.values import Values
from facetry.domain.currencies import CURRENCIES
from facetry.domain.errors import InterchangeError
from facetry.domain.import_job import ImportJob, ImportWish

NUMBERS: Mapping[str, tuple[str, str]] = {
    "plain": (".", ""),
    "point": (".", ","),
    "comma": (",", "."),
}
"""What stands before the decimals of prices and between their thousands, by the name of the choice."""
_COLUMN = "column-"


@dataclass(frozen=True)
class ColumnChoice:
    """A column and what it is read as.

    Attributes:
        place: From 0.
        label: Its name, as it can be shown.
        examples: Its first values.
        target: What it is read as, for a mapping to be changed; else the field.
    """

    place: int
    label: str
    examples: Sequence[str]
    target: str


@dataclass(frozen=True)
class DraftPage:
    """A file that waits.

    Attributes:
        job: The draft; where it was tried, with what that found.
        seen: Its first rows.
        format: The choice of the format; empty where none is found.
        columns: Of a table.
        choices: What the fields of the form can be, by name: pairs of value and label.
        file: How the file writes numbers, where there is a mapping.
        numbers: The choice for that.
        currency: Of all prices; empty for the tenant's, or that of a column.
        mapping: The mapping as text; empty for none.
        problem: Why the file cannot be read; empty where it can.
        errors: What is wrong, by field.
        trouble: Why a trial has failed.
        notes: What was noted of rows, and how often.
        rejected: The first rows that a trial has rejected.
        has_more: Whether there are more of them.
    """

    job: ImportJob
    seen: Preview
    format: str
    columns: Sequence[ColumnChoice]
    choices: Mapping[str, Sequence[tuple[str, str]]]
    file: FileRule
    numbers: str
    currency: str
    mapping: str
    problem: str
    errors: Mapping[str, str]
    trouble: str
    notes: Sequence[tuple[str, int]] = ()
    rejected: Sequence[Rejection] = ()
    has_more: bool = False

    @property
    def is_mapped(self) -> bool:
        """Return whether the columns can be read as others."""
        return self.format == Format.MAPPED.value

    @property
    def was_tried(self) -> bool:
        """Return whether the whole file was checked."""
        return self.job.finished is not None

    def with_rejected(self, found: tuple[Sequence[Rejection], bool]) -> DraftPage:
        """Return the page with rows that a trial has rejected, and whether there are more."""
        return replace(self, rejected=found[0], has_more=found[1])


async def draft_page(
    call: PageCall, drafts: ImportDrafts, job: ImportJob, errors: Mapping[str, str], typed: str | None
) -> DraftPage:
    """Return the page of a draft; ``typed`` is a mapping that was refused, to be mended."""
    seen = await drafts.preview(call.tenant, job, call.settings.currency)
    form = seen.format.value if seen.format else job.wish.format
    mapping = _mapping(job.wish)
    texts = call.texts
    return DraftPage(
        job=job,
        seen=seen,
        format=form,
        columns=[_choice(place, column, mapping) for place, column in enumerate(seen.columns)],
        choices={
            "format": formats(texts),
            "encoding": encodings(texts, job.wish.encoding),
            "stones_as": stone_forms(texts),
            "numbers": number_forms(texts),
            "currency": [("", call.settings.currency), *((code, code) for code in sorted(CURRENCIES))],
            "targets": targets(texts),
        },
        file=mapping.file,
        numbers=_numbers_of(mapping.file),
        currency=currency_of(mapping),
        mapping=job.wish.mapping if typed is None else typed,
        problem=remark(texts, seen.problem),
        errors=errors,
        trouble=remark(texts, job.error),
        notes=notes(texts, job.notes),
    )


async def read_wish(tenant: str, drafts: ImportDrafts, job: ImportJob, form: Values) -> ImportWish:
    """Return what the form of a draft wishes.

    Raises:
        InvalidValueError: No column would be SKU or name.
        InterchangeError: The file is no table, or its mapping is none.
    """
    wish = msgspec.structs.replace(
        job.wish,
        encoding=form.text("encoding"),
        stones_as=form.text("stones_as") or job.wish.stones_as,
        stone=form.text("stone") or job.wish.stone,
        code_prefix=form.text("code_prefix"),
    )
    chosen = form.text("format")
    if chosen != Format.MAPPED.value:
        return msgspec.structs.replace(wish, format=chosen, mapping="")
    if form.text("action") == "mapping":
        return msgspec.structs.replace(wish, format=chosen, mapping=form.raw("mapping"))
    if wish.encoding != job.wish.encoding and not wish.mapping.isascii():
        # The names of columns are others now.
        wish = msgspec.structs.replace(wish, mapping="")
    given = msgspec.structs.replace(job, wish=wish)
    return await drafts.with_columns(tenant, given, _targets(form), _amounts(form) if wish.mapping else None)


def _choice(place: int, column: Column, mapping: FileMapping) -> ColumnChoice:
    target = targets_of(mapping, [column.name])[column.name] if mapping.product else column.field
    return ColumnChoice(place, column.label, column.examples[:3], target)


def _mapping(wish: ImportWish) -> FileMapping:
    try:
        return parse_mapping(wish.mapping) if wish.mapping else FileMapping(product={})
    except InterchangeError:
        return FileMapping(product={})


def _numbers_of(file: FileRule) -> str:
    written = (file.decimal, file.thousands)
    return next(
        (name for name, signs in NUMBERS.items() if signs == written), "comma" if file.decimal == "," else "plain"
    )


def _targets(form: Values) -> dict[int, str]:
    found = {}
    for name, value in form.pairs:
        place = name.removeprefix(_COLUMN)
        if name.startswith(_COLUMN) and place.isascii() and place.isdigit() and len(place) <= len("999"):
            found[int(place)] = value
    return found


def _amounts(form: Values) -> Amounts:
    decimal, thousands = NUMBERS.get(form.text("numbers"), NUMBERS["plain"])
    file = FileRule(
        decimal="," if decimal == "," else ".",
        thousands=thousands,
        zero_is_no_price=form.flag("zero_is_no_price"),
        negative_is_no_stock=form.flag("negative_is_no_stock"),
    )
    return Amounts(file, form.text("currency"))
