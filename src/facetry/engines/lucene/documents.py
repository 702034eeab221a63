"""The document of a group: all that searches ask of it, and the group itself."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import msgspec
import zstandard

from facetry.domain.field_query import NUMBER_FIELDS, TEXT_FIELDS, VALUE_FIELDS
from facetry.domain.field_ranking import analysed
from facetry.domain.group import ProductGroup
from facetry.domain.product import AttributeValue, Product, Scalar
from facetry.domain.search.fields import ATTRIBUTES, BUILT_IN, METALS, STONES, Attributes, Field, Schema
from facetry.domain.search.filters import NO_STONE, compared
from facetry.domain.search.filters import NUMBER_FIELDS as BUILT_IN_NUMBERS
from facetry.domain.search.values import number_of, product_number, product_texts, stone_texts, text_of
from facetry.engines.lucene.facts import fact, fitting, has_any, is_long
from facetry.engines.lucene.slots import Slots, slot_field, slot_key, sort_key, sort_text
from facetry.engines.lucene.texts import text_fields

_TEXTUAL = tuple(field for name, field in BUILT_IN.items() if name not in BUILT_IN_NUMBERS and name != "group_id")
_NUMERIC = tuple(BUILT_IN[name] for name in sorted(BUILT_IN_NUMBERS))
_GROUP_ID = BUILT_IN["group_id"]
_DECODER = msgspec.json.Decoder(ProductGroup)


class Met(msgspec.Struct):
    """What the groups that were looked at hold.

    Attributes:
        fields: Full names of attributes and properties of parts with any value.
        slots: Keys of slots that these need so that they can be compared and sorted.
        long: Full names of fields with values that are too long to be counted and sorted by.
    """

    fields: set[str] = msgspec.field(default_factory=set)
    slots: set[str] = msgspec.field(default_factory=set)
    long: set[str] = msgspec.field(default_factory=set)


def document_id(tenant: str, group_id: str) -> str:
    """Return the id of a group's document."""
    return hashlib.sha256(f"{tenant}\x1f{group_id}".encode("utf-8", "surrogatepass")).hexdigest()


def group_document(
    group: ProductGroup, tenant: str, version: int, language: str, attributes: Attributes, slots: Slots
) -> dict[str, Any]:
    """Return the document of a group as JSON has it.

    Args:
        group: With all its products.
        tenant: Whose.
        version: As of which version of the tenant's groups, see ``tenant_state``.
        language: Stems its words.
        attributes: The types that its attributes have.
        slots: Where its numbers are put; what has no slot is left out.
    """
    schema = Schema(attributes)
    homes = [(slot, field) for slot in slots.all() if (field := slot_field(slot.key, schema))]
    homed: dict[str, list[tuple[int, Field]]] = {}
    for slot, field in homes:
        homed.setdefault(field.name, []).append((slot.number, field))
    return {
        "owner": tenant,
        "tenant": tenant,
        "group": group.group_id,
        "version": version,
        "body": packed(group),
        **_looked_up(group, language),
        **text_fields(tenant, group, language, attributes),
        "p": [_product(group.group_id, product, schema, homed) for product in group.products],
    }


def gone_document(tenant: str, version: int, moment: float) -> dict[str, Any]:
    """Return the document that stands for a group that lives no more, so that nothing older takes its place."""
    return {"owner": tenant, "version": version, "gone": int(moment)}


def packed(group: ProductGroup) -> str:
    """Return a whole group as a document holds it."""
    return base64.b64encode(zstandard.compress(msgspec.json.encode(group))).decode()


def unpacked(body: str) -> ProductGroup:
    """Return the group that a document holds."""
    return _DECODER.decode(zstandard.decompress(base64.b64decode(body)))


def look_at(groups: Iterable[ProductGroup], schema: Schema) -> Met:
    """Return what some groups hold, so that there are slots for it before they are written."""
    met = Met()
    for group in groups:
        for product in group.products:
            _look_at_product(product, schema, met)
    return met


@cache
def built_in_slots() -> frozenset[str]:
    """Return the keys of the slots that every tenant has."""
    return frozenset(slot_key(field) for field in (_GROUP_ID, *_TEXTUAL, *_NUMERIC))


def _look_at_product(product: Product, schema: Schema, met: Met) -> None:
    for field in _TEXTUAL:
        if any(map(is_long, product_texts(field, product))):
            met.long.add(field.name)
    for name, texts in _given(product):
        met.fields.add(name)
        field = schema.field(name)
        met.slots.add(slot_key(field))
        if any(map(is_long, texts)):
            met.long.add(name)


def _given(product: Product) -> Iterator[tuple[str, list[str]]]:
    """Yield full name and values of the attributes and properties of parts that a product has a value of."""
    named: list[tuple[str, Mapping[str, AttributeValue]]] = [(ATTRIBUTES, product.attributes or {})]
    named += ((METALS, metal) for metal in product.metals or ())
    named += ((STONES, stone) for stone in product.gemstones or ())
    for prefix, properties in named:
        for name, value in properties.items():
            texts = [text_of(one) for one in (value if isinstance(value, list) else [value])]
            given = [text for text in texts if text is not None]
            if given:
                yield prefix + name, given


def _looked_up(group: ProductGroup, language: str) -> dict[str, Any]:
    """Return what the Catalog API looks up and counts."""
    seen = analysed(group, language)
    numbers = {field: number for field, number in seen.numbers.items() if number is not None}
    terms = [fact(field, term) for field in TEXT_FIELDS for term in seen.texts[field]]
    terms += [fact(field, term) for field, found in seen.keywords.items() for term in found]
    terms += [fact(field, str(int(number))) for field, number in numbers.items()]
    prices = {field: numbers[field] for field in NUMBER_FIELDS if field in numbers}
    counted: dict[str, tuple[str, ...]] = {field: getattr(group, f"{field}s") for field in VALUE_FIELDS}
    return {
        "terms": terms,
        **{field: [*map(fitting, values)] for field, values in counted.items() if values},
        **prices,
        **({"currency": group.currency} if group.currency else {}),
    }


def _product(
    group_id: str, product: Product, schema: Schema, homes: Mapping[str, list[tuple[int, Field]]]
) -> dict[str, Any]:
    common = _Facts(homes)
    common.add_texts(_GROUP_ID, (group_id,))
    for field in _TEXTUAL:
        common.add_texts(field, product_texts(field, product))
    for name in dict.fromkeys(name for name, _ in _given(product) if not name.startswith(STONES)):
        field = schema.field(name)
        common.add_texts(field, product_texts(field, product))
    for field in _NUMERIC:
        common.add_number(field, product)
    stones = product.gemstones or (NO_STONE,)
    return {"sku": product.sku, "active": product.active, "c": [_with_stone(common, stone, schema) for stone in stones]}


def _with_stone(common: _Facts, stone: Mapping[str, Scalar], schema: Schema) -> dict[str, Any]:
    facts = common.copy()
    for name in stone:
        field = schema.field(STONES + name)
        facts.add_texts(field, stone_texts(field, stone))
    return facts.document()


class _Facts:
    """What is known of a product, or of a product and one of its stones."""

    def __init__(self, homes: Mapping[str, list[tuple[int, Field]]]) -> None:
        self._homes = homes
        self._facts: dict[str, None] = {}
        self._values: dict[str, None] = {}
        self._slots: dict[str, list[Any]] = {}

    def copy(self) -> _Facts:
        """Return facts that can be added to without changing these."""
        other = _Facts(self._homes)
        other._facts, other._values = dict(self._facts), dict(self._values)
        other._slots = {name: [*values] for name, values in self._slots.items()}
        return other

    def add_texts(self, field: Field, texts: Iterable[str]) -> None:
        """Add the values of a field."""
        for text in texts:
            self._facts[has_any(field.name)] = None
            self._facts[fact(field.name, compared(field, text))] = None
            self._values[fact(field.name, text)] = None
            for number, as_field in self._homes.get(field.name, ()):
                self._put(number, number_of(as_field, text), sort_text(as_field, text))

    def add_number(self, field: Field, product: Product) -> None:
        """Add the number of a built-in field; a price in whatever currency the product has, which is a fact beside."""
        own = product.currency or ""
        key = product_number(field, product, own, own)
        for number, _ in self._homes.get(field.name, ()):
            if key is not None:
                self._put(number, key, sort_key(key))

    def document(self) -> dict[str, Any]:
        """Return the facts as a nested document."""
        return {"f": [*self._facts], "v": [*self._values], **self._slots}

    def _put(self, number: int, key: int | None, sort: str) -> None:
        if key is not None:
            self._slots.setdefault(f"n{number:02}", []).append(key)
        self._slots.setdefault(f"s{number:02}", []).append(sort)
