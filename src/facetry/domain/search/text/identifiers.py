"""Identifiers of groups: which they are, and when a typed text is one or a part of one.

They are compared normalised: folded, only letters and digits kept. Normalised texts without a letter or digit are no
identifiers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from facetry.domain.analysis import fold
from facetry.domain.group import ProductGroup
from facetry.domain.search.fields import ATTRIBUTES, METALS, STONES, Field
from facetry.domain.search.ranking import IDENTIFIER_QUALITIES
from facetry.domain.search.values import product_texts, stone_texts

SHORTEST = 3
"""A text of fewer letters and digits is not looked for among identifiers."""
SHORTEST_PART = 4
"""A text of fewer is an identifier only as a whole."""
_WHOLE, _BEGINNING, _INNER = IDENTIFIER_QUALITIES


def normalised(text: str) -> str:
    """Return the form in which identifiers are compared."""
    return "".join(character for character in fold(text) if character.isalnum())


def quality(identifiers: Iterable[str], needle: str) -> float:
    """Return how well a normalised text fits the best of some normalised identifiers, 0 where it fits none."""
    best = 0.0
    for identifier in identifiers:
        if identifier == needle:
            return _WHOLE
        if len(needle) >= SHORTEST_PART and needle in identifier:
            best = max(best, _BEGINNING if identifier.startswith(needle) else _INNER)
    return best


def group_identifiers(group: ProductGroup, fields: Iterable[Field]) -> Iterator[str]:
    """Yield the identifiers of a group as they are written: its id, its SKUs, and its values of these fields."""
    yield group.group_id
    yield from group.product_skus
    for field in fields:
        yield from _field_texts(group, field)


def _field_texts(group: ProductGroup, field: Field) -> Iterator[str]:
    for product in group.products:
        if field.name.startswith(STONES):
            for stone in product.gemstones or ():
                yield from stone_texts(field, stone)
        elif field.name.startswith((ATTRIBUTES, METALS)):
            yield from product_texts(field, product)
