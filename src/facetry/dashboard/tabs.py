"""Pages that belong together: the way between them, and their URLs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from urllib.parse import urlencode


class Tab(NamedTuple):
    """A page among others: what it is called, where it is, and whether this is it."""

    label: str
    url: str
    is_current: bool


def tabs_at(path: str, places: Iterable[tuple[str, str]]) -> list[Tab]:
    """Return the pages of these names and URLs; current is the one that the path lies deepest in."""
    pages = list(places)
    current = max((url for _, url in pages if f"{path}/".startswith(f"{url}/")), key=len)
    return [Tab(label, url, url == current) for label, url in pages]


def url_in(place: str, page: str, values: Mapping[str, str]) -> str:
    """Return the URL of a page below a place, or of the place itself; values that are empty are left out."""
    given = {name: value for name, value in values.items() if value}
    path = f"{place}/{page}" if page else place
    return f"{path}?{urlencode(given, errors='replace')}" if given else path
