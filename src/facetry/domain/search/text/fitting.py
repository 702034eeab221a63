"""Which of a hit's products a query's words fit best: of a ring in all golds the white one for "white gold".

A product fits a slot of the reading where its own values (name, brand, color, size, keywords, attributes, metals,
gemstones, SKU) have all keys of one of the slot's alternatives. What else the group has fits all its products alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from facetry.domain.jewelry.concepts import value_concepts
from facetry.domain.product import AttributeValue, Product
from facetry.domain.search.fields import ATTRIBUTES, METALS, STONES
from facetry.domain.search.slots import CONCEPT, WORD, Alternative, Reach, Reading, Slot
from facetry.domain.search.text.documents import value_keys
from facetry.domain.search.text.identifiers import normalised, quality
from facetry.domain.search.values import text_of

FITTING_FIELDS = ("name", "brand", "color", "size", "search_keywords")
"""Built-in fields whose values are looked at, beside the SKU, attributes and parts."""
MAX_PROBES = 63
"""So many distinct keys are looked for; the alternatives of long queries beyond them fit nothing."""
_Probe = tuple[Reach, str]
_Value = tuple[str, str, str]
"""Beginning and end of a field's full name, and a text."""


class Fitting:
    """Says of values which keys of a reading they have, as bits, and of bits how many slots they fit."""

    def __init__(
        self, reading: Reading, identifiers: frozenset[str], language: str, silent: frozenset[str] = frozenset()
    ) -> None:
        """Look for the keys of a reading in values.

        Args:
            reading: What is looked for.
            identifiers: The fields that hold identifiers, by their full names.
            language: The language of the values.
            silent: The full names of attributes that are not looked at.
        """
        self._identifiers = identifiers
        self._silent = silent
        self.language = language
        self._probes: dict[_Probe, int] = {}
        masks = ([self._mask(one) for one in _with_apart(slot)] for slot in reading.slots)
        self.masks = [[mask for mask in own if mask] for own in masks]
        """For each slot the bits that its alternatives need; a product fits it that has all bits of any."""
        self.whole_keys = {key: 1 << place for (reach, key), place in self._probes.items() if reach is Reach.KEYS}
        """The bit of each key that a value must have as it is."""
        self._others = [(probe, 1 << place) for probe, place in self._probes.items() if probe[0] is not Reach.KEYS]
        self.has_identifiers = any(reach is Reach.IDENTIFIER for reach, _ in self._probes)
        # Products share most of their values, so what these have is worked out once.
        self._known: dict[_Value, int] = {}
        self._fitted: dict[int, int] = {}
        self._has_beginnings = any(reach is Reach.BEGINNING for reach, _ in self._probes)

    def looks_at(self, field: str) -> bool:
        """Return whether the values of a field, by its full name, are looked at."""
        is_attribute = field.startswith((ATTRIBUTES, METALS, STONES))
        return field in FITTING_FIELDS or (is_attribute and field not in self._silent)

    def needs_texts(self, field: str) -> bool:
        """Return whether more is looked for in the values of a field than whole keys."""
        return self._has_beginnings or (self.has_identifiers and field in self._identifiers)

    def value_bits(self, field: str, text: str) -> int:
        """Return which keys a value of a field has, by the field's full name."""
        keys = fitting_keys(field, text, self.language)
        identifiers = (normalised(text),) if self.has_identifiers and field in self._identifiers else ()
        return self._bits(keys, identifiers)

    def sku_bits(self, sku: str) -> int:
        """Return which identifiers asked for a SKU is."""
        return self._bits(frozenset(), (normalised(sku),))

    def slots(self, bits: int) -> int:
        """Return how many slots a product fits whose values have these keys together."""
        return sum(any(bits & mask == mask for mask in masks) for masks in self.masks)

    def product(self, product: Product) -> int:
        """Return how many slots a product fits."""
        bits = self.sku_bits(product.sku) if self.has_identifiers else 0
        for value in _values(product):
            own = self._known.get(value)
            if own is None:
                own = self._known[value] = self._bits_of(*value)
            bits |= own
        fitted = self._fitted.get(bits)
        if fitted is None:
            fitted = self._fitted[bits] = self.slots(bits)
        return fitted

    def _bits_of(self, prefix: str, name: str, text: str) -> int:
        field = prefix + name
        return 0 if field in self._silent else self.value_bits(field, text)

    def _mask(self, alternative: Alternative) -> int:
        """Return the bits that an alternative needs, 0 where it can fit nothing."""
        mask = 0
        for key in alternative.keys:
            probe = (alternative.reach, key)
            if probe not in self._probes and len(self._probes) >= MAX_PROBES:
                return 0
            mask |= 1 << self._probes.setdefault(probe, len(self._probes))
        return mask

    def _bits(self, keys: frozenset[str], identifiers: tuple[str, ...]) -> int:
        bits = 0
        for key in self.whole_keys.keys() & keys:
            bits |= self.whole_keys[key]
        for (reach, key), bit in self._others:
            if _has(reach, key, keys, identifiers):
                bits |= bit
        return bits


def _with_apart(slot: Slot) -> Iterator[Alternative]:
    """Yield the alternatives of a slot, and the words of its terms: a product says color and metal each for itself."""
    yield from slot.alternatives
    for alternative in slot.alternatives:
        for key in alternative.keys:
            if key[0] == CONCEPT and alternative.reach is Reach.KEYS:
                yield Alternative(tuple(WORD + word for word in key[1:].split()))


@lru_cache(maxsize=1 << 16)
def fitting_keys(field: str, text: str, language: str) -> frozenset[str]:
    """Return the keys that a value of a field has: its words, their stems, and terms of the trade."""
    return frozenset((*value_keys(text, language), *(CONCEPT + term for term in value_concepts(field, text))))


def _has(reach: Reach, key: str, keys: frozenset[str], identifiers: tuple[str, ...]) -> bool:
    """Return whether a value has what is looked for, other than a whole key."""
    if reach is Reach.BEGINNING:
        return any(one.startswith(key) and one != key for one in keys)
    return quality(identifiers, key) > 0


def _values(product: Product) -> Iterator[_Value]:
    """Yield the values of a product that are looked at."""
    for name in FITTING_FIELDS:
        value = getattr(product, name)
        for text in (value,) if type(value) is str else value or ():
            yield "", name, text
    yield from _given(ATTRIBUTES, product.attributes or {})
    for prefix, parts in ((METALS, product.metals or ()), (STONES, product.gemstones or ())):
        for part in parts:
            yield from _given(prefix, part)


def _given(prefix: str, properties: Mapping[str, AttributeValue]) -> Iterator[_Value]:
    for name, value in properties.items():
        if type(value) is str:
            yield prefix, name, value
            continue
        for one in value if isinstance(value, list) else (value,):
            text = text_of(one)
            if text is not None:
                yield prefix, name, text
