"""What a document tells of a product together with one of its stones: all that a condition may ask of the two."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from facetry.domain.product import AttributeValue, Product, Scalar
from facetry.domain.search.fields import ATTRIBUTES, BUILT_IN, METALS, STONES, Field, Schema
from facetry.domain.search.filters import NO_STONE, NUMBER_FIELDS, compared
from facetry.domain.search.values import number_of, product_number, product_texts, stone_texts, text_of
from facetry.engines.lucene.facts import beginning, fitting, has_any
from facetry.engines.lucene.slots import Slots, slot_key, sort_key, sort_text

TEXTUAL = tuple(field for name, field in BUILT_IN.items() if name not in NUMBER_FIELDS and name != "group_id")
NUMERIC = tuple(BUILT_IN[name] for name in sorted(NUMBER_FIELDS))
GROUP_ID = BUILT_IN["group_id"]
MOST_TOLD = 1_000
"""So many values of a field are remembered with what documents tell of them."""


class CandidateFacts:
    """Make the nested documents of products, of one tenant's."""

    def __init__(self, schema: Schema, slots: Slots) -> None:
        """Compare values as the schema says, and put numbers and sort keys where the slots are."""
        self._schema = schema
        self._slots = slots
        self._homes: dict[str, _Home] = {}

    def product(self, group_id: str, product: Product) -> dict[str, Any]:
        """Return the document of a product, with one for each of its stones nested in it."""
        common = _Facts()
        common.add_texts(self._home(GROUP_ID), (group_id,))
        for field in TEXTUAL:
            common.add_texts(self._home(field), product_texts(field, product))
        for name in dict.fromkeys(name for name, _ in given(product) if not name.startswith(STONES)):
            home = self._named(name)
            common.add_texts(home, product_texts(home.field, product))
        for field in NUMERIC:
            common.add_number(self._home(field), product)
        stones = product.gemstones or (NO_STONE,)
        return {"sku": product.sku, "active": product.active, "c": [self._with(stone, common) for stone in stones]}

    def _with(self, stone: Mapping[str, Scalar], common: _Facts) -> dict[str, Any]:
        if not stone:
            return common.document()
        facts = common.copy()
        for name in stone:
            home = self._named(STONES + name)
            facts.add_texts(home, stone_texts(home.field, stone))
        return facts.document()

    def _named(self, name: str) -> _Home:
        return self._homes.get(name) or self._home(self._schema.field(name))

    def _home(self, field: Field) -> _Home:
        home = self._homes.get(field.name)
        if home is None:
            slot = self._slots.at(slot_key(field))
            paths = ("", "") if slot is None else (slot.numbers, slot.sort_keys)
            number, sort = (path.rpartition(".")[2] for path in paths)
            home = _Home(field, has_any(field.name), beginning(field.name), number, sort)
            self._homes[field.name] = home
        return home


def given(product: Product) -> Iterator[tuple[str, list[str]]]:
    """Yield full name and values of the attributes and properties of parts that a product has a value of."""
    named: list[tuple[str, Mapping[str, AttributeValue]]] = [(ATTRIBUTES, product.attributes or {})]
    named += ((METALS, metal) for metal in product.metals or ())
    named += ((STONES, stone) for stone in product.gemstones or ())
    for prefix, properties in named:
        for name, value in properties.items():
            texts = [text_of(one) for one in (value if isinstance(value, list) else [value])]
            values = [text for text in texts if text is not None]
            if values:
                yield prefix + name, values


class _Home(msgspec.Struct, frozen=True):
    """Where the values of a field are put.

    Attributes:
        has_any: The fact that there is one.
        beginning: Of the facts about each.
        numbers: The property of number keys; empty where it has no slot.
        sort_keys: That of sort keys.
        told: What was said of the values that were seen last; most come again and again.
    """

    field: Field
    has_any: str
    beginning: str
    numbers: str
    sort_keys: str
    told: dict[str, tuple[str, str, int | None, str]] = {}

    def tell(self, text: str) -> tuple[str, str, int | None, str]:
        """Return fact, value, number key and sort key of a value."""
        if len(self.told) >= MOST_TOLD:
            self.told.clear()
        fact, value = self.beginning + fitting(compared(self.field, text)), self.beginning + fitting(text)
        found = self.told[text] = fact, value, number_of(self.field, text), sort_text(self.field, text)
        return found


class _Facts:
    """What is known of a product, or of a product and one of its stones; each fact once."""

    __slots__ = ("_facts", "_slots", "_values")

    def __init__(self) -> None:
        self._facts: dict[str, None] = {}
        self._values: dict[str, None] = {}
        self._slots: dict[str, list[Any]] = {}

    def copy(self) -> _Facts:
        """Return facts that can be added to without changing these."""
        other = _Facts()
        other._facts, other._values = dict(self._facts), dict(self._values)
        other._slots = {name: [*values] for name, values in self._slots.items()}
        return other

    def add_texts(self, home: _Home, texts: Iterable[str]) -> None:
        """Add the values of a field."""
        for text in texts:
            fact, value, number, sort = home.told[text] if text in home.told else home.tell(text)
            self._facts[home.has_any] = None
            self._facts[fact] = None
            self._values[value] = None
            if home.numbers:
                self._put(home, number, sort)

    def add_number(self, home: _Home, product: Product) -> None:
        """Add the number of a built-in field; a price in whatever currency the product has, which is a fact beside."""
        own = product.currency or ""
        key = product_number(home.field, product, own, own)
        if key is not None and home.numbers:
            self._put(home, key, sort_key(key))

    def document(self) -> dict[str, Any]:
        """Return the facts as a nested document."""
        return {"f": [*self._facts], "v": [*self._values], **self._slots}

    def _put(self, home: _Home, key: int | None, sort: str) -> None:
        if key is not None:
            self._slots.setdefault(home.numbers, []).append(key)
        self._slots.setdefault(home.sort_keys, []).append(sort)
