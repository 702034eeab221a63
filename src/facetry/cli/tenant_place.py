"""The command about the index that a tenant is in."""

from __future__ import annotations

from typing import Annotated

import typer

from facetry.application.placing import LINGER_SECONDS, Placing
from facetry.bootstrap.service import Service
from facetry.cli.options import Json, print_json, with_service, with_settings
from facetry.domain.placement import SHARED, own_index
from facetry.domain.tenant import Tenant
from facetry.settings import Settings

TenantId = Annotated[str, typer.Argument(metavar="ID", help="Id of the tenant.")]


@with_settings
def place(
    tenant_id: TenantId,
    own: Annotated[bool, typer.Option("--own", help="Move it to an index of its own.")] = False,
    index: Annotated[str | None, typer.Option("--index", help="Move it to this index of several tenants.")] = None,
    shared: Annotated[bool, typer.Option("--shared", help="Move it to the index that all begin in.")] = False,
    shards: Annotated[int | None, typer.Option("--shards", help="How many a new index is made with.")] = None,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Show, or change, which index of OpenSearch or Elasticsearch a tenant is in, while it is searched and written."""
    wishes = [name for name, is_wished in ((SHARED, shared), (own_index(tenant_id), own)) if is_wished]
    wishes += [index] if index is not None else []
    if len(wishes) > 1:
        raise typer.BadParameter("only one of --own, --index and --shared can be")
    if wishes and not as_json:
        typer.echo(f"moving; the index that it leaves is kept for {LINGER_SECONDS:.0f} s", err=True)

    async def work(service: Service) -> Tenant:
        if not wishes:
            return await service.tenants.get(tenant_id)
        placing = Placing(service.store, service.relay, service.index.placements)
        return await placing.move(tenant_id, wishes[0], shards)

    placement = with_service(settings, work).settings.placement
    if as_json:
        print_json({"id": tenant_id, "index": placement.home, "moves_to": placement.coming})
        return
    typer.echo(f"tenant {tenant_id} is in {placement.home or 'the shared index'}")
    if placement.coming is not None:
        typer.echo(f"a move to {placement.coming or 'the shared index'} has not ended: repeat it")
