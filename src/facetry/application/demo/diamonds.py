"""The loose diamonds of the demo catalog."""

from collections.abc import Iterator
from typing import NamedTuple

from facetry.application.demo.dice import Dice
from facetry.application.demo.materials import GEMS, SHAPE_NAMES
from facetry.application.demo.model import Group, Value
from facetry.application.demo.prices import CLARITIES, COLORS, CUT_NAMES, CUTS, Grade, diamond
from facetry.application.demo.stones import CARATS, SHAPES, Stone, measured, shape_words, single, weighed
from facetry.application.demo.wording import Writer, hundredths, tenths

_COUNT = 64
_GROWN_SHARE = 20
"""What a laboratory-grown diamond costs, in percent of a natural one."""


class Cut(NamedTuple):
    """A cut diamond: carat and millimeters in hundredths, depth in tenths of a percent."""

    shape: str
    carat: int
    grade: Grade
    grown: bool
    table: int
    depth: int


def diamonds() -> Iterator[Group]:
    """Yield a group for each loose diamond."""
    dice = Dice("loose diamonds")
    writer = Writer(Dice("descriptions of diamonds"))
    taken: set[str] = set()
    for number in range(1, _COUNT + 1):
        shape, grown = dice.pick(SHAPES), dice.happens(25)
        grade = Grade(
            dice.pick((*COLORS, "F", "G", "G", "H")),
            dice.pick((*CLARITIES, "VS1", "VS2", "VS2", "SI1")),
            dice.pick(tuple(CUTS)),
        )
        ending = ", Laboratory-Grown" if grown else ""
        carat, name = weighed(
            dice, CARATS, f"{SHAPE_NAMES[shape]} Diamond, {grade.color} {grade.clarity}{ending}", taken
        )
        cut = Cut(shape, carat, grade, grown, dice.between(54, 66), dice.between(588, 668))
        yield _group(f"LD{2000 + 3 * number}", name, cut, writer, dice)


def _group(code: str, name: str, cut: Cut, writer: Writer, dice: Dice) -> Group:
    price = diamond(cut.carat, cut.shape, cut.grade) * (_GROWN_SHARE if cut.grown else 100) // 100
    stone = Stone(code, "diamond", cut.shape, price, _attributes(cut, dice))
    return Group(
        id=code,
        name=name,
        description=_description(cut, writer),
        category=(f"Loose Stones>Diamonds>{SHAPE_NAMES[cut.shape]}",),
        brand="",
        keywords=(
            "diamond",
            "loose diamond",
            f"{cut.shape} cut",
            "lab-grown diamond" if cut.grown else "natural diamond",
        ),
        discount=dice.pick((0, 0, 0, 0, 5, 10)),
        variants=single(stone, dice),
    )


def _description(cut: Cut, writer: Writer) -> str:
    words = {
        "carat": hundredths(cut.carat),
        "shape": shape_words(cut.shape),
        "color": cut.grade.color,
        "clarity": cut.grade.clarity,
        "cut": CUT_NAMES[cut.grade.cut],
        "size": measured(cut.carat, cut.shape),
        "table": str(cut.table),
        "depth": tenths(cut.depth),
    }
    purity = "slight" if cut.grade.clarity.startswith("SI") else "clear"
    return writer.describe_stone("diamond", ("diamond", purity), words)


def _attributes(cut: Cut, dice: Dice) -> dict[str, Value]:
    return {
        "gemstone": "Diamond",
        "shape": cut.shape.title(),
        "carat": cut.carat / 100,
        "stoneColor": cut.grade.color,
        "clarity": cut.grade.clarity,
        "cut": cut.grade.cut,
        "creation": "Laboratory-Grown" if cut.grown else "Natural",
        "origin": "Netherlands" if cut.grown else dice.pick(GEMS["diamond"].origins),
        "measurementsMm": measured(cut.carat, cut.shape),
        "tablePercent": cut.table,
        "depthPercent": cut.depth / 10,
    }
