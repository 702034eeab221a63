"""What the commands about lists of a tenant's Client API settings share."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from facetry.bootstrap.service import Service
from facetry.cli.options import print_json, with_service
from facetry.domain.tenant import ClientApiSettings, Tenant
from facetry.settings import Settings

TenantId = Annotated[str, typer.Argument(metavar="TENANT", help="Id of the tenant.")]


def stored_tenant(settings: Settings, tenant_id: str) -> Tenant:
    """Return a tenant."""
    return with_service(settings, lambda service: service.tenants.get(tenant_id))


def changed_tenant(
    settings: Settings, tenant_id: str, change: Callable[[ClientApiSettings], ClientApiSettings]
) -> Tenant:
    """Change how the Client API treats a tenant, and return the tenant as it is then."""

    async def work(service: Service) -> Tenant:
        own = (await service.tenants.get(tenant_id)).settings.client_api
        return await service.tenants.set_client_api(tenant_id, change(own))

    return with_service(settings, work)


def print_rows(rows: Sequence[Mapping[str, object]], titles: Sequence[str], *, as_json: bool) -> None:
    """Print rows as a table with these titles, or as JSON."""
    if as_json:
        print_json(rows)
        return
    table = Table(*titles)
    for row in rows:
        table.add_row(*("" if value is None else str(value) for value in row.values()))
    Console().print(table)
