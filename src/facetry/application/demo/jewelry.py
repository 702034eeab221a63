"""The jewelry of the demo catalog: every design in its alloys and sizes."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from facetry.application.demo.designs import Design, designs
from facetry.application.demo.dice import Dice
from facetry.application.demo.kinds import BRANDS, KINDS, Kind
from facetry.application.demo.materials import ALLOYS, GEMS, Alloy
from facetry.application.demo.model import Group, Value, Variant
from facetry.application.demo.prices import Grade, colored_stone, diamond, metal, pearls, retail, small_stones
from facetry.application.demo.sizes import Size, sizes, spread
from facetry.application.demo.wording import Writer, hundredths, listed, product_name, quality, tenths

_ROWS = ("eternity", "strand", "hoop-pave", "tennis")
"""Kinds whose stones are many and small."""

_PAIRS = ("stud", "stud-halo", "drop")
_WREATHS = {"halo": 32, "pendant-halo": 24, "stud-halo": 40, "drop": 12}
"""Kinds with small diamonds around or above the main stone: their weight in hundredths of a carat."""


class Making(NamedTuple):
    """What is decided once for a design."""

    design: Design
    kind: Kind
    id: str
    brand: str
    collection: str
    grade: Grade
    tint: str
    dice: Dice
    discontinued: bool


def jewelry() -> Iterator[Group]:
    """Yield a group for each design."""
    numbers = Counter[str]()
    writer = Writer(Dice("descriptions of jewelry"))
    for design in designs():
        numbers[design.kind] += 1
        yield _group(_making(design, numbers[design.kind]), writer)


def _making(design: Design, number: int) -> Making:
    dice = Dice(f"{design.kind} {design.name}")
    kind = KINDS[design.kind]
    brand = dice.pick([brand for brand, (_, makes) in BRANDS.items() if design.kind in makes])
    collection = dice.pick(BRANDS[brand][0])
    grade = Grade(
        dice.pick("DEFGGHHI"), dice.pick(("VVS2", "VS1", "VS1", "VS2", "VS2", "SI1")), dice.pick(("EX", "EX", "VG"))
    )
    tint = dice.pick(GEMS[design.gem].tints) if design.gem else ""
    return Making(
        design=design,
        kind=kind,
        id=f"{kind.code}{1000 + 7 * number}",
        brand="" if dice.happens(4) else brand,
        collection=collection,
        grade=grade,
        tint=tint,
        dice=dice,
        discontinued=dice.happens(2),
    )


def _group(making: Making, writer: Writer) -> Group:
    design, kind, dice = making.design, making.kind, making.dice
    codes = dice.pick(kind.alloys).split()
    chosen = sizes(kind.sizing, design, dice)
    words = {
        "name": design.name,
        "brand": making.brand,
        "collection": making.collection,
        "gem": GEMS[design.gem].name.lower() if design.gem else "",
        "shape": {"emerald": "emerald-cut", "princess": "princess-cut"}.get(design.shape, design.shape),
        "quality": quality(design.gem, making.grade, making.tint) if design.gem else "",
        "carat": hundredths(design.carat),
        "pearl": tenths(design.pearl),
        "width": tenths(design.width),
        "alloys": listed(codes),
        "sizes": spread(chosen),
    }
    description = writer.describe(design, words)
    variants = [_variant(making, code, size) for code in codes for size in chosen]
    discount = dice.pick((0, 0, 0, 0, 0, 0, 0, 10, 15, 20, 25))
    category = _category(design, kind)
    return Group(
        making.id, product_name(design), description, category, making.brand, _keywords(making), discount, variants
    )  # fmt: skip


def _category(design: Design, kind: Kind) -> tuple[str, ...]:
    if design.kind == "strand" and design.pearl:
        return ("Jewelry>Necklaces>Pearl Necklaces",)
    colored = design.gem not in {"", "diamond", "pearl"}
    return (
        (*kind.category, "Jewelry>Rings>Gemstone Rings") if colored and "Rings" in kind.category[0] else kind.category
    )


def _keywords(making: Making) -> tuple[str, ...]:
    design = making.design
    words = [*making.kind.keywords]
    if design.gem:
        words += [GEMS[design.gem].name.lower(), f"{design.shape} cut"] if not design.pearl else ["pearl", "pearls"]
    if design.style:
        words.append(design.style)
    return (*words, making.collection.lower())


def _variant(making: Making, code: str, size: Size) -> Variant:
    design, dice, alloy = making.design, making.dice, ALLOYS[code]
    weight = _weight(making, alloy, size)
    carat = design.carat * size.measure // 1000 if making.kind.sizing == "carat" else design.carat
    # Now and then a size is nearly sold out.
    quantity = dice.between(1, 2) if dice.happens(9) else dice.between(3, 40 if code == "AG" else 18)
    suffix = f"-{code}-{size.code}" if size.code else f"-{code}"
    return Variant(
        code=f"{making.id}{suffix}",
        pictures=_pictures(design, alloy),
        color=alloy.color,
        size=size.label,
        price=retail(metal(alloy, weight), _stones(making, carat, size), making.kind.work),
        quantity=quantity,
        active=not making.discontinued and not dice.happens(1),
        keywords=(alloy.metal.lower(), alloy.color.lower(), alloy.name.lower()),
        attributes=_attributes(making, alloy, size, carat) | {"weightGrams": weight / 100},
    )


def _pictures(design: Design, alloy: Alloy) -> tuple[str, ...]:
    if not design.gem:
        return (f"{design.kind}-{design.style}-{alloy.picture}",)
    worn = f"{design.kind}-{alloy.picture}-{design.shape}-{design.gem}"
    return (worn,) if design.pearl else (worn, f"stone-{design.shape}-{design.gem}")


def _weight(making: Making, alloy: Alloy, size: Size) -> int:
    """Return how much a product weighs, in hundredths of a gram."""
    design, width = making.design, making.design.width
    base = making.kind.weight * size.scale // 1000
    if design.kind == "band":
        base = width * 10 * size.scale // 1000
    elif design.kind in {"chain", "bracelet"}:
        hollow = 600 if design.style in {"snake", "paperclip"} else 1000
        base = width * width * 55 * size.measure // 1000 * hollow // 1000
    elif design.kind == "hoop":
        base = width * width * size.measure * 12 // 1000 + 40
    elif design.kind == "bangle":
        base = width * 40 * size.scale // 1000
    return base * alloy.weight // 1000


def _stones(making: Making, carat: int, size: Size) -> int:
    """Return what a product's stones cost."""
    design = making.design
    if design.pearl:
        count = {"strand": 2 * size.measure, "pendant": 1}.get(design.kind, 2)
        return pearls(design.pearl, count) + small_stones("diamond", _WREATHS.get(design.kind, 0))
    if not design.gem:
        return 0
    if design.kind in _ROWS:
        return small_stones(design.gem, carat)
    pieces = 2 if design.kind in _PAIRS else 1
    each = carat // pieces
    white = design.gem == "diamond"
    main = diamond(each, design.shape, making.grade) if white else colored_stone(design.gem, each)
    sides = 2 * diamond(design.carat // 4, design.shape, making.grade) if design.kind == "trilogy" else 0
    return pieces * main + sides + small_stones("diamond", _WREATHS.get(design.kind, 0))


def _attributes(making: Making, alloy: Alloy, size: Size, carat: int) -> dict[str, Value]:
    design = making.design
    values: dict[str, Value] = {
        "metal": alloy.metal,
        "fineness": alloy.fineness,
        "metalColor": alloy.color.removesuffix(" Gold") if alloy.metal == "Gold" else "White",
        "collection": making.collection,
    }
    if design.gem:
        values |= _stone_attributes(making, carat)
    if design.style:
        values["style"] = design.style.title()
    if design.width:
        values["widthMm"] = design.width / 10
    values |= dict(size.attribute)
    if making.kind.occasions:
        values["occasions"] = list(making.kind.occasions)
    return values


def _stone_attributes(making: Making, carat: int) -> dict[str, Value]:
    design, grade = making.design, making.grade
    values: dict[str, Value] = {"gemstone": GEMS[design.gem].name, "shape": design.shape.title()}
    if design.pearl:
        values["pearlMm"] = design.pearl / 10
    else:
        values["carat"] = carat / 100
    if design.gem == "diamond":
        values |= {"stoneColor": grade.color, "clarity": grade.clarity, "cut": grade.cut}
    else:
        values["stoneColor"] = making.tint
    if design.kind in _WREATHS or design.kind == "trilogy":
        values["accentStones"] = "Diamond"
    return values
