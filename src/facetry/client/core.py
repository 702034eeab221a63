"""What both clients do alike, without any way to reach a server: headers, attempts, and what was learnt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec

from facetry.client.errors import BrokenAnswerError, NoAnswerError, RefusedError, refused
from facetry.client.exchange import Answer, Flow, Pause, Request, Send
from facetry.client.retrying import Retries, may_repeat

T = TypeVar("T")
_FIRST_REDIRECT, _FIRST_FAILURE = 300, 400
_REVISION = "facetry-revision"


class Core:
    """Makes flows of requests.

    Attributes:
        revision: The highest revision that a write of this client was told.
    """

    def __init__(self, headers: Mapping[str, str], retries: Retries) -> None:
        """Send these headers with every request, and try again as ``retries`` says."""
        self._headers = headers
        self._retries = retries
        self.revision = 0

    @property
    def longest_pause(self) -> float:
        """Return the seconds after which somebody who never gives up tries again."""
        return self._retries.longest_seconds

    def performed(self, request: Request[T]) -> Flow[T]:
        """Send a request until it succeeds or must not be sent again, and read its answer.

        Raises:
            RefusedError: The server says why not.
            NoAnswerError: It does not answer.
            BrokenAnswerError: It answers what cannot be read.
        """
        whole: Request[T] = msgspec.structs.replace(request, headers={**self._headers, **request.headers})
        attempt = 1
        while True:
            try:
                return request.read(self._noted((yield Send(whole))))
            except (NoAnswerError, RefusedError) as error:
                seconds = self._retries.pause(attempt, error) if may_repeat(error, request) else None
                if seconds is None:
                    raise
            yield Pause(seconds)
            attempt += 1

    def saw(self, revision: int) -> None:
        """Remember a revision that a write was told."""
        self.revision = max(self.revision, revision)

    def _noted(self, answer: Answer) -> Answer:
        """Return an answer of success, and remember the revision that it names.

        Raises:
            RefusedError: It is none.
            BrokenAnswerError: It sends the caller on, which no server of ours does.
        """
        if _FIRST_REDIRECT <= answer.status < _FIRST_FAILURE:
            place = answer.headers.get("location", "elsewhere")
            raise BrokenAnswerError(
                f"{answer.status}: the address sends on to {place}; give the client the server's own"
            )
        if answer.status >= _FIRST_FAILURE:
            raise refused(answer.status, answer.headers, answer.body)
        revision = answer.headers.get(_REVISION, "")
        if revision.isdigit():
            self.saw(int(revision))
        return answer
