"""From what stands in the form of a product to what a write says of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from facetry.dashboard.product_form.attribute_texts import attribute_text, attribute_value
from facetry.dashboard.product_form.state import (
    ATTRIBUTES,
    FLAGS,
    GEMSTONES,
    METALS,
    AttributeRow,
    PartRow,
    ProductState,
    is_untouched,
    one_line,
    part_text,
    state_of,
)
from facetry.domain.errors import InvalidFieldsError, InvalidValueError
from facetry.domain.part_reading import PartReader, gemstone_reader, metal_reader
from facetry.domain.product import Attributes, AttributeValue, Part, ProductContent, completed
from facetry.domain.product_rules import check_currency
from facetry.domain.tenant import TenantSettings
from facetry.domain.trade import ProductType, Trade, Variation
from facetry.domain.typed_values import typed_count, typed_price


def _(message: str) -> str:
    """Mark a message for those who collect what is to be translated."""
    return message


_VARIATION = ("variation_parent", "variation_field", "variation_value")
_TYPES = {kind.name.lower(): kind for kind in ProductType}
_OTHER_NAMES = {"regularPrice": "regular_price", "promotionPrice": "promotion_price", "groupID": "group_id"}
_PART = re.compile(r"\[\d+\]")
_PLACE = re.compile(r"\d{1,6}", re.ASCII)


class ProductFormReader:
    """Reads the form of one product; what nobody has touched stays exactly as it is."""

    def __init__(self, settings: TenantSettings, old: ProductContent | None = None) -> None:
        """Read for a tenant with these settings, a form that was made of ``old``; None for one of a new product."""
        self._settings = settings
        self._old = old
        self._shown = None if old is None else state_of(old)
        self._readers = {METALS: metal_reader(settings.attributes), GEMSTONES: gemstone_reader(settings.attributes)}
        self._faults: dict[str, str] = {}

    def content(self, state: ProductState) -> ProductContent:
        """Return what a form says of a product.

        Raises:
            InvalidFieldsError: What is wrong with each field that is, by its name in the form.
        """
        self._faults = {}
        fields: dict[str, Any] = {name: self._value(state, name) for name in _CONTENT}
        fields |= {name: name in state.flags for name in FLAGS[:2]}
        fields["attributes"] = self._attributes(state.attributes) or None
        fields[METALS] = self._parts(METALS, state.metals)
        fields[GEMSTONES] = self._parts(GEMSTONES, state.gemstones)
        fields["trade"] = self._trade(state)
        if not self._faults:
            content = ProductContent(**fields)
            try:
                # Rules that hold for every product are told before anything is written.
                completed(content)
            except InvalidValueError as error:
                self._note(error, state)
            else:
                return content
        raise InvalidFieldsError(tuple(self._faults.items()))

    def _note(self, error: InvalidValueError, state: ProductState) -> None:
        self._faults |= faults_of(error, state)

    def _value(self, state: ProductState, name: str) -> object:
        """Return a field; what it was where it is as it was shown."""
        raw = state.values[name]
        if self._is_untouched(state, name):
            return getattr(self._old, name)
        try:
            return _CONTENT[name](name, raw, self._currency(state))
        except InvalidValueError as error:
            self._faults[name] = error.message
            return None

    def _is_untouched(self, state: ProductState, *names: str) -> bool:
        shown = self._shown
        if shown is None:
            return False
        return all(is_untouched(state.values[name], shown.values[name]) for name in names)

    def _currency(self, state: ProductState) -> str:
        return state.values["currency"].strip().upper() or self._settings.currency

    def _trade(self, state: ProductState) -> Trade:
        old = (self._old.trade if self._old else None) or Trade()
        fields: dict[str, Any] = {name: name in state.flags for name in FLAGS[2:]}
        for name, read in _TRADE.items():
            if self._is_untouched(state, name):
                fields[name] = getattr(old, name)
                continue
            try:
                fields[name] = read(name, state.values[name], "")
            except InvalidValueError as error:
                self._faults[name] = error.message
        untouched = self._is_untouched(state, *_VARIATION)
        fields["variation"] = old.variation if untouched else self._variation(state)
        return msgspec.structs.replace(old, **fields)

    def _variation(self, state: ProductState) -> Variation | None:
        texts = [state.values[name].strip() for name in _VARIATION]
        if not any(texts):
            return None
        self._faults |= {name: "must not be empty" for name, text in zip(_VARIATION, texts, strict=True) if not text}
        return Variation(*texts)

    def _attributes(self, rows: Sequence[AttributeRow]) -> Attributes:
        found: Attributes = {}
        old = {one_line(name): name for name in (self._old.attributes if self._old else None) or {}}
        for place, row in enumerate(rows):
            name = old.get(one_line(row.name), row.name.strip())
            if not name and not row.text.text.strip():
                continue
            fault = "must not be empty" if not name else _("stands here twice") if name in found else ""
            if fault:
                self._faults[f"{ATTRIBUTES}.{place}.name"] = fault
                continue
            try:
                found[name] = self._attribute(name, row, f"{ATTRIBUTES}.{place}.value")
            except InvalidValueError as error:
                self._faults[error.field] = error.message
        return found

    def _attribute(self, name: str, row: AttributeRow, field: str) -> AttributeValue:
        old = (self._old.attributes if self._old else None) or {}
        if name in old:
            shown = attribute_text(old[name])
            if shown.kind == row.text.kind and is_untouched(row.text.text, shown.text):
                return old[name]
        return attribute_value(field, row.text)

    def _parts(self, kind: str, rows: Sequence[PartRow]) -> tuple[Part, ...]:
        old = (getattr(self._old, kind) if self._old else None) or ()
        found = []
        for place, row in enumerate(rows):
            # Nobody has as many parts as more digits would say.
            at = int(row.was) if _PLACE.fullmatch(row.was) else len(old)
            was = old[at] if at < len(old) else {}
            if not was and not any(text.strip() for text in row.values.values()):
                continue
            try:
                found.append(_part(self._readers[kind], kind, row, was))
            except InvalidValueError as error:
                self._faults[_PART.sub(f".{place}", error.field, count=1)] = error.message
        return tuple(part for part in found if part)


def faults_of(error: InvalidValueError | InvalidFieldsError, state: ProductState) -> Mapping[str, str]:
    """Return what is wrong with a product, by the names of fields in its form."""
    faults = error.faults if isinstance(error, InvalidFieldsError) else ((error.field, error.message),)
    return {_field_of(field, state): message for field, message in faults}


def _field_of(field: str, state: ProductState) -> str:
    field = _OTHER_NAMES.get(field, field)
    list_name, _, name = field.partition(".")
    if list_name == ATTRIBUTES:
        places = (f"{ATTRIBUTES}.{place}.value" for place, row in enumerate(state.attributes) if row.name == name)
        return next(places, field)
    return field


def _part(reader: PartReader, kind: str, row: PartRow, was: Part) -> Part:
    """Return a metal or gemstone: properties that nobody has touched as they are, those that no form knows too."""
    untouched = {name for name, text in row.values.items() if is_untouched(text, part_text(was.get(name)))}
    if untouched == row.values.keys():
        return was
    foreign = {name: value for name, value in was.items() if name not in row.values}
    given = {name: was.get(name) if name in untouched else text for name, text in row.values.items()}
    if not any(value is not None and str(value).strip() for value in given.values()):
        return {}
    return foreign | reader.read(kind, [given])[0]


def _plain(_: str, text: str, __: str) -> str:
    return text.strip()


def _prose(_: str, text: str, __: str) -> str:
    return text.replace("\r\n", "\n")


def _optional(_: str, text: str, __: str) -> str | None:
    return text.strip() or None


def _lines(_: str, text: str, __: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _count(field: str, text: str, _: str) -> int:
    return typed_count(field, text) or 0


def _alert(field: str, text: str, _: str) -> int | None:
    return typed_count(field, text)


def _currency_of(field: str, text: str, _: str) -> str | None:
    return check_currency(field, text.strip().upper()) if text.strip() else None


def _type(field: str, text: str, _: str) -> ProductType:
    found = _TYPES.get(text)
    if found is None:
        raise InvalidValueError(field, f"must be one of {', '.join(_TYPES)}")
    return found


Read = Callable[[str, str, str], object]
"""Gets the field's name, its text, and the currency of the product."""
_CONTENT: Mapping[str, Read] = {
    "sku": _plain,
    "group_id": _plain,
    "name": _plain,
    "description": _prose,
    "regular_price": typed_price,
    "promotion_price": typed_price,
    "currency": _currency_of,
    "quantity": _count,
    "brand": _optional,
    "color": _optional,
    "size": _optional,
    "category": _lines,
    "search_keywords": _lines,
    "images": _lines,
}
_TRADE: Mapping[str, Read] = {
    "product_type": _type,
    "quantity_alert": _alert,
    "location": _plain,
    "videos": _lines,
}
