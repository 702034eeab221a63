"""The designs of the demo catalog: each is one product group, offered in several metals and sizes."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import resources

import msgspec

from facetry.application.showcase.draw import Draw
from facetry.application.showcase.materials import EVERY_DAY, FINE, GEMS, GOLDS, SHAPES, Alloy, Gem

COLLECTIONS = (
    ("Aurelia", "Maison Corvane"),
    ("Lumen", "Halden & Rye"),
    ("Tidewater", "Orsolo"),
    ("Vesper", "Maison Corvane"),
    ("Fern & Frost", "Little Foundry"),
    ("Meridian", "Halden & Rye"),
    ("Juno", "Adele Marchetti"),
    ("Solstice", "Brightwater"),
    ("Marlowe", "Kestrel Lane"),
    ("Ondine", "Orsolo"),
    ("Cassia", "Adele Marchetti"),
    ("Northlight", "Nord Atelier"),
    ("Rosalind", "Thea Wren"),
    ("Harbour", "Brightwater"),
    ("Ilaria", "Casa Benedetti"),
    ("Quill", "Kestrel Lane"),
)
METALS = {"fine": FINE, "gold": GOLDS, "gold 14": GOLDS[:3], "gold clasp": GOLDS[:2], "every day": EVERY_DAY}


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of piece.

    Attributes:
        noun: What a piece is called.
        picture: What the names of its pictures begin with.
        category: Its breadcrumb.
        words: What shoppers look for it by.
        metals: The metals that it is offered in, a key of ``METALS``.
        sizes: The sizes that it is offered in, none where it has no size.
        grams_tenths: Its weight in tenths of a gram, from and to.
        carats: The size of its stone in hundredths of a carat, from and to; none where it has no stone.
        code: Its part of an id.
        count: How many designs of it there are.
    """

    noun: str
    picture: str
    category: str
    words: tuple[str, ...]
    metals: str
    sizes: tuple[str, ...]
    grams_tenths: tuple[int, int]
    carats: tuple[int, int] | None = None
    code: str
    count: int

    @property
    def alloys(self) -> tuple[Alloy, ...]:
        """Return the metals that it is offered in."""
        return METALS[self.metals]


@cache
def kinds() -> tuple[Kind, ...]:
    """Return all kinds, as ``kinds.toml`` lists them."""
    text = resources.files("facetry.application.showcase").joinpath("kinds.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text)["kind"], tuple[Kind, ...])


class Design(msgspec.Struct, frozen=True, kw_only=True):
    """One design: a kind in a collection, with its stone where it has one."""

    number: int
    kind: Kind
    collection: str
    brand: str
    gem: Gem | None
    shape: str
    carats: int
    grams_tenths: int

    @property
    def id(self) -> str:
        """Return the id of its group."""
        return f"{self.kind.code}-{self.number:03d}"

    @property
    def name(self) -> str:
        """Return what it is called."""
        gem = f"{self.gem.name} " if self.gem else ""
        return f"{self.collection} {gem}{self.kind.noun}"


def designs() -> Iterator[Design]:
    """Yield every design; no two of a kind share collection and stone."""
    for kind in kinds():
        draw = Draw(sum(kind.code.encode()) * 7919)
        for number in range(kind.count):
            collection, brand = COLLECTIONS[(number * 5 + len(kind.noun)) % len(COLLECTIONS)]
            # A round of collections goes with one stone, so that every name is new.
            gem = (
                GEMS[(number // len(COLLECTIONS) * 5 + number * 7 + len(kind.code)) % len(GEMS)]
                if kind.carats
                else None
            )
            yield Design(
                number=number + 1,
                kind=kind,
                collection=collection,
                brand=brand,
                gem=gem,
                shape=draw.one(SHAPES),
                carats=draw.between(*kind.carats) if kind.carats else 0,
                grams_tenths=draw.between(*kind.grams_tenths),
            )
