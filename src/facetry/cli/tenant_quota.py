"""The command about what a tenant may have and do at most."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from facetry.bootstrap.service import Service
from facetry.cli.options import Json, print_json, with_service, with_settings
from facetry.domain.quotas import Quotas, Usage
from facetry.domain.tenant import Tenant
from facetry.settings import Settings

TenantId = Annotated[str, typer.Argument(metavar="ID", help="Id of the tenant.")]


@with_settings
def quota(
    tenant_id: TenantId,
    products: Annotated[int | None, typer.Option("--products", help="How many products it may have.")] = None,
    size: Annotated[int | None, typer.Option("--bytes", help="How many bytes all its products may be.")] = None,
    writes_per_second: Annotated[
        int | None, typer.Option("--writes-per-second", help="How many things it may write a second.")
    ] = None,
    searches_per_second: Annotated[
        int | None, typer.Option("--searches-per-second", help="How many searches a second nothing kept may answer.")
    ] = None,
    search_seconds_per_minute: Annotated[
        int | None, typer.Option("--search-seconds-per-minute", help="How long a minute the index may work for it.")
    ] = None,
    reset: Annotated[bool, typer.Option("--reset", help="Forget the quotas that were set before.")] = False,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Show, or set, what a tenant may have and do at most; what is not named stays as it is."""
    named = Quotas(
        products=products,
        bytes=size,
        writes_per_second=writes_per_second,
        searches_per_second=searches_per_second,
        search_seconds_per_minute=search_seconds_per_minute,
    )
    changes = {name: value for name, value in msgspec.structs.asdict(named).items() if value is not None}

    async def work(service: Service) -> tuple[Tenant, Usage]:
        tenant = await service.tenants.get(tenant_id)
        own = tenant.settings.quotas
        wish = msgspec.structs.replace(Quotas() if reset else own, **changes)
        if wish != own:
            tenant = await service.tenants.set_quotas(tenant_id, wish)
        return tenant, await service.tenants.usage(tenant_id)

    _print_quotas(*with_service(settings, work), as_json=as_json)


def _print_quotas(tenant: Tenant, usage: Usage, *, as_json: bool) -> None:
    used = msgspec.structs.asdict(usage)
    if as_json:
        print_json({"quotas": msgspec.to_builtins(tenant.settings.quotas), "used": used})
        return
    table = Table("quota", "limit", "used")
    for name, limit in msgspec.structs.asdict(tenant.settings.quotas).items():
        table.add_row(name.replace("_", " "), "-" if limit is None else str(limit), str(used.get(name, "")))
    Console().print(table)
