"""Texts in workbooks are what spreadsheet programs show."""

import pytest

from facetry.application.interchange.workbook_texts import held, shown


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("Ring", "Ring"),
        ("a\tb\nc", "a\tb\nc"),
        ("\x00\x0b\x1f\ufffe\uffff\x7f", "\ufffd\ufffd\ufffd\ufffd\ufffd\x7f"),
        ("_x0041_", "_x005F_x0041_"),
        ("_x0041_x0042_", "_x005F_x0041_x005F_x0042_"),
        ("_X0041_ _x041_ _x0041", "_X0041_ _x041_ _x0041"),
        ("_x005F_", "_x005F_x005F_"),
    ],
)
def test_a_text_is_held_as_programs_show_it(text, cell):
    assert held(text) == cell
    if "\ufffd" not in cell:
        assert shown(cell) == text


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("one_x000D_\ntwo", "one\r\ntwo"),
        ("_xD83D__xDD25_", "🔥"),
        ("_xD83D_ ", "\ufffd "),
        ("a_xDD25_", "a\ufffd"),
        ("x_x12G4_", "x_x12G4_"),
    ],
)
def test_escapes_of_programs_are_read(cell, text):
    assert shown(cell) == text
