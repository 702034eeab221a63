"""Commands about a catalog; they work beside a running server and without one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from facetry.application.interchange.detection import Format
from facetry.application.interchange.exporting import ExportFormat
from facetry.application.interchange.stones import StoneForm, StoneOptions
from facetry.bootstrap.service import Service
from facetry.cli.options import Json, TenantOption, print_json, with_service, with_settings
from facetry.domain.trade_terms.stones import DIAMOND
from facetry.domain.trade_terms.stones import stone as kind_of
from facetry.settings import Settings

if TYPE_CHECKING:
    from facetry.application.interchange.importing import ImportProgress
    from facetry.application.interchange.report import ImportReport

Target = Annotated[str | None, typer.Option("--tenant", help="Id of the tenant; all of them if left out.")]


@with_settings
def import_(  # one parameter an option
    file: Annotated[Path, typer.Argument(metavar="FILE", help="NDJSON, CSV or a workbook (.xlsx), plain or gzip.")],
    tenant: TenantOption,
    format_: Annotated[Format | None, typer.Option("--format", help="Form of the file; found out if left out.")] = None,
    mapping: Annotated[
        Path | None, typer.Option("--mapping", help="TOML file that says what its columns mean.")
    ] = None,
    encoding: Annotated[str | None, typer.Option("--encoding", help="Such as cp1252; UTF-8 if left out.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check everything, store nothing.")] = False,
    restart: Annotated[bool, typer.Option("--restart", help="Do not go on where an earlier run stopped.")] = False,
    rejected: Annotated[
        Path | None, typer.Option("--rejected", help="Write rejected rows here, as JSON lines.")
    ] = None,
    stones_as: Annotated[
        StoneForm, typer.Option("--stones-as", help="What becomes of the rows of a list of stones.")
    ] = StoneForm.GEMSTONES,
    stone: Annotated[
        str, typer.Option("--stone", help="Which stones a list holds, where no column says it.")
    ] = DIAMOND,
    code_prefix: Annotated[
        str | None,
        typer.Option("--code-prefix", help="Begins codes of stones without one; the file's name if left out."),
    ] = None,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Import products of a file; the good rows go in, the others are reported. Run it again to go on after a kill."""
    from facetry.application.interchange.importing import ImportOptions, import_file, prefix_of
    from facetry.application.records import Records

    kind = kind_of("stone", stone).name
    prefix = prefix_of(file) if code_prefix is None else code_prefix

    def options(currency: str) -> ImportOptions:
        return ImportOptions(
            path=file,
            format=format_,
            mapping=mapping,
            encoding=encoding,
            dry_run=dry_run,
            restart=restart,
            state_folder=None if settings.store == "memory:" else settings.data / "imports",
            rejected_path=rejected,
            stones=StoneOptions(form=stones_as, kind=kind, prefix=prefix, currency=currency),
        )

    async def work(service: Service) -> ImportReport:
        record = await service.tenants.get(tenant)
        wanted = options(record.settings.currency)
        with _bar() as bar:
            shown = bar.add_task(file.name, total=None, rate="")

            def progress(now: ImportProgress) -> None:
                bar.update(shown, total=now.bytes_total, completed=now.bytes_read, rate=f"{now.rate:,.0f}/s")

            return await import_file(wanted, service.catalog, tenant, progress, Records(service.store))

    report = with_service(settings, work)
    if as_json:
        print_json(report)
    else:
        for line in report.lines():
            typer.echo(line)


@with_settings
def export(
    tenant: TenantOption,
    output: Annotated[Path, typer.Argument(metavar="FILE", help="Where to write; compressed if it ends in .gz.")],
    format_: Annotated[ExportFormat | None, typer.Option("--format", help="By the file's name if left out.")] = None,
    records: Annotated[
        bool, typer.Option("--records", help="Gemstones, clients, listings and orders too; NDJSON only.")
    ] = False,
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Export all products of a tenant so that import reads them back to the same bytes."""
    from facetry.application.interchange.exporting import ExportReport, export_file

    async def work(service: Service) -> ExportReport:
        await service.tenants.get(tenant)
        return await export_file(service.store, tenant, output, format_, with_records=records)

    report = with_service(settings, work)
    if as_json:
        print_json(report)
    else:
        others = f" and {report.records:,} records" if records else ""
        typer.echo(f"{report.products:,} products of {report.groups:,} groups{others} are in {output}")


@with_settings
def reindex(tenant: Target = None, as_json: Json = False, *, settings: Settings) -> None:
    """Build the search index anew from the store, while searches and writes go on."""
    from facetry.bootstrap.tasks import reindex_all

    revisions = with_service(settings, lambda service: reindex_all(service, tenant))
    if as_json:
        print_json(revisions)
    else:
        for name, revision in revisions.items():
            typer.echo(f"tenant {name}: the index is new, at revision {revision}")


@with_settings
def backup(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="An empty folder, or one to make.")],
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Copy the data of a running server, or of one that is not running, consistently."""
    from facetry.bootstrap.backups import take_backup
    from facetry.bootstrap.master_key import MASTER_KEY_FILE

    report = take_backup(settings, directory)
    if as_json:
        print_json(report)
        return
    has_key = (directory / MASTER_KEY_FILE).exists()
    key = "and the master key" if has_key else "but no master key: keep the one of the settings beside it"
    typer.echo(f"{directory} holds {report.products:,} products of {report.tenants:,} tenants {key}")


@with_settings
def restore(
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="A folder that backup made.")],
    as_json: Json = False,
    *,
    settings: Settings,
) -> None:
    """Make a data directory of a backup; one that has data is left alone."""
    from facetry.bootstrap.backups import restore_backup

    report = restore_backup(settings, directory)
    if as_json:
        print_json(report)
    else:
        typer.echo(f"{settings.data} holds {report.products:,} products of {report.tenants:,} tenants")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("import")(import_)
    for command in (export, reindex, backup, restore):
        app.command()(command)


def _bar() -> Progress:
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %  {task.fields[rate]}"),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
