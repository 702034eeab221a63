"""The kinds of jewelry of the demo catalog."""

from typing import NamedTuple


class Kind(NamedTuple):
    """What all designs of a kind share.

    Attributes:
        code: how the group's id begins.
        name: the product's name; braces hold what the design fills in.
        category: breadcrumbs.
        keywords: what shoppers look for.
        alloys: which sets of alloys the designs come in.
        sizing: what the sizes are: one of the names in `sizes`, or nothing.
        weight: of a piece in 14K gold, in hundredths of a gram; 0 where width and length decide.
        work: the maker's work, in cents.
        occasions: what it is given for.
    """

    code: str
    name: str
    category: tuple[str, ...]
    keywords: tuple[str, ...]
    alloys: tuple[str, ...]
    sizing: str
    weight: int
    work: int
    occasions: tuple[str, ...] = ()


_FINE = ("14Y 14W PT", "18Y 18W 18R", "14Y 14R PT", "14Y 18Y 14W 18W", "14Y 14W 14R", "18Y 18W PT")
_GOLD = ("14Y 14W 14R", "14Y 18Y", "14W 18W 14Y", "10Y 14Y 18Y", "14Y 14R")
_DAILY = ("AG 14Y 14W", "AG 10Y 14Y", "AG 14Y 14R", "10Y 14Y 18Y", "14Y 14W 14R")

_ENGAGED = ("Engagement", "Anniversary")

KINDS = {
    "solitaire": Kind(
        "SR", "{name} {shape} {gem} Solitaire Ring", ("Jewelry>Rings>Engagement Rings",),
        ("ring", "engagement ring", "solitaire"), _FINE, "ring", 290, 32000, _ENGAGED,
    ),
    "halo": Kind(
        "HR", "{name} {shape} {gem} Halo Ring", ("Jewelry>Rings>Engagement Rings", "Jewelry>Rings>Halo Rings"),
        ("ring", "engagement ring", "halo ring"), _FINE, "ring", 360, 52000, _ENGAGED,
    ),
    "trilogy": Kind(
        "TR", "{name} Three-Stone {gem} Ring", ("Jewelry>Rings>Engagement Rings", "Jewelry>Rings>Three-Stone Rings"),
        ("ring", "engagement ring", "three-stone ring", "trilogy"), _FINE, "ring", 380, 46000, _ENGAGED,
    ),
    "eternity": Kind(
        "ER", "{name} {gem} Eternity Ring", ("Jewelry>Rings>Eternity Rings",),
        ("ring", "eternity ring", "anniversary ring", "stacking ring"), _FINE, "ring", 310, 44000,
        ("Anniversary", "Wedding"),
    ),
    "band": Kind(
        "WB", "{name} {style} Wedding Band", ("Jewelry>Rings>Wedding Bands",),
        ("ring", "wedding band", "wedding ring"), ("14Y 14W PT", "14Y 18Y 18W", "14Y 14R 14W", "10Y 14Y PT"),
        "band", 0, 14000, ("Wedding",),
    ),
    "signet": Kind(
        "SG", "{name} {style} Signet Ring", ("Jewelry>Rings>Signet Rings",),
        ("ring", "signet ring", "engravable"), ("AG 10Y 14Y", "14Y 18Y", "AG 14Y 14R", "14Y 14W 18Y"),
        "ring", 780, 17000, ("Graduation", "Birthday"),
    ),
    "chain": Kind(
        "CH", "{name} {style} Chain", ("Jewelry>Necklaces>Chains",),
        ("chain", "necklace"), _DAILY, "neck", 0, 2600,
    ),
    "strand": Kind(
        "NK", "{name} {gem} Necklace", ("Jewelry>Necklaces>Gemstone Necklaces",),
        ("necklace",), ("14Y 14W", "14Y 18W", "18Y 18W"), "strand", 420, 42000, ("Anniversary", "Wedding"),
    ),
    "pendant": Kind(
        "PD", "{name} {shape} {gem} Pendant", ("Jewelry>Necklaces>Pendants",),
        ("pendant", "necklace"), _GOLD, "", 240, 9000, ("Birthday",),
    ),
    "pendant-halo": Kind(
        "PH", "{name} {gem} Halo Pendant", ("Jewelry>Necklaces>Pendants",),
        ("pendant", "necklace", "halo pendant"), _GOLD, "", 310, 19000, ("Birthday", "Anniversary"),
    ),
    "charm": Kind(
        "CM", "{name} {style} Pendant", ("Jewelry>Necklaces>Pendants", "Jewelry>Charms"),
        ("pendant", "charm", "engravable"), _DAILY, "", 330, 3900, ("Birthday", "Graduation"),
    ),
    "stud": Kind(
        "ST", "{name} {gem} Stud Earrings", ("Jewelry>Earrings>Studs",),
        ("earrings", "stud earrings", "studs"), _GOLD, "carat", 140, 7000, ("Birthday",),
    ),
    "stud-halo": Kind(
        "SH", "{name} {gem} Halo Stud Earrings", ("Jewelry>Earrings>Studs",),
        ("earrings", "stud earrings", "halo earrings"), _GOLD, "carat", 260, 21000, ("Anniversary",),
    ),
    "drop": Kind(
        "DE", "{name} {shape} {gem} Drop Earrings", ("Jewelry>Earrings>Drops",),
        ("earrings", "drop earrings", "dangle earrings"), _GOLD, "", 380, 15000, ("Anniversary",),
    ),
    "hoop": Kind(
        "HP", "{name} {style} Hoop Earrings", ("Jewelry>Earrings>Hoops",),
        ("earrings", "hoop earrings", "hoops"), _DAILY, "hoop", 0, 3800,
    ),
    "hoop-pave": Kind(
        "HJ", "{name} {gem} Hoop Earrings", ("Jewelry>Earrings>Hoops",),
        ("earrings", "hoop earrings", "jeweled hoops"), _GOLD, "hoop", 430, 26000, ("Anniversary",),
    ),
    "bracelet": Kind(
        "BR", "{name} {style} Bracelet", ("Jewelry>Bracelets>Chain Bracelets",),
        ("bracelet", "chain bracelet"), _DAILY, "wrist", 0, 2900,
    ),
    "tennis": Kind(
        "TB", "{name} {gem} Tennis Bracelet", ("Jewelry>Bracelets>Tennis Bracelets",),
        ("bracelet", "tennis bracelet"), ("14Y 14W", "14W 18W", "14Y 14W PT"), "wrist", 980, 64000, ("Anniversary",),
    ),
    "bangle": Kind(
        "BG", "{name} {style}", ("Jewelry>Bracelets>Bangles",),
        ("bracelet", "bangle"), _DAILY, "bangle", 0, 6500,
    ),
}  # fmt: skip

STYLE_NAMES = {
    ("band", "plain"): "Polished",
    ("bangle", "slim"): "Slim Bangle",
    ("bangle", "round"): "Round Bangle",
    ("bangle", "cuff"): "Cuff",
    ("hoop", "thin"): "Wire",
    ("hoop", "twist"): "Twisted",
    ("signet", "cushion"): "Cushion",
}
"""What a style is called where it is not called by its own name."""

BRANDS = {
    "Aurel & Finch": (("Firstlight", "Old Quarter"), ("solitaire", "halo", "trilogy", "eternity", "pendant")),
    "Maison Velour": (("Soirée", "Jardin d'Hiver"), ("halo", "strand", "drop", "stud-halo", "pendant-halo", "tennis")),
    "Hartwell Goldsmiths": (("Heritage", "Guildhall"), ("band", "signet", "solitaire", "bangle")),
    "Nordlys Atelier": (("Polar Night", "Fjord"), ("halo", "stud", "pendant", "band", "eternity")),
    "Casa Brillare": (("Riviera Days", "Piazza"), ("chain", "bracelet", "hoop", "trilogy")),
    "Ostrander & Rowe": (("Metropole", "Hudson"), ("solitaire", "signet", "tennis", "hoop-pave", "bangle")),
    "Juniper Lane": (("Hedgerow Walk", "Everyday"), ("charm", "stud", "hoop", "pendant", "eternity")),
    "Saltmarsh Silver": (("Tideline", "Driftwood"), ("chain", "charm", "bracelet", "bangle", "hoop")),
    "Lumière d'Ambre": (("Belle Saison", "Minuit"), ("drop", "strand", "stud-halo", "trilogy", "halo")),
    "Tidewell & Sons": (("Harbor Row", "Captain's Table"), ("chain", "signet", "bracelet", "band")),
    "Marigold Forge": (("Anvil & Ash", "Wildflower"), ("band", "hoop", "charm", "drop", "pendant-halo")),
    "Kestrel & Dove": (("Feather", "Open Sky"), ("solitaire", "stud", "pendant", "hoop-pave", "strand")),
}
"""Brands: their two collections, and what they make."""
