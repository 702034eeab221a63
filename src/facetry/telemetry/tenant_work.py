"""How long the processor has worked for each tenant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from time import thread_time


class TenantWork:
    """Seconds of processor time by tenant, counted in whichever thread works."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._seconds: dict[str, float] = {}

    def seconds(self, tenant: str) -> float:
        """Return how much was counted of a tenant."""
        return self._seconds.get(tenant, 0.0)

    @contextmanager
    def counted(self, tenant: str) -> Iterator[None]:
        """Count what this thread works within the context."""
        begun = thread_time()
        try:
            yield
        finally:
            spent = thread_time() - begun
            with self._lock:
                self._seconds[tenant] = self._seconds.get(tenant, 0.0) + spent
