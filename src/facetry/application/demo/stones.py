"""What all loose stones of the demo catalog share: shapes, weights, measures and reports."""

from typing import NamedTuple

from facetry.application.demo.dice import Dice
from facetry.application.demo.materials import GEMS, SHAPE_NAMES
from facetry.application.demo.model import Value, Variant
from facetry.application.demo.prices import retail
from facetry.application.demo.wording import hundredths

SHAPES = (
    *("round",) * 6, *("oval",) * 3, "cushion", "cushion", "princess", "pear", "pear", "emerald", "emerald", "marquise"
)  # fmt: skip
"""The shapes, as often as they are met with."""

CARATS = (30, 40, 50, 60, 70, 80, 90, 100, 100, 120, 150, 150, 180, 200, 250, 300, 400)
"""Weights that cutters aim at, in hundredths of a carat."""

_LABS = (("Northlight Gem Laboratory", "NGL"), ("Meridian Gem Institute", "MGI"))

_LENGTHS = {"round": 645, "oval": 800, "cushion": 610, "princess": 555, "pear": 860, "marquise": 1010, "emerald": 700}
"""How long a diamond of one carat is, in hundredths of a millimeter."""

_RATIOS = {"round": 995, "oval": 720, "cushion": 940, "princess": 985, "pear": 650, "marquise": 520, "emerald": 730}
"""Its width in thousandths of the length."""


class Stone(NamedTuple):
    """One loose stone: its group's id, what it is, and what it costs in cents."""

    id: str
    gem: str
    shape: str
    price: int
    attributes: dict[str, Value]


def measured(carat: int, shape: str) -> str:
    """Return a stone's length and width in millimeters, from its weight by an integer cube root."""
    cubed = _LENGTHS[shape] ** 3 * carat // 100
    length = 1
    while (length + 1) ** 3 <= cubed:
        length += 1
    return f"{hundredths(length)} x {hundredths(length * _RATIOS[shape] // 1000)}"


def weighed(dice: Dice, carats: tuple[int, ...], name: str, taken: set[str]) -> tuple[int, str]:
    """Return a weight in hundredths of a carat, and a name with it that no other stone has yet."""
    carat = dice.pick(carats) + dice.below(8)
    while (called := f"{hundredths(carat)} ct {name}") in taken:
        carat += 1
    taken.add(called)
    return carat, called


def shape_words(shape: str) -> str:
    """Return a shape as it stands inside a sentence."""
    return SHAPE_NAMES[shape].lower()


def single(stone: Stone, dice: Dice) -> list[Variant]:
    """Return the one product of a stone, with the report of a laboratory."""
    lab, prefix = dice.pick(_LABS)
    report: dict[str, Value] = {
        "certificateLab": lab,
        "certificateNumber": f"{prefix}-{dice.between(10_000_000, 99_999_999)}",
    }
    return [
        Variant(
            code=stone.id,
            pictures=(f"stone-{stone.shape}-{stone.gem}",),
            color=GEMS[stone.gem].color,
            size="",
            price=retail(0, stone.price, 4000),
            quantity=1,
            active=not dice.happens(3),
            keywords=(),
            attributes=stone.attributes | report,
        )
    ]
