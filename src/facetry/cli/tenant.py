"""Commands about tenants; they work beside a running server and without one."""

from __future__ import annotations

from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.table import Column, Table

from facetry.application.tenants import NewTenant, Rotation, TenantKeys
from facetry.bootstrap.service import Service
from facetry.cli import channel, order_status, tenant_key, tenant_place, tenant_quota
from facetry.cli.options import Json, Yes, print_json, sure, with_service, with_settings
from facetry.domain.leaky_bucket import read_limit
from facetry.domain.tenant import HttpsRule, Tenant, TenantSettings
from facetry.settings import Settings

app = typer.Typer(help="Create, list, rotate, disable, enable and delete tenants.", no_args_is_help=True)
app.add_typer(tenant_key.app, name="key")
app.add_typer(order_status.app, name="order-status")
app.add_typer(channel.app, name="channel")

TenantId = Annotated[str, typer.Argument(metavar="ID", help="Id of the tenant.")]


@app.command()
@with_settings
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the tenant.")],
    tenant_id: Annotated[str | None, typer.Option("--id", help="Id to give it; random if left out.")] = None,
    api_key: Annotated[
        str | None, typer.Option("--api-key", help="Catalog API key to give it; random if left out.")
    ] = None,
    access_key: Annotated[
        str | None, typer.Option("--access-key", help="Client API key to give it; random if left out.")
    ] = None,
    search_key: Annotated[
        str | None, typer.Option("--search-key", help="Key that may only search, to give it; random if left out.")
    ] = None,
    secret: Annotated[
        str | None, typer.Option("--secret", help="Public label in _index of search answers; never a key.")
    ] = None,
    language: Annotated[
        str, typer.Option("--language", help="Language of its texts: en, de, fr, es, it, hi, he or none.")
    ] = "en",
    currency: Annotated[str, typer.Option("--currency", help="Currency of prices that name none.")] = "USD",
    inactive: Annotated[bool, typer.Option("--inactive", help="Create it disabled.")] = False,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Create a tenant and print its keys."""
    wish = NewTenant(
        name=name,
        id=tenant_id,
        api_key=api_key,
        access_key=access_key,
        search_key=search_key,
        label=secret,
        active=not inactive,
        settings=TenantSettings(language=language, currency=currency),
    )
    _print_keys(with_service(settings, lambda service: service.tenants.create(wish)), as_json=as_json)


@app.command("list")
@with_settings
def list_(as_json: Json = False, *, settings: Settings) -> None:
    """List all tenants."""
    rows = with_service(settings, _overview)
    if as_json:
        print_json(rows)
        return
    table = Table(Column("id", no_wrap=True), "name", "active", "products", "groups", "language", "currency")
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    Console().print(table)


@app.command()
@with_settings
def rotate(
    tenant_id: TenantId,
    api_key: Annotated[bool, typer.Option("--api-key", help="New Catalog API key; ends all tokens at once.")] = False,
    access_key: Annotated[bool, typer.Option("--access-key", help="New Client API key.")] = False,
    search_key: Annotated[bool, typer.Option("--search-key", help="New key that may only search.")] = False,
    token_keys: Annotated[
        bool, typer.Option("--token-keys", help="New key to sign tokens; old tokens live to their end.")
    ] = False,
    yes: Yes = False,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Replace a tenant's keys: those that are named, or all of them."""
    chosen = {
        Rotation.API_KEY: api_key,
        Rotation.ACCESS_KEY: access_key,
        Rotation.SEARCH_KEY: search_key,
        Rotation.TOKEN_KEYS: token_keys,
    }
    what = [rotation for rotation, wanted in chosen.items() if wanted] or list(Rotation)
    sure(f"Replace {', '.join(r.value for r in what)} of tenant {tenant_id}?", yes=yes)
    _print_keys(with_service(settings, lambda service: service.tenants.rotate(tenant_id, what)), as_json=as_json)


@app.command()
@with_settings
def disable(tenant_id: TenantId, yes: Yes = False, as_json: Json = False, *, settings: Settings) -> None:
    """Refuse a tenant's logins and end its tokens at once; its data stays."""
    sure(f"Disable tenant {tenant_id}?", yes=yes)
    _print_state(
        with_service(settings, lambda service: service.tenants.set_active(tenant_id, active=False)), as_json=as_json
    )


@app.command()
@with_settings
def enable(tenant_id: TenantId, yes: Yes = False, as_json: Json = False, *, settings: Settings) -> None:
    """Undo disable; ``--yes`` is accepted as by the other commands, nothing is asked."""
    del yes
    _print_state(
        with_service(settings, lambda service: service.tenants.set_active(tenant_id, active=True)), as_json=as_json
    )


@app.command("client-api")
@with_settings
def client_api(
    tenant_id: TenantId,
    http_errors: Annotated[
        bool | None, typer.Option("--http-errors/--no-http-errors", help="Whether failures have an HTTP status.")
    ] = None,
    require_https: Annotated[
        HttpsRule | None,
        typer.Option("--require-https", help="Which calls must come over HTTPS, if that is stricter than the server."),
    ] = None,
    limits: Annotated[
        list[str] | None,
        typer.Option("--limit", help="Bucket of an action, as product_sold=40/2: calls at once, calls a second."),
    ] = None,
    reset_limits: Annotated[
        bool, typer.Option("--reset-limits", help="Forget the buckets that were set before.")
    ] = False,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Show, or set, how the Client API treats a tenant; what is not named stays as it is."""
    named = {"http_errors": http_errors, "require_https": require_https}
    changes: dict[str, object] = {name: value for name, value in named.items() if value is not None}
    buckets = dict(map(read_limit, limits or ()))

    async def work(service: Service) -> Tenant:
        tenant = await service.tenants.get(tenant_id)
        own = tenant.settings.client_api
        wish = msgspec.structs.replace(own, **changes, buckets={**({} if reset_limits else own.buckets), **buckets})
        return tenant if wish == own else await service.tenants.set_client_api(tenant_id, wish)

    _print_client_api(with_service(settings, work), as_json=as_json)


app.command()(tenant_quota.quota)
app.command()(tenant_place.place)


@app.command()
@with_settings
def delete(tenant_id: TenantId, yes: Yes = False, as_json: Json = False, *, settings: Settings) -> None:
    """Remove a tenant with all its data, in store, index and journals."""
    sure(f"Delete tenant {tenant_id} with all its data? This cannot be undone.", yes=yes)

    from facetry.bootstrap.engine_urls import is_shared
    from facetry.bootstrap.moving import erase_tenant

    with_service(settings, lambda service: erase_tenant(service, tenant_id))
    rest = "" if is_shared(settings) else "; facetry compact overwrites what database files still hold of it"
    if as_json:
        print_json({"id": tenant_id, "deleted": True})
    else:
        typer.echo(f"tenant {tenant_id} is deleted{rest}")


async def _overview(service: Service) -> list[dict[str, object]]:
    rows = []
    for tenant in await service.tenants.list():
        products, groups = await service.store.counts(tenant.id)
        rows.append(
            {
                "id": tenant.id,
                "name": tenant.name,
                "active": tenant.active,
                "products": products,
                "groups": groups,
                "language": tenant.settings.language,
                "currency": tenant.settings.currency,
            }
        )
    return rows


def _print_keys(keys: TenantKeys, *, as_json: bool) -> None:
    tenant = keys.tenant
    shown: dict[str, object] = {
        "id": tenant.id,
        "name": tenant.name,
        "apiKey": keys.api_key,
        "accessKey": keys.access_key,
        "searchKey": keys.search_key,
        "secret": tenant.label,
        "active": tenant.active,
        "language": tenant.settings.language,
        "currency": tenant.settings.currency,
    }
    if as_json:
        print_json(shown)
        return
    for name, value in shown.items():
        typer.echo(f"{name + ':':<11} {value}")


def _print_client_api(tenant: Tenant, *, as_json: bool) -> None:
    own = tenant.settings.client_api
    limits = [f"{name}={bucket.size}/{bucket.leak:g}" for name, bucket in own.buckets.items()]
    if as_json:
        print_json({"httpErrors": own.http_errors, "requireHttps": own.require_https.value, "limits": limits})
        return
    typer.echo(f"HTTP errors:   {'yes' if own.http_errors else 'no'}")
    typer.echo(f"require HTTPS: {own.require_https.value}")
    typer.echo(f"limits:        {', '.join(limits) or '-'}")


def _print_state(tenant: Tenant, *, as_json: bool) -> None:
    if as_json:
        print_json({"id": tenant.id, "name": tenant.name, "active": tenant.active})
    else:
        typer.echo(f"tenant {tenant.id} is {'active' if tenant.active else 'disabled'}")
