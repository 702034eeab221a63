"""Commands that look after a data directory; they work beside a running server and without one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from facetry.application.maintenance import VerifyReport
from facetry.cli.catalog import Target
from facetry.cli.options import Json, Yes, print_json, sure, with_service, with_settings
from facetry.domain.checkup import Health
from facetry.settings import Settings


@with_settings
def verify(tenant: Target = None, as_json: Json = False, *, settings: Settings) -> None:
    """Compare index, groups, counts, links, keys and logs with what they are derived from; status 1 if any differs."""
    from facetry.bootstrap.tasks import verify_all

    reports = with_service(settings, lambda service: verify_all(service, tenant))
    if as_json:
        print_json(reports)
    else:
        for report in reports:
            for line in _lines(report):
                typer.echo(line)
    if not all(report.is_good for report in reports):
        raise typer.Exit(1)


@with_settings
def repair(tenant: Target = None, as_json: Json = False, *, settings: Settings) -> None:
    """Derive anew what verify finds wrong and empty the caches; exit status 1 if something could not be mended."""
    from facetry.bootstrap.tasks import repair_all

    reports = with_service(settings, lambda service: repair_all(service, tenant))
    if as_json:
        print_json(reports)
    else:
        for report in reports:
            for line in _wrong(report.found):
                typer.echo(f"{_name(report.tenant)}: {line}")
            typer.echo(f"{_name(report.tenant)}: {', '.join(report.done)}")
            for line in _wrong(report.left):
                typer.echo(f"{_name(report.tenant)}: still wrong: {line}")
    if not all(report.left.is_good for report in reports):
        raise typer.Exit(1)


@with_settings
def doctor(as_json: Json = False, *, settings: Settings) -> None:
    """Look at settings, versions, disk, clock, permissions, server, index and journals; status 1 if anything is bad."""
    from facetry.bootstrap.doctor.examination import examine

    checkups = examine(settings)
    if as_json:
        print_json(checkups)
    else:
        for one in checkups:
            advice = f": {one.advice}" if one.advice else ""
            typer.echo(f"{one.health.value:<8} {one.name:<11} {one.told}{advice}")
    if any(one.health is Health.BAD for one in checkups):
        raise typer.Exit(1)


@with_settings
def compact(*, settings: Settings) -> None:
    """Write the database files anew: nothing stays in them of what was deleted or replaced, and room is given back."""
    from facetry.bootstrap.moving import compact_files

    with_service(settings, compact_files)
    typer.echo(f"the database files in {settings.data} hold nothing any more of what was deleted or replaced")


@with_settings
def rotate_master_key(
    new_key: Annotated[
        Path | None,
        typer.Option("--new-key", help="File with 64 hexadecimal digits; a random key if left out."),
    ] = None,
    yes: Yes = False,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Seal all stored keys under a new master key, while no server runs; tenants' own keys stay what they are."""
    from facetry.bootstrap.master_key import MASTER_KEY_FILE, read_key
    from facetry.bootstrap.rotation import rotate_master_key as rotate

    key = None if new_key is None else read_key(new_key)
    sure("Replace the master key?", yes=yes)
    report = asyncio.run(rotate(settings, key))
    if as_json:
        print_json(report)
        return
    typer.echo(f"the keys of {report.tenants:,} tenants are sealed under the new master key")
    if report.in_database:
        typer.echo("it is in the database, as the old one was; older backups need the old one")
    elif report.in_file:
        typer.echo(f"it is in {settings.data / MASTER_KEY_FILE}: keep a copy apart; older backups need the old one")
    else:
        typer.echo("give it to the server as setting master_key before it starts; older backups need the old one")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (verify, repair, doctor, compact, rotate_master_key):
        app.command()(command)


def _lines(report: VerifyReport) -> Iterator[str]:
    if report.tenant:
        yield (
            f"tenant {report.tenant}: {report.products:,} products in {report.groups:,} groups, "
            f"{_differences(len(report.differences) + len(report.faults))}"
        )
    else:
        yield f"{_name(report.tenant)}: {_differences(len(report.faults))}"
    for line in _wrong(report):
        yield f"  {line}"


def _differences(count: int) -> str:
    return "1 difference" if count == 1 else f"{count:,} differences"


def _wrong(report: VerifyReport) -> Iterator[str]:
    for difference in report.differences:
        yield f"group {difference.group_id}: {difference.problem}"
    for fault in report.faults:
        yield str(fault)


def _name(tenant: str) -> str:
    return f"tenant {tenant}" if tenant else "all tenants together"
