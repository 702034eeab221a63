"""Commands about the statuses of a tenant's orders; they work beside a running server and without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import msgspec
import typer

from facetry.cli.client_api_settings import TenantId, changed_tenant, print_rows, stored_tenant
from facetry.cli.options import Json, with_settings
from facetry.domain.errors import InvalidValueError
from facetry.domain.order import OrderStatus, StatusDefinition
from facetry.domain.order_statuses import Statuses
from facetry.domain.tenant import Tenant
from facetry.settings import Settings

app = typer.Typer(help="List, set and remove statuses of orders.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="Number of the status.")]
Own = tuple[StatusDefinition, ...]


@app.command("list")
@with_settings
def list_(tenant_id: TenantId, as_json: Json = False, *, settings: Settings) -> None:
    """List the statuses that orders of a tenant may be in."""
    _print(stored_tenant(settings, tenant_id), as_json=as_json)


@app.command("set")
@with_settings
def set_(
    tenant_id: TenantId,
    number: Number,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")],
    means: Annotated[
        str | None,
        typer.Option("--means", help="Which of 1 to 9 it behaves as, by number or name; 1 to 9 are themselves."),
    ] = None,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Rename a status of 1 to 9, or add one of the tenant's own."""
    if means is None and number not in {status.value for status in OrderStatus}:
        raise InvalidValueError("means", "must say which of 1 to 9 the status behaves as")
    meaning = OrderStatus(Statuses().read("means", number if means is None else means))
    added = StatusDefinition(number, name, meaning)
    _print(_changed(settings, tenant_id, lambda own: (*_without(own, number), added)), as_json=as_json)


@app.command()
@with_settings
def remove(tenant_id: TenantId, number: Number, as_json: Json = False, *, settings: Settings) -> None:
    """Forget what was set; orders in it are in the status from then on that it behaved as."""
    _print(_changed(settings, tenant_id, lambda own: _without(own, number)), as_json=as_json)


def _without(own: Own, number: int) -> Own:
    return tuple(one for one in own if one.number != number)


def _changed(settings: Settings, tenant_id: str, change: Callable[[Own], Own]) -> Tenant:
    return changed_tenant(settings, tenant_id, lambda own: msgspec.structs.replace(own, statuses=change(own.statuses)))


def _print(tenant: Tenant, *, as_json: bool) -> None:
    own = tenant.settings.client_api.statuses
    names = {**{status.value: status.value for status in OrderStatus}, **{one.number: one.means.value for one in own}}
    rows = [{"number": number, "name": name, "means": names[number]} for number, name in Statuses(own).names.items()]
    print_rows(rows, ("number", "name", "means"), as_json=as_json)
