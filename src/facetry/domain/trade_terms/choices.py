"""Values out of a table: what a reader says where a text is none of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from facetry.domain.errors import InvalidValueError
from facetry.domain.jewelry.tables import canonical, key_of
from facetry.domain.trade_terms.numbers import text

_LONGEST_SHOWN = 40


def chosen(field: str, raw: object, name: str, section: str = "") -> str:
    """Return the canonical spelling of a value in a table, or in a section of it.

    Raises:
        InvalidValueError: It is no text or none of the table; the message names near ones.
    """
    spellings = canonical(name, section)
    written = text(field, raw)
    found = spellings.get(key_of(written))
    if found is None:
        raise unknown(field, written, spellings)
    return found


def unknown(field: str, written: str, spellings: Mapping[str, str]) -> InvalidValueError:
    """Return the error of a text that is none of some spellings: with the nearest, else with the first of them."""
    shown = written if len(written) <= _LONGEST_SHOWN else f"{written[: _LONGEST_SHOWN - 1]}…"
    near = [spellings[key] for key in get_close_matches(key_of(written), spellings, n=3, cutoff=0.7)]
    if near:
        return InvalidValueError(field, f"{shown!r} is not known, did you mean {_listed(near)}?")
    return InvalidValueError(field, f"{shown!r} is not known, use {_listed([*spellings.values()])}")


def _listed(names: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(names))
    return ", ".join(distinct) if len(distinct) <= 12 else ", ".join([*distinct[:12], "..."])  # noqa: PLR2004 - a line
