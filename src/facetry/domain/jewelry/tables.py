"""The tables of this package, read from their TOML files when first asked for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from facetry.domain.analysis import fold

_NOT_ALPHANUMERIC = re.compile(r"[\W_]+")


@cache
def table(name: str) -> dict[str, Any]:
    """Return what ``data/<name>.toml`` holds; the file says where its content comes from."""
    return tomllib.loads(files(__package__).joinpath("data", f"{name}.toml").read_text(encoding="utf-8"))


@cache
def canonical(name: str, section: str = "") -> Mapping[str, str]:
    """Return the canonical spelling by the key of every spelling in a table, or in a section of it."""
    found: dict[str, list[str]] = table(name)[section] if section else table(name)
    return {key_of(one): own for own, others in found.items() for one in (own, *others)}


def key_of(text: str) -> str:
    """Return a text as spellings are compared: caseless and plain, letters and digits only."""
    return _NOT_ALPHANUMERIC.sub("", fold(text))
