"""When access keys were last used in this process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class MemoryKeyUsage:
    """Times in a dictionary."""

    def __init__(self) -> None:
        """Begin with keys that were never used."""
        self._times: dict[tuple[str, str], float] = {}

    def used(self, tenant: str, key_id: str, now: float) -> None:
        """Note the time."""
        self._times[tenant, key_id] = now

    async def forget(self, tenant: str, key_ids: Sequence[str]) -> None:
        """Forget the times."""
        for key_id in key_ids:
            self._times.pop((tenant, key_id), None)

    async def last_used(self, tenant: str, key_ids: Sequence[str]) -> Mapping[str, float]:
        """Return the times that there are."""
        return {key_id: self._times[tenant, key_id] for key_id in key_ids if (tenant, key_id) in self._times}

    async def close(self) -> None:
        """Do nothing."""
