"""Commands about the sales channels of a tenant; they work beside a running server and without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import msgspec
import typer

from facetry.cli.client_api_settings import TenantId, changed_tenant, print_rows, stored_tenant
from facetry.cli.options import Json, with_settings
from facetry.domain.channels import Channel, all_channels, channel_of
from facetry.domain.tenant import Tenant
from facetry.settings import Settings

app = typer.Typer(help="List, set and remove sales channels.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="Number of the channel.")]
Own = tuple[Channel, ...]


@app.command("list")
@with_settings
def list_(tenant_id: TenantId, as_json: Json = False, *, settings: Settings) -> None:
    """List the sales channels that a tenant has."""
    _print(stored_tenant(settings, tenant_id), as_json=as_json)


@app.command("set")
@with_settings
def set_(
    tenant_id: TenantId,
    number: Number,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")],
    parent: Annotated[
        str | None, typer.Option("--site-of", help="Number or name of the channel that this one is a site of.")
    ] = None,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Add a channel of the tenant's own, or call one otherwise."""

    def change(own: Own) -> Own:
        above = 0 if parent is None else channel_of("site_of", parent, own).number
        return (*_without(own, number), Channel(number, name, above))

    _print(_changed(settings, tenant_id, change), as_json=as_json)


@app.command()
@with_settings
def remove(tenant_id: TenantId, number: Number, as_json: Json = False, *, settings: Settings) -> None:
    """Forget what was set; listings on the channel stay, and it has no name any more."""
    _print(_changed(settings, tenant_id, lambda own: _without(own, number)), as_json=as_json)


def _without(own: Own, number: int) -> Own:
    return tuple(one for one in own if one.number != number)


def _changed(settings: Settings, tenant_id: str, change: Callable[[Own], Own]) -> Tenant:
    return changed_tenant(settings, tenant_id, lambda own: msgspec.structs.replace(own, channels=change(own.channels)))


def _print(tenant: Tenant, *, as_json: bool) -> None:
    rows = [
        {"number": one.number, "name": one.name, "site_of": one.parent or None}
        for one in all_channels(tenant.settings.client_api.channels)
    ]
    print_rows(rows, ("number", "name", "site of"), as_json=as_json)
