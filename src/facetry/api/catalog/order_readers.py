"""Readers of what only orders have: times, amounts, addresses, and values by SKU."""

from __future__ import annotations

from typing import ClassVar

from facetry.api.catalog.readers import Fault, Reader, Reading, Schema, not_scalar
from facetry.api.catalog.scalars import Identifier, Price, Text, Whole
from facetry.domain.errors import InvalidValueError, MalformedBodyError
from facetry.domain.money import MAX_PRICE, SCALE
from facetry.domain.order_rules import MAX_LINES
from facetry.domain.times import unix_time
from facetry.http.bodies import decode_json


class Moment:
    """A point in time, read as Unix time."""

    schema: ClassVar[Schema] = {
        "type": ["string", "number"],
        "description": "ISO 8601 (in UTC where it names no zone), or Unix seconds or milliseconds.",
    }

    def read(self, raw: object) -> Reading:
        """Cast text or a number."""
        if isinstance(raw, list | dict):
            return not_scalar(raw, "a time")
        try:
            return Reading(unix_time("", raw))
        except InvalidValueError as error:
            return Reading(None, (Fault(error.message, raw),))


class Amount(Price):
    """A price that may be 0."""

    schema: ClassVar[Schema] = {
        "type": "number",
        "minimum": 0,
        "maximum": MAX_PRICE // SCALE,
        "description": "More than four decimals are rounded half to even.",
    }
    least: ClassVar[int] = 0
    too_little: ClassVar[str] = "must be at least 0"


class Parts:
    """An object of known texts, or its JSON text."""

    def __init__(self, names: dict[str, str]) -> None:
        """Take these parts; to each belongs what it is kept as."""
        self._names = names
        self.schema: Schema = {
            "type": "object",
            "properties": {name: {"type": "string"} for name in names},
            "description": "In a form JSON text, or `name[part]=value`.",
        }

    def read(self, raw: object) -> Reading:
        """Return the parts that are given, by what they are kept as; others are ignored."""
        found, fault = _object(raw)
        if fault is not None:
            return Reading(None, (fault,))
        values: dict[str, object] = {}
        faults: list[Fault] = []
        for name, target in self._names.items():
            if found.get(name) in (None, ""):
                continue
            _gather(values, faults, target, (name, Text(_LONGEST_PART).read(found[name])))
        return Reading(values, tuple(faults))


class BySku:
    """An object with a value for each of several SKUs, or its JSON text."""

    def __init__(self, reader: Reader) -> None:
        """Read each value by this reader."""
        self._reader = reader
        self.schema: Schema = {
            "type": "object",
            "additionalProperties": reader.schema,
            "minProperties": 1,
            "maxProperties": MAX_LINES,
            "description": "By SKU; in a form JSON text, or `name[SKU]=value`.",
        }

    def read(self, raw: object) -> Reading:
        """Return the values by SKU."""
        found, fault = _object(raw)
        if fault is None and not 1 <= len(found) <= MAX_LINES:
            fault = Fault(f"must have 1 to {MAX_LINES} SKUs", raw)
        if fault is not None:
            return Reading(None, (fault,))
        values: dict[str, object] = {}
        faults: list[Fault] = []
        for sku, value in found.items():
            unfit = _IDENTIFIER.read(sku).faults
            faults += [Fault(f"SKU {one.message}", sku, f"[{sku}]") for one in unfit]
            if not unfit:
                _gather(values, faults, sku, (sku, self._reader.read("" if value is None else value)))
        return Reading(values, tuple(faults))


QUANTITIES = BySku(Whole(1))
PRICES = BySku(Amount())
_IDENTIFIER = Identifier()
_LONGEST_PART = 250


def _object(raw: object) -> tuple[dict[str, object], Fault | None]:
    """Return an object, or the fault of what is none."""
    value = raw
    if isinstance(raw, str):
        try:
            value = decode_json(raw)
        except MalformedBodyError as error:
            return {}, Fault(f"must be an object, but it is {error.message}", raw)
    if not isinstance(value, dict):
        return {}, Fault("must be an object", raw)
    return value, None


def _gather(values: dict[str, object], faults: list[Fault], target: str, item: tuple[str, Reading]) -> None:
    """Add what was read of a part to the values, or to the faults with the part's name."""
    name, reading = item
    if reading.faults:
        faults += [Fault(fault.message, fault.value, f"[{name}]") for fault in reading.faults]
    else:
        values[target] = reading.value
