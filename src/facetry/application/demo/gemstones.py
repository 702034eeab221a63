"""The loose colored stones of the demo catalog: single ones, and parcels of small ones."""

from collections.abc import Iterator

from facetry.application.demo.dice import Dice
from facetry.application.demo.materials import GEMS, SHAPE_NAMES, Gem
from facetry.application.demo.model import Group, Value, Variant
from facetry.application.demo.prices import colored_stone, retail
from facetry.application.demo.stones import CARATS, SHAPES, Stone, measured, shape_words, single, weighed
from facetry.application.demo.wording import Writer, hundredths, tenths

_COUNTS = {
    "sapphire": 8, "ruby": 5, "emerald": 6, "pinksapphire": 3, "aquamarine": 4, "tanzanite": 4, "morganite": 3,
    "spinel": 3, "tourmaline": 4, "amethyst": 2, "citrine": 2, "peridot": 3, "garnet": 2, "yellowdiamond": 3,
    "bluetopaz": 2,
}  # fmt: skip
"""How many single stones of each kind there are."""

_PARCELS = (
    "ruby", "sapphire", "emerald", "amethyst", "citrine", "garnet", "peridot", "pinksapphire", "aquamarine", "tanzanite"
)  # fmt: skip
_DIAMETERS = (15, 20, 25, 30, 40)
"""What the stones of a parcel measure, in tenths of a millimeter."""


def gemstones() -> Iterator[Group]:
    """Yield a group for each single stone, then one for each parcel."""
    dice = Dice("loose stones")
    writer = Writer(Dice("descriptions of stones"))
    taken: set[str] = set()
    gems = [gem for gem, count in _COUNTS.items() for _ in range(count)]
    for number, gem in enumerate(gems, 1):
        yield _single(f"LS{3000 + 3 * number}", gem, dice, writer, taken)
    for number, gem in enumerate(_PARCELS, 1):
        yield _parcel(f"LP{4000 + 5 * number}", gem, dice, writer)


def _single(code: str, gem: str, dice: Dice, writer: Writer, taken: set[str]) -> Group:
    kind, shape = GEMS[gem], dice.pick(SHAPES[5:])
    tint, origin = dice.pick(kind.tints), dice.pick(kind.origins)
    carat, name = weighed(dice, CARATS[6:], f"{SHAPE_NAMES[shape]} {kind.name}, {tint.title()}", taken)
    natural = kind.treatment == "None" or dice.happens(20)
    words = _words(kind, shape, tint, origin) | {"carat": hundredths(carat), "size": measured(carat * 88 // 100, shape)}
    attributes: dict[str, Value] = {
        "gemstone": kind.name,
        "shape": shape.title(),
        "carat": carat / 100,
        "stoneColor": tint,
        "creation": "Natural",
        "origin": origin,
        "treatment": "None" if natural else kind.treatment,
        "measurementsMm": words["size"],
    }
    price = colored_stone(gem, carat, dice.between(800, 1300) * (3 if natural else 2) // 2)
    return Group(
        id=code,
        name=name,
        description=writer.describe_stone("stone", ("stone",), words),
        category=(f"Loose Stones>{_plural(kind.name)}",),
        brand="",
        keywords=(kind.name.lower(), f"loose {kind.name.lower()}", f"{shape} cut", tint),
        discount=dice.pick((0, 0, 0, 0, 10)),
        variants=single(Stone(code, gem, shape, price, attributes), dice),
    )


def _parcel(code: str, gem: str, dice: Dice, writer: Writer) -> Group:
    kind, tint = GEMS[gem], dice.pick(GEMS[gem].tints)
    shape = dice.pick(("round", "round", "round", "princess", "oval"))
    words = _words(kind, shape, tint, dice.pick(kind.origins))
    return Group(
        id=code,
        name=f"Calibrated {SHAPE_NAMES[shape]} {_plural(kind.name)}, {tint.title()}",
        description=writer.describe_stone("parcel", (), words),
        category=("Loose Stones>Calibrated Parcels", f"Loose Stones>{_plural(kind.name)}"),
        brand="",
        keywords=(kind.name.lower(), "calibrated stones", "melee", f"{shape} cut"),
        discount=0,
        variants=[_sorted_size(code, gem, shape, words, diameter) for diameter in _DIAMETERS],
    )


def _sorted_size(code: str, gem: str, shape: str, words: dict[str, str], diameter: int) -> Variant:
    dice = Dice(f"{code} {diameter}")
    carat = max(diameter**3 // 2000, 1)
    return Variant(
        code=f"{code}-{diameter}",
        pictures=(f"stone-{shape}-{gem}",),
        color=GEMS[gem].color,
        size=f"{tenths(diameter)} mm",
        price=retail(0, colored_stone(gem, carat, 320), 100),
        quantity=dice.between(40, 480),
        active=True,
        keywords=(),
        attributes={
            "gemstone": GEMS[gem].name,
            "shape": shape.title(),
            "carat": carat / 100,
            "stoneColor": words["tint"],
            "creation": "Natural",
            "origin": words["origin"],
            "treatment": GEMS[gem].treatment,
            "diameterMm": diameter / 10,
        },
    )


def _words(kind: Gem, shape: str, tint: str, origin: str) -> dict[str, str]:
    """Return what descriptions of a stone may speak of."""
    return {
        "gem": kind.name.lower(),
        "gems": _plural(kind.name).lower(),
        "shape": shape_words(shape),
        "tint": tint,
        "origin": origin,
    }


def _plural(name: str) -> str:
    return {"Ruby": "Rubies", "Blue Topaz": "Blue Topazes"}.get(name, f"{name}s")
