"""The port of what looks after a store's own derived things: counts, links, groups, keys, the change log."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from facetry.domain.fault import Fault


class Mending(Protocol):
    """Look for faults and mend them, beside reads and writes; every method may raise ``StoreError``."""

    async def faults(self, tenant: str) -> Sequence[Fault]:
        """Compare all that is kept of a tenant for speed with its documents, as they are at one moment.

        Nothing is changed. A tenant that is not there has no faults.
        """

    async def mend(self, tenant: str) -> Sequence[Fault]:
        """Derive anew what ``faults`` would name, and return what is wrong still; harmless to repeat.

        Where anything was mended the tenant's revision is raised by one, and all that was touched stands in the
        change log, so that index, caches and copies follow. A log that was itself damaged begins anew.
        """

    async def shared_faults(self) -> Sequence[Fault]:
        """Look for damage of what belongs to all tenants, or to none."""

    async def mend_shared(self) -> Sequence[Fault]:
        """Mend what ``shared_faults`` would name, while writes wait; return what is wrong still."""
