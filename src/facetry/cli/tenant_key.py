"""Commands about the access keys of a tenant; they work beside a running server and without one."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from facetry.application.access_keys import NewAccessKey, ShownKey
from facetry.cli.options import Json, Yes, print_json, sure, with_service, with_settings
from facetry.domain.errors import InvalidValueError
from facetry.domain.tenant import ALL_SCOPES, Scope
from facetry.settings import Settings

app = typer.Typer(help="Create, list, rotate, disable, enable and delete access keys.", no_args_is_help=True)

TenantId = Annotated[str, typer.Argument(metavar="TENANT", help="Id of the tenant.")]
KeyId = Annotated[str, typer.Argument(metavar="KEY", help="Id of the key, as list shows it; never its secret.")]

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_DURATION = re.compile(r"(\d{1,9})([smhd])|0", re.ASCII)


@app.command()
@with_settings
def create(
    tenant_id: TenantId,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")],
    scopes: Annotated[
        list[Scope] | None, typer.Option("--scope", help="What it may do, once for each; everything if left out.")
    ] = None,
    expires: Annotated[
        str | None, typer.Option("--expires", help="When it ends: after a time such as 90d or 12h; never if left out.")
    ] = None,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Add an access key and print it."""
    end = None if expires is None else time.time() + _seconds("expires", expires)
    wish = NewAccessKey(name=name, scopes=tuple(scopes or ALL_SCOPES), expires=end)
    _print(with_service(settings, lambda service: service.access_keys.create(tenant_id, wish)), as_json=as_json)


@app.command("list")
@with_settings
def list_(tenant_id: TenantId, as_json: Json = False, *, settings: Settings) -> None:
    """List a tenant's access keys, without their secrets."""
    rows = [_row(shown) for shown in with_service(settings, lambda service: service.access_keys.list(tenant_id))]
    if as_json:
        print_json(rows)
        return
    table = Table(Column("id", no_wrap=True), "name", "scopes", "state", "created", "expires", "last used")
    for row in rows:
        table.add_row(*(", ".join(value) if isinstance(value, list) else str(value or "") for value in row.values()))
    Console().print(table)


@app.command()
@with_settings
def rotate(
    tenant_id: TenantId,
    key_id: KeyId,
    overlap: Annotated[
        str, typer.Option("--overlap", help="How long the old secret stays good, such as 24h or 7d.")
    ] = "0",
    yes: Yes = False,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Replace the secret of an access key and print the new one."""
    seconds = _seconds("overlap", overlap)
    ends = f"in {overlap}" if seconds else "at once"
    sure(f"Replace access key {key_id} of tenant {tenant_id}? The old secret ends {ends}.", yes=yes)
    _print(
        with_service(settings, lambda service: service.access_keys.rotate(tenant_id, key_id, seconds)), as_json=as_json
    )


@app.command()
@with_settings
def disable(tenant_id: TenantId, key_id: KeyId, yes: Yes = False, as_json: Json = False, *, settings: Settings) -> None:
    """Refuse an access key from now on."""
    sure(f"Disable access key {key_id} of tenant {tenant_id}?", yes=yes)
    _set_disabled(settings, tenant_id, key_id, disabled=True, as_json=as_json)


@app.command()
@with_settings
def enable(tenant_id: TenantId, key_id: KeyId, yes: Yes = False, as_json: Json = False, *, settings: Settings) -> None:
    """Undo disable; ``--yes`` is accepted as by the other commands, nothing is asked."""
    del yes
    _set_disabled(settings, tenant_id, key_id, disabled=False, as_json=as_json)


@app.command()
@with_settings
def delete(tenant_id: TenantId, key_id: KeyId, yes: Yes = False, as_json: Json = False, *, settings: Settings) -> None:
    """Remove an access key for good."""
    sure(f"Delete access key {key_id} of tenant {tenant_id}?", yes=yes)
    with_service(settings, lambda service: service.access_keys.delete(tenant_id, key_id))
    if as_json:
        print_json({"id": key_id, "deleted": True})
    else:
        typer.echo(f"access key {key_id} is deleted")


def _set_disabled(settings: Settings, tenant_id: str, key_id: str, *, disabled: bool, as_json: bool) -> None:
    shown = with_service(
        settings, lambda service: service.access_keys.set_disabled(tenant_id, key_id, disabled=disabled)
    )
    if as_json:
        print_json(_row(shown))
    else:
        typer.echo(f"access key {key_id} is {'disabled' if disabled else 'enabled'}")


def _row(shown: ShownKey) -> dict[str, object]:
    """Return what is told of a key: everything but its secret."""
    key = shown.key
    return {
        "id": key.id,
        "name": key.name,
        "scopes": [scope.value for scope in key.scopes],
        "state": _state(shown),
        "created": _moment(key.created),
        "expires": _moment(key.expires),
        "lastUsed": _moment(shown.last_used),
    }


def _state(shown: ShownKey) -> str:
    if shown.key.expires is not None and shown.key.expires <= time.time():
        return "expired"
    return "disabled" if shown.key.disabled else "active"


def _moment(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _print(shown: ShownKey, *, as_json: bool) -> None:
    told = {**_row(shown), "accessKey": shown.secret}
    if as_json:
        print_json(told)
        return
    for name, value in told.items():
        typer.echo(f"{name + ':':<11} {', '.join(value) if isinstance(value, list) else value or '-'}")


def _seconds(option: str, text: str) -> float:
    """Return the seconds of a time such as ``90d``.

    Raises:
        InvalidValueError: It is none.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        raise InvalidValueError(option, "must be a time such as 90d, 12h, 30m or 45s")
    return float(int(match[1]) * _UNITS[match[2]]) if match[1] else 0.0
