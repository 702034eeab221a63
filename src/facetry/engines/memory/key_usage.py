"""When access keys were last used in this process."""

from __future__ import annotations


class MemoryKeyUsage:
    """Times in a dictionary."""

    def __init__(self) -> None:
        """Begin with keys that were never used."""
        self._times: dict[tuple[str, str], float] = {}

    def used(self, tenant: str, key_id: str, now: float) -> None:
        """Note the time."""
        self._times[tenant, key_id] = now

    def forget(self, tenant: str, key_id: str) -> None:
        """Forget the time."""
        self._times.pop((tenant, key_id), None)

    def last_used(self, tenant: str, key_id: str) -> float | None:
        """Return the time, if there is one."""
        return self._times.get((tenant, key_id))
