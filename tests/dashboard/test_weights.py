"""No page is heavy: with styles and scripts it arrives at once on a slow line too."""

from __future__ import annotations

import gzip

from tests.dashboard.weights import parts_of, weight

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
