"""The command that moves tenants from one store to another."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from facetry.application.migrating import MigrationReport, Wishes
from facetry.cli.options import Json, print_json, with_settings
from facetry.settings import Settings

_KEY = "File with the master key of that store, where it is not kept there."


@with_settings
def migrate(  # one parameter an option
    source: Annotated[str, typer.Option("--from", help="Store that has the tenants: sqlite:DIR or mongodb://...")],
    target: Annotated[str, typer.Option("--to", help="Store that they are to be on: likewise.")],
    tenant: Annotated[str | None, typer.Option("--tenant", help="Id of the tenant; all of them if left out.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace tenants that are there with other contents.")
    ] = False,
    disable_source: Annotated[
        bool, typer.Option("--disable-source", help="Disable each where it was, once it has arrived whole.")
    ] = False,
    from_key: Annotated[Path | None, typer.Option("--from-key", help=_KEY)] = None,
    to_key: Annotated[Path | None, typer.Option("--to-key", help=_KEY)] = None,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Copy tenants with their keys from a store to another while both serve, compare them; run it again to go on."""
    from facetry.bootstrap.master_key import read_key
    from facetry.bootstrap.migration import Ends, side_settings
    from facetry.bootstrap.migration import migrate as run

    source_key, target_key = ("" if file is None else read_key(file).hex() for file in (from_key, to_key))
    ends = Ends(source, target, source_key, target_key, tenant)
    for flag, url in (("from", source), ("to", target)):
        side_settings(settings, flag, url, "")

    def tell(report: MigrationReport) -> None:
        if not as_json:
            typer.echo(_line(report))

    reports = asyncio.run(run(settings, ends, Wishes(replace, disable_source), tell))
    if as_json:
        print_json(reports)


def _line(report: MigrationReport) -> str:
    told = (
        f"tenant {report.tenant}: {report.outcome.value}, revision {report.revision}, {report.products:,} products, "
        f"{report.groups:,} groups, {report.records:,} records, checksum {report.checksum[:16]} on both sides"
    )
    if report.disabled:
        return f"{told}; disabled where it was"
    if report.behind:
        return f"{told}; {report.behind:,} changes since: run it again with --replace"
    return told


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(migrate)
