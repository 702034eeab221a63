"""What the demo catalog's pieces are made of."""

from typing import NamedTuple


class Alloy(NamedTuple):
    """A metal as it is worked.

    Attributes:
        name: as a shopper calls it.
        metal: what it mostly is.
        color: the product's color.
        picture: the metal's name in pictures.
        fineness: parts in a thousand.
        gram: price of a gram, in cents.
        weight: how much a piece of it weighs when it weighs 1000 in 14K gold.
    """

    name: str
    metal: str
    color: str
    picture: str
    fineness: int
    gram: int
    weight: int


ALLOYS = {
    "10Y": Alloy("10K Yellow Gold", "Gold", "Yellow Gold", "yellow", 417, 3590, 890),
    "14Y": Alloy("14K Yellow Gold", "Gold", "Yellow Gold", "yellow", 585, 5030, 1000),
    "14W": Alloy("14K White Gold", "Gold", "White Gold", "white", 585, 5090, 1010),
    "14R": Alloy("14K Rose Gold", "Gold", "Rose Gold", "rose", 585, 5030, 1000),
    "18Y": Alloy("18K Yellow Gold", "Gold", "Yellow Gold", "yellow", 750, 6450, 1180),
    "18W": Alloy("18K White Gold", "Gold", "White Gold", "white", 750, 6550, 1200),
    "18R": Alloy("18K Rose Gold", "Gold", "Rose Gold", "rose", 750, 6450, 1180),
    "PT": Alloy("Platinum 950", "Platinum", "Platinum", "platinum", 950, 3240, 1560),
    "AG": Alloy("Sterling Silver", "Silver", "Silver", "silver", 925, 105, 790),
}
"""The alloys by the code that stands for them in a SKU."""


class Gem(NamedTuple):
    """A kind of stone.

    Attributes:
        name: as a shopper calls it.
        color: what a loose one's color is.
        carat: price of one good carat, in cents.
        tints: words for its finest shades.
        origins: where it is found.
        treatment: what is usually done to it.
    """

    name: str
    color: str
    carat: int
    tints: tuple[str, ...]
    origins: tuple[str, ...]
    treatment: str = "None"


GEMS = {
    "diamond": Gem("Diamond", "Colorless", 0, ("bright white",), ("Botswana", "Canada", "Namibia")),
    "yellowdiamond": Gem(
        "Yellow Diamond", "Yellow", 690000, ("fancy yellow", "fancy intense yellow"), ("South Africa", "Australia"),
    ),
    "sapphire": Gem(
        "Sapphire", "Blue", 145000, ("cornflower blue", "royal blue", "velvet blue"),
        ("Sri Lanka", "Madagascar", "Montana"), "Heated",
    ),
    "pinksapphire": Gem(
        "Pink Sapphire", "Pink", 98000, ("hot pink", "rose pink"), ("Madagascar", "Sri Lanka"), "Heated",
    ),
    "ruby": Gem(
        "Ruby", "Red", 195000, ("vivid red", "warm raspberry red", "deep red"), ("Mozambique", "Thailand"), "Heated",
    ),
    "emerald": Gem(
        "Emerald", "Green", 168000, ("leaf green", "vivid green", "bluish green"), ("Colombia", "Zambia"), "Oiled",
    ),
    "aquamarine": Gem("Aquamarine", "Blue", 32000, ("sea blue", "ice blue"), ("Brazil", "Nigeria"), "Heated"),
    "amethyst": Gem("Amethyst", "Purple", 3800, ("deep violet", "royal purple"), ("Uruguay", "Zambia")),
    "citrine": Gem("Citrine", "Orange", 3200, ("honey gold", "Madeira orange"), ("Brazil", "Bolivia"), "Heated"),
    "garnet": Gem("Garnet", "Red", 4600, ("wine red", "pomegranate red"), ("Mozambique", "India")),
    "tanzanite": Gem("Tanzanite", "Violet", 52000, ("violet blue", "indigo"), ("Tanzania",), "Heated"),
    "morganite": Gem("Morganite", "Pink", 24000, ("peach pink", "pale rose"), ("Brazil", "Madagascar"), "Heated"),
    "peridot": Gem("Peridot", "Green", 9800, ("apple green", "lime green"), ("Pakistan", "Arizona")),
    "bluetopaz": Gem("Blue Topaz", "Blue", 4200, ("London blue", "Swiss blue"), ("Brazil",), "Irradiated"),
    "tourmaline": Gem("Tourmaline", "Green", 28000, ("lagoon green", "blue-green"), ("Afghanistan", "Namibia")),
    "spinel": Gem("Spinel", "Red", 86000, ("raspberry red", "flamingo red"), ("Myanmar", "Tanzania")),
    "pearl": Gem(
        "Pearl", "White", 0, ("white with a rosé overtone", "creamy white", "silvery white"), ("Japan", "China"),
    ),
}  # fmt: skip

SHAPE_NAMES = {
    "round": "Round",
    "oval": "Oval",
    "cushion": "Cushion",
    "princess": "Princess-Cut",
    "pear": "Pear",
    "marquise": "Marquise",
    "emerald": "Emerald-Cut",
}
