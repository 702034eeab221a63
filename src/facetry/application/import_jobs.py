"""Imports in the background, as their tenants see them: start, look, cancel, read what was rejected."""

from __future__ import annotations

import asyncio
import codecs
import time
from collections.abc import AsyncIterable, AsyncIterator, Sequence
from pathlib import Path

import msgspec

from facetry.application.digested_file import DigestedFile
from facetry.application.interchange.detection import Format
from facetry.application.interchange.importing import ImportOptions, prefix_of
from facetry.application.interchange.mapping import FieldRule, parse_mapping
from facetry.application.interchange.report import Rejection
from facetry.application.interchange.stones import StoneForm, StoneOptions
from facetry.application.interchange.workbook import as_lines
from facetry.domain.errors import (
    ImportNotFoundError,
    InterchangeError,
    InvalidValueError,
    KeyReusedError,
    StoreBusyError,
)
from facetry.domain.import_job import ImportJob, ImportWish, JobState
from facetry.domain.money import DEFAULT_CURRENCY
from facetry.domain.repeating import KEPT_SECONDS
from facetry.domain.trade_terms.stones import stone
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.clock import Clock
from facetry.ports.import_jobs import ImportJobs, JobFiles

MAX_NAME = 200
CANCEL_SECONDS = 5.0
"""How long who cancels a job waits for its end."""
ELECTION_SECONDS = 5.0
"""How long an import waits for one with the same key that came before it and has not begun."""
_LOOK_SECONDS = 0.05
_JOBS = 100
_ROWS = 500
"""Rejections that are told before others get their turn."""
MAPPING_FILE = "mapping.toml"


class Imports:
    """The use cases of imports in the background."""

    def __init__(
        self,
        jobs: ImportJobs,
        store: CatalogStore,
        clock: Clock,
        most_bytes: int,
        cancel_seconds: float = CANCEL_SECONDS,
        election_seconds: float = ELECTION_SECONDS,
    ) -> None:
        """Keep jobs for the tenants of a store; no file may have more than ``most_bytes``."""
        self._cancel_seconds = cancel_seconds
        self._election_seconds = election_seconds
        self._jobs = jobs
        self._store = store
        self._clock = clock
        self._most_bytes = most_bytes

    @property
    def most_bytes(self) -> int:
        """Return how many bytes a file may have."""
        return self._most_bytes

    async def start(self, tenant: str, wish: ImportWish, pieces: AsyncIterable[bytes]) -> ImportJob:
        """Keep a file, durable on return, and have it imported as soon as it is its turn.

        Raises:
            InvalidValueError: Something is wished that there is not.
            InterchangeError: The mapping cannot be used, or a workbook cannot be read; nothing is kept.
            FileTooLargeError: The file is too large; nothing is kept.
            StoreError: The file cannot be kept.
        """
        check_wish(wish)
        job = ImportJob(wish=wish, created=await self.time_for(tenant))
        return await self._jobs.add(tenant, job, as_lines(pieces, self._most_bytes), self._most_bytes)

    async def start_once(
        self, tenant: str, wish: ImportWish, pieces: AsyncIterable[bytes], key: str
    ) -> tuple[ImportJob, bool]:
        """Start an import as ``start`` does, unless one with the same key was less than a day ago: then return that.

        Returns:
            The import, and whether it was there before.

        Raises:
            KeyReusedError: The other one was asked for otherwise, or is of another file.
        """
        check_wish(wish)
        known = await self._with_key(tenant, key)
        file = DigestedFile(as_lines(pieces, self._most_bytes), self._most_bytes)
        if known is not None:
            await file.read()
        else:
            # A draft until its digest is known: nobody works on it, and no repeat takes it for a whole one.
            draft = ImportJob(wish=wish, created=await self.time_for(tenant), key=key, state=JobState.DRAFT)
            job = await self._jobs.add(tenant, draft, file.pieces(), self._most_bytes)
            begun = msgspec.structs.replace(job, state=JobState.QUEUED, digest=file.digest)
            known = await self._begun_before(tenant, begun)
            if known is None:
                return begun, False
            await self._jobs.remove(tenant, job.id)
        if (known.wish, known.digest) != (wish, file.digest):
            raise KeyReusedError(key)
        return known, True

    async def time_for(self, tenant: str) -> float:
        """Return when a job is made now: not before its tenant, however the clock was set meanwhile."""
        return max(self._clock.now(), await self._born(tenant))

    async def _begun_before(self, tenant: str, begun: ImportJob) -> ImportJob | None:
        """Begin a draft, and return None, unless another one with its key has begun: then return that.

        Who begins has given up all drafts with the key before that were there. Who comes later sees it as begun, or
        gives it up in its turn; what is given up cannot begin, and what has begun cannot be given up. So no two begin,
        whichever processes they are in.

        Raises:
            StoreBusyError: Another one gave this one up, and has not begun.
        """
        begun_at = time.monotonic()
        is_given_up = False
        while True:
            others = [job for job in await self._of_key(tenant, begun.key) if job.id != begun.id]
            known = next((job for job in others if job.digest), None)
            if known is not None:
                return known
            waited = time.monotonic() - begun_at
            drafts = [job for job in others if job.is_draft]
            # The first one begins; unless its process has ended.
            is_first = all(job.id > begun.id for job in drafts)
            may_begin = not is_given_up and (is_first or waited > self._election_seconds)
            if may_begin and await self._given_up(tenant, drafts):
                if await self._jobs.replace_draft(tenant, begun):
                    return None
                is_given_up = True
            if is_given_up and waited > 2 * self._election_seconds:
                await self._jobs.remove(tenant, begun.id)
                raise StoreBusyError("another import with the same key was about to begin, and did not; send it again")
            await asyncio.sleep(_LOOK_SECONDS)

    async def _given_up(self, tenant: str, drafts: Sequence[ImportJob]) -> bool:
        """Give drafts up, and return whether none of them has begun meanwhile."""
        now = self._clock.now()
        over = [msgspec.structs.replace(job, state=JobState.CANCELED, finished=now) for job in drafts]
        return all([await self._jobs.replace_draft(tenant, job) for job in over])

    async def _with_key(self, tenant: str, key: str) -> ImportJob | None:
        """Return the import of the last day that was started with a key."""
        return next((job for job in await self._of_key(tenant, key) if job.digest), None)

    async def _of_key(self, tenant: str, key: str) -> list[ImportJob]:
        """Return the imports of the last day with a key, descending, whether they have begun or not."""
        since = max(await self._born(tenant), self._clock.now() - KEPT_SECONDS)
        found: list[ImportJob] = []
        last: int | None = None
        while page := await self._jobs.jobs_before(tenant, last, _JOBS):
            recent = [job for job in page if job.created >= since]
            found += [job for job in recent if job.key == key]
            if len(recent) < len(page):
                break
            last = page[-1].id
        return found

    async def get(self, tenant: str, job_id: int) -> ImportJob:
        """Return a job.

        Raises:
            ImportNotFoundError: There is none, or not any more.
        """
        job = await self._jobs.job(tenant, job_id)
        if job is None or job.created < await self._born(tenant):
            raise ImportNotFoundError(job_id)
        return job

    async def after(self, tenant: str, job_id: int, limit: int) -> Sequence[ImportJob]:
        """Return up to ``limit`` jobs whose id is greater, ascending."""
        born = await self._born(tenant)
        return [job for job in await self._jobs.jobs_after(tenant, job_id, limit) if job.created >= born]

    async def before(self, tenant: str, job_id: int | None, limit: int) -> Sequence[ImportJob]:
        """Return up to ``limit`` jobs whose id is less, descending; None begins at the last."""
        born = await self._born(tenant)
        return [job for job in await self._jobs.jobs_before(tenant, job_id, limit) if job.created >= born]

    async def cancel(self, tenant: str, job_id: int) -> ImportJob:
        """End a job and return it as it is then, or after a while if it has not ended; what it has stored stays.

        A draft is given up at once; a dry run of one leaves the draft.

        Raises:
            ImportNotFoundError: There is none, or not any more.
        """
        job = await self.get(tenant, job_id)
        ends = time.monotonic() + self._cancel_seconds
        if job.is_draft:
            over = msgspec.structs.replace(job, state=JobState.CANCELED, finished=self._clock.now())
            await self._jobs.replace_draft(tenant, over)
            return await self.get(tenant, job_id)
        if job.is_open:
            await self._jobs.cancel(tenant, job_id)
        while job.is_open and time.monotonic() < ends:
            await asyncio.sleep(_LOOK_SECONDS)
            job = await self.get(tenant, job_id)
        return job

    async def rejections(self, tenant: str, job_id: int) -> AsyncIterator[Sequence[Rejection]]:
        """Return what yields what was rejected by now, some rows at a time, in the order of the file.

        Raises:
            ImportNotFoundError: There is no such job, or not any more.
        """
        await self.get(tenant, job_id)
        return _rejections(self._jobs.rejected(tenant, job_id))

    async def _born(self, tenant: str) -> float:
        """Return when a tenant was made: what is older is another one's that had its id."""
        record = await self._store.tenant(tenant)
        return record.created if record else 0.0


def check_wish(wish: ImportWish) -> None:
    """Check what is wished before a file is kept for it.

    Raises:
        InvalidValueError: Something is wished that there is not.
        InterchangeError: The mapping cannot be used.
    """
    if len(wish.name) > MAX_NAME:
        raise InvalidValueError("name", f"must have at most {MAX_NAME} characters")
    if wish.format:
        _check_one_of("format", wish.format, [one.value for one in Format])
    _check_one_of("stones_as", wish.stones_as, [one.value for one in StoneForm])
    stone("stone", wish.stone)
    try:
        codecs.lookup(wish.encoding or "utf-8")
    except (LookupError, ValueError) as error:
        raise InvalidValueError("encoding", "is no encoding that is known here") from error
    if wish.format == Format.MAPPED.value and not wish.mapping:
        raise InterchangeError("the format mapped needs a mapping")
    if wish.mapping:
        _check_mapping(wish.mapping)


def options_of(wish: ImportWish, files: JobFiles, currency: str = DEFAULT_CURRENCY) -> ImportOptions:
    """Return how a job's file is imported, its mapping written beside it."""
    mapping = files.folder / MAPPING_FILE if wish.mapping else None
    if mapping is not None:
        mapping.write_text(wish.mapping, "utf-8")
    return ImportOptions(
        path=files.upload,
        format=Format(wish.format) if wish.format else None,
        mapping=mapping,
        encoding=wish.encoding or None,
        dry_run=wish.dry_run,
        state_folder=files.folder,
        rejected_path=files.rejected,
        stones=stone_options(wish, currency),
        refused_kinds=wish.refused_kinds,
    )


def stone_options(wish: ImportWish, currency: str) -> StoneOptions:
    """Return how a list of stones is read by a wish.

    Raises:
        InvalidValueError: There is no such stone.
    """
    return StoneOptions(
        form=StoneForm(wish.stones_as),
        kind=stone("stone", wish.stone).name,
        prefix=wish.code_prefix or prefix_of(Path(wish.name)),
        currency=currency,
    )


def _check_one_of(field: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise InvalidValueError(field, f"must be one of {', '.join(known)}")


def _check_mapping(text: str) -> None:
    """Refuse a mapping that is not right, and patterns: one of a stranger's could keep the server busy for ever."""
    mapping = parse_mapping(text)
    rules = (*mapping.product.values(), *mapping.attributes.values())
    in_rules = any(isinstance(rule, FieldRule) and rule.pattern for rule in rules)
    if in_rules or any(isinstance(one, dict) and "pattern" in one for one in mapping.where.values()):
        raise InterchangeError("a mapping with patterns is for the command facetry import only")


async def _rejections(pieces: AsyncIterable[bytes]) -> AsyncIterator[Sequence[Rejection]]:
    decode = msgspec.json.Decoder(Rejection).decode
    rest = b""
    async for piece in pieces:
        # The last line may still be on its way.
        *lines, rest = (rest + piece).split(b"\n")
        for first in range(0, len(lines), _ROWS):
            yield [decode(line) for line in lines[first : first + _ROWS]]
