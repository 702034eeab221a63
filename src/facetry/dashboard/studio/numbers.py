"""Numbers with decimals as people write them in forms."""

from __future__ import annotations

import re

from facetry.domain.errors import InvalidValueError

_DECIMAL = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,9})?", re.ASCII)


def decimal(field: str, text: str) -> float:
    """Return a number from 0 on, with a point or a comma.

    Raises:
        InvalidValueError: It is none; names the field.
    """
    if _DECIMAL.fullmatch(text) is None:
        raise InvalidValueError(field, f"must be a number such as 1.5, not {text[:40]!a}")
    return float(text.replace(",", "."))


def written(number: float) -> str:
    """Return a number as it stands in a form."""
    return f"{number:.9f}".rstrip("0").rstrip(".")
