from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.domain.jewelry.folding import FOREIGN, folded


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("White GOLD", "white gold"),
        ("Weißgold", "weissgold"),
        ("6½", "6 1/2"),
        ("1–2 − 3", "1-2 - 3"),
        ("€5 £6 ≥7", "€5 £6 ≥7"),
        ("x\u00a0y ’", "x y  "),
        ("金я💍™", f" {FOREIGN}  "),
        ("e\u0301", "e"),
        ("Ａｕ", "au"),
    ],
)
def test_folding(text, expected):
    assert folded(text).text == expected


def test_a_run_knows_where_it_came_from():
    view = folded("aß½e\u0301 x")
    assert view.text == "ass 1/2e x"
    assert [view.span(*run) for run in ((0, 1), (1, 3), (2, 3), (3, 7), (7, 8), (9, 10))] == [
        (0, 1), (1, 2), (1, 2), (2, 3), (3, 5), (6, 7),
    ]  # fmt: skip


def test_nothing_moves_where_nothing_changes_its_length():
    assert folded("Münze").origins == ()
    assert folded("Münze 5").span(0, 5) == (0, 5)


@given(st.text(max_size=30), st.data())
def test_every_run_lies_in_the_text(text, data):
    view = folded(text)
    if view.text:
        start = data.draw(st.integers(0, len(view.text) - 1))
        end = data.draw(st.integers(start + 1, len(view.text)))
        left, right = view.span(start, end)
        assert 0 <= left < right <= len(text)
