"""No marks: where nobody keeps them for all, everybody asks the store."""

from __future__ import annotations

from collections.abc import Callable

from facetry.ports.shared_marks import Look


class NoMarks:
    """A ``SharedMarks`` that remembers nothing, which is always true."""

    lease_seconds = 0.0

    def listen(self, heard: Callable[[str, int], None]) -> None:
        """Do nothing: nobody tells anything."""

    async def look(self, tenant: str) -> Look:  # noqa: ARG002 - the same for everybody
        """Have the store asked."""
        return Look(mark=None, moment=None)

    async def keep(self, tenant: str, mark: int, look: Look) -> None:
        """Do nothing."""

    async def tell(self, tenant: str, mark: int, look: Look | None = None) -> bool:  # noqa: ARG002 - likewise
        """Return that it is certain: all ask the store."""
        return True

    async def close(self) -> None:
        """Do nothing."""
