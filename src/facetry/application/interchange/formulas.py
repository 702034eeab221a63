"""Texts that a spreadsheet would take for formulas: written so that it shows them, and read back as they were."""

from __future__ import annotations

import re

# A plus or minus begins many a name; it does harm only where it leads to a function, a program or another sheet.
_FORMULA = re.compile(r"'*(?:[=@\t\r]|[+\-](?=.*[(|!]))", re.DOTALL)
_MARK = "'"


def shown_as_text(text: str) -> str:
    """Return a text for a cell of a CSV: behind an apostrophe where it would be a formula, or be read as one."""
    return f"{_MARK}{text}" if _FORMULA.match(text) else text


def as_meant(cell: str) -> str:
    """Return the text that ``shown_as_text`` has made a cell of."""
    return cell[1:] if cell.startswith(_MARK) and _FORMULA.match(cell) else cell
