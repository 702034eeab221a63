"""Imports that their owner looks at first: a file is uploaded, seen in part, tried, and then begun or given up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Mapping
from typing import NamedTuple

import msgspec

from facetry.application.import_jobs import MAX_NAME, Imports, check_wish, stone_options
from facetry.application.interchange.detection import Format
from facetry.application.interchange.mapping import FieldRule, FileRule, parse_mapping
from facetry.application.interchange.mapping import Mapping as FileMapping
from facetry.application.interchange.mapping_text import mapping_text
from facetry.application.interchange.preview import (
    Head,
    Preview,
    Reading,
    likely_encoding,
    preview,
    read_head,
    samples_of,
)
from facetry.application.interchange.proposing import missing_fields, proposed_mapping, with_targets
from facetry.application.interchange.record import printable
from facetry.application.interchange.workbook import as_lines
from facetry.domain.errors import ChangedMeanwhileError, InterchangeError, InvalidValueError
from facetry.domain.import_job import ImportJob, ImportWish, JobState
from facetry.domain.money import DEFAULT_CURRENCY
from facetry.ports.clock import Clock
from facetry.ports.import_jobs import ImportJobs

_NO_FILE = "the file"
_CURRENCY = "currency"


class Amounts(NamedTuple):
    """How a file writes prices.

    Attributes:
        file: Signs of numbers, and what 0 and less mean; what it says of delimiter and encoding does not count.
        currency: Of all prices, where no column says it; empty for the tenant's.
    """

    file: FileRule
    currency: str = ""


class ImportDrafts:
    """The use cases of drafts; each that changes one is for a draft only."""

    def __init__(self, jobs: ImportJobs, imports: Imports, clock: Clock) -> None:
        """Keep drafts among the jobs of imports."""
        self._jobs = jobs
        self._imports = imports
        self._clock = clock

    async def upload(self, tenant: str, name: str, by: str, pieces: AsyncIterable[bytes]) -> ImportJob:
        """Keep a file, durable on return, and say how it seems to be read best.

        Args:
            tenant: Whose catalog it is for.
            name: What the file is called.
            by: Who uploads it.
            pieces: The file.

        Raises:
            FileTooLargeError: The file is too large; nothing is kept.
            InterchangeError: It is a workbook that cannot be read; likewise.
            StoreError: The file cannot be kept.
        """
        wish = ImportWish(name=printable(name)[:MAX_NAME] or _NO_FILE, code_prefix="")
        draft = ImportJob(
            wish=wish, state=JobState.DRAFT, created=await self._imports.time_for(tenant), drafted=True, by=by
        )
        most = self._imports.most_bytes
        job = await self._jobs.add(tenant, draft, as_lines(pieces, most), most)
        proposed = await self._proposed(tenant, job)
        if proposed != wish:
            job = msgspec.structs.replace(job, wish=proposed)
            await self._jobs.replace_draft(tenant, job)
        return job

    async def preview(self, tenant: str, job: ImportJob, currency: str = DEFAULT_CURRENCY) -> Preview:
        """Return what the first rows of a draft would become; prices without a currency are in the given one."""
        try:
            head = await self._head(tenant, job.id)
            reading = _reading(job.wish, currency)
        except InterchangeError as error:
            return Preview(problem=error.message)
        return await asyncio.to_thread(preview, head, reading)

    async def change(self, tenant: str, job_id: int, wish: ImportWish) -> ImportJob:
        """Have a draft be read otherwise, and return it; what a dry run has found before is forgotten.

        Raises:
            ImportNotFoundError: There is no such job, or not any more.
            InvalidValueError: Something is wished that there is not.
            InterchangeError: The mapping cannot be used.
            ChangedMeanwhileError: It is no draft any more.
        """
        return await self._become(tenant, job_id, JobState.DRAFT, msgspec.structs.replace(wish, dry_run=False))

    async def try_out(self, tenant: str, job_id: int, wish: ImportWish) -> ImportJob:
        """Have the whole file checked, and nothing stored; the job is a draft again then. Raises as ``change``."""
        return await self._become(tenant, job_id, JobState.QUEUED, msgspec.structs.replace(wish, dry_run=True))

    async def begin(self, tenant: str, job_id: int, wish: ImportWish) -> ImportJob:
        """Have the file imported as soon as it is its turn. Raises as ``change``."""
        return await self._become(tenant, job_id, JobState.QUEUED, msgspec.structs.replace(wish, dry_run=False))

    async def with_columns(
        self, tenant: str, job: ImportJob, targets: Mapping[int, str], amounts: Amounts | None = None
    ) -> ImportWish:
        """Return the wish of a draft, its columns read as other fields by their places; see ``with_targets``.

        Args:
            tenant: Whose it is.
            job: The draft.
            targets: What columns are read as, by their places in the file.
            amounts: How the file writes prices; None for as before.

        Raises:
            InterchangeError: The file is no table.
            InvalidValueError: No column would be SKU, or name; the field is ``mapping``.
        """
        mapping = parse_mapping(job.wish.mapping) if job.wish.mapping else FileMapping(product={})
        delimiter = mapping.file.delimiter
        encoding = job.wish.encoding or mapping.file.encoding
        head = await self._head(tenant, job.id)
        samples = await asyncio.to_thread(samples_of, head, encoding, delimiter)
        if not mapping.product:
            mapping = proposed_mapping(samples)
        names = list(samples)
        wanted = {names[place]: target for place, target in targets.items() if place < len(names)}
        changed = with_targets(mapping, wanted, samples)
        if amounts is not None:
            changed = _with_amounts(changed, amounts)
        if missing := missing_fields(changed):
            raise InvalidValueError("mapping", f"must have a column for {' and '.join(missing)}")
        return msgspec.structs.replace(job.wish, format=Format.MAPPED.value, mapping=mapping_text(changed))

    async def _become(self, tenant: str, job_id: int, state: JobState, wish: ImportWish) -> ImportJob:
        check_wish(wish)
        job = await self._imports.get(tenant, job_id)
        fresh = ImportJob(
            id=job.id,
            wish=wish,
            state=state,
            created=job.created,
            bytes_total=job.bytes_total,
            drafted=True,
            by=job.by,
        )
        if not await self._jobs.replace_draft(tenant, fresh):
            raise ChangedMeanwhileError((await self._imports.get(tenant, job_id)).state.value)
        return fresh

    async def _head(self, tenant: str, job_id: int) -> Head:
        return await read_head(self._jobs.uploaded(tenant, job_id))

    async def _proposed(self, tenant: str, job: ImportJob) -> ImportWish:
        """Return a wish that fits what the file looks like, the given one where it looks like nothing."""
        try:
            head = await self._head(tenant, job.id)
            return await asyncio.to_thread(_likely_wish, head, job.wish)
        except InterchangeError:
            return job.wish


def _likely_wish(head: Head, wish: ImportWish) -> ImportWish:
    wish = msgspec.structs.replace(wish, encoding=likely_encoding(head))
    seen = preview(head, Reading(encoding=wish.encoding or None))
    if seen.format is not None or not seen.columns:
        return wish
    mapping = proposed_mapping(samples_of(head, wish.encoding or None))
    return msgspec.structs.replace(wish, format=Format.MAPPED.value, mapping=mapping_text(mapping))


def currency_of(mapping: FileMapping) -> str:
    """Return the currency that a mapping gives all prices; empty where a column, or nothing, says it."""
    rule = mapping.product.get(_CURRENCY)
    is_constant = isinstance(rule, FieldRule) and rule.column is None and rule.template is None
    return rule.value if is_constant and isinstance(rule.value, str) else ""  # type: ignore[union-attr]  # a rule


def _with_amounts(mapping: FileMapping, amounts: Amounts) -> FileMapping:
    file = msgspec.structs.replace(amounts.file, delimiter=mapping.file.delimiter, encoding=mapping.file.encoding)
    product = dict(mapping.product)
    if currency_of(mapping):
        del product[_CURRENCY]
    if amounts.currency and _CURRENCY not in product:
        product[_CURRENCY] = FieldRule(value=amounts.currency)
    return msgspec.structs.replace(mapping, file=file, product=product)


def _reading(wish: ImportWish, currency: str) -> Reading:
    mapping = parse_mapping(wish.mapping) if wish.mapping else None
    return Reading(
        format=Format(wish.format) if wish.format else None,
        mapping=mapping,
        encoding=wish.encoding or (mapping.file.encoding if mapping else None),
        stones=stone_options(wish, currency),
    )
