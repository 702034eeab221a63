"""What a search asks of products, cut into the pieces that its facets leave out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from facetry.domain.search.counting import facet_field
from facetry.domain.search.filters import Filter, conjuncts, fields_of
from facetry.domain.search.query import Facet, SearchQuery
from facetry.engines.columns.search.filters import looks_at_stones

REST = ""
"""The name of the piece that no facet leaves out."""
NOTHING = "-"
"""What a facet leaves out that leaves nothing out."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Conditions that stand or fall together: those on products, and those on products with their gemstones."""

    products: tuple[Filter, ...]
    stones: tuple[Filter, ...]


@dataclass(frozen=True, slots=True)
class Conditions:
    """The pieces of a search's conditions, by the field whose facet leaves them out."""

    pieces: Mapping[str, Piece]

    @classmethod
    def of(cls, query: SearchQuery, understood: Filter) -> Conditions:
        """Return the conditions of a query and of what was understood of its text."""
        own = {facet_field(facet).name for facet in query.facets if not facet.own_filter}
        found: dict[str, list[Filter]] = {REST: [*conjuncts(query.scope), *conjuncts(understood)]}
        for part in conjuncts(query.filter):
            fields = fields_of(part)
            name = next(iter(fields)) if len(fields) == 1 else REST
            found.setdefault(name if name in own else REST, []).append(part)
        return cls({name: _piece(parts) for name, parts in found.items() if parts})

    def left_out(self, facet: Facet) -> str:
        """Return which piece a facet leaves out."""
        name = facet_field(facet).name
        return name if name in self.pieces and not facet.own_filter else NOTHING


def _piece(parts: Iterable[Filter]) -> Piece:
    products: list[Filter] = []
    stones: list[Filter] = []
    for part in parts:
        (stones if looks_at_stones(part) else products).append(part)
    return Piece(tuple(products), tuple(stones))
