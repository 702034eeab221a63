"""No page is heavy: with styles and scripts it arrives at once on a slow line too."""

from __future__ import annotations

import gzip

import pytest

from facetry.dashboard.static_files import static_files
from tests.dashboard.places import FURTHER, PLACES
from tests.dashboard.weights import MOST_BYTES, parts_of, weight

PAGE = b"""<link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/s/a.css">
<script type="module" src="/s/a.js?x=1&amp;y=2"></script><link href="/s/b.css" rel="stylesheet">"""
FILES = {
    "/p": PAGE,
    "/s/a.css": b"a",
    "/s/b.css": b"b",
    "/s/a.js?x=1&y=2": b'import {x} from "./b.js"; await import("./c.js");',
    "/s/b.js": b'export {y} from "./a.js"; import "./c.js"',
    "/s/a.js": b"",
    "/s/c.js": b"c",
}


def test_parts_are_found():
    assert parts_of(PAGE.decode()) == ["/s/a.css", "/s/a.js?x=1&y=2", "/s/b.css"]


def test_everything_is_weighed_once():
    asked = []
    weighed = weight("/p", lambda path: asked.append(path) or FILES[path])
    assert sorted(asked) == sorted(FILES)
    assert weighed == sum(len(gzip.compress(body, 6)) for body in FILES.values())


@pytest.mark.anyio
async def test_no_page_is_heavy(guest, owner, operator):
    visitors = {"": guest, "editor": owner, "owner": owner, "operator": operator}
    weights = {}
    for place in (*PLACES, *FURTHER):
        if not place.links:
            shown = await visitors[place.role].get(place.path)
            weights[place.name] = weight(
                place.path, lambda path, shown=shown, place=place: body_at(path, place.path, shown)
            )
    assert {name: size for name, size in weights.items() if size > MOST_BYTES} == {}
    assert min(weights.values()) > 10_000


def body_at(path, page, shown):
    """Return the page, or a file that it names."""
    if path == page:
        return shown.body
    file = static_files().answer(path)
    assert file is not None, path
    return file.body
