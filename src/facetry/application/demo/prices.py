"""What metal, stones and work cost in the demo catalog: whole cents, so that every machine agrees."""

from typing import NamedTuple

from facetry.application.demo.materials import GEMS, Alloy

COLORS = {"D": 1350, "E": 1240, "F": 1150, "G": 1000, "H": 890, "I": 770, "J": 650}
CLARITIES = {"IF": 1480, "VVS1": 1300, "VVS2": 1190, "VS1": 1090, "VS2": 1000, "SI1": 850, "SI2": 700}
CUTS = {"EX": 1080, "VG": 1000, "G": 890}
"""The diamond's grades and what they do to its price, in thousandths."""

CUT_NAMES = {"EX": "excellent", "VG": "very good", "G": "good"}

_CARAT_STEPS = (
    (30, 150000), (50, 220000), (70, 290000), (90, 390000), (100, 520000),
    (150, 740000), (200, 1060000), (300, 1620000), (400, 2150000),
)  # fmt: skip
"""From how many hundredths of a carat on one carat of G VS2 costs so many cents."""

_SHAPE_PRICES = {
    "round": 1000,
    "oval": 880,
    "cushion": 790,
    "princess": 770,
    "pear": 860,
    "marquise": 820,
    "emerald": 800,
}
_SMALL_PRICE, _LARGE_PRICE = 20_000, 200_000
_SMALL_DIAMONDS = 95000
"""Cents for one carat of diamonds below a fifth of a carat each."""


class Grade(NamedTuple):
    """How a diamond is graded."""

    color: str
    clarity: str
    cut: str


def diamond(carat: int, shape: str, grade: Grade) -> int:
    """Return the price of one natural diamond; carat counts hundredths."""
    per_carat = _SMALL_DIAMONDS
    for least, cents in _CARAT_STEPS:
        if carat >= least:
            per_carat = cents
    price = per_carat * carat // 100
    for factor in (_SHAPE_PRICES[shape], COLORS[grade.color], CLARITIES[grade.clarity], CUTS[grade.cut]):
        price = price * factor // 1000
    return price


def colored_stone(gem: str, carat: int, quality: int = 1000) -> int:
    """Return the price of one colored stone; a larger one costs more for each carat.

    Args:
        gem: which stone.
        carat: its weight in hundredths.
        quality: thousandths of the price of a good stone.
    """
    size = 70 + 30 * min(carat, 500) // 100
    return GEMS[gem].carat * carat // 100 * size // 100 * quality // 1000


def small_stones(gem: str, carat: int) -> int:
    """Return the price of so many hundredths of a carat of small stones."""
    per_carat = _SMALL_DIAMONDS if gem == "diamond" else GEMS[gem].carat // 2 + 4000
    return per_carat * carat // 100


def pearls(size: int, count: int) -> int:
    """Return the price of pearls; size counts tenths of a millimeter."""
    return count * size * size * size // 180


def metal(alloy: Alloy, weight: int) -> int:
    """Return the price of so many hundredths of a gram."""
    return alloy.gram * weight // 100


def retail(metals: int, stones: int, work: int) -> int:
    """Return the price in the shop of what metal and stones cost, and the work on them."""
    return rounded(metals * 17 // 10 + stones * 13 // 10 + work)


def rounded(cents: int) -> int:
    """Return a price as shops write it: 18.95, 485, 3,490."""
    if cents < _SMALL_PRICE:
        return cents // 100 * 100 + 95
    step = 500 if cents < _LARGE_PRICE else 1000
    return cents // step * step


def reduced(cents: int, percent: int) -> int:
    """Return a price less so many percent, which is no less when nothing is taken off."""
    return min(rounded(cents * (100 - percent) // 100), cents)
