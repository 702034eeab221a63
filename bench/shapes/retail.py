"""General retail and jewelry: many small groups of everything."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from bench.shapes.draws import Floats, Integers, portions, reduced, stocks
from bench.shapes.making import Design, Variant, group
from bench.shapes.question import Among, Between, Condition, Facet, Question, RangeCounts, ValueCounts
from bench.shapes.shape import Size
from bench.shapes.vocabulary import Topic, vocabulary
from bench.shapes.words import ALLOYS, STONES
from facetry.domain.group import ProductGroup
from facetry.domain.money import SCALE
from facetry.domain.product import Attributes

COLORS = (
    *("Black", "White", "Blue", "Red", "Grey", "Green", "Pink", "Brown", "Beige", "Navy", "Yellow", "Purple", "Silver"),
    *("Gold", "Orange", "Maroon", "Multicolor", "Turquoise", "Cream", "Khaki"),
)
SIZES = ("M", "L", "S", "XL", "XXL", "XS", "Free", "One Size", "38", "40", "42", "36", "7", "8", "9", "10", "6", "5")
_TRAITS = {
    "material": (
        "Cotton",
        "Polyester",
        "Leather",
        "Steel",
        "Plastic",
        "Wood",
        "Silk",
        "Wool",
        "Glass",
        "Ceramic",
        "Alloy",
    ),
    "pattern": ("Solid", "Printed", "Striped", "Checked", "Floral", "Embroidered", "Geometric"),
    "audience": ("Women", "Men", "Unisex", "Girls", "Boys", "Babies"),
    "rating": ("4", "5", "3", "2", "1"),
    "origin": ("India", "China", "Vietnam", "Germany", "Italy", "Bangladesh", "Turkey", "United States", "Japan"),
    "occasion": ("Casual", "Formal", "Party", "Sports", "Wedding", "Festive"),
    "season": ("All", "Summer", "Winter", "Spring", "Autumn"),
}
FACETS: tuple[Facet, ...] = (
    *(ValueCounts(name) for name in ("brand", "color", "size", "department", *_TRAITS)),
    RangeCounts("price", (0, 10, 20, 50, 100, 200, 500, 1000)),
)
_CLOSING = "Free shipping and 30 day returns."
"""What most shops say below every product: the words that match most groups."""
_CHUNK = 2048
_RUNS, _RUN = 4, 9


class _Chunk(NamedTuple):
    """The drawn numbers of some groups: topic, discount and base price, places in the prose and stock."""

    topics: list[int]
    discounts: list[int]
    prose: list[list[int]]
    stock: list[int]


def draw(size: Size, generator: np.random.Generator) -> Iterator[ProductGroup]:
    """Yield groups of which half have one product and a few have dozens."""
    counts = portions(size.products, _weights(generator, size.groups))
    dice = random.Random(int(generator.integers(1 << 30)))
    first = 0
    for start in range(0, size.groups, _CHUNK):
        part = counts[start : start + _CHUNK]
        chunk = _chunk(generator, part)
        taken = 0
        for place, count in enumerate(part.tolist()):
            stock = chunk.stock[taken : taken + count]
            yield _group(dice, start + place, first + taken, chunk, stock)
            taken += count
        first += taken


def _weights(generator: np.random.Generator, groups: int) -> Floats:
    """Return how much beyond one product each group has."""
    return np.where(generator.random(groups) < 0.5, 0.001, generator.lognormal(1.2, 0.9, groups))


def _chunk(generator: np.random.Generator, counts: Integers) -> _Chunk:
    words = vocabulary()
    return _Chunk(
        topics=generator.choice(len(words.topics), len(counts), p=words.weights).tolist(),
        discounts=generator.choice((0, 0, 10, 20, 30, 50), len(counts)).tolist(),
        prose=generator.integers(0, len(words.prose) - _RUN, (len(counts), _RUNS)).tolist(),
        stock=stocks(generator, int(counts.sum())).tolist(),
    )


def _group(dice: random.Random, number: int, first: int, chunk: _Chunk, stock: list[int]) -> ProductGroup:
    place = number % _CHUNK
    topic = vocabulary().topics[chunk.topics[place]]
    brand = dice.choice(topic.brands)
    code = f"{topic.path[-1][0].upper()}{number:07d}"
    design = Design(
        number=number,
        first=first,
        group_id=code,
        name=_name(dice, topic, brand),
        description=_description(dice, chunk.prose[place]),
        category=(">".join(topic.path),),
        keywords=(topic.path[-1].lower(), brand.lower()),
        brand=brand,
        picture=f"https://img.example/{code}.jpg",
    )
    return group(design, list(_variants(dice, topic, chunk.discounts[place], stock)))


def _name(dice: random.Random, topic: Topic, brand: str) -> str:
    runs = (dice.randrange(max(len(topic.words) - 3, 1)) for _ in range(dice.randint(2, 3)))
    model = [f"{chr(65 + dice.randrange(26))}{chr(65 + dice.randrange(26))}-{dice.randrange(10_000)}"]
    words = [word for start in runs for word in topic.words[start : start + dice.randint(2, 3)]]
    return " ".join([brand, *words, *(model if dice.random() < 0.25 else ())])


def _description(dice: random.Random, starts: Sequence[int]) -> str:
    prose = vocabulary().prose
    runs = [" ".join(prose[start : start + _RUN]) for start in starts]
    return " ".join([*runs, _CLOSING] if dice.random() < 0.8 else runs)


def _variants(dice: random.Random, topic: Topic, discount: int, stock: list[int]) -> Iterator[Variant]:
    price = int(max(dice.choice(topic.prices) * dice.lognormvariate(0, 0.2), 1.0)) * SCALE - SCALE // 100
    shared: Attributes = {"department": topic.path[0]}
    for name, values in _TRAITS.items():
        # What comes first is usual, what comes last is rare.
        shared[name] = values[int(dice.random() ** 2 * len(values))]
    colors, sizes = _palette(dice, len(stock))
    is_jewelry = topic.path[0].startswith("Jewel")
    for number, quantity in enumerate(stock):
        alloy = ALLOYS[int(dice.random() ** 2 * len(ALLOYS))]
        own: Attributes = {"metal": alloy.metal, "stone": dice.choice(STONES)} if is_jewelry else {}
        size = sizes[number % len(sizes)]
        regular = price + (SCALE * 2 if size in {"XL", "XXL"} else 0)
        yield Variant(
            regular_price=regular,
            promotion_price=reduced(regular, discount),
            quantity=quantity,
            color=colors[number // len(sizes) % len(colors)],
            size=size,
            attributes=shared | own,
        )


def _palette(dice: random.Random, count: int) -> tuple[list[str], list[str]]:
    """Return colors and sizes that give at least so many combinations as there are variants."""
    sizes = max(1, min(len(SIZES), round(count**0.5 * dice.uniform(0.7, 1.6))))
    first = dice.randrange(len(SIZES))
    colors = -(-count // sizes)
    chosen = dice.sample(COLORS, min(colors, len(COLORS)))
    return chosen, [SIZES[(first + i) % len(SIZES)] for i in range(sizes)]


def ask(dice: random.Random) -> Question:
    """Return words of one kind of goods and all facets, now and then with filters."""
    conditions = tuple(dice.sample(_every(dice), dice.choice((0, 0, 1, 2))))
    return Question(_text(dice, dice.randint(1, 3)), conditions, FACETS)


def ask_broad(dice: random.Random) -> Question:
    """Return words that most groups have, and all facets."""
    return Question(dice.choice(("free shipping", "30 day returns", "shipping", "returns", "day returns")), (), FACETS)


def ask_prefix(dice: random.Random) -> Question:
    """Return a text whose last word is not yet typed to its end."""
    text = _text(dice, dice.randint(1, 2))
    return Question(text[: max(3, len(text) - dice.randint(1, 3))], is_typing=True)


def ask_text(dice: random.Random) -> Question:
    """Return a text alone."""
    return Question(_text(dice, dice.randint(1, 3)))


def _text(dice: random.Random, length: int) -> str:
    """Return words that follow each other in a real name, most often of the kinds with most products."""
    known = vocabulary()
    topic = dice.choices(known.topics, known.weights)[0]
    name = [word for word in dice.choice(topic.names) if word[0].isalnum()]
    start = dice.randrange(max(len(name) - length, 0) + 1)
    return " ".join(name[start : start + length]).lower()


def _every(dice: random.Random) -> tuple[Condition, ...]:
    low = dice.choice((0, 10, 20, 50))
    return (
        Among("color", tuple(dice.sample(COLORS[:8], dice.randint(1, 2)))),
        Among("size", tuple(dice.sample(SIZES[:6], dice.randint(1, 2)))),
        Between("price", low, low + dice.choice((20, 50, 200))),
        Among("audience", (dice.choice(("Women", "Men")),)),
        Among("material", tuple(dice.sample(_TRAITS["material"][:5], 2))),
    )
