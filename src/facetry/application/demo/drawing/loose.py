"""Pictures of loose stones."""

from facetry.application.demo.drawing.parts import large_stone
from facetry.application.demo.drawing.parts import stone as placed
from facetry.application.demo.drawing.svg import CENTER, document, shadow, tag

RADIUS = 152
SPARKLE = "M0-30Q2-2 30 0 2 2 0 30-2 2-30 0-2-2 0-30Z"


def stone(title: str, shape: str, gem: str) -> bytes:
    """Draw one stone from above, with a glint."""
    wide = 0.8 * RADIUS
    return document(
        title,
        large_stone(shape, gem),
        shadow(CENTER, 396, 0.7 * wide, 14),
        placed(CENTER, 228, RADIUS),
        tag("path", d=SPARKLE, fill="#fff", transform="translate(190 150)"),
        tag("path", d=SPARKLE, fill="#fff", opacity=".8", transform="translate(272 268)scale(.5)"),
    )
