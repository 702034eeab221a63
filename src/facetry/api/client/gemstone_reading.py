"""From what clients send of gemstones to the writes that it asks for."""

from __future__ import annotations

from functools import cache

from facetry.api.client.gemstone_fields import CERTIFICATE_IMAGES, FIELDS, ID, field_named
from facetry.api.client.record_fields import Faults, RecordTable
from facetry.api.client.values import id_number
from facetry.domain.errors import FacetryError, InvalidValueError, MissingFieldsError
from facetry.domain.gemstone import Gemstone
from facetry.domain.gemstone_filter import DETAILS
from facetry.domain.gemstone_values import Values, graded
from facetry.domain.keeping import PatchRecord, PutRecord
from facetry.domain.product import Scalar
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.trade_terms.plain import identifier, is_empty

REQUIRED = tuple(one.name for one in FIELDS if one.is_required)
_ALL_DETAILS = "details"


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
    return graded(
        values,
        old.type if old is not None else None,
        lambda error: faults.invalid.append((error.field, error.message)),
    )


@cache
def _table(currency: str) -> RecordTable:
    return RecordTable([ID, *(one.read_in(currency) for one in FIELDS)])


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
