"""Marks of tenants on a server that all processes ask: see ADR 9."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from time import monotonic

from facetry.domain.errors import StoreError
from facetry.engines.redis.client import Client
from facetry.engines.redis.messages import Messages
from facetry.engines.redis.scripts import LOOK, TELL
from facetry.ports.shared_marks import Look

LEASE_SECONDS = 1.0
KEPT_MILLISECONDS = 60_000
"""An entry that nobody tells anything is forgotten; to forget one is harmless at any time."""
MARGIN = 1.1
"""By so much clocks may run differently."""
NOTHING = Look(mark=None, moment=None)
_MICROSECONDS = 1_000_000
_NO_TICKET = b""


class TicketedLook(Look, frozen=True):
    """A look whose answer may be told to others.

    Attributes:
        ticket: Of the tenant's entry. Where entries are lost, as by a flush or by the failover to a server that has
            not all of them, the next one has another ticket: what was asked for before that is told to nobody.
    """

    ticket: bytes


class RedisMarks:
    """Marks, each an entry that says until when it is believed, by the clock of the one server that it was told to."""

    def __init__(
        self, client: Client, lease_seconds: float = LEASE_SECONDS, now: Callable[[], float] = monotonic
    ) -> None:
        """Keep marks on the server of a client, which is closed with this; ``now`` tells seconds."""
        self.lease_seconds = lease_seconds
        self._client = client
        self._now = now
        self._lease = int(lease_seconds * _MICROSECONDS)
        # Of servers with replicas: since when each is known.
        self._servers: dict[bytes, float] = {}
        self._messages: Messages | None = None

    def listen(self, heard: Callable[[str, int], None]) -> None:
        """Have a function hear of tenants and their marks as they are told, most of the time."""
        self._messages = Messages(self._client, self._channel, heard)

    async def look(self, tenant: str) -> Look:
        """Return the mark where it is believed."""
        key, ticket = self._client.key("mark", tenant), os.urandom(8)
        try:
            moment, ticket, mark = await self._client.run(LOOK, key, self._lease, KEPT_MILLISECONDS, ticket)
        except StoreError:
            return NOTHING
        return TicketedLook(mark=None if mark is None else int(mark), moment=moment, ticket=ticket)

    async def keep(self, tenant: str, mark: int, look: Look) -> None:
        """Tell the mark that the store named."""
        if isinstance(look, TicketedLook):
            with suppress(StoreError):
                await self._told(tenant, mark, look, is_news=False)

    async def tell(self, tenant: str, mark: int, look: Look | None = None) -> bool:
        """Tell a mark after a commit, and return whether that is certain."""
        try:
            return await self._told(tenant, mark, look, is_news=True)
        except StoreError:
            return False

    async def close(self) -> None:
        """Hear and say nothing more."""
        if self._messages is not None:
            await self._messages.close()
        await self._client.close()

    @property
    def _channel(self) -> str:
        return f"{self._client.prefix}:marks"

    async def _told(self, tenant: str, mark: int, look: Look | None, *, is_news: bool) -> bool:
        """Raise a tenant's mark, and have it believed where that was seen; return whether nobody sees a lower one."""
        key = self._client.key("mark", tenant)
        common = (self._lease, KEPT_MILLISECONDS, os.urandom(8) if is_news else _NO_TICKET, mark)
        message = (self._channel, f"{mark} {tenant}") if is_news else ("", "")
        seen = _seen(look)
        if not self._client.replicas:
            await self._client.run(TELL, key, *common, *seen, *message)
            return True
        # A master that was cut off must have nothing believed: so replicas confirm each mark before that.
        server, is_copied = await self._client.run_copied(TELL, key, *common, *_seen(None), *message)
        if is_copied and look is not None:
            await self._client.run(TELL, key, *common, *seen, "", "")
        return is_copied and self._is_known(server)

    def _is_known(self, server: bytes) -> bool:
        """Return whether the server was there a lease ago: no other one is believed any more that was it before."""
        since = self._servers.setdefault(server, self._now())
        return self._now() - since >= self.lease_seconds * MARGIN


def _seen(look: Look | None) -> tuple[bytes, int]:
    """Return ticket and moment of a look, those of none where there is none."""
    if isinstance(look, TicketedLook) and look.moment is not None:
        return look.ticket, look.moment
    return _NO_TICKET, 0
