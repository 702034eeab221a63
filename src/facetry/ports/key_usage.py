"""The port of what remembers when an access key was last used."""

from __future__ import annotations

from typing import Protocol


class KeyUsage(Protocol):
    """When keys were used last, a minute or so exactly; what is lost in a crash is forgotten."""

    def used(self, tenant: str, key_id: str, now: float) -> None:
        """Note that a key was used at a Unix time; microseconds, never fails, called for every call."""

    def forget(self, tenant: str, key_id: str) -> None:
        """Forget when a key was used: it is gone; never fails."""

    def last_used(self, tenant: str, key_id: str) -> float | None:
        """Return the Unix time at which a key was last used by any process, or None where that is not known."""
