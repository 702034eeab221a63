"""Jewelry in many variants: rings in every alloy, size, stone and finish, other pieces in fewer."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from bench.shapes import words
from bench.shapes.draws import combinations, portions, prices, reduced, stocks
from bench.shapes.making import Design, Variant, group
from bench.shapes.question import Among, Between, Condition, Facet, Question, RangeCounts, ValueCounts
from bench.shapes.shape import Size
from facetry.domain.group import ProductGroup

FACETS: tuple[Facet, ...] = (
    *(ValueCounts(name) for name in ("metal", "purity", "color", "size", "stone", "carat_band", "finish")),
    *(ValueCounts(name) for name in ("brand", "kind", "style", "occasion")),
    RangeCounts("price", (0, 250, 500, 1000, 2000, 3500, 5000, 10_000)),
)
_RING_SHARE = 0.625
_RING_VARIANTS, _OTHER_VARIANTS = 137.0, 25.0
_Value = TypeVar("_Value")
_BAND_FACTORS = (1.0, 1.3, 1.7, 2.3, 3.4, 5.0, 8.0)


class _Offer(NamedTuple):
    """What one design comes in, what is most usual first."""

    alloys: Sequence[words.Alloy]
    sizes: Sequence[str]
    stones: Sequence[str]
    bands: Sequence[str]
    finishes: Sequence[str]


def draw(size: Size, generator: np.random.Generator) -> Iterator[ProductGroup]:
    """Yield groups of which most products are rings."""
    rings = generator.random(size.groups) < _RING_SHARE if size.groups > 1 else np.ones(1, dtype=bool)
    middles = np.where(rings, _RING_VARIANTS, _OTHER_VARIANTS)
    counts = portions(size.products, middles * generator.lognormal(0.0, 0.45, size.groups))
    bases = prices(generator, np.full(size.groups, 420.0), 0.8)
    firsts = np.concatenate(([0], np.cumsum(counts)))
    dice = random.Random(int(generator.integers(1 << 30)))
    for number in range(size.groups):
        design, offer, traits = _design(dice, number, int(firsts[number]), is_ring=bool(rings[number]))
        yield group(design, list(_variants(generator, offer, int(counts[number]), int(bases[number]), traits)))


def _design(dice: random.Random, number: int, first: int, *, is_ring: bool) -> tuple[Design, _Offer, dict[str, str]]:
    kind = dice.choice(words.RINGS if is_ring else words.OTHERS)
    style, maker = dice.choice(words.STYLES), words.MAKERS[int(dice.expovariate(0.25)) % len(words.MAKERS)]
    occasion = dice.choice(words.OCCASIONS)
    offer = _Offer(
        alloys=_shuffled(dice, words.ALLOYS),
        sizes=words.RING_SIZES if is_ring else words.LENGTHS,
        stones=_shuffled(dice, words.STONES),
        bands=_shuffled(dice, words.BANDS),
        finishes=_shuffled(dice, words.FINISHES),
    )
    stone = offer.stones[0]
    code = f"{kind[0]}{style[0]}{100_000 + number}"
    design = Design(
        number=number,
        first=first,
        group_id=code,
        name=f"{dice.choice(words.DESIGNS)} {style} {stone} {kind}",
        description=f"{_prose(dice, 36)} {stone.lower()} {kind.lower()} in {offer.alloys[0].color.lower()}",
        category=(f"Jewelry>{'Rings' if is_ring else f'{kind}s'}>{style}",),
        keywords=(kind.lower(), f"{style.lower()} {kind.split()[-1].lower()}", f"{stone.lower()} jewelry"),
        brand=maker,
        picture=f"https://img.example/{code}.jpg",
    )
    return design, offer, {"kind": kind, "style": style, "occasion": occasion}


def _shuffled(dice: random.Random, values: Sequence[_Value]) -> list[_Value]:
    """Return the values in a new order in which those that come first in the list tend to stay there."""
    return sorted(values, key=lambda value: values.index(value) * 0.25 + dice.expovariate(0.6))


def _prose(dice: random.Random, length: int) -> str:
    starts = (dice.randrange(len(words.PROSE) - 12) for _ in range(length // 12))
    return " ".join(" ".join(words.PROSE[start : start + 12]) for start in starts)


def _variants(
    generator: np.random.Generator, offer: _Offer, count: int, base: int, traits: dict[str, str]
) -> Iterator[Variant]:
    places = combinations(generator, count, [len(axis) for axis in offer])
    discount = int(generator.choice((0, 0, 0, 10, 15, 20)))
    stock = stocks(generator, count).tolist()
    for row, quantity in zip(zip(*(axis.tolist() for axis in places), strict=True), stock, strict=True):
        alloy, band = offer.alloys[row[0]], offer.bands[row[3]]
        factor = alloy.factor * _BAND_FACTORS[words.BANDS.index(band)]
        price = int(base * factor) // 100 * 100
        yield Variant(
            regular_price=price,
            promotion_price=reduced(price, discount),
            quantity=quantity,
            color=alloy.color,
            size=offer.sizes[row[1]],
            attributes={
                "metal": alloy.metal,
                "purity": alloy.purity,
                "stone": offer.stones[row[2]],
                "carat_band": band,
                "finish": offer.finishes[row[4]],
                **traits,
            },
        )


def ask(dice: random.Random) -> Question:
    """Return a text, three filters and all facets."""
    return Question(_text(dice), _conditions(dice), FACETS)


def ask_broad(dice: random.Random) -> Question:
    """Return a word that most groups have, three filters and all facets."""
    return Question(dice.choice(("ring", "rings", "jewelry ring")), _conditions(dice), FACETS)


def ask_sorted(dice: random.Random) -> Question:
    """Return the same, cheapest or dearest first."""
    return Question(_text(dice), _conditions(dice), FACETS, dice.choice(("price", "-price")))


def ask_text(dice: random.Random) -> Question:
    """Return a text alone."""
    return Question(_text(dice))


def ask_prefix(dice: random.Random) -> Question:
    """Return a text whose last word is not yet typed to its end."""
    text = _text(dice)
    return Question(text[: -dice.randint(1, 3)], is_typing=True)


def _text(dice: random.Random) -> str:
    kind, stone = dice.choice(words.RINGS), dice.choice(words.STONES[:8])
    return dice.choice(
        (
            "diamond ring",
            kind.lower(),
            f"{stone.lower()} ring",
            f"{dice.choice(words.STYLES).lower()} ring",
            f"{stone.lower()} {kind.lower()}",
            f"{dice.choice(words.STYLES).lower()} {dice.choice(words.RINGS + words.OTHERS).lower()}",
        )
    )


def _conditions(dice: random.Random) -> tuple[Condition, ...]:
    low = dice.choice((0, 100, 250, 500))
    every: tuple[Condition, ...] = (
        Among("color", tuple(dice.sample(("Yellow Gold", "White Gold", "Rose Gold", "Platinum"), dice.randint(1, 2)))),
        Among("size", tuple(dice.sample(words.RING_SIZES[:9], dice.randint(1, 2)))),
        Between("price", low, low + dice.choice((500, 1000, 2500))),
        Among("stone", tuple(dice.sample(words.STONES[:8], dice.randint(1, 3)))),
        Among("metal", ("Gold",)),
        Among("finish", tuple(dice.sample(words.FINISHES[:4], 2))),
    )
    return tuple(dice.sample(every, 3))
