"""The designs of the demo catalog, read from their file."""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple


class Design(NamedTuple):
    """One design; what its kind does not have is empty.

    Attributes:
        carat: hundredths of a carat.
        pearl: a pearl's diameter in tenths of a millimeter.
        width: in tenths of a millimeter.
    """

    kind: str
    name: str
    text: str
    style: str = ""
    shape: str = ""
    gem: str = ""
    carat: int = 0
    pearl: int = 0
    width: int = 0


@cache
def data(name: str) -> dict[str, Any]:
    """Return what a TOML file of this package holds."""
    return tomllib.loads(files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def designs() -> list[Design]:
    """Return all designs, in the order of the file."""
    return [_design(kind, entry) for kind, entries in data("designs").items() for entry in entries]


def _design(kind: str, entry: dict[str, Any]) -> Design:
    values = dict(entry)
    shape, _, gem = values.pop("gem", "").partition(" ")
    return Design(kind, shape=shape, gem=gem, **values)
