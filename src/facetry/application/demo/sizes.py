"""The sizes that the demo catalog's jewelry comes in."""

from collections.abc import Sequence
from typing import NamedTuple

from facetry.application.demo.designs import Design
from facetry.application.demo.dice import Dice
from facetry.application.demo.model import Value


class Size(NamedTuple):
    """One size of a design.

    Attributes:
        code: how it stands in a SKU.
        label: how it stands in a product.
        attribute: its name and value among the attributes, if it has any.
        scale: how much heavier it is than the usual size, in thousandths.
        measure: inches of a chain, millimeters of a hoop or bangle, thousandths of the carats of a stud.
    """

    code: str
    label: str
    attribute: tuple[tuple[str, Value], ...]
    scale: int
    measure: int


ONE = Size("", "", (), 1000, 1000)
"""The size of what comes in one size only."""

_RUNS = {
    "ring": (("4.5", "5", "5.5", "6", "6.5", "7", "7.5", "8", "8.5"), (4, 6)),
    "band": (("6", "7", "8", "9", "10", "11", "12"), (4, 5)),
    "neck": (("16", "18", "20", "22", "24"), (3, 4)),
    "strand": (("16", "17", "18", "20"), (2, 3)),
    "wrist": (("6.5", "7", "7.5", "8"), (3, 3)),
    "hoop": (("12", "15", "20", "25", "30", "40", "50"), (3, 4)),
    "bangle": (("58", "62", "66"), (2, 2)),
}
"""The sizes of each sizing, and how many of them a design comes in."""

_STUDS = (1000, 1500, 2000)


def sizes(sizing: str, design: Design, dice: Dice) -> list[Size]:
    """Return the sizes that a design comes in."""
    if not sizing or (sizing == "carat" and design.pearl):
        return [ONE]
    if sizing == "carat":
        return [_stud(design, share) for share in _STUDS]
    labels, (least, most) = _RUNS[sizing]
    return [_size(sizing, label) for label in dice.run(labels, dice.between(least, most))]


def spread(chosen: Sequence[Size]) -> str:
    """Return the smallest and the largest size in words."""
    first, last = (size.label.split()[0] if size.label else "" for size in (chosen[0], chosen[-1]))
    return f"{first} to {last}"


def _size(sizing: str, label: str) -> Size:
    tens = int(float(label) * 10)
    code = f"{tens:03d}"
    measure = tens // 10
    if sizing in {"ring", "band"}:
        return Size(code, label, (("ringSize", label),), 1000 + 6 * (tens - 70), measure)
    if sizing in {"neck", "strand"}:
        return Size(label, f"{label} in", (("lengthInches", measure),), 1000 * tens // 180, measure)
    if sizing == "wrist":
        return Size(code, f"{label} in", (("lengthInches", float(label)),), 1000 * tens // 70, measure)
    usual = 25 if sizing == "hoop" else 62
    return Size(label, f"{label} mm", (("diameterMm", measure),), 1000 * measure // usual, measure)


def _stud(design: Design, share: int) -> Size:
    carat = design.carat * share // 1000
    return Size(f"{carat:03d}", f"{carat // 100}.{carat % 100:02d} ctw", (), 800 + share // 5, share)
