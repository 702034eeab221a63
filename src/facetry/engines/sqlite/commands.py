"""What callers want done in transactions, and the order in which it is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Sequence
from typing import Any, Protocol, TypeVar

import apsw

from facetry.application.calls import CALLS
from facetry.domain.fair_turns import FairTurns

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")
Steps = Generator[Callable[[], None] | None, None, T]
"""A command while it is done: it pauses where it yields, and may give what the thread has to do before it goes on."""

ROLL_BACK = "ROLLBACK TO one_command"
"""Undoes what a command has done so far, which it may do itself to begin anew."""


class Command(Protocol[T_co]):
    """What a caller wants done in a transaction.

    Attributes:
        tenant: The tenant whose readers have to look again after the commit, None where nobody has.
    """

    @property
    def tenant(self) -> str | None:
        """Return the tenant whose readers have to look again, or None."""

    def steps(self, connection: apsw.Connection) -> Generator[Callable[[], None] | None, None, T_co]:
        """Do the work step by step, inside the transaction that is open, and return the result."""


class Queued:
    """A command that waits, and who waits for it."""

    __slots__ = ("command", "committed", "error", "future", "is_long", "put_off", "result", "tenant", "waits", "worked")

    def __init__(
        self,
        command: Command[object],
        future: asyncio.Future[Any],
        committed: Callable[[], None] | None,
        tenant: str,
        *,
        is_long: bool,
    ) -> None:
        """Begin to wait; see ``GroupCommit.submit``."""
        self.command = command
        self.tenant = tenant
        self.is_long = is_long
        self.put_off = 0
        self.worked = 0.0
        self.future = future
        self.committed = committed
        self.result: object = None
        self.error: Exception | None = None
        # Who waits for a long one is no counted call.
        self.waits = not is_long
        if self.waits:
            CALLS.begin_waiting(tenant)

    def wait_no_more(self) -> None:
        """Count the call of a short command as one at work again; harmless to repeat."""
        if self.waits:
            self.waits = False
            CALLS.end_waiting(self.tenant)

    def settle(self) -> None:
        """Tell the caller, unless it went away meanwhile."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class CommandQueue(FairTurns[Queued]):
    """The commands that wait; tenants take turns."""

    def take_for(self, batch: Sequence[Queued]) -> Queued | None:
        """Return the next command that may join a batch: a long one makes no other tenant wait for it."""

        def may_join(tenant: str) -> bool:
            return not self.first(tenant).is_long or all(queued.tenant == tenant for queued in batch)

        return self.take(may_join)

    def has_short(self, of_others_than: str | None = None) -> bool:
        """Return whether a short command is the next of a tenant, of any or of another than one."""
        return any(not self.first(tenant).is_long for tenant in self.tenants if tenant != of_others_than)
