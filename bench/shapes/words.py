"""Words of our own, for catalogs of jewelry and wherever the real catalogs are not at hand."""

from __future__ import annotations

from typing import NamedTuple


class Alloy(NamedTuple):
    """A metal as it is worked: what it is, its fineness per mille, its color, and what it costs beside 14K gold."""

    metal: str
    purity: int
    color: str
    factor: float


ALLOYS = (
    Alloy("Gold", 585, "Yellow Gold", 1.0),
    Alloy("Gold", 585, "White Gold", 1.02),
    Alloy("Gold", 750, "Yellow Gold", 1.38),
    Alloy("Gold", 585, "Rose Gold", 1.0),
    Alloy("Gold", 750, "White Gold", 1.4),
    Alloy("Platinum", 950, "Platinum", 1.6),
    Alloy("Gold", 750, "Rose Gold", 1.38),
    Alloy("Silver", 925, "Silver", 0.3),
    Alloy("Gold", 417, "Yellow Gold", 0.75),
    Alloy("Gold", 417, "White Gold", 0.77),
    Alloy("Palladium", 950, "Palladium", 0.9),
    Alloy("Titanium", 990, "Grey", 0.25),
)
STONES = (
    *("Diamond", "Sapphire", "Ruby", "Emerald", "Lab Diamond", "Moissanite", "Amethyst", "Aquamarine", "Morganite"),
    *("Topaz", "Garnet", "Opal", "Pearl", "Tanzanite", "Peridot", "Citrine", "Tourmaline", "Onyx"),
)
BANDS = ("under 0.25 ct", "0.25 to 0.5 ct", "0.5 to 0.75 ct", "0.75 to 1 ct", "1 to 1.5 ct", "1.5 to 2 ct", "over 2 ct")
FINISHES = ("Polished", "Brushed", "Hammered", "Satin", "Milgrain", "Oxidised", "Sandblasted")
RING_SIZES = tuple(f"{size / 2:g}" for size in (14, 12, 13, 11, 15, 10, 16, 9, 17, 18, 8, 19, 20, 7, 21, 22, 6, 23, 24))
LENGTHS = ("18 in", "16 in", "20 in", "7 in", "24 in", "14 in", "8 in", "22 in", "30 in", "6.5 in", "36 in")
RINGS = ("Engagement Ring", "Wedding Band", "Anniversary Ring", "Cocktail Ring", "Signet Ring", "Stacking Ring")
OTHERS = ("Pendant", "Necklace", "Bracelet", "Earrings", "Chain", "Brooch", "Anklet", "Charm", "Bangle")
STYLES = (
    *("Solitaire", "Halo", "Three-Stone", "Pave", "Vintage", "Art Deco", "Twist", "Bezel", "Cathedral", "Eternity"),
    *("Cluster", "Split Shank", "Bypass", "Channel Set", "Filigree", "Nature", "Geometric", "Minimalist", "Classic"),
)
OCCASIONS = ("Engagement", "Wedding", "Anniversary", "Birthday", "Everyday", "Graduation", "Holiday")
DESIGNS = (
    *("Aurora", "Beatrix", "Camille", "Delphine", "Elowen", "Florence", "Giselle", "Helena", "Isolde", "Juniper"),
    *("Katarina", "Lavinia", "Mirabel", "Nerissa", "Octavia", "Primrose", "Quilla", "Rosamund", "Sylvie", "Tallulah"),
    *("Undine", "Valentina", "Willa", "Xanthe", "Yvaine", "Zinnia", "Arbor", "Bramble", "Cascade", "Drift", "Ember"),
    *("Fjord", "Grove", "Harbor", "Isle", "Jasper", "Kestrel", "Lagoon", "Meadow", "North", "Orchard", "Pebble"),
    *("Quarry", "Ridge", "Summit", "Tide", "Umbra", "Vale", "Willow", "Yonder", "Zephyr"),
)
MAKERS = (
    *(
        "Hollis & Wren",
        "Maison Aubry",
        "Studio Lark",
        "Caldera",
        "Vesper Fine",
        "Norrland",
        "Old Mint",
        "Finch & Daughters",
    ),
    *(
        "Tesoro",
        "Bellwether",
        "Atelier Sorel",
        "Copper Lane",
        "Marlow",
        "Quince",
        "Rivet",
        "Saltwater",
        "Ostara",
        "Lumen",
    ),
)
_SENTENCES = """
set by hand in our workshop and checked under a loupe before it leaves
a slender band that sits low on the finger and never catches on a sleeve
four fine claws hold the stone high so that light reaches it from every side
made to order in two weeks and delivered insured in a box of cedar
the inside is rounded for comfort and can be engraved free of charge
each stone is matched for color and clarity with its neighbours
recycled gold and conflict free diamonds from suppliers that we visit
a warm metal that flatters every skin and keeps its color for ever
small brilliants run down both shoulders and draw the eye to the center
the clasp closes with a soft click and is safe with a second catch
worn alone it is quiet and stacked with others it sparkles
inspired by windows of the twenties with stepped lines and crisp corners
a gift for an anniversary a birthday or no reason at all
certificate and valuation come with every stone above half a carat
resized once without cost within the first year after delivery
deep color by day and a softer glow by candle light
its texture is beaten by hand with a hammer so no two are alike
rhodium plated for a bright white that lasts
light enough for every day and strong enough for a lifetime
pearls of even luster knotted on silk one by one
a border of tiny grains is rolled along the edge by an old tool
the gallery beneath shows leaves and tendrils to whoever looks closely
hypoallergenic free of nickel and suitable for sensitive skin
polish it with a soft cloth and keep it apart from harder pieces
"""
PROSE: list[str] = _SENTENCES.split()
"""A few hundred words in runs that make sense."""
GOODS = {
    "Clothing": "cotton shirt dress women men slim fit printed casual sleeve round neck solid jacket jeans kids summer",
    "Footwear": "running shoes leather sandals sneakers boots women men casual sports slip on heels walking comfort",
    "Home": "cushion cover bed sheet double curtain lamp wooden table storage box kitchen set steel bottle ceramic mug",
    "Electronics": "wireless headphones bluetooth speaker charger cable case cover tablet phone battery power bank led",
    "Beauty": "face cream natural shampoo hair oil soap lipstick perfume body lotion skin care kit organic",
    "Tools": "drill bit set screwdriver wrench hammer steel cordless socket clamp measuring tape toolbox",
    "Jewelry": "gold plated necklace ring silver earrings diamond pendant bracelet bangle alloy zircon chain brooch",
    "Sports": "yoga mat fitness band cricket bat football gloves bottle cycling helmet racket training bag",
}
"""What the names of general goods are made of where no real catalog is at hand."""
