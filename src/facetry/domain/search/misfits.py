"""Values of products that do not fit the types that a tenant has given its attributes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from facetry.domain.errors import InvalidValueError
from facetry.domain.product import ProductContent
from facetry.domain.search.fields import ATTRIBUTES, METALS, STONES, AttributeDefinition, Field, Kind, Level, Schema
from facetry.domain.search.spans import kind_name
from facetry.domain.search.values import fits, product_texts, stone_texts

_LONGEST_SHOWN = 50
_FIT_ALWAYS = frozenset({Kind.ANY, Kind.TEXT, Kind.KEYWORD})


class TypedAttributes:
    """The attributes of a tenant that have a type which not every value fits.

    Attributes:
        fields: Of these attributes.
    """

    def __init__(self, definitions: Iterable[AttributeDefinition]) -> None:
        """Know these types."""
        schema = Schema(definitions)
        fields = [schema.field(name) for name in schema.definitions]
        self.fields = tuple(field for field in fields if field.kind not in _FIT_ALWAYS)
        self._places = {field.name: place for place, field in enumerate(self.fields)}

    def check(self, content: ProductContent) -> None:
        """Check the values of a product.

        Raises:
            InvalidValueError: One does not fit; names the attribute.
        """
        for field, text in self.misfits(content):
            raise InvalidValueError(field.name, f"is {kind_name(field)}; {text[:_LONGEST_SHOWN]!r} is not one")

    def misfits(self, content: ProductContent) -> Iterator[tuple[Field, str]]:
        """Yield each value of a product that does not fit, with its field, in the order of the types."""
        for field in self._fields_of(content):
            for text in _texts(field, content):
                if not fits(field, text):
                    yield field, text

    def _fields_of(self, content: ProductContent) -> list[Field]:
        """Return the fields that a product has: there may be thousands of types, of which it has a few."""
        if not self._places:
            return []
        names = {ATTRIBUTES + name for name in content.attributes or ()}
        names.update(METALS + name for metal in content.metals or () for name in metal)
        names.update(STONES + name for stone in content.gemstones or () for name in stone)
        return [self.fields[place] for place in sorted(map(self._places.__getitem__, names & self._places.keys()))]


def _texts(field: Field, content: ProductContent) -> Iterable[str]:
    if field.level is Level.STONE:
        return (text for stone in content.gemstones or () for text in stone_texts(field, stone))
    return product_texts(field, content)


def inferred_kind(values: Iterable[str]) -> Kind:
    """Return the narrowest type that all of these values fit; keyword where there are none."""
    distinct = [*values]
    for kind in (Kind.BOOLEAN, Kind.INTEGER, Kind.DECIMAL, Kind.DATE):
        field = Field("attributes.any", Level.PRODUCT, kind)
        if distinct and all(fits(field, value) for value in distinct):
            return kind
    return Kind.KEYWORD
