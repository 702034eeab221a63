"""Commands that move a whole tenant from one server to another, while both serve."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from facetry.cli.options import Json, print_json, with_service, with_settings
from facetry.settings import Settings

_KEYS_ARE_NEW = "; its keys are new: facetry tenant rotate and the dashboard show them"


@with_settings
def export(
    tenant_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the tenant.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that is not there yet.")],
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Write a tenant with all it has to a file, as it is at one moment; the file holds its keys: keep it secret."""
    from facetry.bootstrap.moving import export_tenant

    report = with_service(settings, lambda service: export_tenant(service, tenant_id, file))
    if as_json:
        print_json(report)
    else:
        typer.echo(
            f"{file} holds tenant {tenant_id} at revision {report.revision}: {report.products:,} products, "
            f"{report.groups:,} groups, {report.records:,} records, "
            f"{report.changes:,} changes in histories, and its keys, but not its users"
        )


@with_settings
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that tenant export made.")],
    tenant_id: Annotated[str | None, typer.Option("--id", help="Id to give it; its own if left out.")] = None,
    new_keys: Annotated[
        bool, typer.Option("--new-keys", help="Give it keys of its own, so that it shares none with its original.")
    ] = False,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Add the tenant of a file with all it has; it is there whole or not at all."""
    from facetry.bootstrap.moving import import_tenant

    report = with_service(
        settings, lambda service: import_tenant(service, file.absolute(), tenant_id, new_keys=new_keys)
    )
    if as_json:
        print_json(report)
    else:
        typer.echo(
            f"tenant {report.tenant} is here, at revision {report.revision}: {report.products:,} products, "
            f"{report.groups:,} groups, {report.records:,} records, "
            f"{report.changes:,} changes in histories{_KEYS_ARE_NEW if new_keys else ''}"
        )


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(export)
    app.command("import")(import_)
