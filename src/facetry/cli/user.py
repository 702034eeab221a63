"""Commands about users of the dashboard; they work beside a running server and without one."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any

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
Place = str
"""The tenant that a user belongs to, empty for an operator: said by ``--tenant``, or by ``--operator``."""
_PLACE: dict[str, tuple[object, object]] = {
    "tenant": (Annotated[str, typer.Option("--tenant", help="Id of the tenant that the user belongs to.")], ""),
    "operator": (Annotated[bool, typer.Option("--operator", help="An operator, who belongs to no tenant.")], False),
}


def with_place(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say where a user belongs, and hand that in as its parameter ``at``."""
    parameters: list[inspect.Parameter] = []
    for one in inspect.signature(command, eval_str=True).parameters.values():
        kind = inspect.Parameter.KEYWORD_ONLY
        if one.name == "at":
            parameters += [inspect.Parameter(n, kind, default=d, annotation=a) for n, (a, d) in _PLACE.items()]
        else:
            parameters.append(one.replace(kind=kind))

    @functools.wraps(command)
    def wrapper(*, tenant: str, operator: bool, **values: Any) -> None:  # noqa: ANN401 - options of every type
        if operator == bool(tenant):
            raise InvalidValueError("--tenant", "or --operator must be given, and not both")
        command(at=tenant, **values)

    wrapper.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return wrapper


@app.command()
@with_settings
@with_place
def create(
    email: Email,
    at: Place = "",
    role: Annotated[
        Role | None, typer.Option("--role", help="What the user may do.", show_default="owner, or operator")
    ] = None,
    name: Annotated[str, typer.Option("--name", help="What others see.")] = "",
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Add a user, and print a link to choose a password once, within three days."""
    wish = NewUser(email=email, name=name, role=role or (Role.OWNER if at else Role.OPERATOR))
    invitation = with_service(settings, lambda service: service.users.invite(at, wish))
    _print_link(settings, invitation, as_json=as_json)


@app.command()
@with_settings
@with_place
def link(
    email: Email,
    at: Place = "",
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Print a new link to choose a password once, within three days; the password stays good until then."""

    async def work(service: Service) -> Invitation:
        return await service.users.renew_link(at, (await service.users.by_email(at, email)).id)

    _print_link(settings, with_service(settings, work), as_json=as_json)


@app.command()
@with_settings
@with_place
def passwd(
    email: Email,
    at: Place = "",
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
    password = sys.stdin.readline().rstrip("\r\n") if from_stdin else _asked()

    async def work(service: Service) -> User:
        user = await service.users.by_email(at, email)
        return await service.users.set_password(at, user.id, password, forget_factor=forget_factor)

    _print_user(with_service(settings, work), "has a new password", as_json=as_json)


@app.command()
@with_settings
@with_place
def disable(
    email: Email,
    at: Place = "",
    yes: Yes = False,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Refuse a user and end all sessions at once."""
    sure(f"Disable user {email}?", yes=yes)
    user = _set_disabled(settings, at, email, disabled=True)
    _print_user(user, "is disabled", as_json=as_json)


@app.command()
@with_settings
@with_place
def enable(email: Email, at: Place = "", as_json: Json = False, *, settings: Settings) -> None:
    """Undo disable."""
    user = _set_disabled(settings, at, email, disabled=False)
    _print_user(user, "may sign in", as_json=as_json)


@app.command()
@with_settings
@with_place
def remove(
    email: Email,
    at: Place = "",
    yes: Yes = False,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Remove a user for good."""
    sure(f"Remove user {email} for good?", yes=yes)

    async def work(service: Service) -> User:
        user = await service.users.by_email(at, email)
        await service.users.remove(at, user.id, by=None)
        return user

    _print_user(with_service(settings, work), "is removed", as_json=as_json)


@app.command("list")
@with_settings
@with_place
def list_(at: Place = "", as_json: Json = False, *, settings: Settings) -> None:
    """List the users of a tenant, or the operators."""

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
