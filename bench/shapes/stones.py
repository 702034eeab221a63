"""Loose stones: every one a group of its own, with everything that its certificate says."""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from bench.shapes.draws import Floats, reduced, stocks
from bench.shapes.making import Design, Variant, group
from bench.shapes.question import Among, Between, Condition, Facet, Question, RangeCounts, ValueCounts
from bench.shapes.shape import Size
from facetry.domain.group import ProductGroup
from facetry.domain.money import SCALE
from facetry.domain.product import Attributes
from tests.support import data_folder

COLORS, CLARITIES = "DEFGHIJ", ("FL", "IF", "VVS1", "VVS2", "VS1", "VS2", "SI1", "SI2", "I1")
SHAPES = ("Round", "Oval", "Princess", "Cushion", "Emerald", "Pear", "Radiant", "Marquise", "Asscher", "Heart")
_LONGISH = dict(zip(SHAPES, (1.0, 1.4, 1.0, 1.02, 1.35, 1.5, 1.1, 1.8, 1.0, 1.0), strict=True))
"""How long a shape usually is beside its width."""
_CHUNK = 4096
_VALUES: dict[str, tuple[tuple[str, ...], tuple[float, ...]]] = {
    "shape": (SHAPES, (45, 14, 9, 9, 7, 6, 4, 3, 2, 1)),
    "polish": (("Excellent", "Very Good", "Good", "Fair"), (70, 22, 7, 1)),
    "symmetry": (("Excellent", "Very Good", "Good", "Fair"), (62, 27, 9, 2)),
    "fluorescence": (("None", "Faint", "Medium", "Strong", "Very Strong"), (62, 20, 11, 6, 1)),
    "lab": (("GIA", "IGI", "HRD", "GSI", "GCAL", "None"), (52, 33, 6, 3, 3, 3)),
    "creation": (("Natural", "Lab Grown"), (64, 36)),
    "origin": (("Botswana", "Canada", "Namibia", "South Africa", "India", "Unknown"), (26, 16, 9, 12, 22, 15)),
    "girdle": (("Thin", "Medium", "Slightly Thick", "Thick", "Very Thick"), (14, 46, 26, 11, 3)),
    "culet": (("None", "Very Small", "Small", "Medium"), (86, 8, 4, 2)),
    "treatment": (("None", "HPHT", "CVD", "Laser Drilled"), (66, 12, 21, 1)),
    "location": (("New York", "Mumbai", "Antwerp", "Tel Aviv", "Hong Kong", "Dubai"), (20, 38, 15, 10, 11, 6)),
    "delivery_days": (("2", "5", "7", "10", "14"), (22, 30, 24, 16, 8)),
    "supplier": (tuple(f"{a} {b}" for a in ("Blue", "North", "Star", "Kiran", "Royal", "Crown", "Delta", "Prime")
                       for b in ("Gems", "Diamonds", "Trading", "& Sons", "Export")), tuple(range(40, 0, -1))),
}  # fmt: skip
"""Values of a stone and how frequent they are."""

_IN_PART = (
    *("shape", "carat", "clarity", "cut", "polish", "symmetry", "fluorescence"),
    *("creation", "certificate_number", "measurements"),
)
"""What stands with the gemstone where stones are gemstones of their products."""

_RANGES: dict[str, tuple[float, ...]] = {
    "carat": (0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3),
    "depth": (0, 58, 60, 61, 62, 63, 65),
    "table": (0, 53, 55, 57, 59, 61, 64),
    "length": (0, 4, 5, 6, 7, 8, 10),
    "width": (0, 4, 5, 6, 7, 8, 10),
    "height": (0, 2, 3, 4, 5, 6),
    "ratio": (0, 1.05, 1.2, 1.35, 1.5, 1.75),
    "crown_angle": (0, 33, 34, 34.5, 35, 36),
    "pavilion_angle": (0, 40, 40.6, 41, 41.4, 42),
    "price": (0, 500, 1000, 2500, 5000, 10_000, 20_000),
}
_COUNTED = (
    *("shape", "clarity", "cut", "polish", "symmetry", "fluorescence", "lab", "creation", "origin", "girdle", "culet"),
    *("treatment", "location", "delivery_days", "color"),
)
FACETS: tuple[Facet, ...] = (
    *(ValueCounts(name) for name in _COUNTED),
    *(RangeCounts(name, bounds) for name, bounds in _RANGES.items()),
)


class _Rows(NamedTuple):
    """Graded stones as they occur; prices in units of the currency."""

    carats: Floats
    prices: Floats
    cuts: Sequence[str]
    colors: Sequence[str]
    clarities: Sequence[str]
    depths: Floats
    tables: Floats


@lru_cache(maxsize=1)
def _real() -> _Rows | None:
    path = data_folder() / "diamonds/diamonds.csv.gz"
    if not path.exists():
        return None
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))

    def numbers(name: str) -> Floats:
        return np.array([float(row[name]) for row in rows])

    texts = {name: [row[name] for row in rows] for name in ("cut", "color", "clarity")}
    return _Rows(
        numbers("carat"), numbers("price"), texts["cut"], texts["color"], texts["clarity"],
        numbers("depth"), numbers("table"),
    )  # fmt: skip


def _invented(count: int = 50_000) -> _Rows:
    generator = np.random.default_rng(7)
    carats = np.round(np.clip(generator.lognormal(-0.4, 0.6, count), 0.2, 5.0), 2).astype(np.float64)
    cuts = generator.choice(("Ideal", "Premium", "Very Good", "Good", "Fair"), count, p=[0.4, 0.26, 0.22, 0.09, 0.03])
    colors, clarities = generator.choice(list(COLORS), count), generator.choice(CLARITIES[1:], count)
    prices = np.maximum(np.round(4000 * carats**1.7 * generator.lognormal(0, 0.3, count)), 300.0)
    depths, tables = generator.normal(61.7, 1.4, count).round(1), generator.normal(57.5, 2.2, count).round()
    return _Rows(carats, prices, cuts.tolist(), colors.tolist(), clarities.tolist(), depths, tables)


def source() -> str:
    """Return where the grades come from."""
    return "grades and prices of the diamonds catalog" if _real() else "grades of our own making"


def draw(size: Size, generator: np.random.Generator) -> Iterator[ProductGroup]:
    """Yield stones whose grades are attributes of the product."""
    return _drawn(size, generator, _as_attributes)


def draw_parts(size: Size, generator: np.random.Generator) -> Iterator[ProductGroup]:
    """Yield stones that are gemstones of their products."""
    return _drawn(size, generator, _as_gemstone)


_Form = Callable[[Attributes, dict[str, object]], Variant]


def _drawn(size: Size, generator: np.random.Generator, form: _Form) -> Iterator[ProductGroup]:
    for start in range(0, size.groups, _CHUNK):
        count = min(_CHUNK, size.groups - start)
        columns = _columns(generator, count)
        names = tuple(columns)
        for number, row in enumerate(zip(*columns.values(), strict=True), start):
            yield _stone(number, dict(zip(names, row, strict=True)), form)


def _columns(generator: np.random.Generator, count: int) -> dict[str, Sequence[object]]:
    rows = _real() or _invented()
    picks = generator.integers(0, len(rows.carats), count)
    # Real stones of one weight differ in the last digit; a copy of a row must not be its twin.
    carats = np.round(rows.carats[picks] * generator.uniform(0.97, 1.03, count), 2)
    lengths = np.round(6.47 * np.cbrt(carats) * generator.normal(1, 0.02, count), 2)
    chosen = {name: _choices(generator, count, *values) for name, values in _VALUES.items()}
    longish = np.array([_LONGISH[shape] for shape in chosen["shape"]])
    ratios = np.round(longish * generator.uniform(1.0, 1.0 + (longish - 0.95) / 4), 2)
    floats: dict[str, Floats] = {
        "carat": carats,
        "depth": rows.depths[picks],
        "table": rows.tables[picks],
        "length": lengths,
        "width": np.round(lengths / ratios, 2),
        "height": np.round(lengths / ratios * 0.617, 2),
        "ratio": ratios,
        "crown_angle": np.round(generator.normal(34.5, 0.8, count), 1),
        "pavilion_angle": np.round(generator.normal(40.9, 0.4, count), 1),
    }
    return {
        **chosen,
        **{name: values.tolist() for name, values in floats.items()},
        "cut": [rows.cuts[i] for i in picks.tolist()],
        "color": [rows.colors[i] for i in picks.tolist()],
        "clarity": [rows.clarities[i] for i in picks.tolist()],
        "price": (rows.prices[picks] * generator.lognormal(0, 0.1, count)).round().astype(np.int64).tolist(),
        "certificate_number": [f"{n}" for n in generator.integers(10**9, 10**10, count).tolist()],
        "quantity": np.minimum(stocks(generator, count), 1).tolist(),
        "discount": generator.choice((0, 0, 0, 5, 10), count).tolist(),
    }


def _choices(
    generator: np.random.Generator, count: int, values: tuple[str, ...], weights: Sequence[float]
) -> list[str]:
    shares = np.array(weights, dtype=np.float64)
    return [values[i] for i in generator.choice(len(values), count, p=shares / shares.sum()).tolist()]


_BESIDE = ("color", "price", "quantity", "discount", "supplier")
"""What a stone has beside its attributes: as columns, what the product itself says."""


def _stone(number: int, row: dict[str, object], form: _Form) -> ProductGroup:
    shape, carat, creation = row["shape"], row["carat"], row["creation"]
    grown = "Lab Grown " if creation == "Lab Grown" else ""
    measures = f"{row['length']} x {row['width']} x {row['height']} mm"
    attributes = {name: value for name, value in row.items() if name not in _BESIDE}
    attributes["measurements"] = measures
    code = f"LS{number:08d}"
    design = Design(
        number=number,
        first=number,
        group_id=code,
        name=f"{carat} ct {shape} {grown}Diamond {row['color']} {row['clarity']}",
        description=(
            f"{row['cut']} cut {shape} brilliant graded by {row['lab']} report {row['certificate_number']}, "
            f"polish {row['polish']}, symmetry {row['symmetry']}, {measures}"
        ),
        category=(f"Loose Stones>Diamonds>{shape}",),
        keywords=("loose diamond", f"{shape} diamond".lower()),
        brand=str(row["supplier"]),
        picture=f"https://img.example/{code}.jpg",
    )
    return group(design, [form(attributes, row)])  # type: ignore[arg-type]


def _as_attributes(attributes: Attributes, row: dict[str, object]) -> Variant:
    price = int(str(row["price"])) * SCALE
    return Variant(
        regular_price=price,
        promotion_price=reduced(price, int(str(row["discount"]))),
        quantity=int(str(row["quantity"])),
        color=str(row["color"]),
        size=None,
        attributes=attributes,
    )


def _as_gemstone(attributes: Attributes, row: dict[str, object]) -> Variant:
    stone = {"type": "Diamond", "color": row["color"], "certificate_lab": row["lab"]}
    stone |= {name: attributes[name] for name in _IN_PART}
    rest = {name: value for name, value in attributes.items() if name not in _IN_PART and name != "lab"}
    return replace(_as_attributes(rest, row), gemstones=(stone,))  # type: ignore[arg-type]


def ask(dice: random.Random) -> Question:
    """Return three filters, all facets, and now and then a text."""
    text = dice.choice(("", "", "diamond", f"{dice.choice(SHAPES).lower()} diamond", "lab grown diamond"))
    return Question(text, _conditions(dice), FACETS)


def ask_all(dice: random.Random) -> Question:
    """Return all facets over everything that one filter leaves."""
    return Question("", (dice.choice(_every(dice)),), FACETS)


def ask_text(dice: random.Random) -> Question:
    """Return a text alone."""
    grade = f"{dice.choice(COLORS)} {dice.choice(CLARITIES)}"
    return Question(f"{dice.choice(SHAPES)} {dice.choice(('diamond', 'lab grown diamond'))} {grade}".lower())


def _conditions(dice: random.Random) -> tuple[Condition, ...]:
    return tuple(dice.sample(_every(dice), 3))


def _every(dice: random.Random) -> tuple[Condition, ...]:
    carat, price, clarity = dice.choice((0.3, 0.5, 0.7, 1.0)), dice.choice((300, 500, 1000, 2000)), dice.randrange(5)
    return (
        Among("shape", tuple(dice.sample(SHAPES[:5], dice.randint(1, 2)))),
        Between("carat", carat, carat + dice.choice((0.2, 0.5, 1.0))),
        Between("price", price, price * dice.choice((2, 4))),
        Among("clarity", CLARITIES[clarity + 1 : clarity + 4]),
        Among("color", tuple(COLORS[clarity % 4 : clarity % 4 + 3])),
        Among("lab", ("GIA", "IGI")),
        Among("creation", (dice.choice(("Natural", "Lab Grown")),)),
        Among("polish", ("Excellent", "Very Good")),
    )
