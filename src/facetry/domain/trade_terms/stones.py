"""What a stone is: its kind (``2``, ``CVD diamond``), how it came to be, its shape, its treatment, who graded it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from facetry.domain.errors import InvalidValueError
from facetry.domain.jewelry.tables import canonical, key_of, table
from facetry.domain.trade_terms.choices import chosen, unknown
from facetry.domain.trade_terms.numbers import text

DIAMOND = "diamond"
NATURAL, LAB_GROWN = "natural", "lab grown"
_LONGEST_NAME = 50
_TREATMENT_PARTS = re.compile(r"[,;+/&]| and ")
_IN_PARENTHESES = re.compile(r"\s*\(.*\)\s*$")
_NO_LABORATORY = frozenset({"none", "no", "na", "non", "notcertified", "uncertified", "nocert", "noncert", "nc", ""})


class Stone(NamedTuple):
    """What kind of stone a text names.

    Attributes:
        name: As the table calls it; what it does not know stays as written.
        number: Of the kind; None for one that is in no table.
        creation: natural or lab grown, where the text says so.
    """

    name: str
    number: int | None = None
    creation: str | None = None


def stone(field: str, raw: object) -> Stone:
    """Return the kind of stone that a number or a name stands for; names that are in no table stay.

    Raises:
        InvalidValueError: It is a number of no kind, or no name.
    """
    written = text(field, raw)
    if written.isdecimal():
        name = names_by_number().get(int(written[:_LONGEST_NAME]))
        if name is None:
            raise InvalidValueError(field, f"must be a name or a number from 1 to {len(names_by_number())}")
        return Stone(name, int(written))
    found = _stones().get(key_of(written))
    if found is not None:
        return found
    if len(written) > _LONGEST_NAME:
        raise InvalidValueError(field, f"must have at most {_LONGEST_NAME} characters")
    return Stone(written)


@cache
def names_by_number() -> Mapping[int, str]:
    """Return the kinds of stones by their numbers."""
    return {entry["number"]: name for name, entry in table("stone_types").items()}


def creation(field: str, raw: object) -> str:
    """Return how a stone came to be: ``natural`` or ``lab grown``.

    Raises:
        InvalidValueError: It is neither.
    """
    return chosen(field, raw, "creations")


def shape(field: str, raw: object) -> str:
    """Return the shape of a stone: ``round`` for ``RB``, ``BR`` and ``Round Brilliant``.

    Raises:
        InvalidValueError: It is none.
    """
    return chosen(field, raw, "shapes")


def treatment(field: str, raw: object) -> str:
    """Return the AGTA code of what was done to a stone: ``H`` for ``Heated``; several with ``+`` between them.

    Raises:
        InvalidValueError: It is none.
    """
    written = _IN_PARENTHESES.sub("", text(field, raw)) or text(field, raw)
    known = canonical("treatments")
    whole = known.get(key_of(written))
    if whole is not None:
        return whole
    parts = [part.strip() for part in _TREATMENT_PARTS.split(written) if part.strip()]
    codes = [known.get(key_of(part)) for part in parts]
    if not codes or None in codes:
        raise unknown(field, written, known)
    return "+".join(dict.fromkeys(code for code in codes if code))


def laboratory(field: str, raw: object) -> str | None:
    """Return who graded a stone: ``GIA`` for ``gia``; one that is in no table stays, and ``none`` is None.

    Raises:
        InvalidValueError: It is no text, or too long for a name.
    """
    written = text(field, raw)
    key = key_of(written)
    if key in _NO_LABORATORY:
        return None
    found = canonical("labs").get(key)
    if found is None and len(written) > _LONGEST_NAME:
        raise InvalidValueError(field, f"must have at most {_LONGEST_NAME} characters")
    return found or written


@cache
def _stones() -> Mapping[str, Stone]:
    """Return kinds by the key of every name, with and without a word for how they came to be."""
    found: dict[str, Stone] = {}
    for name, entry in table("stone_types").items():
        for spelling in (name, *entry["names"]):
            for word, made in canonical("creations").items():
                if len(word) > 1:
                    found.setdefault(word + key_of(spelling), Stone(name, entry["number"], made))
    for name, entry in table("stone_types").items():
        found |= {key_of(spelling): Stone(name, entry["number"]) for spelling in (name, *entry["names"])}
    # What only diamonds are called.
    for word in ("naturaldiamond", "mineddiamond"):
        found[word] = Stone(DIAMOND, found[DIAMOND].number, NATURAL)
    for word in ("labgrown", "labcreated", "lgd", "lg", "cvd", "hpht"):
        found[word] = Stone(DIAMOND, found[DIAMOND].number, LAB_GROWN)
    return found
