"""Random catalogs and searches in which everything that can coincide does: the same seed gives the same ones."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import msgspec

from facetry.domain.group import ProductGroup
from facetry.domain.product import AttributeValue, Part, Product, Scalar
from facetry.domain.search.fields import BUILT_IN, AttributeDefinition, Field, Kind, Level, Schema, silent_attributes
from facetry.domain.search.filters import (
    EVERYTHING,
    NUMBER_FIELDS,
    And,
    AnyProduct,
    AnyStone,
    Filter,
    Has,
    Not,
    Or,
    compared,
)
from facetry.domain.search.query import (
    CountLevel,
    Facet,
    HistogramFacet,
    RangesFacet,
    SearchQuery,
    SortAtRandom,
    SortByField,
    SortByRelevance,
    SortKey,
    TreeFacet,
    ValueOrder,
    ValuesFacet,
)
from facetry.domain.search.rules import Boost, Pin, SearchRules, StopWords, Synonym
from facetry.domain.search.values import HIGHEST, LOWEST, number_of
from facetry.testing.search_samples import group, product

WORDS = (
    *("ring", "rings", "Gold", "white", "necklace", "neck", "lace", "diamond", "diamonds", "sapphire", "halo"),
    *("vintage", "the", "with", "14k", "585", "karat", "é", "straße", "pendant", "pendent", "rin", "solitaire"),
)
NOBODY_HAS = "nobody has this"
OF_TEXT = ("text", "prefix", "typos", "understand", "active_only", "currency", "rules")
TYPED = (
    *WORDS,
    "nekclace",
    "saphire",
    "diamnod",
    "neckl",
    "goldring",
    "R-10",
    "r10",
    "under $5",
    "VS1+",
    "0.5ct",
    "💍",
)
VALUES = ("Red", "red", "Rose", "White Gold", "6", "6.0", "7", "10", "-1.5", "2024-05-01", "VS1", "SI2", "true", "S")
PRICES = (None, 1, 10_000, 20_000, 20_001, 50_000, 1_000_000)
PATHS = ("Jewelry", "Jewelry>Rings", "Jewelry > Rings > Gold", "Jewelry>Chains", "Watches", " > ")
CLARITIES = ("VS1", "vs2", "SI2", "FL", "odd", None)
CURRENCIES = (None, None, None, "USD", "EUR")
DEFINITIONS = (
    AttributeDefinition("grade", Kind.SCALE, scale=("low", "Middle", "high")),
    AttributeDefinition("made", Kind.DATE),
    AttributeDefinition("weight", Kind.DECIMAL),
    AttributeDefinition("pieces", Kind.INTEGER),
    AttributeDefinition("engraved", Kind.BOOLEAN),
    AttributeDefinition("note", Kind.TEXT),
    AttributeDefinition("style", Kind.KEYWORD, identifier=True),
)
ATTRIBUTES: dict[str, Sequence[Scalar]] = {
    "grade": ("low", "MIDDLE", "high", "other"),
    "made": ("2024-05-01", "2024-05-01T12:00:00+02:00", "2025-01-31", "yesterday"),
    "weight": (0.5, 1, -2, 2.25, "3.5", 1e300, "heavy"),
    "pieces": (0, 1, 2**60, 2**60 + 1, 1.5),
    "engraved": (True, False, "true", "no"),
    "note": ("Two words", "ring", "7"),
    "style": ("ST-100", "st 200", "X9"),
    "metal": ("White Gold", "gold", "Platinum", 585, None),
    "length": (40, 45.5, "45.5", "50 cm"),
}
OTHER_VALUES: dict[str, Sequence[Scalar]] = {
    "clarity": CLARITIES,
    "purity": (585, 750),
    "type": ("diamond", "pearl"),
    "category": ("jewelry > rings", "Watches", "jewelry"),
    "sku": ("R-a0-0", "R-B1-0", "r-a1-0"),
    "group_id": ("a0", "B1", "é2", "b1"),
    "name": WORDS,
    "carat": (0.5, 1),
    "ring_circumference": ("51.87", "54.42", "62.08", "60"),
}
FIELDS = (
    *("sku", "name", "brand", "color", "size", "category", "search_keywords", "currency", "price", "regular_price"),
    *("promotion_price", "quantity", "in_stock", "active", "is_main", "group_id", "metals.purity", "metals.name"),
    *("gemstones.clarity", "gemstones.carat", "gemstones.type", "gemstones.certificate_number", "attributes.nothing"),
    "ring_circumference",
    *ATTRIBUTES,
)
SCHEMA = Schema(DEFINITIONS)
SEMANTIC = (0.0, 0.1, 0.5, 1.0)
"""How much closeness in meaning counts."""
UNBOUNDED = frozenset({"attributes.weight", "attributes.grade"})
"""Fields whose values would make too many buckets of a fixed width, or that have no width."""


class RandomCatalog:
    """Draws groups of products, and searches over them."""

    def __init__(self, seed: int, *, has_embedder: bool = False, has_silent: bool = False) -> None:
        """Draw from a generator with this seed; closeness in meaning, and attributes kept from texts, only if so."""
        self.draw = Random(seed)  # noqa: S311 - nobody is to be kept from guessing
        self.definitions = self._silenced() if has_silent else DEFINITIONS
        self._semantic = SEMANTIC if has_embedder else (0.0,)
        self._joined = 0
        self._before: SearchQuery | None = None

    @property
    def silent(self) -> frozenset[str]:
        """Return the attributes that no text finds."""
        return silent_attributes(self.definitions)

    def groups(self, count: int) -> list[ProductGroup]:
        """Return groups with distinct ids and SKUs."""
        ids = self.draw.sample([f"{letter}{number}" for letter in "aBé" for number in range(count)], count)
        return [self.group(group_id) for group_id in ids]

    def group(self, group_id: str, revision: int = 1) -> ProductGroup:
        """Return a group with this id."""
        return group(
            group_id, *(self.product(group_id, i) for i in range(self.draw.choice((1, 1, 2, 3, 5)))), revision=revision
        )

    def product(self, group_id: str, position: int) -> Product:
        """Return a product of a group."""
        draw = self.draw
        given: dict[str, Any] = {
            "brand": self.maybe(VALUES),
            "color": self.maybe(VALUES),
            "size": self.maybe(VALUES),
            "currency": draw.choice(CURRENCIES),
            "metals": tuple(self.metal() for _ in range(draw.choice((0, 1, 2)))),
            "gemstones": tuple(self.stone() for _ in range(draw.choice((0, 0, 1, 2, 3)))),
            "attributes": {name: self.attribute(name) for name in draw.sample([*ATTRIBUTES], draw.randint(0, 4))},
        }
        return product(
            f"R-{group_id}-{position}",
            group_id=group_id,
            name=self.words(1, 5),
            description=self.words(0, 8),
            regular_price=draw.choice(PRICES),
            promotion_price=draw.choice(PRICES),
            search_keywords=tuple(draw.sample(WORDS, draw.randint(0, 2))),
            category=tuple(draw.sample(PATHS, draw.randint(0, 2))),
            quantity=draw.choice((0, 0, 1, 5)),
            active=draw.random() < 0.8,
            is_main=draw.random() < 0.2,
            **{name: value for name, value in given.items() if value},
        )

    def stone(self) -> Part:
        """Return a gemstone."""
        draw = self.draw
        values: Part = {
            "type": draw.choice(("Diamond", "Pearl", "diamond")),
            "clarity": draw.choice(CLARITIES),
            "carat": draw.choice((0.25, 0.5, 1, 1.5, "0.5", None)),
            "certificate_number": draw.choice((None, "GIA 2141-438", "1100")),
        }
        return {name: value for name, value in values.items() if draw.random() < 0.8}

    def metal(self) -> Part:
        """Return a metal."""
        return {"name": self.draw.choice(("Gold", "gold", "Silver")), "purity": self.draw.choice((585, 750, "585"))}

    def attribute(self, name: str) -> AttributeValue:
        """Return one value or several of an attribute."""
        values = ATTRIBUTES[name]
        count = self.draw.choice((1, 1, 1, 0, 2, 3))
        return self.draw.choice(values) if count == 1 else [self.draw.choice(values) for _ in range(count)]

    def _silenced(self) -> tuple[AttributeDefinition, ...]:
        """Return definitions under which some attributes, often none, are kept from texts."""
        fields = {field.name: field for name in FIELDS if (field := SCHEMA.field(name)).name not in BUILT_IN}
        found = {**SCHEMA.definitions}
        for name in self.draw.sample([*fields], self.draw.choice((0, 1, 3, 8))):
            kind = Kind.KEYWORD if fields[name].kind is Kind.ANY else fields[name].kind
            known = found.get(name) or AttributeDefinition(name, kind, scale=fields[name].scale)
            found[name] = msgspec.structs.replace(known, searchable=False)
        return tuple(found.values())

    def words(self, least: int, most: int) -> str:
        """Return a text."""
        return " ".join(self.draw.choice(WORDS) for _ in range(self.draw.randint(least, most)))

    def maybe(self, values: Sequence[str]) -> str | None:
        """Return one of some values or none."""
        return self.draw.choice(values) if self.draw.random() < 0.7 else None

    def query(self) -> SearchQuery:
        """Return a search, now and then one of the text of the search before, as of somebody who filters or sorts."""
        query = self._query()
        before, self._before = self._before, query
        if before is None or self.draw.random() < 0.5:
            return query
        again = msgspec.structs.replace(query, **{name: getattr(before, name) for name in OF_TEXT})
        own = [facet.field for facet in again.facets if isinstance(facet, ValuesFacet)]
        if not own or self.draw.random() < 0.5:
            return again
        # Nothing is found, and still the facet of that field counts what there is.
        return msgspec.structs.replace(again, filter=Has(own[0], frozenset({NOBODY_HAS})))

    def _query(self) -> SearchQuery:
        draw = self.draw
        return SearchQuery(
            text=self.text(),
            filter=self.filter(draw.choice((0, 1, 2, 3))) if draw.random() < 0.7 else EVERYTHING,
            scope=Has(SCHEMA.field("active"), ranges=((1, 1),)) if draw.random() < 0.2 else EVERYTHING,
            facets=tuple(self.facet(f"facet {n}") for n in range(draw.randint(0, 4))),
            sort=tuple(self.sort_key() for _ in range(draw.choice((0, 0, 1, 1, 2, 3)))),
            offset=draw.choice((0, 0, 0, 1, 3)),
            limit=draw.choice((0, 1, 2, 5, 100, 100)),
            matched_products=draw.choice((0, 1, 5)),
            group_by=self.grouping(),
            prefix=draw.random() < 0.8,
            typos=draw.random() < 0.8,
            understand=draw.random() < 0.8,
            explain=draw.random() < 0.2,
            highlight=draw.random() < 0.2,
            active_only=draw.random() < 0.2,
            currency=draw.choice(("USD", "USD", "EUR")),
            attributes=self.definitions,
            rules=self.rules(),
        )

    def text(self) -> str:
        """Return what somebody may type."""
        if self.draw.random() < 0.35:
            return self.draw.choice(("", "", " "))
        typed = " ".join(self.draw.choice(TYPED) for _ in range(self.draw.choice((1, 1, 2, 2, 3, 4))))
        return typed + self.draw.choice(("", "", " "))

    def filter(self, depth: int) -> Filter:
        """Return a condition, or several to this depth."""
        if depth == 0:
            return self.condition()
        if self.draw.random() < 0.2:
            return self.condition()
        if self.draw.random() < 0.5:
            parts = tuple(self.filter(depth - 1) for _ in range(self.draw.choice((0, 1, 2, 2, 3))))
            return self.draw.choice((And, And, Or))(parts)
        return self.draw.choice((Not, AnyProduct, AnyStone))(self.filter(depth - 1))

    def condition(self) -> Has:
        """Return a condition on a random field."""
        field = self.field()
        if self.draw.random() < 0.1:
            return Has(field, exists=True)
        texts = frozenset(
            compared(field, text) for text in self.draw.sample(self.values(field), self.draw.randint(0, 2))
        )
        ranges = tuple(self.range(field) for _ in range(self.draw.choice((0, 1, 1, 2))))
        return Has(field, texts if field.name not in NUMBER_FIELDS else frozenset(), ranges)

    def values(self, field: Field) -> list[str]:
        """Return texts that the field may hold."""
        name = field.name.partition(".")[2] or field.name
        known = ATTRIBUTES | OTHER_VALUES
        return [str(value) for value in known.get(name, VALUES)] * 2

    def range(self, field: Field) -> tuple[int, int]:
        """Return a range of number keys, sometimes an empty one."""
        if field.name in NUMBER_FIELDS:
            ends = [self.draw.choice((0, 1, 5, 10_000, 20_000, 50_000)) for _ in range(2)]
        else:
            keys = [key for value in self.values(field) if (key := number_of(field, value)) is not None] or [0]
            ends = [self.draw.choice(keys) for _ in range(2)]
        low, high = sorted(ends) if self.draw.random() < 0.9 else ends
        return self.draw.choice(((low, high), (low, high), (LOWEST + 1, high), (low, HIGHEST), (low, low)))

    def field(self) -> Field:
        """Return a field."""
        return SCHEMA.field(self.draw.choice(FIELDS))

    def facet(self, name: str) -> Facet:
        """Return a facet."""
        draw = self.draw
        level = draw.choice([*CountLevel])
        own = draw.random() < 0.3
        field = self.field()
        match draw.choice(("values", "values", "ranges", "histogram", "tree")):
            case "ranges":
                ranges = tuple(self.range(field) for _ in range(draw.randint(0, 3)))
                return RangesFacet(name, field, ranges, level, own)
            case "histogram":
                numeric = SCHEMA.field(
                    draw.choice(("price", "quantity", "weight", "gemstones.carat", "length", "grade"))
                )
                return HistogramFacet(
                    name, numeric, draw.choice(("", "", "2")) if numeric.name not in UNBOUNDED else "", 4, level, own
                )
            case "tree":
                return TreeFacet(
                    name,
                    draw.choice(("", "Jewelry", "nothing")),
                    draw.choice((1, 2, 3)),
                    draw.choice((1, 20)),
                    level,
                    own,
                )
            case _:
                search = draw.choice(("", "", "", "r", "gold", "white g"))
                return ValuesFacet(
                    name, field, draw.choice((1, 3, 100)), draw.choice([*ValueOrder]), search, level, own
                )

    def sort_key(self) -> SortKey:
        """Return a key of an order."""
        match self.draw.choice(("relevance", "field", "field", "random")):
            case "relevance":
                return SortByRelevance()
            case "field":
                return SortByField(self.field(), self.draw.random() < 0.5)
            case _:
                return SortAtRandom(self.draw.choice((0, 7, -1, 2**63)))

    def grouping(self) -> tuple[Field, ...]:
        """Return what makes a hit: mostly groups."""
        if self.draw.random() < 0.8:
            return ()
        names = ("metal", "color", "size", "brand", "category", "metals.name")
        fields = [SCHEMA.field(name) for name in self.draw.sample(names, self.draw.choice((1, 1, 2)))]
        return tuple(field for field in fields if field.level is Level.PRODUCT)

    def rules(self) -> SearchRules:
        """Return a tenant's rules: mostly none."""
        draw = self.draw
        if draw.random() < 0.6:
            return SearchRules()
        return SearchRules(
            synonyms=draw.choice(
                ((), (Synonym(("pendant", "necklace")), Synonym(("white gold", "platinum"), source="wg")))
            ),
            stop_words=draw.choice(((), ("gold",))),
            language_stop_words=draw.choice([*StopWords]),
            weights=draw.choice(({}, {"name": 5.0, "description": 0.0})),
            boosts=draw.choice(((), (Boost("quantity", 2.0, 3.0), Boost("price"), Boost("weight", 0.5)))),
            pins=draw.choice(((), (Pin("ring", ("a0", "B0", "gone"), ("a1",)), Pin("", ())))),
            relax_below=draw.choice((0, 1, 3)),
            semantic=draw.choice(self._semantic),
            understanding=draw.random() < 0.7,
        )
