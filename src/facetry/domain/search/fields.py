"""The fields that a search filters, sorts and counts by, and the attributes a tenant has given a type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum

import msgspec

from facetry.domain.analysis import keyword
from facetry.domain.errors import InvalidValueError
from facetry.domain.jewelry.scales import SCALES

MAX_NAME_LENGTH = 100
MAX_DEFINITIONS = 2_000
MAX_SCALE = 1_000


class Kind(Enum):
    """How the values of a field compare.

    ``ANY`` is an attribute that nobody has given a type: its texts compare as keywords, and those that are plain
    numbers as numbers too. ``KEYWORD`` is the same, set for good.
    """

    ANY = "any"
    TEXT = "text"
    KEYWORD = "keyword"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    SCALE = "scale"
    PRICE = "price"


class Level(Enum):
    """What a field belongs to."""

    GROUP = "group"
    PRODUCT = "product"
    STONE = "stone"


class AttributeDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The type that a tenant has given an attribute.

    Attributes:
        name: ``metal`` for an attribute of products, ``gemstones.origin`` or ``metals.finish`` for one of a part.
        type: Any but ``any`` and ``price``.
        scale: The values of a ``scale``, lowest first.
        unit: What its numbers are counted in, for display.
        identifier: Whether its values are numbers of things (certificates, styles), found whole, by their
            beginning and by an inner part.
        facet: Whether searches may count its values.
        sortable: Whether hits may be ordered by it.
        searchable: Whether the words of a text find its values; conditions, facets and orders use them anyway.
    """

    name: str
    type: Kind
    scale: tuple[str, ...] = ()
    unit: str = ""
    identifier: bool = False
    facet: bool = True
    sortable: bool = True
    searchable: bool = True


class Field(msgspec.Struct, frozen=True):
    """A field by its full name: ``price``, ``attributes.metal``, ``gemstones.carat``."""

    name: str
    level: Level
    kind: Kind
    scale: tuple[str, ...] = ()

    @property
    def is_ordered(self) -> bool:
        """Return whether its values have numbers behind them, to compare with ``<`` and to put into ranges."""
        return self.kind is not Kind.TEXT


ATTRIBUTES = "attributes."
METALS = "metals."
STONES = "gemstones."

BUILT_IN: Mapping[str, Field] = {
    field.name: field
    for field in (
        Field("group_id", Level.GROUP, Kind.KEYWORD),
        Field("sku", Level.PRODUCT, Kind.KEYWORD),
        Field("name", Level.PRODUCT, Kind.KEYWORD),
        Field("brand", Level.PRODUCT, Kind.KEYWORD),
        Field("color", Level.PRODUCT, Kind.KEYWORD),
        Field("size", Level.PRODUCT, Kind.KEYWORD),
        Field("ring_circumference", Level.PRODUCT, Kind.DECIMAL),
        Field("category", Level.PRODUCT, Kind.KEYWORD),
        Field("search_keywords", Level.PRODUCT, Kind.KEYWORD),
        Field("currency", Level.PRODUCT, Kind.KEYWORD),
        Field("price", Level.PRODUCT, Kind.PRICE),
        Field("regular_price", Level.PRODUCT, Kind.PRICE),
        Field("promotion_price", Level.PRODUCT, Kind.PRICE),
        Field("quantity", Level.PRODUCT, Kind.INTEGER),
        Field("in_stock", Level.PRODUCT, Kind.BOOLEAN),
        Field("active", Level.PRODUCT, Kind.BOOLEAN),
        Field("is_main", Level.PRODUCT, Kind.BOOLEAN),
    )
}
"""Fields that every product has, by name.

``price`` is the promotion price, else the regular one; ``ring_circumference`` what the size of a ring stands for, in
millimeters, see ``ring_sizing``.
"""

_PART_KINDS = {
    "metals.purity": Kind.DECIMAL,
    "metals.weight": Kind.DECIMAL,
    "gemstones.carat": Kind.DECIMAL,
    "gemstones.quantity": Kind.INTEGER,
    "gemstones.certificate_number": Kind.KEYWORD,
}
IDENTIFIERS = frozenset(
    {
        "gemstones.certificate_number",
        *(
            f"{ATTRIBUTES}{name}"
            for name in ("certificate_number", "style", "style_number", "mpn", "gtin", "ean", "upc", "barcode", "isbn")
        ),
    }
)
"""Fields whose values are identifiers without anybody saying so, beside SKU and group id."""


Attributes = tuple[AttributeDefinition, ...]
"""The types that a tenant has given its attributes."""


class Schema:
    """The fields of one tenant: the built-in ones, and attributes with the types that it has set."""

    def __init__(self, definitions: Iterable[AttributeDefinition] = ()) -> None:
        """Know these definitions."""
        self._defined = {full_name(definition.name): definition for definition in definitions}

    def field(self, name: str) -> Field:
        """Return the field with this name; an unknown name is an attribute without a type."""
        full = full_name(name)
        if full in BUILT_IN:
            return BUILT_IN[full]
        level = Level.STONE if full.startswith(STONES) else Level.PRODUCT
        defined = self._defined.get(full)
        if defined is not None:
            return Field(full, level, defined.type, defined.scale)
        if full in SCALES:
            return Field(full, level, Kind.SCALE, SCALES[full])
        return Field(full, level, _PART_KINDS.get(full, Kind.ANY))

    def is_defined(self, name: str) -> bool:
        """Return whether the name is of a built-in field, a known property of a part or a defined attribute."""
        full = full_name(name)
        return full in BUILT_IN or full in self._defined or full in SCALES or full in _PART_KINDS

    def is_facet(self, field: Field) -> bool:
        """Return whether the tenant lets searches count a field's values."""
        defined = self._defined.get(field.name)
        return defined is None or defined.facet

    def is_sortable(self, field: Field) -> bool:
        """Return whether the tenant lets searches order hits by a field."""
        defined = self._defined.get(field.name)
        return defined is None or defined.sortable

    @property
    def identifiers(self) -> frozenset[str]:
        """Return the full names of all fields whose values are identifiers that a text finds."""
        return (IDENTIFIERS | {name for name, one in self._defined.items() if one.identifier}) - self.silent

    @property
    def silent(self) -> frozenset[str]:
        """Return the full names of the attributes whose values no text finds."""
        return silent_attributes(self._defined.values())

    @property
    def definitions(self) -> Mapping[str, AttributeDefinition]:
        """Return the definitions by full name."""
        return self._defined


def full_name(name: str) -> str:
    """Return a field's full name: an attribute may be called by its bare name where no built-in field has it."""
    if name in BUILT_IN or name.startswith((ATTRIBUTES, METALS, STONES)):
        return name
    return ATTRIBUTES + name


def silent_attributes(definitions: Iterable[AttributeDefinition]) -> frozenset[str]:
    """Return the full names of the attributes whose values no text finds."""
    return frozenset(full_name(definition.name) for definition in definitions if not definition.searchable)


def check_definitions(definitions: Iterable[AttributeDefinition]) -> None:
    """Check what a tenant wants to set.

    Raises:
        InvalidValueError: A name is empty, too long, a built-in field's or there twice; a type cannot be set; a
            scale has less than two values or one twice, or is given to another type; there are too many.
    """
    seen: set[str] = set()
    for definition in definitions:
        full = full_name(definition.name)
        bare = full.partition(".")[2]
        if full in BUILT_IN or full in seen:
            raise InvalidValueError("attributes", f"{definition.name} is a built-in field or there twice")
        if not bare or len(full) > MAX_NAME_LENGTH or not bare.isprintable():
            raise InvalidValueError("attributes", f"{definition.name[:MAX_NAME_LENGTH]!r} is no name of an attribute")
        if len(seen) == MAX_DEFINITIONS:
            raise InvalidValueError("attributes", f"must be at most {MAX_DEFINITIONS}")
        _check_definition(definition)
        seen.add(full)


def _check_definition(definition: AttributeDefinition) -> None:
    name, scale = definition.name, definition.scale
    if definition.type in {Kind.ANY, Kind.PRICE}:
        raise InvalidValueError("attributes", f"{name} cannot have the type {definition.type.value}")
    if len(definition.unit) > MAX_NAME_LENGTH:
        raise InvalidValueError("attributes", f"the unit of {name} must have at most {MAX_NAME_LENGTH} characters")
    if definition.type is not Kind.SCALE and scale:
        raise InvalidValueError("attributes", f"{name} has a scale, but not the type scale")
    if definition.type is Kind.SCALE:
        values = {keyword(value) for value in scale if value.strip() and len(value) <= MAX_NAME_LENGTH}
        if not 1 < len(values) == len(scale) <= MAX_SCALE:
            raise InvalidValueError(
                "attributes",
                f"{name} needs a scale of 2 to {MAX_SCALE} values, of 1 to {MAX_NAME_LENGTH} characters, none twice",
            )
