"""Nothing to mend: what is derived in memory is derived whenever it is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from facetry.domain.fault import Fault


class NothingToMend:
    """A ``Mending`` that never finds anything."""

    async def faults(self, tenant: str) -> Sequence[Fault]:
        """Return none."""
        del tenant
        return ()

    async def mend(self, tenant: str) -> Sequence[Fault]:
        """Return none."""
        del tenant
        return ()

    async def shared_faults(self) -> Sequence[Fault]:
        """Return none."""
        return ()

    async def mend_shared(self) -> Sequence[Fault]:
        """Return none."""
        return ()
