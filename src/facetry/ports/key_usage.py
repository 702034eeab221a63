"""The port of what remembers when an access key was last used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol


class KeyUsage(Protocol):
    """When keys were used last, a minute or so exactly; what is lost in a crash is forgotten."""

    def used(self, tenant: str, key_id: str, now: float) -> None:
        """Note that a key was used at a Unix time; microseconds, never fails, called for every call."""

    async def forget(self, tenant: str, key_ids: Sequence[str]) -> None:
        """Forget when keys were used: they are gone; never fails."""

    async def last_used(self, tenant: str, key_ids: Sequence[str]) -> Mapping[str, float]:
        """Return the Unix times at which keys were last used by any process, as far as they are known.

        Raises:
            StoreError: Nobody can be asked.
        """

    async def close(self) -> None:
        """Keep what was noted, for a moment, and let go of everything; harmless to repeat."""
