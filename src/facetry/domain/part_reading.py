"""Metals and gemstones of products as the trade writes them, read into the words that searches know."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache

from facetry.domain.errors import InvalidValueError
from facetry.domain.patching import ArrayAction
from facetry.domain.product import MAX_PARTS, Part, Scalar
from facetry.domain.search.fields import METALS, STONES, AttributeDefinition
from facetry.domain.trade_terms import carats, colors, grades, metals, numbers, stones
from facetry.domain.trade_terms.plain import entries, identifier, is_empty, long_text, unknown_field

Reader = Callable[[str, object], Scalar]

_GRAMS = re.compile(r"(.+?)\s*(?:g|gr|gm|grams?)\.?", re.IGNORECASE)


def plain(path: str, raw: object) -> Scalar:
    """Return a value as it is.

    Raises:
        InvalidValueError: It is a list or an object.
    """
    if isinstance(raw, str):
        return raw.strip()
    if isinstance(raw, int | float):
        return raw
    raise InvalidValueError(path, "must be text, a number, true or false")


def _weight(path: str, raw: object) -> float:
    written = numbers.text(path, raw)
    match = _GRAMS.fullmatch(written)
    try:
        weight = numbers.decimal(path, match[1] if match else written)
    except InvalidValueError as error:
        raise InvalidValueError(path, "must be a weight in grams such as 3.2") from error
    if weight < 0:
        raise InvalidValueError(path, "must not be negative")
    return float(weight)


def _pieces(path: str, raw: object) -> int:
    found = numbers.whole(path, raw)
    if not found:
        raise InvalidValueError(path, "must be at least 1")
    return found


def _fluorescence(path: str, raw: object) -> str:
    return grades.fluorescence(path, raw).strength


def _color(path: str, raw: object) -> str:
    return colors.color(path, raw).name


METAL_READERS: Mapping[str, Reader] = {
    "name": long_text,
    "purity": metals.fineness,
    "weight": _weight,
    "color": metals.color,
    "finish": long_text,
}
"""Properties of a metal, each with what reads it."""

GRADE_READERS: Mapping[str, Reader] = {
    "shape": stones.shape,
    "color": _color,
    "clarity": grades.clarity,
    "cut": grades.cut,
    "polish": grades.finish,
    "symmetry": grades.finish,
    "fluorescence": _fluorescence,
    "treatment": stones.treatment,
}
"""Properties of a gemstone that have words of the trade.

Only of diamonds every value must be one of them: the color of a
ruby, or the cut of an opal, may be anything."""

GEMSTONE_READERS: Mapping[str, Reader] = {
    "code": identifier,
    "name": long_text,
    "type": lambda path, raw: _stone(path, raw).name,
    "creation": stones.creation,
    **GRADE_READERS,
    "carat": carats.carat,
    "quantity": _pieces,
    "certificate_number": numbers.text,
    "certificate_lab": stones.laboratory,
    "setting": long_text,
    **dict.fromkeys(
        (
            *("fluorescence_color", "depth", "table", "girdle", "girdle_thin", "girdle_thick", "girdle_percent"),
            *("girdle_condition", "culet", "culet_condition", "measurements", "length", "width", "height", "origin"),
            *("fancy_color", "fancy_intensity", "fancy_overtone", "accents"),
        ),
        plain,
    ),
}
"""Properties of a gemstone, each with what reads it."""
_WORDS = frozenset({*GRADE_READERS, "purity", "weight", "type", "creation", "certificate_lab", "carat"})
"""Properties of which many products have the same."""
_DIAMOND = "diamond"
_NAMING = (ArrayAction.UPDATE, ArrayAction.REMOVE)
"""What is done with parts that have to say which ones they are."""


class PartReader:
    """Reads the metals or the gemstones of a product.

    Attributes:
        names: The properties that it knows.
    """

    def __init__(self, kind: str, readers: Mapping[str, Reader], key: str, further: Collection[str] = ()) -> None:
        """Read parts of a kind (``metals``, ``gemstones``) that are recognised by the property ``key``.

        ``further`` are properties beyond the known ones, which are kept as they are.
        """
        self._kind = kind
        self._readers = {**dict.fromkeys(further, plain), **readers}
        self._key = key
        self.names = tuple(self._readers)

    def read(self, path: str, raw: object, action: ArrayAction = ArrayAction.REPLACE) -> tuple[Part, ...]:
        """Return the parts that a list or a single object gives.

        Args:
            path: Of the list.
            raw: Objects; to remove parts also what they are recognised by.
            action: What is done with them: what changes or removes others must say which.

        Raises:
            InvalidValueError: What is wrong with the first that is.
        """
        found = entries(path, raw)
        if len(found) > MAX_PARTS:
            raise InvalidValueError(path, f"must be at most {MAX_PARTS}")
        return tuple(self._part(f"{path}[{at}]", one, action) for at, one in enumerate(found))

    def _part(self, path: str, raw: object, action: ArrayAction) -> Part:
        if action is ArrayAction.REMOVE and isinstance(raw, str | int):
            raw = {self._key: raw}
        if not isinstance(raw, dict):
            raise InvalidValueError(path, "must be an object")
        if not raw.keys() <= self._readers.keys():
            name = next(name for name in raw if name not in self._readers)
            raise unknown_field(f"{path}.{name}", name, self.names)
        if action in _NAMING and is_empty(raw.get(self._key)):
            raise InvalidValueError(f"{path}.{self._key}", "must say which one")
        # As ``is_empty`` says; this is looked at for every property of every part.
        given = {
            name: value
            for name, value in raw.items()
            if ((value and not value.isspace()) if isinstance(value, str) else value is not None)
        }
        part = self._gemstone(path, given) if self._kind == "gemstones" else self._metal(path, given)
        if not part and action is not ArrayAction.UPDATE:
            raise InvalidValueError(path, "must not be empty")
        if action is ArrayAction.UPDATE:
            # What is emptied goes.
            part |= {name: None for name in raw if name not in given}
        return part

    def _metal(self, path: str, given: Mapping[str, object]) -> Part:
        """Read a metal; its name may tell color and fineness too (``18K White Gold``)."""
        part: Part = {name: self._value(path, name, value) for name, value in given.items()}
        name = part.get("name")
        if isinstance(name, str):
            told = metals.metal(name)
            if told.name is not None:
                part["name"] = told.name
            if told.fineness is not None:
                part.setdefault("purity", told.fineness)
            if told.color is not None:
                part.setdefault("color", told.color)
        return part

    def _gemstone(self, path: str, given: Mapping[str, object]) -> Part:
        kind = _stone(f"{path}.type", given["type"]) if "type" in given else None
        is_strict = kind is not None and kind.name == _DIAMOND
        part: Part = {}
        for name, value in given.items():
            one = self._value(path, name, value, is_strict=is_strict)
            if one is not None:
                part[name] = one
        if kind is not None and kind.creation is not None:
            part.setdefault("creation", kind.creation)
        return part

    def _value(self, path: str, name: str, raw: object, *, is_strict: bool = True) -> Scalar:
        """Return a property; where it is not to be strict, a grade that is none stays as it is written."""
        read = self._readers[name]
        try:
            return _word(read, raw) if isinstance(raw, str) and name in _WORDS else read(f"{path}.{name}", raw)
        except InvalidValueError as error:
            if name in GRADE_READERS and not is_strict:
                return long_text(f"{path}.{name}", raw)
            raise InvalidValueError(f"{path}.{name}", error.message) from error


def check_grades(given: Iterable[Part], parts: Iterable[Part]) -> None:
    """Check what was said of gemstones without saying of which kind they are, once that is known.

    Args:
        given: Changes of gemstones that are there, each with its code.
        parts: All gemstones after the changes.

    Raises:
        InvalidValueError: A diamond has got a grade that is none.
    """
    diamonds = {part.get("code"): part for part in parts if part.get("type") == _DIAMOND}
    for at, one in enumerate(given):
        part = diamonds.get(one.get("code"), {})
        for name in one.keys() & part.keys() & GRADE_READERS.keys():
            GRADE_READERS[name](f"gemstones[{at}].{name}", part[name])


def metal_reader(definitions: Iterable[AttributeDefinition]) -> PartReader:
    """Return what reads the metals of products of a tenant that has given these attributes a type."""
    return PartReader("metals", METAL_READERS, "name", _further(METALS, definitions))


def gemstone_reader(definitions: Iterable[AttributeDefinition]) -> PartReader:
    """Return what reads the gemstones of products of a tenant that has given these attributes a type."""
    return PartReader("gemstones", GEMSTONE_READERS, "code", _further(STONES, definitions))


def _further(prefix: str, definitions: Iterable[AttributeDefinition]) -> list[str]:
    names = (definition.name for definition in definitions)
    return [name.removeprefix(prefix) for name in names if name.startswith(prefix)]


@lru_cache(maxsize=1 << 14)
def _word(read: Reader, raw: str) -> Scalar:
    """Return what a word of the trade means: the same few come with every product."""
    return read("", raw)


def _stone(path: str, raw: object) -> stones.Stone:
    try:
        return _kind(raw) if isinstance(raw, str) else stones.stone(path, raw)
    except InvalidValueError as error:
        raise InvalidValueError(path, error.message) from error


@lru_cache(maxsize=1 << 12)
def _kind(raw: str) -> stones.Stone:
    return stones.stone("", raw)
