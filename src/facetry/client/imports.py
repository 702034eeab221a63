"""Calls about imports that run in the background."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Unpack

from facetry.client.errors import NoAnswerError
from facetry.client.exchange import (
    Answer,
    Flow,
    Pause,
    Request,
    Stream,
    get,
    path_of,
    reader,
    target_of,
    write,
)
from facetry.client.methods import AsyncPart, Iteration, Method, Methods, Steps, SyncPart
from facetry.client.paging import items
from facetry.client.types.import_job import ImportJob, ImportWish
from facetry.client.types.page import Page

PATH = "/v2/imports"
UPLOAD_SECONDS = 600.0
FIRST_LOOK_SECONDS, LOOK_SECONDS = 0.1, 2.0
_job, _page = reader(ImportJob), reader(Page[ImportJob])


class ImportMethods(Methods):
    """What can be done with imports; of both clients."""

    @Method
    def start(
        self, file: str | os.PathLike[str] | bytes, *, idempotency_key: str = "", **wish: Unpack[ImportWish]
    ) -> Request[ImportJob]:
        """Start an import, and return its job; see docs/import.md for what can be said.

        Args:
            file: A path, which is sent piece by piece, or what would stand in the file.
            idempotency_key: Has the same call within a day, of whichever process, return the same job.
            wish: Its ``name``, ``format``, ``mapping``, ``dry_run``...

        Raises:
            NoAnswerError: Nobody knows if it was started; look at ``each``, or call again with the same key. It is
                not sent again by itself.
        """
        key = {"idempotency-key": idempotency_key} if idempotency_key else {}
        return Request(
            method="POST",
            target=target_of(PATH, wish),
            read=_job,
            headers={"content-type": "application/octet-stream"} | key,
            body=file if isinstance(file, bytes) else Path(file),
            wait_seconds=UPLOAD_SECONDS,
        )

    @Method
    def get(self, job: int) -> Request[ImportJob]:
        """Return a job as it is now."""
        return get(PATH + path_of(job), _job)

    @Iteration
    def each(self, *, page_size: int = 100) -> Stream[ImportJob]:
        """Iterate over the jobs."""
        return items(self._core, PATH, _page, {"limit": page_size})

    @Steps
    def wait(
        self, job: int, *, progress: Callable[[ImportJob], object] | None = None, timeout: float | None = None
    ) -> Flow[ImportJob]:
        """Wait until a job is over, and return it: it may be done, have failed, or be canceled.

        Args:
            job: Its id.
            progress: Called with the job whenever it was looked at.
            timeout: Seconds to wait at most; for ever where it is None.

        Raises:
            NoAnswerError: It was not over in time; it goes on.
        """
        begun, look = monotonic(), FIRST_LOOK_SECONDS
        while True:
            found = yield from self._core.performed(get(PATH + path_of(job), _job))
            if progress is not None:
                progress(found)
            if found.is_over:
                return found
            if timeout is not None and monotonic() - begun > timeout:
                raise NoAnswerError(f"import {job} is still {found.state} after {timeout:g} seconds")
            yield Pause(look)
            look = min(LOOK_SECONDS, look * 1.5)

    @Method
    def rejected(self, job: int) -> Request[bytes]:
        """Return the rejected rows as CSV, with the reason of each."""
        return get(PATH + path_of(job, "rejected"), _whole)

    @Method
    def cancel(self, job: int, *, idempotency_key: str = "") -> Request[ImportJob]:
        """Stop a job; what was stored stays."""
        return write("POST", PATH + path_of(job, "cancel"), _job, key=idempotency_key)


class Imports(ImportMethods, SyncPart):
    """Imports, blocking."""


class AsyncImports(ImportMethods, AsyncPart):
    """Imports, awaited."""


def _whole(answer: Answer) -> bytes:
    return answer.body
