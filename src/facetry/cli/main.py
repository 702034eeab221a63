"""The ``facetry`` command."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from facetry.cli import catalog, migrate, server, tenant, tenant_move, upkeep, user
from facetry.cli.options import guarded

app = typer.Typer(
    name="facetry",
    help="A self-hosted, multi-tenant product catalog and search server.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(tenant.app, name="tenant")
app.add_typer(user.app, name="user")
tenant_move.add_to(tenant.app)
catalog.add_to(app)
migrate.add_to(app)
upkeep.add_to(app)
server.add_to(app)


@app.callback(invoke_without_command=True)
def root(show_version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False) -> None:
    """Print what was asked for about the program itself."""
    if show_version:
        typer.echo(f"facetry {version('facetry')}")
        raise typer.Exit


def main() -> None:
    """Run the command line and exit with its status."""
    sys.exit(guarded(app))


if __name__ == "__main__":
    main()
