"""What is written about the pieces of the demo catalog."""

from __future__ import annotations

from facetry.application.showcase.designs import Design
from facetry.application.showcase.draw import Draw

_OPENINGS = (
    "From the {collection} collection comes a {noun} drawn with a light hand",
    "{brand} made this {noun} for the {collection} collection with long wear in mind",
    "A {noun} of quiet lines, one of the first pieces of {collection}",
    "The {noun} that gave the {collection} collection its character",
    "Drawn in our workshop and finished by hand, this {noun} belongs to {collection}",
    "Slender from every side, the {collection} {noun} sits close and catches no thread",
    "An old idea made new: the {noun} of {collection}",
    "With its softly rounded edges the {collection} {noun} feels as good as it looks",
)
_STONES = (
    "Its {shape}-cut {gem} of {carats} ct is open to the light from below.",
    "The {gem}, {shape}-cut and {carats} ct in weight, was chosen for its even color.",
    "Fine claws hold the {shape}-cut {gem} of {carats} ct.",
    "The {shape}-cut {gem} weighs {carats} ct, and the setting was drawn around it.",
)
_PLAIN = (
    "It is polished to a mirror outside and brushed inside.",
    "Every link and edge is finished by hand.",
    "It is made from one piece of metal, without a seam.",
    "In the smallest size it weighs {grams} g.",
)
_CLOSINGS = (
    "It comes in a linen box.",
    "Made to order sizes take ten days.",
    "The inside has room for an engraving.",
    "We clean and check it once a year, for as long as you wear it.",
    "A matching piece can be had from the same collection.",
    "The metal is recycled, and every stone is traced to its mine.",
    "Worn alone it is enough; beside others it keeps its own.",
)


def description(design: Design) -> str:
    """Return three sentences about a design."""
    draw = Draw(design.number * 104_729 + sum(design.name.encode()))
    parts = [f"{draw.one(_OPENINGS)}.", draw.one(_STONES if design.gem else _PLAIN), draw.one(_CLOSINGS)]
    gem = design.gem.name.lower() if design.gem else ""
    return " ".join(parts).format(
        collection=design.collection,
        brand=design.brand,
        noun=design.kind.noun.lower(),
        shape=design.shape,
        gem=gem,
        carats=f"{design.carats / 100:.2f}",
        grams=f"{design.grams_tenths / 10:.1f}",
    )
