"""What pictures of several kinds share: the shine of metals, set stones, claws, and places along a line."""

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from facetry.application.demo.drawing import cuts
from facetry.application.demo.drawing.palette import STONES, Metal
from facetry.application.demo.drawing.svg import Point, dots, glow, gradient, layers, number, ring, tag, use

CLAWS: dict[str, tuple[float, ...]] = {
    "oval": (0.8, 3.2, 4.8, 7.2),
    "pear": (0, 2.2, 4, 5.8),
    "marquise": (0, 1.4, 2.6, 4, 5.4, 6.6),
}
"""Where claws hold a stone, in eighths of a turn from the top; other shapes are held between."""


def body_gradient(metal: Metal) -> str:
    """Build `m`, the shine across a piece of metal, and `s`, the gleam on top of it."""
    _, shine, light, mid, dark, _ = metal
    stops = ((0, light), (0.16, shine), (0.36, mid), (0.52, dark), (0.66, mid), (0.8, shine), (1, mid))
    gleam = ((0, "#fff"), (0.35, "#fff0"), (0.7, "#fff0"), (1, "#fffc"))
    return gradient("m", stops, x2="1", y2="1") + gradient("s", gleam, x2="1", y2="1")


def wall_gradient(metal: Metal) -> str:
    """Build `w`, the shine along a wall that bends towards the viewer, and `i`, along one that bends away."""
    _, shine, light, mid, dark, deep = metal
    wall = ((0, dark), (0.1, mid), (0.24, shine), (0.38, light), (0.6, mid), (0.78, light), (0.88, mid), (1, deep))
    return gradient("w", wall) + gradient("i", ((0, deep), (0.25, mid), (0.5, light), (0.72, dark), (1, deep)))


def large_stone(shape: str, gem: str) -> str:
    """Build the definition `g`: a stone of radius 100 with all its facets."""
    tones = STONES[gem].tones
    if gem != "pearl":
        return tag("g", cuts.faceted(shape, tones), id="g")
    return luster(tones) + tag("g", cuts.pearl(tones), id="g")


def small_stone(shape: str, gem: str, radius: float = cuts.RADIUS, name: str = "p") -> str:
    """Build a definition of a stone that is drawn small and often."""
    tones = STONES[gem].tones
    look = {} if radius == cuts.RADIUS else {"transform": f"scale({number(radius / cuts.RADIUS, 3)})"}
    if gem != "pearl":
        return tag("g", cuts.small(shape, tones), id=name, **look)
    return luster(tones) + tag("g", cuts.pearl(tones), id=name, **look)


def luster(tones: tuple[str, ...]) -> str:
    """Build `pl`, the luster of a pearl."""
    return glow(
        "pl",
        ((0, tones[5]), (0.25, tones[4]), (0.5, tones[3]), (0.8, tones[2]), (0.94, tones[1]), (1, tones[2])),
        cx=".36",
        cy=".32",
        r=".75",
    )


def stone(x: float, y: float, radius: float, name: str = "g", turn: float = 0, squash: float = 1) -> str:
    """Place a stone that is defined with radius 100."""
    factor = radius / cuts.RADIUS
    return use(name, x, y, factor if squash == 1 else (factor, factor * squash), turn)


def claws(shape: str, x: float, y: float, radius: float, metal: Metal, squash: float = 1) -> str:
    """Build the claws that hold a stone."""
    places = [cuts.edge(shape, eighths) for eighths in CLAWS.get(shape, (1, 3, 5, 7))]
    reach = 0.98 * radius
    return beads(
        f"c{round(x)}", [(x + reach * px, y + reach * squash * py) for px, py in places], max(0.17 * radius, 5), metal
    )


def beads(name: str, points: Sequence[Point], size: float, metal: Metal) -> str:
    """Build little balls of metal."""
    return layers(name, dots(points), (metal.deep, size + 2), (metal.mid, size), (metal.shine, 0.45 * size))


def torus(cx: float, cy: float, rx: float, ry: float, width: float, metal: Metal) -> str:
    """Build a ring of round wire: its shade, its body and the gleam on it."""
    gleam = ring(cx - 0.1 * width, cy - 0.12 * width, rx, ry, stroke="url(#s)", stroke_width=0.22 * width)
    return (
        ring(cx, cy, rx, ry, stroke=metal.deep, stroke_width=width)
        + ring(cx, cy, rx, ry, stroke="url(#m)", stroke_width=width - 2)
        + gleam
    )


def sampled(curve: Callable[[float], Point], count: int = 400) -> list[Point]:
    """Return points of a curve that maps 0..1 to points."""
    return [curve(k / count) for k in range(count + 1)]


def along(line: Sequence[Point], count: int, *, closed: bool = False) -> Iterator[tuple[float, float, float]]:
    """Yield x, y and direction in degrees of places at equal distances along a line.

    Args:
        line: the points that it joins.
        count: how many places.
        closed: whether the line's end is its beginning.
    """
    lengths = [0.0]
    for before, after in pairwise(line):
        lengths.append(lengths[-1] + math.dist(before, after))
    step = lengths[-1] / (count if closed else count - 1)
    k = 0
    for place in range(count):
        while k < len(line) - 2 and lengths[k + 1] < place * step - 1e-9:
            k += 1
        share = (place * step - lengths[k]) / (lengths[k + 1] - lengths[k])
        (x, y), (x_next, y_next) = line[k], line[k + 1]
        direction = math.degrees(math.atan2(y_next - y, x_next - x))
        yield x + share * (x_next - x), y + share * (y_next - y), direction


def length(line: Sequence[Point]) -> float:
    """Return the length of a line."""
    return sum(math.dist(before, after) for before, after in pairwise(line))


def wreath(shape: str, radius: float, away: float, spacing: float) -> list[Point]:
    """Return where small stones sit around a stone, relative to its middle."""
    line = cuts.contour(shape, radius, away)
    return [(x, y) for x, y, _ in along(line, round(length(line) / spacing), closed=True)]
