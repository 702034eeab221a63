"""Ring sizes: American, British, of ISO 8653, Japanese, Italian and German, by the inner circumference behind each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from functools import cache
from typing import NamedTuple

import msgspec

from facetry.domain.errors import InvalidValueError
from facetry.domain.jewelry.folding import folded
from facetry.domain.jewelry.spellings import alternatives
from facetry.domain.jewelry.tables import table
from facetry.domain.trade_terms.numbers import text

_PI = Decimal("3.14159265358979323846")
_HUNDREDTH = Decimal("0.01")
_TEN_THOUSANDTH = Decimal("0.0001")
_LAST_LETTER = 25
_LARGEST_AMERICAN = 16
_SMALLEST_CIRCUMFERENCE, _LARGEST_CIRCUMFERENCE = 40, 78
_NOISE = re.compile(r"[():#=]|\b(?:ring|size|sizes|sz|no|nr|number)\b\.?")
_FRACTION = re.compile(r"(\d{1,2})(?:[\s-]+(\d)/(\d)|([.,]\d{1,4}))?")
_LETTER = re.compile(r"([a-z])(?:\s?\+?\s?(\d))?(?:\s?(1/2|[.,]5))?")
_MILLIMETERS = re.compile(r"(\d{2}(?:[.,]\d{1,2})?)\s?mm")


class RingSystem(Enum):
    """The systems by the names of their rows in the table."""

    US = "us"
    UK = "uk"
    EU = "eu"
    JP = "jp"
    IT = "it"
    DE = "de"


class Rule(msgspec.Struct, frozen=True):
    """A row of the table; lengths in millimeters."""

    names: tuple[str, ...]
    measure: str
    zero: Decimal
    step: Decimal
    finest: Decimal
    lowest: Decimal
    highest: Decimal


class _Written(NamedTuple):
    """A size as it is written: the number that the table counts by, in millimeters where there is no system."""

    number: Decimal
    system: RingSystem | None


@cache
def rules() -> Mapping[RingSystem, Rule]:
    """Return the rows of the table."""
    return {RingSystem(name): msgspec.convert(row, Rule) for name, row in table("ring_sizes").items()}


def ring_circumference(field: str, raw: object, system: RingSystem | None = None) -> Decimal:
    """Return the inner circumference in millimeters, with two decimals, of a ring size.

    The text may name its system: ``US 6 1/2``, ``L½ UK``, ``EU 52``. Without one, and without a ``system``, letters are
    British, numbers to 16 American, from 40 a circumference; millimeters from 36 are a circumference, else a diameter.

    Raises:
        InvalidValueError: It is no size, or a number that could be one of several systems.
    """
    written = _written(field, raw, system)
    if written.system is None:
        return _checked(field, _of_length(written.number))
    rule = rules()[written.system]
    measure = rule.zero + rule.step * written.number
    return _rounded(measure * _PI if rule.measure == "diameter" else measure)


def ring_size_spelled(field: str, raw: object) -> str:
    """Return a ring size in the one spelling of its system: ``6.5``, ``L 1/2``, ``52``, ``JP 12``, ``17.3 mm``.

    The spelling is read as the same size again: the system is named where the number alone would not say it.

    Raises:
        InvalidValueError: As ``ring_circumference``.
    """
    written = _written(field, raw, None)
    number = f"{written.number.quantize(_TEN_THOUSANDTH, ROUND_HALF_UP).normalize():f}"
    if written.system is None:
        is_size = _SMALLEST_CIRCUMFERENCE <= _checked(field, _of_length(written.number)) == written.number
        return number if is_size else f"{number} mm"
    if written.system is RingSystem.UK:
        return _letters(written.number)
    is_plain = written.system is RingSystem.US or (
        written.system is RingSystem.EU and written.number >= _SMALLEST_CIRCUMFERENCE
    )
    return number if is_plain else f"{written.system.name} {number}"


def ring_size(circumference: Decimal, system: RingSystem) -> str | None:
    """Return the nearest size of a system for a circumference in millimeters (``6.5``, ``L 1/2``), None beyond all."""
    rule = rules()[system]
    measure = circumference / _PI if rule.measure == "diameter" else circumference
    steps = ((measure - rule.zero) / rule.step / rule.finest).quantize(Decimal(1), ROUND_HALF_UP)
    number = steps * rule.finest
    if not rule.lowest <= number <= rule.highest:
        return None
    return _letters(number) if system is RingSystem.UK else f"{number.normalize():f}"


def _written(field: str, raw: object, system: RingSystem | None) -> _Written:
    plain = " ".join(_NOISE.sub(" ", folded(text(field, raw)).text).split())
    named, size = _parted(plain)
    length = _MILLIMETERS.fullmatch(size)
    if length is not None:
        return _Written(Decimal(length[1].replace(",", ".")), None)
    chosen = named or system or _guessed(field, size)
    number = _number(size, chosen)
    rule = rules()[chosen]
    if number is None or not rule.lowest <= number <= rule.highest:
        raise InvalidValueError(field, "must be a ring size such as US 6.5, UK L 1/2, EU 52 or JP 12")
    return _Written(number, chosen)


def _parted(plain: str) -> tuple[RingSystem | None, str]:
    """Return the system that a text names before or behind the size, and the size."""
    match = _pattern().fullmatch(plain)
    if match is None:
        return None, plain
    before, size, after = match.groups()
    name = before or after
    if name is None:
        return None, plain
    return next(system for system, rule in rules().items() if name in rule.names), size.strip(" .,/-")


@cache
def _pattern() -> re.Pattern[str]:
    names = alternatives(name for rule in rules().values() for name in rule.names)
    return re.compile(rf"(?:({names})[\s./-]*(?=\d|[a-z](?![a-z])))?(.+?)(?:(?:(?<=\d)|(?<=\s))({names}))?")


def _guessed(field: str, size: str) -> RingSystem:
    if _LETTER.fullmatch(size):
        return RingSystem.UK
    number = _fraction(size)
    if number is not None and number <= _LARGEST_AMERICAN:
        return RingSystem.US
    if number is not None and _SMALLEST_CIRCUMFERENCE <= number <= _LARGEST_CIRCUMFERENCE:
        return RingSystem.EU
    raise InvalidValueError(field, "must name its system, such as US 6.5, UK L 1/2, EU 52 or JP 12")


def _number(size: str, system: RingSystem) -> Decimal | None:
    """Return a size as the number that the table counts by."""
    if system is not RingSystem.UK:
        return _fraction(size)
    match = _LETTER.fullmatch(size)
    if match is None or (match[2] and match[1] != "z"):
        return None
    return Decimal(ord(match[1]) - ord("a") + int(match[2] or 0)) + (Decimal("0.5") if match[3] else 0)


def _fraction(size: str) -> Decimal | None:
    match = _FRACTION.fullmatch(size)
    if match is None or match[3] == "0":
        return None
    if match[2]:
        return int(match[1]) + Decimal(match[2]) / Decimal(match[3])
    return Decimal(match[1] + (match[4] or "").replace(",", "."))


def _letters(number: Decimal) -> str:
    letters, half = divmod(number, 1)
    beyond = int(letters) - _LAST_LETTER
    letter = "Z" if beyond > 0 else chr(ord("A") + int(letters))
    return letter + (f"+{beyond}" if beyond > 0 else "") + (" 1/2" if half else "")


def _of_length(millimeters: Decimal) -> Decimal:
    is_diameter = millimeters < rules()[RingSystem.EU].lowest
    return _rounded(millimeters * _PI if is_diameter else millimeters)


def _checked(field: str, circumference: Decimal) -> Decimal:
    rule = rules()[RingSystem.EU]
    if not rule.lowest <= circumference <= rule.highest:
        raise InvalidValueError(field, "must be a ring size such as US 6.5, UK L 1/2, EU 52 or JP 12")
    return circumference


def _rounded(millimeters: Decimal) -> Decimal:
    return millimeters.quantize(_HUNDREDTH, ROUND_HALF_UP)
