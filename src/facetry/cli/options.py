"""What every command takes, and how it fails."""

from __future__ import annotations

import asyncio
import functools
import inspect
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec
import typer

from facetry.bootstrap.service import Service, open_service
from facetry.domain.errors import FacetryError, InvalidValueError, StoreDamagedError
from facetry.settings import Settings, load

T = TypeVar("T")
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
TenantOption = Annotated[str, typer.Option("--tenant", help="Id of the tenant.")]

_ENGINES: dict[str, Any] = {
    "data": Annotated[
        Path | None,
        typer.Option("--data", help="Directory that holds store, index and keys.", show_default="facetry-data"),
    ],
    "store": Annotated[str | None, typer.Option("--store", help="URL of the store.", show_default="sqlite:")],
    "search": Annotated[str | None, typer.Option("--search", help="URL of the search index.", show_default="columns:")],
    "cache": Annotated[str | None, typer.Option("--cache", help="URL of the cache.", show_default="memory:")],
    "config": Annotated[
        Path | None, typer.Option("--config", help="TOML file of settings; FACETRY_CONFIG names it too.")
    ],
}


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that name the engines, and hand them in as its parameter ``settings``.

    A command's own parameter whose name is a setting's is handed to the settings too.
    """
    signature = inspect.signature(command, eval_str=True)
    own = [p for p in signature.parameters.values() if p.name != "settings"]
    added = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        for name, kind in _ENGINES.items()
    ]

    @functools.wraps(command)
    def wrapper(**values: Any) -> None:  # noqa: ANN401 - options of every type
        flags = {name: values.pop(name) for name in _ENGINES}
        config = flags.pop("config")
        flags |= {name: value for name, value in values.items() if name in Settings.__struct_fields__}
        command(**values, settings=settings_of(config, flags))

    wrapper.__signature__ = inspect.Signature([p.replace(kind=inspect.Parameter.KEYWORD_ONLY) for p in own] + added)  # type: ignore[attr-defined]
    return wrapper


def settings_of(config: Path | None, flags: dict[str, Any]) -> Settings:
    """Return the settings of a command: its flags, the environment, the file.

    Raises:
        SettingError: One of them is unknown or has a value that is not allowed.
    """
    named = os.environ.get("FACETRY_CONFIG")
    return load(flags, os.environ, config or (Path(named) if named else None))


def with_service(settings: Settings, work: Callable[[Service], Awaitable[T]]) -> T:
    """Open the service, do a command's work with it and close it."""

    async def main() -> T:
        async with open_service(settings, follower_indexes=False) as service:
            return await work(service)

    return asyncio.run(main())


def print_json(value: object) -> None:
    """Print a value as one line of JSON."""
    typer.echo(msgspec.json.encode(value).decode())


def sure(question: str, *, yes: bool) -> None:
    """Ask, unless the answer was given as an option; no ends the command."""
    if not yes:
        typer.confirm(question, abort=True)


def guarded(command: Callable[[], None]) -> int:
    """Run the command line and return its exit status: 1 with one clear line for an error of ours.

    A failure that nobody foresaw keeps its trace: it is a bug to report.
    """
    try:
        command()
    except InvalidValueError as error:
        sys.stderr.write(f"facetry: {error.field} {error.message}\n")
        return 1
    except StoreDamagedError as error:
        sys.stderr.write(f"facetry: {error.message}: {error.advice}\n")
        return 1
    except FacetryError as error:
        sys.stderr.write(f"facetry: {error.message}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("facetry: interrupted\n")
        return 130
    return 0
