"""Pictures of bands that lie on the table and show their wall."""

import math

from facetry.application.demo.drawing.palette import METALS, Metal
from facetry.application.demo.drawing.parts import body_gradient, small_stone, wall_gradient
from facetry.application.demo.drawing.svg import CENTER, document, dots, ellipse_path, number, shadow, tag, use

RIM_Y = 212
RIM_RX = 148
RIM_RY = 78
"""The upper rim: an ellipse, for it is seen from above."""

HEIGHT = 60


def band(title: str, style: str, metal: str) -> bytes:
    """Draw a wedding band without stones."""
    tones = METALS[metal]
    return document(title, body_gradient(tones) + wall_gradient(tones), _lying(tones, WALLS[style](tones)))


def eternity(title: str, metal: str, shape: str, gem: str) -> bytes:
    """Draw a band with a row of stones all around."""
    tones = METALS[metal]
    count = 13
    placed = []
    for k in range(count):
        x, y, depth = _on_wall(90 + (k - count // 2) * 165 / count, 0.5)
        placed.append((depth, use("p", x, y, (0.225 * max(depth, 0.25), 0.225))))
    edges = _lines((3, 2, "#fff", 0.5), (HEIGHT - 3, 4, tones.deep, 0.3))
    return document(
        title,
        body_gradient(tones) + wall_gradient(tones) + small_stone(shape, gem),
        _lying(tones, edges + "".join(markup for _, markup in sorted(placed))),
    )


def _lying(metal: Metal, wall: str) -> str:
    """Build the band: the inner wall behind, the outer wall in front, what decorates it, and the rim."""
    left, width = CENTER - RIM_RX, 2 * RIM_RX
    arc = f"a{RIM_RX} {RIM_RY} 0 0"
    outer = f"M{left} {RIM_Y}{arc} 0 {width} 0v{HEIGHT}{arc} 1-{width} 0Z"
    hole = ellipse_path(CENTER, RIM_Y, RIM_RX - 9, RIM_RY - 6)
    floor = ellipse_path(CENTER, RIM_Y + HEIGHT, RIM_RX - 9, RIM_RY - 6)
    rim = ellipse_path(CENTER, RIM_Y, RIM_RX, RIM_RY) + hole
    return tag(
        "g",
        tag("clipPath", tag("path", d=hole), id="c"),
        tag("clipPath", tag("path", d=outer), id="o"),
        shadow(CENTER, RIM_Y + HEIGHT + RIM_RY - 4, RIM_RX - 4, 17, 0.34),
        tag("path", d=hole, fill="url(#i)"),
        tag("path", d=floor, fill="#efebe4", clip_path="url(#c)"),
        tag("path", d=outer, fill="url(#w)"),
        tag("g", wall, clip_path="url(#o)"),
        tag("path", d=outer, fill="none", stroke=metal.deep, stroke_width=1.4),
        tag("path", d=rim, fill="url(#m)", stroke=metal.dark, stroke_width=1.2, fill_rule="evenodd"),
        transform=f"rotate(-9 {CENTER} {CENTER})",
    )


def _on_wall(degrees: float, share: float) -> tuple[float, float, float]:
    """Return x, y and how fully a place of the outer wall faces the viewer; share is its height, 0 at the rim."""
    angle = math.radians(degrees)
    depth = math.sin(angle)
    return CENTER + RIM_RX * math.cos(angle), RIM_Y + RIM_RY * depth + share * HEIGHT, depth


def _front(y: float) -> str:
    """Return path data of the front half of the rim, lowered by y."""
    return f"M{CENTER - RIM_RX} {number(RIM_Y + y)}a{RIM_RX} {RIM_RY} 0 0 0 {2 * RIM_RX} 0"


def _lines(*lines: tuple[float, float, str, float]) -> str:
    """Build lines around the wall, each of height, width, color and opacity."""
    return "".join(
        tag("path", d=_front(y), fill="none", stroke=color, stroke_width=width, opacity=number(opacity, 2))
        for y, width, color, opacity in lines
    )


def _dome(metal: Metal) -> str:
    """Build the light and shade of a wall that bulges."""
    return _lines(
        (13, 16, "#fff", 0.16),
        (16, 9, "#fff", 0.22),
        (17, 3.5, "#fff", 0.45),
        (50, 22, metal.deep, 0.14),
        (56, 10, metal.deep, 0.2),
    )


def _milgrain(metal: Metal) -> str:
    """Build rows of beads at both edges of the wall."""
    rows = [
        tag(
            "path",
            d=_front(y),
            fill="none",
            stroke=color,
            stroke_width=size,
            stroke_linecap="round",
            stroke_dasharray="0 6.2",
        )
        for y in (5.5, HEIGHT - 5.5)
        for color, size in ((metal.deep, 6.4), (metal.light, 4.2))
    ]
    borders = ((11.5, 1.4, metal.deep, 0.5), (HEIGHT - 11.5, 1.4, metal.deep, 0.5))
    return _lines(*borders, (22, 6, "#fff", 0.3), (40, 12, metal.deep, 0.1)) + "".join(rows)


def _grooves(metal: Metal) -> str:
    """Build two engraved lines with a brushed field between them."""
    grooves = [line for y in (15, 45) for line in ((y, 2.8, metal.deep, 0.65), (y + 2.2, 1.2, "#fff", 0.6))]
    brushed = [(y, 0.8, metal.deep, 0.2) for y in (19, 22, 25, 28, 31, 34, 37, 40)]
    return _lines((30, 30, metal.dark, 0.16), *brushed, *grooves, (7, 3, "#fff", 0.5))


def _hammered(metal: Metal) -> str:
    """Build the dents of a hammer."""
    places = [_on_wall(6 + 11.2 * k + 5.6 * (row % 2), 0.17 + 0.33 * row)[:2] for row in range(3) for k in range(16)]
    path = dots(places)
    return tag(
        "g",
        tag("path", d=path, stroke=metal.dark, stroke_width=21, opacity=".4"),
        tag("path", d=path, stroke=metal.light, stroke_width=18, opacity=".55"),
        tag("path", d=path, stroke="#fff", stroke_width=7, opacity=".4"),
        stroke_linecap="round",
    )


WALLS = {"plain": _dome, "milgrain": _milgrain, "grooved": _grooves, "hammered": _hammered}
"""How the wall of a band without stones is finished."""
