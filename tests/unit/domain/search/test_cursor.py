"""Cursors: what they hold and when they are refused."""

from __future__ import annotations

import base64
import subprocess
import sys

import msgspec
import pytest

from facetry.domain.errors import SearchError
from facetry.domain.search.cursor import cursor_of, position_of
from facetry.domain.search.fields import BUILT_IN
from facetry.domain.search.filters import And, Has
from facetry.domain.search.query import Position, SearchQuery, SortAtRandom, SortByField, SortByRelevance, ValuesFacet

BRAND = BUILT_IN["brand"]
RED = Has(BUILT_IN["color"], frozenset({"red", "rose", "pink", "ruby"}))
QUERY = SearchQuery(text="ring", filter=RED, sort=(SortByField(BRAND), SortByRelevance()))
POSITION = Position(("parle", 1.25), ("G-1",))


@pytest.mark.parametrize(
    "position",
    [
        POSITION,
        Position((None, 0.1 + 0.2), ("",)),
        Position((2**63 - 1, -(2**63)), ("a", "é💍", "")),
        Position((), ()),
    ],
)
def test_a_cursor_holds_position_and_revision(position):
    text = cursor_of(QUERY, position, 2**60)
    assert position_of(text, QUERY) == (position, 2**60)
    assert [type(value) for value in position_of(text, QUERY)[0].values] == [type(value) for value in position.values]
    assert text.replace("-", "").replace("_", "").isalnum()


def test_it_goes_on_from_page_to_page():
    text = cursor_of(QUERY, POSITION, 1)
    following = msgspec.structs.replace(QUERY, after=POSITION, limit=7, facets=(ValuesFacet("b", BRAND),), explain=True)
    assert position_of(text, following) == (POSITION, 1)
    assert cursor_of(following, POSITION, 1) == text


@pytest.mark.parametrize(
    "changes",
    [
        {"text": "rings"},
        {"filter": And((RED,))},
        {"scope": RED},
        {"sort": (SortByField(BRAND, descending=True), SortByRelevance())},
        {"sort": (SortAtRandom(1), SortByRelevance())},
        {"group_by": (BRAND,)},
        {"currency": "EUR"},
        {"default_currency": "EUR"},
        {"language": "de"},
        {"prefix": False},
        {"typos": False},
        {"understand": False},
    ],
)
def test_another_search_is_refused(changes):
    text = cursor_of(QUERY, POSITION, 1)
    with pytest.raises(SearchError, match="belongs to another search") as caught:
        position_of(text, msgspec.structs.replace(QUERY, **changes))
    assert caught.value.pointer == "/after"


def test_every_part_of_a_cursor_is_refused():
    text = cursor_of(QUERY, POSITION, 1)
    for changed in (*(text[:length] for length in range(len(text))), text[1:], text + "A", text.swapcase(), text + "="):
        with pytest.raises(SearchError, match="is no cursor, or not a whole one"):
            position_of(changed, QUERY)


@pytest.mark.parametrize("text", ["", "x", "é", "\ud800", "====", "AAAA", "a b", "💍" * 100, "A" * 100_000])
def test_garbage_is_refused(text):
    with pytest.raises(SearchError, match="is no cursor, or not a whole one"):
        position_of(text, QUERY)


def test_a_flipped_bit_is_refused():
    data = bytearray(base64.urlsafe_b64decode(cursor_of(QUERY, POSITION, 1) + "=="))
    data[-1] ^= 1
    with pytest.raises(SearchError, match="is no cursor"):
        position_of(base64.urlsafe_b64encode(data).rstrip(b"=").decode(), QUERY)


def test_another_process_reads_it():
    program = (
        "import importlib.util as u; s = u.spec_from_file_location('m', {path!r}); m = u.module_from_spec(s); "
        "s.loader.exec_module(m); print(m.cursor_of(m.QUERY, m.POSITION, 5))"
    )
    command = [sys.executable, "-c", program.format(path=__file__)]
    texts = {
        subprocess.run(command, env={"PYTHONHASHSEED": seed}, check=True, capture_output=True, text=True).stdout.strip()
        for seed in ("1", "2")
    }
    assert texts == {cursor_of(QUERY, POSITION, 5)}
