"""What the pieces of the demo catalog are made of, and what that costs."""

from __future__ import annotations

from typing import NamedTuple


class Alloy(NamedTuple):
    """A metal as a piece is offered in it.

    Attributes:
        metal: Gold, Platinum or Silver.
        color: What a shopper calls it.
        picture: Its name in pictures.
        fineness: Per mille.
        mark: What is stamped in it.
        cents_a_gram: Price of a gram, worked.
        code: Its part of a SKU.
    """

    metal: str
    color: str
    picture: str
    fineness: int
    mark: str
    cents_a_gram: int
    code: str


YELLOW_14 = Alloy("Gold", "Yellow Gold", "yellow", 585, "14K", 6900, "Y14")
WHITE_14 = Alloy("Gold", "White Gold", "white", 585, "14K", 7200, "W14")
ROSE_14 = Alloy("Gold", "Rose Gold", "rose", 585, "14K", 7000, "R14")
YELLOW_18 = Alloy("Gold", "Yellow Gold", "yellow", 750, "18K", 8900, "Y18")
WHITE_18 = Alloy("Gold", "White Gold", "white", 750, "18K", 9300, "W18")
ROSE_18 = Alloy("Gold", "Rose Gold", "rose", 750, "18K", 9000, "R18")
PLATINUM = Alloy("Platinum", "Platinum", "platinum", 950, "Pt950", 7800, "P95")
SILVER = Alloy("Silver", "Silver", "silver", 925, "925", 420, "S92")

GOLDS = (YELLOW_14, WHITE_14, ROSE_14, YELLOW_18, WHITE_18, ROSE_18)
FINE = (*GOLDS, PLATINUM)
EVERY_DAY = (SILVER, YELLOW_14, WHITE_14, ROSE_14)


class Gem(NamedTuple):
    """A kind of stone.

    Attributes:
        name: What it is called.
        picture: Its name in pictures.
        cents_a_carat: Price of the first carat; a larger stone costs more a carat.
        colors: Grades or shades it comes in.
        origin: Where it was found.
    """

    name: str
    picture: str
    cents_a_carat: int
    colors: tuple[str, ...]
    origin: str


GEMS = (
    Gem("Diamond", "diamond", 420000, ("D", "E", "F", "G", "H", "I"), "Botswana"),
    Gem("Sapphire", "sapphire", 110000, ("Cornflower", "Royal Blue", "Velvet Blue"), "Sri Lanka"),
    Gem("Ruby", "ruby", 160000, ("Pigeon Blood", "Vivid Red", "Crimson"), "Mozambique"),
    Gem("Emerald", "emerald", 130000, ("Vivid Green", "Forest Green", "Bluish Green"), "Colombia"),
    Gem("Aquamarine", "aquamarine", 28000, ("Sea Blue", "Pale Blue"), "Brazil"),
    Gem("Amethyst", "amethyst", 6000, ("Deep Purple", "Lilac"), "Uruguay"),
    Gem("Citrine", "citrine", 5000, ("Honey", "Madeira"), "Brazil"),
    Gem("Garnet", "garnet", 9000, ("Wine Red", "Rhodolite"), "Tanzania"),
    Gem("Tanzanite", "tanzanite", 48000, ("Violet Blue", "Blue Violet"), "Tanzania"),
    Gem("Morganite", "morganite", 24000, ("Peach", "Blush"), "Madagascar"),
    Gem("Peridot", "peridot", 12000, ("Apple Green", "Olive"), "Pakistan"),
    Gem("Pink Sapphire", "pinksapphire", 90000, ("Rose", "Fuchsia"), "Madagascar"),
)
CUTS = ("Excellent", "Very Good", "Good")
CLARITIES = ("IF", "VVS1", "VVS2", "VS1", "VS2", "SI1")
SHAPES = ("round", "oval", "princess", "emerald", "pear", "marquise", "cushion")


def stone_cents(gem: Gem, hundredths: int) -> int:
    """Return what a stone of so many hundredths of a carat costs: a carat of a large stone costs more."""
    return gem.cents_a_carat * hundredths * (80 + hundredths // 5) // 10_000
