"""Pages of batches: listings that are brought up to date together, how far that is, and what became of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from facetry.application.record_lists import RecordLists, RecordQuery
from facetry.dashboard.call import PageCall
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.records.paging import AT, Pager, link, number_key, pager, place_of
from facetry.dashboard.records.words import BATCH_BADGES, BATCH_STATUSES, LISTED_FIELDS, translated
from facetry.dashboard.rendering import redirect, render
from facetry.dashboard.routing import Page
from facetry.domain.batching import QueueBatch
from facetry.domain.errors import InvalidValueError
from facetry.domain.keeping import Recorded
from facetry.domain.listing import LISTING_FIELDS, Batch, BatchStatus, Listing, ListingTask
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.user import Role
from facetry.http.answer import Answer

URL = "/dashboard/listings/batches"
_ONE = f"{URL}/{{id}}"
_KIND = RecordKind.BATCH
_BATCHES = 20
"""Each of them may have thousands of tasks."""
_TASKS = 100
_RUNNING = "running"
_FAILED = "failed"
_NUMBER = re.compile(r"\d{1,15}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class BatchesPage:
    """The list of batches; ``is_running`` says that it has only those that are not finished."""

    batches: Sequence[Batch]
    pager: Pager
    is_running: bool
    statuses: Mapping[BatchStatus, str]
    fields: Mapping[str, str]
    badges: Mapping[BatchStatus, str] = field(default_factory=lambda: BATCH_BADGES)


class Result(NamedTuple):
    """What a batch did to a listing, and that as it is now; None where it was deleted."""

    task: ListingTask
    listing: Listing | None


@dataclass(frozen=True, kw_only=True)
class BatchPage:
    """One batch.

    Attributes:
        results: Of the tasks that are shown.
        total: How many tasks there are to be shown.
        first: The number of the first one that is shown.
        is_running: Whether there are tasks left to do.
        failed_only: Whether only those are shown that could not be done.
    """

    batch: Batch
    results: Sequence[Result]
    total: int
    first: int
    pager: Pager
    is_running: bool
    failed_only: bool
    statuses: Mapping[BatchStatus, str]
    fields: Mapping[str, str]
    badges: Mapping[BatchStatus, str] = field(default_factory=lambda: BATCH_BADGES)


class Batches:
    """Handles the pages of batches."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Read batches, and queue them through a catalog."""
        self._catalog = dependencies.catalog
        self._records = dependencies.records
        self._lists = RecordLists(dependencies.records)

    async def list(self, call: PageCall) -> Answer:
        """Show a page of the list."""
        is_running = call.query.flag(_RUNNING)
        query = RecordQuery(link="open" if is_running else "")
        found = await self._lists.page(call.tenant, _KIND, query, place_of(call.query, _BATCHES))
        batches = [one for one in found.records if isinstance(one, Batch)]
        page = BatchesPage(
            batches=batches,
            pager=pager(call, found),
            is_running=is_running,
            statuses=translated(BATCH_STATUSES, call.texts),
            fields=translated(LISTED_FIELDS, call.texts),
        )
        return render(call, "listings/batches.html", page)

    async def queue(self, call: PageCall) -> Answer:
        """Queue a batch of the listings that were chosen.

        Raises:
            InvalidValueError: None was.
            RecordNotFoundError: One of them is gone.
        """
        values = await call.form()
        chosen = tuple(int(text) for text in values.texts("listing") if _NUMBER.fullmatch(text))
        if not chosen:
            raise InvalidValueError("listing", call.texts.gettext("must be chosen: tick at least one"))
        fields = tuple(name for name in values.texts("field") if name in LISTING_FIELDS) or LISTING_FIELDS
        done = await self._catalog.do(call.tenant, QueueBatch(listings=chosen, fields=fields, created=call.now))
        assert isinstance(done, Recorded)  # noqa: S101 - narrows the union for the type checker
        return redirect(call, f"{URL}/{done.record.id}", call.texts.gettext("The batch is queued."))

    async def get(self, call: PageCall) -> Answer:
        """Show a batch; how far it is is asked for again and again."""
        batch = await self._records.one(call.tenant, _KIND, number_key(call, _KIND))
        assert isinstance(batch, Batch)  # noqa: S101 - narrows the union for the type checker
        failed_only = call.query.flag(_FAILED)
        tasks = batch.failed if failed_only else batch.tasks
        first = min(call.query.number(AT), max(0, len(tasks) - 1))
        page = BatchPage(
            batch=batch,
            results=await self._results(call, tasks[first : first + _TASKS]),
            total=len(tasks),
            first=first + 1,
            pager=_pager(call, first, len(tasks)),
            is_running=bool(batch.links),
            failed_only=failed_only,
            statuses=translated(BATCH_STATUSES, call.texts),
            fields=translated(LISTED_FIELDS, call.texts),
        )
        return render(call, "listings/_batch.html" if call.is_partial else "listings/batch.html", page)

    async def _results(self, call: PageCall, tasks: Sequence[ListingTask]) -> Sequence[Result]:
        keys = [RecordKey(task.listing) for task in tasks]
        found = await self._records.find(call.tenant, RecordKind.LISTING, keys)
        listings = (one if isinstance(one, Listing) else None for one in found)
        return [Result(task, listing) for task, listing in zip(tasks, listings, strict=True)]


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of batches, a part of those of listings."""
    pages = Batches(dependencies)
    return [
        Page("GET", URL, pages.list, Role.VIEWER),
        Page("POST", URL, pages.queue, Role.EDITOR),
        Page("GET", _ONE, pages.get, Role.VIEWER),
    ]


def _pager(call: PageCall, first: int, total: int) -> Pager:
    """Return the links from some tasks of a batch to others."""
    before, behind = first - _TASKS, first + _TASKS
    return Pager(
        previous=link(call, {AT: str(max(0, before))}) if first else "",
        next=link(call, {AT: str(behind)}) if behind < total else "",
    )
