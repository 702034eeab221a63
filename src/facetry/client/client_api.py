"""A thin client of the Client API: ``call(action, data)``, its codes, its buckets, and lists of which a part failed."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Any
from urllib.parse import urlencode

import msgspec

from facetry.client.core import Core
from facetry.client.errors import ActionError, seconds_of
from facetry.client.exchange import Answer, Flow, Pause, Request, encoded, reader
from facetry.client.facetry import TIMEOUT_SECONDS
from facetry.client.methods import AsyncClient, Methods, Steps, SyncClient
from facetry.client.retrying import Retries
from facetry.client.transports import AsyncTransport, Transport

PATH = "/client/V1/"
FORM = "application/x-www-form-urlencoded"
OK, RATE_LIMITED, PARTIAL = 100, 105, 302
MOST_WAITS = 5
"""So often a call waits for room in a bucket that others fill at the same time."""
_READS = ("search", "export", "listfields", "batchstatus")


class Entry(msgspec.Struct, frozen=True):
    """What became of one record of a list.

    Attributes:
        index: Its place in the list, from 0.
        code: Its own code.
        message: Likewise.
        fields: All that is said of it.
    """

    index: int
    code: int
    message: str
    fields: dict[str, Any]


class Reply(msgspec.Struct, frozen=True):
    """What a call answered.

    Attributes:
        code: 100, or 302 where some records of a list failed.
        message: What the code means.
        data: Of the records.
        more: What stands beside it in the answer: ``product``, ``gemstone``.
        request_id: By which the server's journal finds the call.
    """

    code: int
    message: str
    data: Any
    more: dict[str, Any] = {}
    request_id: str = ""

    @property
    def entries(self) -> list[Entry]:
        """Return what became of each record, where some failed; empty where all are good."""
        return _entries(self.data) if self.code == PARTIAL else []

    @property
    def failed(self) -> list[Entry]:
        """Return the records that failed."""
        return [entry for entry in self.entries if entry.code != OK]


class _Read(msgspec.Struct, frozen=True):
    """An answer, read, and what its headers say of the action's bucket."""

    reply: Reply
    headers: Mapping[str, str]


class ClientApiMethods(Methods):
    """The calls of the Client API; of both clients."""

    _key: str
    _room_at: dict[str, float]
    """When there is room again in the bucket of an action that was full."""

    @Steps
    def call(
        self,
        /,
        action: str,
        data: Any = None,  # noqa: ANN401 - any JSON
        *,
        is_repeatable: bool | None = None,
        **parameters: Any,  # noqa: ANN401 - likewise
    ) -> Flow[Reply]:
        """Call an action, and return its answer: of a list also one where some records failed (code 302).

        It waits where the bucket of the action is full.

        Args:
            action: Its name.
            data: As JSON; a text is sent as it is.
            is_repeatable: Whether it may be sent again where nobody knows if it was done, as a ``product_sold`` with an
                ``order_ref`` may; where nothing is said that is so of actions that only read.
            parameters: Further ones: ``actions``, ``http_errors``.

        Raises:
            ActionError: It failed as a whole.
        """
        fields = {"auth": self._key, "action": action, "data": data, **parameters}
        form = {name: _text(value) for name, value in fields.items() if value is not None}
        request = Request(
            method="POST",
            target=PATH,
            read=_read,
            headers={"content-type": FORM},
            body=urlencode(form).encode(),
            is_repeatable=_only_reads(action) if is_repeatable is None else is_repeatable,
        )
        return self._called(action, request)

    def _called(self, action: str, request: Request[_Read]) -> Flow[Reply]:
        waits = 0
        while True:
            seconds = self._room_at.pop(action, 0.0) - monotonic()
            if seconds > 0:
                yield Pause(seconds)
            read = yield from self._core.performed(request)
            self._note(action, read.headers)
            reply = read.reply
            retry_after = seconds_of(read.headers.get("retry-after"))
            if reply.code == RATE_LIMITED and retry_after is not None and waits < MOST_WAITS:
                # A call that is refused so has done nothing.
                waits += 1
                yield Pause(retry_after)
                continue
            return _good(reply, retry_after)

    def _note(self, action: str, headers: Mapping[str, str]) -> None:
        """Remember how long a bucket that is full now has no room."""
        if headers.get("x-ratelimit-remaining") != "0":
            return
        size, empty_seconds = seconds_of(headers.get("x-ratelimit-limit")), seconds_of(headers.get("x-ratelimit-reset"))
        if size and empty_seconds:
            # It runs out evenly, so one call of a full bucket has run out after its part of the time.
            self._room_at[action] = monotonic() + empty_seconds / size


class ClientApi(ClientApiMethods, SyncClient):
    """A client of the Client API whose calls block."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float = TIMEOUT_SECONDS,
        retries: Retries | None = None,
        **options: Any,  # noqa: ANN401 - whatever httpx takes
    ) -> None:
        """Make a client; nothing is sent yet.

        Args:
            url: Where the server is, without ``/client/V1``.
            key: An access key.
            timeout: Seconds that an answer may take.
            retries: How often calls are tried again.
            options: Given on to httpx.
        """
        super().__init__(Core({}, retries or Retries()), Transport(url, timeout, options))
        self._key, self._room_at = key, {}


class AsyncClientApi(ClientApiMethods, AsyncClient):
    """A client of the Client API whose calls are awaited."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float = TIMEOUT_SECONDS,
        retries: Retries | None = None,
        **options: Any,  # noqa: ANN401 - whatever httpx takes
    ) -> None:
        """Make a client; nothing is sent yet. See ``ClientApi``."""
        super().__init__(Core({}, retries or Retries()), AsyncTransport(url, timeout, options))
        self._key, self._room_at = key, {}


class _Status(msgspec.Struct, frozen=True):
    code: int
    message: str = ""


class _Body(msgspec.Struct, frozen=True):
    status: _Status
    data: Any = None


_body, _whole = reader(_Body), reader(dict[str, Any])


def _read(answer: Answer) -> _Read:
    body = _body(answer)
    more = {name: value for name, value in _whole(answer).items() if name not in {"status", "data"}}
    request_id = answer.headers.get("x-debug-uid", "")
    return _Read(Reply(body.status.code, body.status.message, body.data, more, request_id), answer.headers)


def _good(reply: Reply, retry_after: float | None) -> Reply:
    """Return a reply that tells of records.

    Raises:
        ActionError: It tells of a failure.
    """
    if reply.code == OK or reply.entries:
        return reply
    error = ActionError(reply.code, reply.message, reply.data, request_id=reply.request_id)
    error.retry_after = retry_after
    raise error


def _entries(data: Any) -> list[Entry]:  # noqa: ANN401 - any JSON
    found = data if isinstance(data, list) else []
    return [
        Entry(one["index"], one["result"]["code"], one["result"]["message"], one)
        for one in found
        if isinstance(one, dict) and isinstance(one.get("result"), dict) and "index" in one
    ]


def _only_reads(action: str) -> bool:
    # Names may be written with further underscores between their words, or without.
    return action.replace("_", "").endswith(_READS)


def _text(value: Any) -> str:  # noqa: ANN401 - any JSON
    return value if isinstance(value, str) else encoded(value).decode()
