"""The port of what moves whole tenants in and out of a store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from facetry.domain.copying import CopiedThing, Counters, TenantCopy
from facetry.domain.tenant import Tenant


class TenantCopies(Protocol):
    """Whole tenants, read and taken over; every method may raise ``StoreError``."""

    def read(self, tenant: str) -> AbstractAsyncContextManager[TenantCopy]:
        """Open a copy of a tenant, which holds up nobody.

        Raises:
            TenantNotFoundError: There is no such tenant.
        """

    async def take(self, tenant: Tenant, counters: Counters, things: AsyncIterator[Sequence[CopiedThing]]) -> int:
        """Add a tenant with all it has, and return its revision: that of the original and ``REVISIONS_APART``.

        It is there, durable, when all things are, and not before; where anything fails, or the process ends, nothing
        is left of it. Its change log begins at its revision. Ids of products, groups and records stay what they were.

        Raises:
            TenantExistsError: The id is taken, or a key is another tenant's.
        """
