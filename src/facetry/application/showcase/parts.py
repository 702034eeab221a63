"""What pieces are assembled from: metal, settings, bands, walls and lines of links."""

import math
from itertools import pairwise
from typing import NamedTuple

from facetry.application.showcase.cuts import OUTLINES, RADIUS, edge_points, faceted, pearl, small, spaced
from facetry.application.showcase.palette import METALS, STONES, Metal, Stone
from facetry.application.showcase.svg import (
    Point,
    ellipse_path,
    glow,
    gradient,
    group,
    motif,
    number,
    repeated,
    ring,
    tag,
)


class Look(NamedTuple):
    """What a picture's name says beside the piece: the names of a metal, a shape and a stone."""

    metal_name: str = "white"
    shape: str = "round"
    stone_name: str = "diamond"

    @property
    def metal(self) -> Metal:
        """The metal's tones."""
        return METALS[self.metal_name]

    @property
    def stone(self) -> Stone:
        """The stone's tones."""
        return STONES[self.stone_name]


class Drawing(NamedTuple):
    """The definitions and the body of a picture."""

    definitions: str
    body: str


def metal_definitions(metal: Metal) -> str:
    """Define the gradients `m` (polished metal across a piece), `w` (a wall in the light) and `d` (a wall in shade)."""
    shine, light, mid, dark, deep = metal.shine, metal.light, metal.mid, metal.dark, metal.deep
    polished = ((0, light), (0.2, shine), (0.38, mid), (0.55, dark), (0.7, light), (0.82, mid), (1, deep))
    wall = (
        (0, deep), (0.08, dark), (0.22, light), (0.32, shine), (0.45, mid), (0.62, light), (0.78, mid), (0.93, dark),
        (1, deep),
    )  # fmt: skip
    shade = ((0, dark), (0.3, mid), (0.5, light), (0.75, dark), (1, deep))
    return gradient("m", polished, x2=1, y2=1) + gradient("w", wall) + gradient("d", shade)


def gem(look: Look) -> str:
    """Build a large stone of radius 100 around the origin."""
    return pearl(look.stone.tones) if look.stone_name == "pearl" else faceted(look.shape, look.stone.tones)


def gem_definitions(look: Look) -> str:
    """Define what a large stone needs."""
    tones = look.stone.tones
    if look.stone_name != "pearl":
        return ""
    return glow("pl", ((0, tones[5]), (0.45, tones[3]), (0.8, tones[2]), (1, tones[0])), cx="36%", cy="32%", r="72%")


def accent(name: str, radius: float, tones: tuple[str, ...], shape: str = "round") -> str:
    """Define a small stone as a motif."""
    return motif(name, group(0, 0, radius / RADIUS, small(shape, tones)))


def set_stone(look: Look, x: float, y: float, radius: float) -> str:
    """Build a stone held by prongs."""
    grow = 0.98 if look.shape in OUTLINES else 0.93
    is_broad = look.shape in ("round", "cushion", "princess", "emerald")
    points = edge_points(look.shape, 8, grow)[1::2] if is_broad else edge_points(look.shape, 6, grow)
    prongs = "" if look.stone_name == "pearl" else prong_dots(look.metal, points)
    return group(x, y, radius / RADIUS, gem(look), prongs)


def prong_dots(metal: Metal, points: list[Point]) -> str:
    """Build the round ends of prongs, in the units of a stone."""
    dots = [tag("circle", cx=x, cy=y, r=9) for x, y in points]
    return tag("g", *dots, fill=metal.light, stroke=metal.dark, stroke_width=3)


def halo(look: Look, x: float, y: float, radius: float) -> Drawing:
    """Build a stone in a halo of small diamonds on a metal ground."""
    bead = radius * 0.15
    grow = 1.2 if look.shape != "marquise" else 1.27
    count = 18 if look.shape in ("marquise", "pear") else 20
    points = [(x + px * radius / RADIUS, y + py * radius / RADIUS) for px, py in edge_points(look.shape, count, grow)]
    line = tag(
        "path",
        d=closed(points),
        stroke="url(#m)",
        stroke_width=bead * 2.5,
        fill=look.metal.dark,
        stroke_linejoin="round",
    )
    stones = repeated("h", points)
    return Drawing(accent("h", bead, STONES["diamond"].tones), line + stones + set_stone(look, x, y, radius))


def closed(points: list[Point]) -> str:
    """Return path data of a polygon in whole units."""
    return "M" + "L".join(f"{round(x)} {round(y)}" for x, y in points) + "Z"


def hoop(metal: Metal, center: Point, radii: Point, width: float, depth: Point = (9, -5)) -> str:
    """Build a band that is seen through: a ring standing upright, with its far edge behind it."""
    (cx, cy), (rx, ry) = center, radii
    half = width / 2
    edges = [
        ring(cx, cy, rx + s, ry + s, stroke=metal.deep, stroke_width=1, stroke_opacity=".45") for s in (-half, half)
    ]
    gleam = tag(
        "path",
        d=arc(center, (rx + width * 0.12, ry + width * 0.12), 165, 255) + arc(center, radii, 20, 62),
        fill="none", stroke=metal.shine, stroke_width=width * 0.2, stroke_opacity=".85", stroke_linecap="round",
    )  # fmt: skip
    return (
        ring(cx + depth[0], cy + depth[1], rx, ry, stroke="url(#d)", stroke_width=width)
        + ring(cx, cy, rx, ry, stroke="url(#m)", stroke_width=width)
        + "".join(edges)
        + gleam
    )


def arc(center: Point, radii: Point, start: float, end: float) -> str:
    """Return path data of an open elliptic arc shorter than half a turn; degrees are clockwise from the right."""
    (ax, ay), (bx, by) = ellipse_point(center, radii, start), ellipse_point(center, radii, end)
    return f"M{number(ax)} {number(ay)}A{number(radii[0])} {number(radii[1])} 0 0 1 {number(bx)} {number(by)}"


def ellipse_point(center: Point, radii: Point, degrees: float) -> Point:
    """Return the point of an ellipse at an angle, clockwise from the right."""
    angle = math.radians(degrees)
    return center[0] + radii[0] * math.cos(angle), center[1] + radii[1] * math.sin(angle)


def lying(metal: Metal, center: Point, radii: Point, height: float, thickness: float = 9) -> str:
    """Build a band that lies on a table: its inner wall, its front and its upper rim."""
    (cx, cy), (rx, ry) = center, radii
    inner = (rx - thickness, ry - thickness * 0.75)
    wall = ellipse_path(cx, cy, *inner) + ellipse_path(cx, cy + height, *inner)
    left, right, low = round(cx - rx), round(cx + rx), round(cy + height)
    front = f"M{left} {cy}A{rx} {ry} 0 0 0 {right} {cy}V{low}A{rx} {ry} 0 0 1 {left} {low}Z"
    rim = ellipse_path(cx, cy, rx, ry) + ellipse_path(cx, cy, *inner)
    return (
        tag("path", d=wall, fill="url(#d)", fill_rule="evenodd")
        + tag("path", d=front, fill="url(#w)", stroke=metal.deep, stroke_width=1, stroke_opacity=".5")
        + tag("path", d=rim, fill="url(#m)", fill_rule="evenodd", stroke=metal.dark, stroke_width=0.8)
    )


def loop(center: Point, radii: Point, count: int, drop: float = 0) -> list[Point]:
    """Return points at equal distances along an oval; `drop` pulls its lower half into a point."""
    line = []
    for k in range(241):
        x, y = ellipse_point(center, radii, -90 + 1.5 * k)
        fall = max(0.0, (y - center[1]) / radii[1])
        line.append((center[0] + (x - center[0]) * (1 - drop * fall), y))
    return spaced(line, count)


def midpoints(points: list[Point]) -> list[Point]:
    """Return the points between neighbors of a closed line."""
    return [((ax + bx) / 2, (ay + by) / 2) for (ax, ay), (bx, by) in pairwise([*points, points[0]])]
