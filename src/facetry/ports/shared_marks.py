"""The port through which the processes of several machines tell each other which tenants changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec


class Look(msgspec.Struct, frozen=True):
    """What was learnt of a tenant's mark.

    Attributes:
        mark: The mark, or None where nobody told it lately or nobody can be asked: the store has to be.
        moment: When that was, by a clock that all processes share; None where there is none.
    """

    mark: int | None
    moment: int | None


class SharedMarks(Protocol):
    """The last mark of each tenant: a number that the store raises with every change and never lowers.

    What is told here is believed for ``lease_seconds`` at most after the moment at which it was true. So a process
    that changed a tenant, and cannot tell the others, only has to wait that long before it acknowledges the change:
    by then all of them ask the store again.

    Attributes:
        lease_seconds: How long a mark is believed.
    """

    lease_seconds: float

    async def look(self, tenant: str) -> Look:
        """Return the mark as it was told and may still be believed; never fails, and gives up soon."""

    async def keep(self, tenant: str, mark: int, look: Look) -> None:
        """Tell the mark that the store named when it was asked after ``look``; never fails.

        It is dropped where a higher one was told meanwhile, or the look is too old.
        """

    async def tell(self, tenant: str, mark: int, look: Look | None = None) -> bool:
        """Tell that a tenant was changed, after the commit; never fails.

        Args:
            tenant: Whose mark it is.
            mark: The one that the commit raised it to.
            look: One from before the commit, if there is one: then others need not ask the store.

        Returns:
            Whether it is certain that no look from now on returns a lower mark.
        """

    def listen(self, heard: Callable[[str, int], None]) -> None:
        """Have a function hear of tenants and their marks as other processes tell them, most of the time; at most once.

        Nothing may depend on it: what is not heard is seen by the next look.
        """

    async def close(self) -> None:
        """Release everything; harmless to repeat."""
