"""What all reads of ``/v2`` have in common: their parameters, the revision that they hold, and pages."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from facetry.api.native.call import Call
from facetry.api.native.fields import Document
from facetry.api.native.parameters import Parameters, read_parameters
from facetry.application.relay import ChangeRelay
from facetry.domain.errors import BadParameterError, RevisionNotReachedError
from facetry.http.answer import Answer

MIN_REVISION, LIMIT, AFTER = "min_revision", "limit", "after"
PAGED = (LIMIT, AFTER)
"""The parameters of a list."""
DEFAULT_LIMIT = 50
MAX_LIMIT = 1000
MAX_NUMBER = 2**53 - 1


class Reading(msgspec.Struct, frozen=True):
    """A read that may be done.

    Attributes:
        parameters: Its parameters.
        revision: A revision that all that is read from now on holds.
    """

    parameters: Parameters
    revision: int

    @property
    def limit(self) -> int:
        """Return the size of a page.

        Raises:
            BadParameterError: It is no number that is allowed.
        """
        return self.parameters.integer(LIMIT, DEFAULT_LIMIT, 1, MAX_LIMIT)

    @property
    def after_id(self) -> int:
        """Return the id behind which a page of things with numbers begins; 0 for the first page.

        Raises:
            BadParameterError: It is no ``next`` of a page.
        """
        return self.parameters.integer(AFTER, 0, 0, MAX_NUMBER)

    @property
    def after_name(self) -> str:
        """Return the name behind which a page of things with names begins; empty for the first page.

        Raises:
            BadParameterError: It is no ``next`` of a page.
        """
        text = self.parameters.text(AFTER)
        if AFTER in self.parameters and not text:
            raise BadParameterError(AFTER, "must be the next of a page")
        return text


class Reads:
    """Begins reads of what a relay keeps up."""

    def __init__(self, relay: ChangeRelay) -> None:
        """Ask a relay what revision there is."""
        self._relay = relay

    async def begin(self, call: Call, *names: str) -> Reading:
        """Begin a read that takes parameters of these names, and ``min_revision``.

        Raises:
            BadParameterError: A parameter is unknown, given twice or not allowed.
            RevisionNotReachedError: It is to hold a revision that nothing has been written at yet.
        """
        parameters = read_parameters(call, *names, MIN_REVISION)
        wanted = parameters.integer(MIN_REVISION, 0, 0, MAX_NUMBER)
        return Reading(parameters, await self.reached(call, wanted))

    async def reached(self, call: Call, wanted: int) -> int:
        """Return the revision that all that is read from now on holds.

        Raises:
            RevisionNotReachedError: It is less than is wanted.
        """
        revision = await self._relay.settle(call.session.tenant)
        if wanted > revision:
            raise RevisionNotReachedError(wanted, revision)
        return revision


def page_document(items: Sequence[object], last: str | int | None) -> Document:
    """Return a page; ``last`` is what names its last item where another page follows, else None."""
    return {"items": items} if last is None else {"items": items, "next": str(last)}


def kept(answer: Answer, call: Call, reading: Reading, *tags: str) -> Answer:
    """Return an answer that may be kept and given again until something changes that it was made of, by its tags."""
    return msgspec.structs.replace(answer, cache_key=call.cache_key, tags=tags, revision=reading.revision)
