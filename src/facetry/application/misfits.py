"""Products that there are already, and whose values do not fit the types that attributes would get."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from facetry.domain.errors import ValuesMisfitError
from facetry.domain.group import ProductGroup
from facetry.domain.search.fields import Field
from facetry.domain.search.misfits import TypedAttributes
from facetry.domain.search.spans import kind_name

MOST_NAMED = 5
"""So many products at most are named whose values do not fit."""


class Misfit(msgspec.Struct, frozen=True):
    """Products whose values do not fit the type that an attribute would get.

    Attributes:
        field: The attribute.
        count: How many products.
        skus: The first of them.
    """

    field: str
    count: int
    skus: tuple[str, ...]


class Misfits:
    """Products with values that do not fit, by attribute."""

    def __init__(self, typed: TypedAttributes, until: int | None = None) -> None:
        """Look for values that do not fit types; ``until`` so many of one attribute are found, where it is given."""
        self._typed = typed
        self._until = until
        self._found: dict[Field, dict[str, str]] = {}

    @property
    def are_enough(self) -> bool:
        """Return whether nothing more is to be looked for."""
        first = next(iter(self._found.values()), {})
        return not self._typed.fields or (self._until is not None and len(first) >= self._until)

    @property
    def all(self) -> tuple[Misfit, ...]:
        """Return what was found."""
        return tuple(Misfit(f.name, len(skus), tuple(skus)[:MOST_NAMED]) for f, skus in self._found.items())

    def look_at(self, groups: Iterable[ProductGroup]) -> None:
        """Look at the products of groups."""
        for group in groups:
            for product in group.products:
                for field, value in self._typed.misfits(product):
                    self._found.setdefault(field, {}).setdefault(product.sku, value)

    def check(self) -> None:
        """Check that none was found.

        Raises:
            ValuesMisfitError: Some were; of the first attribute.
        """
        for field, values in self._found.items():
            skus = tuple(values)[:MOST_NAMED]
            named = ", ".join(f"{sku} ({values[sku][:50]!r})" for sku in skus)
            message = f"{field.name} cannot be {kind_name(field)}: {named}"
            raise ValuesMisfitError(field.name, message, skus)
