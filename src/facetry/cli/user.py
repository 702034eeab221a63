"""Commands about users of the dashboard; they work beside a running server and without one."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table

from facetry.application.users import Invitation, NewUser
from facetry.bootstrap.service import Service
from facetry.cli.options import Json, Yes, print_json, sure, with_service, with_settings
from facetry.domain.errors import InvalidValueError
from facetry.domain.user import Role, User
from facetry.settings import Settings

app = typer.Typer(help="Create, list, disable, enable and remove users of the dashboard.", no_args_is_help=True)

Email = Annotated[str, typer.Option("--email", help="E-mail by which the user signs in.")]
TenantOf = Annotated[str, typer.Option("--tenant", help="Id of the tenant that the user belongs to.")]
Operator = Annotated[bool, typer.Option("--operator", help="An operator, who belongs to no tenant.")]


@app.command()
@with_settings
def create(
    email: Email,
    tenant: TenantOf = "",
    operator: Operator = False,
    role: Annotated[
        Role | None, typer.Option("--role", help="What the user may do.", show_default="owner, or operator")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="What others see.")] = "",
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Add a user, and print a link to choose a password once, within three days."""
    at = _place(tenant, operator=operator)
    wish = NewUser(email=email, name=name, role=role or (Role.OPERATOR if operator else Role.OWNER))
    invitation = with_service(settings, lambda service: service.users.invite(at, wish))
    _print_link(settings, invitation, as_json=as_json)


@app.command()
@with_settings
def link(
    email: Email,
    tenant: TenantOf = "",
    operator: Operator = False,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Print a new link to choose a password once, within three days; the password stays good until then."""
    at = _place(tenant, operator=operator)

    async def work(service: Service) -> Invitation:
        return await service.users.renew_link(at, (await service.users.by_email(at, email)).id)

    _print_link(settings, with_service(settings, work), as_json=as_json)


@app.command()
@with_settings
def passwd(
    email: Email,
    tenant: TenantOf = "",
    operator: Operator = False,
    from_stdin: Annotated[
        bool, typer.Option("--stdin", help="Take the password from standard input, to the end of the line.")
    ] = False,
    forget_factor: Annotated[
        bool, typer.Option("--forget-second-factor", help="Turn the second factor off too.")
    ] = False,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Set a user's password and end all sessions."""
    at = _place(tenant, operator=operator)
    password = sys.stdin.readline().rstrip("\r\n") if from_stdin else _asked()

    async def work(service: Service) -> User:
        user = await service.users.by_email(at, email)
        return await service.users.set_password(at, user.id, password, forget_factor=forget_factor)

    _print_user(with_service(settings, work), "has a new password", as_json=as_json)


@app.command()
@with_settings
def disable(
    email: Email,
    tenant: TenantOf = "",
    operator: Operator = False,
    yes: Yes = False,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Refuse a user and end all sessions at once."""
    sure(f"Disable user {email}?", yes=yes)
    user = _set_disabled(settings, _place(tenant, operator=operator), email, disabled=True)
    _print_user(user, "is disabled", as_json=as_json)


@app.command()
@with_settings
def enable(
    email: Email, tenant: TenantOf = "", operator: Operator = False, as_json: Json = False, *, settings: Settings
) -> None:
    """Undo disable."""
    user = _set_disabled(settings, _place(tenant, operator=operator), email, disabled=False)
    _print_user(user, "may sign in", as_json=as_json)


@app.command()
@with_settings
def remove(
    email: Email,
    tenant: TenantOf = "",
    operator: Operator = False,
    yes: Yes = False,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Remove a user for good."""
    at = _place(tenant, operator=operator)
    sure(f"Remove user {email} for good?", yes=yes)

    async def work(service: Service) -> User:
        user = await service.users.by_email(at, email)
        await service.users.remove(at, user.id, by=None)
        return user

    _print_user(with_service(settings, work), "is removed", as_json=as_json)


@app.command("list")
@with_settings
def list_(tenant: TenantOf = "", operator: Operator = False, as_json: Json = False, *, settings: Settings) -> None:
    """List the users of a tenant, or the operators."""
    at = _place(tenant, operator=operator)

    async def work(service: Service) -> list[dict[str, object]]:
        if at:
            await service.tenants.get(at)
        return [_row(user) for user in await service.users.list(at)]

    rows = with_service(settings, work)
    if as_json:
        print_json(rows)
        return
    table = Table(Column("email", no_wrap=True), "name", "role", "state", "second factor", "last sign-in")
    for row in rows:
        table.add_row(
            *(str(row[name] or "") for name in ("email", "name", "role", "state", "secondFactor", "signedIn"))
        )
    Console().print(table)


def _place(tenant: str, *, operator: bool) -> str:
    """Return the tenant of a user, empty for an operator.

    Raises:
        InvalidValueError: Neither was said, or both.
    """
    if operator == bool(tenant):
        raise InvalidValueError("--tenant", "or --operator must be given, and not both")
    return tenant


def _asked() -> str:
    asked: str = typer.prompt("New password", hide_input=True, confirmation_prompt=True)
    return asked


def _set_disabled(settings: Settings, tenant: str, email: str, *, disabled: bool) -> User:
    async def work(service: Service) -> User:
        user = await service.users.by_email(tenant, email)
        return await service.users.set_disabled(tenant, user.id, disabled=disabled, by=None)

    return with_service(settings, work)


def _print_link(settings: Settings, invitation: Invitation, *, as_json: bool) -> None:
    from facetry.bootstrap.first_links import welcome_url  # loads the demo catalog

    url = welcome_url(settings, invitation.token)
    if as_json:
        print_json({**_row(invitation.user), "link": url})
    else:
        typer.echo(f"{invitation.user.email} chooses a password, once and within three days, at\n\n  {url}\n")


def _print_user(user: User, told: str, *, as_json: bool) -> None:
    if as_json:
        print_json(_row(user))
    else:
        typer.echo(f"user {user.email} {told}")


def _row(user: User) -> dict[str, object]:
    """Return what is told of a user: no password, no secret."""
    return {
        "id": user.id,
        "tenant": user.tenant,
        "email": user.email,
        "name": user.name,
        "role": user.role.value,
        "state": "disabled" if user.disabled else "active" if user.password else "invited",
        "secondFactor": "on" if user.totp else "",
        "signedIn": _moment(user.signed_in) if user.signed_in else None,
    }


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
