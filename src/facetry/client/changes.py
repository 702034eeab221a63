"""Calls that follow what changes in a catalog."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

import msgspec

from facetry.client.core import Core
from facetry.client.errors import NoAnswerError, ServerError, TooManyRequestsError
from facetry.client.exchange import Flow, Item, Pause, Request, Stream, get, reader
from facetry.client.methods import AsyncPart, Iteration, Method, Methods, Steps, SyncPart
from facetry.client.types.change import Changes as ChangesPage
from facetry.client.types.change import Included

PATH = "/v2/changes"
WAIT_SECONDS = 30
BREATH_SECONDS = 0.1
_page = reader(ChangesPage)


class ChangeMethods(Methods):
    """What can be asked about changes; of both clients."""

    @Steps
    def revision(self) -> Flow[int]:
        """Return the revision of now, from which a copy that is made next can be followed."""
        page = yield from self._core.performed(get(PATH, _page))
        return page.revision

    @Method
    def page(
        self, since: int, *, wait: int = 0, limit: int | None = None, include: Sequence[Included] = ()
    ) -> Request[ChangesPage]:
        """Return what changed after a revision.

        Args:
            since: The revision of the page before, or of ``revision``.
            wait: Seconds, up to 60, to wait for a change where there is none yet.
            limit: How many things may be on a page.
            include: What comes; everything where it is empty.

        Raises:
            RevisionTooOldError: That is not known any more: start again.
        """
        return _asked(since, wait, limit, include)

    @Iteration
    def follow(
        self,
        since: int,
        *,
        include: Sequence[Included] = (),
        wait: int = WAIT_SECONDS,
        limit: int | None = None,
        give_up_seconds: float | None = None,
    ) -> Stream[ChangesPage]:
        """Iterate over all changes after a revision, and wait for more; it never ends by itself.

        It goes on where it was when connections break and servers restart. A program that is started again goes on
        from the ``revision`` of the last page that it took over.

        Args:
            since: As of ``page``.
            include: As of ``page``.
            wait: As of ``page``, for each request.
            limit: As of ``page``.
            give_up_seconds: For how long the server may not answer; for ever where it is None.

        Raises:
            RevisionTooOldError: The revision is not known any more: start again.
            NoAnswerError: The server did not answer for ``give_up_seconds``.
        """
        return _followed(self._core, since, _Wish(wait, limit, tuple(include)), give_up_seconds)


class _Wish(msgspec.Struct, frozen=True):
    """How changes are followed."""

    wait: int
    limit: int | None
    include: Sequence[Included]


class Changes(ChangeMethods, SyncPart):
    """Changes, blocking."""


class AsyncChanges(ChangeMethods, AsyncPart):
    """Changes, awaited."""


def _asked(since: int, wait: int, limit: int | None, include: Sequence[Included]) -> Request[ChangesPage]:
    parameters = {"since": since, "wait": wait or None, "limit": limit, "include": include}
    return msgspec.structs.replace(get(PATH, _page, parameters), wait_seconds=wait)


def _followed(core: Core, since: int, wish: _Wish, give_up_seconds: float | None) -> Stream[ChangesPage]:
    heard = monotonic()
    while True:
        try:
            page = yield from core.performed(_asked(since, wish.wait, wish.limit, wish.include))
        except (NoAnswerError, ServerError, TooManyRequestsError):
            if give_up_seconds is not None and monotonic() - heard > give_up_seconds:
                raise
            yield Pause(core.longest_pause)
            continue
        heard = monotonic()
        if page.revision > since:
            since = page.revision
            yield Item(page)
        elif not page.more:
            # A server that is about to stop does not let anybody wait.
            yield Pause(BREATH_SECONDS)
