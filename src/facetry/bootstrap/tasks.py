"""Tasks of an operator: done by the process that keeps store and index, whoever asks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from facetry.application.maintenance import RepairReport, VerifyReport
from facetry.bootstrap.moving_tasks import Task, moving_tasks
from facetry.bootstrap.service import Service
from facetry.domain.fault import Fault

Faults = tuple[Fault, ...]

VERIFY = "verify"
VERIFY_SHARED = "verify_shared"
REPAIR = "repair"
REPAIR_SHARED = "repair_shared"
REINDEX = "reindex"


def offer_tasks(service: Service) -> None:
    """Let other processes of the data directory ask for the tasks, where the store can pass them on."""
    offer = getattr(service.store, "offer", None)
    if offer is not None:
        for name, task in _tasks(service).items():
            offer(name, task)


async def run_task(service: Service, name: str, argument: str, kind: Any) -> Any:  # noqa: ANN401 - as asked for
    """Do a task here, or have the owner of the data directory do it, and return its result of the given type."""
    run = getattr(service.store, "run", None)
    return await (run(name, argument, kind) if run else _tasks(service)[name](argument))


async def verify_all(service: Service, tenant: str | None) -> list[VerifyReport]:
    """Verify one tenant; or all of them, and what they share: that has a report without a name if it has faults.

    Raises:
        TenantNotFoundError: There is no such tenant.
    """
    reports: list[VerifyReport] = [
        await run_task(service, VERIFY, name, VerifyReport) for name in await _names(service, tenant)
    ]
    shared: Sequence[Fault] = () if tenant else await run_task(service, VERIFY_SHARED, "", Faults)
    return [*reports, *([_shared(shared)] if shared else [])]


async def repair_all(service: Service, tenant: str | None) -> list[RepairReport]:
    """Repair one tenant; or all of them, and what they share, which has a report if it had faults.

    Raises:
        TenantNotFoundError: There is no such tenant.
    """
    reports: list[RepairReport] = []
    faults: Sequence[Fault] = () if tenant else await run_task(service, VERIFY_SHARED, "", Faults)
    if faults:
        left: Sequence[Fault] = await run_task(service, REPAIR_SHARED, "", Faults)
        mended = len(faults) - len(left)
        done = (f"mended {mended} {'fault' if mended == 1 else 'faults'}",)
        reports.append(RepairReport("", _shared(faults), done, _shared(left)))
    names = await _names(service, tenant)
    return [*reports, *[await run_task(service, REPAIR, name, RepairReport) for name in names]]


async def reindex_all(service: Service, tenant: str | None) -> dict[str, int]:
    """Rebuild the index of one tenant, or of all of them, and return the revision of each.

    Raises:
        TenantNotFoundError: There is no such tenant.
    """
    return {name: await run_task(service, REINDEX, name, int) for name in await _names(service, tenant)}


async def _names(service: Service, tenant: str | None) -> Sequence[str]:
    if tenant is not None:
        return [(await service.tenants.get(tenant)).id]
    return [record.id for record in await service.tenants.list()]


def _tasks(service: Service) -> dict[str, Task]:
    maintenance = service.maintenance
    return {
        **moving_tasks(service),
        VERIFY: maintenance.verify,
        VERIFY_SHARED: lambda _: maintenance.shared_faults(),
        REPAIR: maintenance.repair,
        REPAIR_SHARED: lambda _: maintenance.repair_shared(),
        REINDEX: maintenance.reindex,
    }


def _shared(faults: Sequence[Fault]) -> VerifyReport:
    return VerifyReport("", 0, 0, (), tuple(faults))
