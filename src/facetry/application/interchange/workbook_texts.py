"""How texts stand in workbooks: what XML cannot hold is left out, and what looks like an escape is one."""

from __future__ import annotations

import re

_UNHELD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def held(text: str) -> str:
    """Return a text as a workbook holds it, so that every program shows it; what it cannot hold becomes U+FFFD."""
    return _LOOKS_ESCAPED.sub("_x005F_", _UNHELD.sub("\ufffd", text))


def shown(text: str) -> str:
    """Return the text that spreadsheet programs show of what a workbook holds: ``_x000D_`` is the end of a line."""
    if "_x" not in text:
        return text
    found = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    # Two escapes may stand for one sign beyond the first 65,536; half of one is none.
    paired = found.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _SURROGATE.sub("\ufffd", paired)
