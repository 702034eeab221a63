"""Pictures of rings that stand and show their head."""

import math

from facetry.application.demo.drawing import cuts
from facetry.application.demo.drawing.palette import METALS, Metal
from facetry.application.demo.drawing.parts import (
    body_gradient,
    claws,
    large_stone,
    small_stone,
    stone,
    wall_gradient,
    wreath,
)
from facetry.application.demo.drawing.svg import (
    CENTER,
    document,
    ellipse_path,
    layers,
    mirrored,
    number,
    polygon,
    ring,
    shadow,
    tag,
    use,
)

SHANK_Y = 306
HEAD_Y = 160
SQUASH = 0.94
"""The head leans back a little, which makes it look lower."""

PLATES = {"oval": 78, "round": 66, "cushion": 70}
"""Shapes of a signet's plate and their radius."""


def solitaire(title: str, metal: str, shape: str, gem: str) -> bytes:
    """Draw one stone on a plain band."""
    tones = METALS[metal]
    radius = 70
    return document(
        title,
        body_gradient(tones) + large_stone(shape, gem),
        _shank(tones),
        _basket(tones, radius * cuts.WIDTHS[shape]),
        _head(shape, radius, tones),
    )


def halo(title: str, metal: str, shape: str, gem: str) -> bytes:
    """Draw one stone in a wreath of small diamonds, with diamonds on the shoulders."""
    tones = METALS[metal]
    radius = 55
    half = (radius + 18) * cuts.WIDTHS[shape]
    places = wreath(shape, radius, 10.7, 19.6)
    return document(
        title,
        body_gradient(tones) + large_stone(shape, gem) + small_stone("round", "diamond", 9.3, "d"),
        _shank(tones),
        _shoulders(half),
        _basket(tones, half),
        _bed(shape, radius, 20, tones),
        *(use("d", CENTER, HEAD_Y + SQUASH * y) for x, y in places if abs(x) < 1),
        mirrored("wr", *(use("d", CENTER + x, HEAD_Y + SQUASH * y) for x, y in places if x >= 1)),
        _head(shape, radius, tones),
    )


def trilogy(title: str, metal: str, shape: str, gem: str) -> bytes:
    """Draw a stone between two smaller diamonds of its own shape."""
    tones = METALS[metal]
    radius, beside = 60, 34
    reach = (radius + beside) * cuts.WIDTHS[shape] + 3
    side_y = HEAD_Y + 18
    sides = [
        stone(x, side_y, beside, "p", turn, SQUASH) + claws(shape, x, side_y, beside, tones, SQUASH)
        for x, turn in ((CENTER - reach, -8), (CENTER + reach, 8))
    ]
    return document(
        title,
        body_gradient(tones) + large_stone(shape, gem) + small_stone(shape, "diamond"),
        _shank(tones),
        _basket(tones, reach + 0.3 * beside * cuts.WIDTHS[shape]),
        *sides,
        _head(shape, radius, tones),
    )


def signet(title: str, style: str, metal: str) -> bytes:
    """Draw a signet ring with a star engraved on its plate."""
    tones = METALS[metal]
    y = 192
    half = PLATES[style] * cuts.WIDTHS[style]
    silhouette = (
        f"M{number(CENTER - half)} {y}C{number(CENTER - half - 34)} {y + 14} 128 240 128 {SHANK_Y}"
        f"A112 116 0 0 0 352 {SHANK_Y}C352 240 {number(CENTER + half + 34)} {y + 14} {number(CENTER + half)} {y}Z"
    )
    hole = ellipse_path(CENTER, 320, 93, 88)
    return document(
        title,
        body_gradient(tones) + wall_gradient(tones),
        shadow(CENTER, 424, 96, 11),
        tag("path", d=silhouette + hole, fill="url(#m)", stroke=tones.deep, stroke_width=1.4, fill_rule="evenodd"),
        ring(CENTER, 320, 94, 89, stroke=tones.dark, stroke_width=2.4),
        ring(CENTER - 1, 309, 105, 106, stroke="url(#s)", stroke_width=4, stroke_dasharray="330 130 400"),
        _plate(style, y + 8, 0, fill=tones.dark, stroke=tones.deep),
        _plate(style, y, 0, fill="url(#m)", stroke=tones.deep),
        _plate(style, y, -6, fill="url(#w)", stroke=tones.dark, fill_opacity=".8"),
        _star(y, tones),
    )


def _shank(metal: Metal, width: float = 15) -> str:
    """Build the band of a standing ring, wider at its shoulders than below."""
    inner_y, inner_rx, inner_ry = SHANK_Y - 0.24 * width, 112 - width, 116 - 0.82 * width
    body = ellipse_path(CENTER, SHANK_Y, 112, 116) + ellipse_path(CENTER, inner_y, inner_rx, inner_ry)
    gleam_rx, gleam_ry = 112 - 0.36 * width, 116 - 0.36 * width
    return (
        shadow(CENTER, 424, 96, 11)
        + tag("path", d=body, fill="url(#m)", stroke=metal.deep, stroke_width=1.4, fill_rule="evenodd")
        + ring(CENTER, inner_y, inner_rx + 1, inner_ry + 1, stroke=metal.dark, stroke_width=2.4)
        + ring(CENTER - 1, SHANK_Y - 2, gleam_rx, gleam_ry, stroke="url(#s)", stroke_width=0.2 * width)
    )


def _shoulders(half: float) -> str:
    """Build the small diamonds that run down both sides of the band, from where the head leaves it free."""
    first = math.degrees(math.asin(half / 112)) + 6
    angles = [math.radians(first + 9.8 * k) for k in range(5)]
    placed = (use("d", CENTER + 104.6 * math.sin(angle), SHANK_Y - 2 - 109 * math.cos(angle)) for angle in angles)
    return mirrored("sh", *placed)


def _basket(metal: Metal, half: float) -> str:
    """Build the arms that carry the stones from the band."""
    foot = SHANK_Y - 106
    arms = "".join(
        f"M{number(CENTER + 0.3 * a * half)} {foot}Q{number(CENTER + 0.8 * a * half)} {foot - 8}"
        f" {number(CENTER + 0.86 * a * half)} {HEAD_Y + 4}"
        for a in (-1, -0.4, 0.4, 1)
    )
    return layers("ar", arms, (metal.deep, 8), (metal.mid, 5.6), (metal.shine, 1.4))


def _bed(shape: str, radius: float, away: float, metal: Metal) -> str:
    """Build the plate under a wreath of stones."""
    places = [(CENTER + x, HEAD_Y + SQUASH * y) for x, y in cuts.contour(shape, radius, away)[:-1]]
    return tag("path", d=polygon(places), fill="url(#m)", stroke=metal.deep, stroke_width=1.4)


def _head(shape: str, radius: float, metal: Metal) -> str:
    held = claws(shape, CENTER, HEAD_Y, radius, metal, SQUASH)
    return stone(CENTER, HEAD_Y, radius, squash=SQUASH) + held


def _plate(style: str, y: float, away: float, **look: str) -> str:
    places = [(CENTER + px, y + 0.88 * py) for px, py in cuts.contour(style, PLATES[style], away)[:-1]]
    return tag("path", d=polygon(places), stroke_width=1.4, **look)


def _star(y: float, metal: Metal) -> str:
    """Build an eight-pointed star, as if engraved."""
    points = []
    for k in range(16):
        reach = (36, 9, 22, 9)[k % 4]
        angle = math.radians(22.5 * k - 90)
        points.append((CENTER + reach * math.cos(angle), y + 0.88 * reach * math.sin(angle)))
    return tag("path", d=polygon(points), fill=metal.dark, fill_opacity=".6", stroke=metal.deep, stroke_width=0.8)
