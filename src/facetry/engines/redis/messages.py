"""Hearing at once of what other processes tell, as long as that works."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, cast

from redis.exceptions import RedisError

from facetry.engines.redis.client import Client

_log = logging.getLogger(__name__)

_RETRY_SECONDS = 1.0
_SILENCE_SECONDS = 10.0
"""After so long without a message the connection is tried."""


class Messages:
    """Calls a function with each mark told, from a connection that is made anew whenever it ends."""

    def __init__(self, client: Client, channel: str, heard: Callable[[str, int], None]) -> None:
        """Hear what is told on a channel: a mark, a space, a tenant."""
        self._client = client
        self._channel = channel
        self._heard = heard
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Hear nothing more."""
        self._task.cancel()
        await asyncio.wait((self._task,))

    async def _run(self) -> None:
        while True:
            # The kinds of subscriptions that the driver has share no type.
            subscription = cast("Any", self._client.driver).pubsub(ignore_subscribe_messages=True)
            try:
                await subscription.subscribe(self._channel)
                await self._hear(subscription)
            except (RedisError, OSError, TimeoutError) as error:
                _log.info("messages of other processes are not heard for now: %s", error)
            finally:
                await subscription.aclose()
            await asyncio.sleep(_RETRY_SECONDS)

    async def _hear(self, subscription: Any) -> None:  # noqa: ANN401 - see above
        while True:
            message = await subscription.get_message(timeout=_SILENCE_SECONDS)
            if message is None:
                await subscription.ping()
            elif message["type"] == "message":
                self._take(message["data"])

    def _take(self, data: bytes) -> None:
        mark, _, tenant = data.partition(b" ")
        if mark.isdigit():
            self._heard(tenant.decode(errors="replace"), int(mark))
