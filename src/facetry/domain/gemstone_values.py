"""What is said of gemstones, read as the trade writes it: one word may tell several of their fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from facetry.domain.errors import InvalidValueError
from facetry.domain.gemstone_filter import DETAILS
from facetry.domain.trade_terms import colors, grades, measurements, numbers, stones

Values = dict[str, Any]
"""Fields by name, those in the details behind ``DETAILS``."""
Reader = Callable[[str, object], object]
MAX_DETAILS = 100


def percentage(path: str, raw: object) -> float:
    """Return a part of the diameter in percent, with or without the sign.

    Raises:
        InvalidValueError: It is none, or more than any stone has.
    """
    written = raw.removesuffix("%") if isinstance(raw, str) else raw
    found = numbers.decimal(path, written)
    if not 0 <= found <= 1_000:  # noqa: PLR2004 - ten times what any stone has
        raise InvalidValueError(path, "must be in percent, from 0 to 1000")
    return float(found)


def _girdle(path: str, raw: object) -> str:
    return str(grades.girdle(path, raw))


def _measurements(path: str, raw: object) -> str:
    return str(measurements.measurements(path, raw))


DETAIL_READERS: Mapping[str, Reader] = {
    "depth": percentage,
    "table": percentage,
    "girdle": _girdle,
    "culet": grades.culet,
    "measurements": _measurements,
    "origin": numbers.text,
    "fancy_color": colors.fancy_color,
    "fancy_intensity": colors.fancy_intensity,
}
"""Details that have words or numbers of the trade, each with what reads it."""


def graded(values: Values, kind: str | None, refuse: Callable[[InvalidValueError], None]) -> Values:
    """Return what is said of a gemstone with its type and grades read.

    What is said of a part by itself counts before what the whole says of it.

    Args:
        values: Texts of type and grades; the others are read already.
        kind: The type that it has where nothing is said of that; what a grade means hangs on it.
        refuse: Gets what is wrong with each type or grade that cannot be read.
    """
    values = dict(values)
    _read_type(values, refuse)
    kind = values.get("type") or kind
    for name, read in _GRADES.items():
        if values.get(name) is not None:
            try:
                values = {**read(name, values[name], kind == stones.DIAMOND), **_but(values, name)}
            except InvalidValueError as error:
                refuse(error)
    return values


def _but(values: Values, name: str) -> Values:
    return {other: value for other, value in values.items() if other != name}


def _read_type(values: Values, refuse: Callable[[InvalidValueError], None]) -> None:
    if values.get("type") is None:
        return
    try:
        found = stones.stone("type", values["type"])
    except InvalidValueError as error:
        refuse(error)
        return
    values["type"] = found.name
    if found.creation is not None:
        values.setdefault("creation", found.creation)


def _color(name: str, raw: str, is_diamond: bool) -> Values:  # noqa: FBT001 - the kind of stone decides what words mean
    if not is_diamond:
        return {name: raw}
    found = colors.color(name, raw)
    return {
        name: found.name,
        DETAILS + "color_range": f"{found.grades[0]}-{found.grades[-1]}" if len(found.grades) > 1 else None,
        DETAILS + "fancy_color": found.fancy_color,
        DETAILS + "fancy_intensity": found.fancy_intensity,
        DETAILS + "fancy_overtone": found.fancy_overtone,
    }


def _fluorescence(name: str, raw: str, is_diamond: bool) -> Values:  # noqa: ARG001, FBT001 - as the others
    found = grades.fluorescence(name, raw)
    return {name: found.strength, DETAILS + "fluorescence_color": found.color}


def _scaled(read: Callable[[str, object], str]) -> Callable[[str, str, bool], Values]:
    """Return the reader of a grade; the words of other stones than diamonds have no order and stay as they are."""

    def graded_by(name: str, raw: str, is_diamond: bool) -> Values:  # noqa: FBT001 - as the others
        try:
            return {name: read(name, raw)}
        except InvalidValueError:
            if is_diamond:
                raise
            return {name: raw}

    return graded_by


_GRADES: Mapping[str, Callable[[str, str, bool], Values]] = {
    "color": _color,
    "clarity": _scaled(grades.clarity),
    "cut": _scaled(grades.cut),
    "polish": _scaled(grades.finish),
    "symmetry": _scaled(grades.finish),
    "fluorescence": _fluorescence,
}
GRADES = tuple(_GRADES)
