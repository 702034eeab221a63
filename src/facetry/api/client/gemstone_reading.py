"""From what clients send of gemstones to the writes that it asks for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from facetry.api.client.gemstone_fields import CERTIFICATE_IMAGES, FIELDS, ID, field_named
from facetry.api.client.record_fields import Faults, RecordTable
from facetry.api.client.values import id_number
from facetry.domain.errors import FacetryError, InvalidValueError, MissingFieldsError
from facetry.domain.gemstone import Gemstone
from facetry.domain.gemstone_filter import DETAILS
from facetry.domain.keeping import PatchRecord, PutRecord
from facetry.domain.product import Scalar
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.trade_terms import colors, grades, stones
from facetry.domain.trade_terms.plain import identifier, is_empty

REQUIRED = tuple(one.name for one in FIELDS if one.is_required)
_ALL_DETAILS = "details"
Values = dict[str, Any]


def imported(raw: object, currency: str) -> PutRecord | FacetryError:
    """Return the write that stores a new gemstone of a tenant with this currency, or what is wrong with it."""
    faults = Faults()
    values = {name: value for name, value in _read(raw, None, currency, faults).items() if value is not None}
    if values.pop("id", 0):
        faults.invalid.append((ID.name, "is given by us; change a gemstone by gemstone_update"))
    if isinstance(raw, dict):
        faults.missing += [name for name in REQUIRED if is_empty(raw.get(name))]
    if (error := faults.error()) is not None:
        return error
    details = values.pop(_ALL_DETAILS, {}) | _entries(values)
    images = tuple(values.pop(name, "") for name in CERTIFICATE_IMAGES)
    return PutRecord(Gemstone(**values, details=details, certificate_images=_without_end(images)))


def key_of(raw: object) -> RecordKey | FacetryError:
    """Return which gemstone an object, an id or a text with an id speaks of, or what is wrong with it."""
    try:
        if not isinstance(raw, dict):
            return RecordKey(id_number(ID.name, raw))
        for name in (ID.name, *ID.aliases):
            if not is_empty(raw.get(name)):
                return RecordKey(id_number(name, raw[name]))
        if not is_empty(raw.get("code")):
            return RecordKey(code=identifier("code", raw["code"]))
    except InvalidValueError as error:
        return error
    return MissingFieldsError((ID.name,))


def updated(raw: object, key: RecordKey, old: Gemstone | None, currency: str) -> PatchRecord | FacetryError:
    """Return the write that changes a gemstone, or what is wrong with it.

    Args:
        raw: What is said of it.
        key: Which.
        old: What is there; what a grade means hangs on the kind of stone.
        currency: The tenant's.
    """
    faults = Faults()
    values = _read(raw, old, currency, faults)
    values.pop("id", None)
    faults.invalid += [(name, "must not be empty") for name in REQUIRED if values.get(name, name) is None]
    if (error := faults.error()) is not None:
        return error
    if not key.id:
        values.pop("code", None)
    _place_certificate_images(values)
    _replace_details(values, old)
    return PatchRecord(RecordKind.GEMSTONE, key, values)


def _read(raw: object, old: Gemstone | None, currency: str, faults: Faults) -> Values:
    """Return what is said of a gemstone, by where it is kept; None for what is given empty."""
    values: Values = _table(currency).read(raw, faults)
    _read_type(values, faults)
    kind = values.get("type") or (old.type if old is not None else None)
    for name, read in _GRADES.items():
        if values.get(name) is not None:
            try:
                # What is said of a part by itself counts before what the whole says of it.
                values = {**read(name, values[name], kind == stones.DIAMOND), **_but(values, name)}
            except InvalidValueError as error:
                faults.invalid.append((error.field, error.message))
    return values


@cache
def _table(currency: str) -> RecordTable:
    return RecordTable([ID, *(one.read_in(currency) for one in FIELDS)])


def _but(values: Values, name: str) -> Values:
    return {other: value for other, value in values.items() if other != name}


def _read_type(values: Values, faults: Faults) -> None:
    if values.get("type") is None:
        return
    try:
        found = stones.stone("type", values["type"])
    except InvalidValueError as error:
        faults.invalid.append((error.field, error.message))
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

    def graded(name: str, raw: str, is_diamond: bool) -> Values:  # noqa: FBT001 - as the others
        try:
            return {name: read(name, raw)}
        except InvalidValueError:
            if is_diamond:
                raise
            return {name: raw}

    return graded


_GRADES: Mapping[str, Callable[[str, str, bool], Values]] = {
    "color": _color,
    "clarity": _scaled(grades.clarity),
    "cut": _scaled(grades.cut),
    "polish": _scaled(grades.finish),
    "symmetry": _scaled(grades.finish),
    "fluorescence": _fluorescence,
}


def _entries(values: Values) -> dict[str, Scalar]:
    """Take the single details out of values, and return them by name."""
    names = [name for name in values if name.startswith(DETAILS)]
    return {name.removeprefix(DETAILS): values.pop(name) for name in names}


def _without_end(images: tuple[str, ...]) -> tuple[str, ...]:
    """Return pictures without the empty ones behind the last."""
    while images and not images[-1]:
        images = images[:-1]
    return images


def _place_certificate_images(values: Values) -> None:
    """Name each picture of the report that is spoken of by its place: the other one stays, whoever changes it."""
    for at, name in enumerate(CERTIFICATE_IMAGES):
        if name in values:
            values[f"certificate_images.{at}"] = values.pop(name)


def _replace_details(values: Values, old: Gemstone | None) -> None:
    """Replace the further values that are named, one by one; of none given all of them go."""
    given = values.pop(_ALL_DETAILS, None)
    if given is None:
        return
    if not given and old is not None:
        given = {name: None for name in old.details if field_named(name) is None}
    values |= {DETAILS + name: value for name, value in given.items()}
