"""Tasks on a search index: done by the process that keeps it, whoever asks."""

from __future__ import annotations

from collections.abc import Sequence

from facetry.application.maintenance import VerifyReport
from facetry.bootstrap.service import Service

VERIFY = "verify"
REINDEX = "reindex"


def offer_tasks(service: Service) -> None:
    """Let other processes of the data directory ask for the tasks, where the store can pass them on."""
    offer = getattr(service.store, "offer", None)
    if offer is not None:
        offer(VERIFY, service.maintenance.verify)
        offer(REINDEX, service.maintenance.reindex)


async def verify_all(service: Service, tenant: str | None) -> list[VerifyReport]:
    """Verify one tenant, or all of them.

    Raises:
        TenantNotFoundError: There is no such tenant.
    """
    return [await _verify(service, name) for name in await _names(service, tenant)]


async def reindex_all(service: Service, tenant: str | None) -> dict[str, int]:
    """Rebuild the index of one tenant, or of all of them, and return the revision of each.

    Raises:
        TenantNotFoundError: There is no such tenant.
    """
    return {name: await _reindex(service, name) for name in await _names(service, tenant)}


async def _names(service: Service, tenant: str | None) -> Sequence[str]:
    if tenant is not None:
        return [(await service.tenants.get(tenant)).id]
    return [record.id for record in await service.tenants.list()]


async def _verify(service: Service, tenant: str) -> VerifyReport:
    run = getattr(service.store, "run", None)
    return await (run(VERIFY, tenant, VerifyReport) if run else service.maintenance.verify(tenant))


async def _reindex(service: Service, tenant: str) -> int:
    run = getattr(service.store, "run", None)
    return await (run(REINDEX, tenant, int) if run else service.maintenance.reindex(tenant))
