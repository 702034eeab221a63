"""Cells that a spreadsheet would calculate."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.application.interchange.formulas import as_meant, shown_as_text

FORMULAS = (
    *("=1+1", '=HYPERLINK("https://evil.example","ring")', "@SUM(1)", "\t=1", "\r=1", "+cmd|' /C calc'!A0"),
    *("-2+3+cmd|' /C calc'!A0", "-SUM(A1)", "+A!B1", "'=1", "''@x"),
)
PLAIN = ("", "Ring", "-10 %", "+5", "-A1", "-", "'s", "'", "a=b", " =1", "5", "['=']")


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_stands_behind_an_apostrophe(text):
    assert (shown_as_text(text), as_meant(f"'{text}")) == (f"'{text}", text)


@pytest.mark.parametrize("text", PLAIN)
def test_all_else_stays_as_it_is(text):
    assert (shown_as_text(text), as_meant(text)) == (text, text)


@given(st.text(alphabet="'=@+-\t\r(|!a\n"))
def test_every_text_is_read_back(text):
    assert as_meant(shown_as_text(text)) == text
