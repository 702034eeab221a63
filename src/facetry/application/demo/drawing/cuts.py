"""How stones are cut: their outlines and facets, seen from above, in a circle of radius 100."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from facetry.application.demo.drawing.svg import Point, number, polygon, tag

RADIUS = 100
LIGHT = math.radians(235)
"""Where the light comes from: upper left, the angle measured clockwise from the right."""

Outline = Callable[[float], Point]
Facet = tuple[float, list[Point]]
"""A facet's brightness (0 dark to 5 bright) and its corners."""


def _round(angle: float) -> Point:
    return math.cos(angle), math.sin(angle)


def _oval(angle: float) -> Point:
    return 0.76 * math.cos(angle), math.sin(angle)


def _cushion(angle: float) -> Point:
    x, y = math.cos(angle), math.sin(angle)
    length = (abs(x) ** 3.4 + abs(y) ** 3.4) ** (1 / 3.4)
    return 0.87 * x / length, 0.93 * y / length


def _princess(angle: float) -> Point:
    x, y = math.cos(angle), math.sin(angle)
    length = max(abs(x), abs(y))
    return 0.8 * x / length, 0.8 * y / length


def _pear(angle: float) -> Point:
    turn = angle + math.pi / 2
    return 0.84 * math.sin(turn) * abs(math.sin(turn / 2)) ** 1.15, -math.cos(turn)


def _marquise(angle: float) -> Point:
    sine, cosine = math.sin(angle), math.cos(angle)
    return 0.5 * cosine * abs(cosine) ** 0.8, sine


OUTLINES: dict[str, tuple[Outline, Point]] = {
    "round": (_round, (0, 0)),
    "oval": (_oval, (0, 0)),
    "cushion": (_cushion, (0, 0)),
    "princess": (_princess, (0, 0)),
    "pear": (_pear, (0, 0.24)),
    "marquise": (_marquise, (0, 0)),
}
"""Outline and middle of the shapes that are cut as brilliants."""

SHAPES = (*OUTLINES, "emerald")
WIDTHS = {"round": 1, "oval": 0.76, "cushion": 0.87, "princess": 0.8, "pear": 0.66, "marquise": 0.5, "emerald": 0.74}
"""Half the width of a shape as a share of its radius."""

TOPS = {"princess": 0.8, "cushion": 0.93}
"""How far a shape reaches up as a share of its radius, where it is not all of it."""


def _at(shape: str, eighths: float, depth: float) -> Point:
    """Return the point at an angle, in eighths of a turn, and at a share of the way to the edge."""
    outline, (middle_x, middle_y) = OUTLINES[shape]
    x, y = outline(math.radians(45 * eighths - 90))
    return RADIUS * (middle_x + depth * (x - middle_x)), RADIUS * (middle_y + depth * (y - middle_y))


def _light(eighths: float) -> float:
    """Return how much a facet that faces this way is turned to the light, from -1 to 1."""
    return math.cos(math.radians(45 * eighths - 90) - LIGHT)


def _brilliant(shape: str) -> Iterator[Facet]:
    for k in range(8):
        flash = (0.9, -0.7, 0.3, -1.0, 1.1, -0.4, 0.6, -0.9)[k]
        table, table_next = _at(shape, k, 0.55), _at(shape, k + 1, 0.55)
        star, star_before = _at(shape, k + 0.5, 0.74), _at(shape, k - 0.5, 0.74)
        edge, half, edge_next = _at(shape, k, 1), _at(shape, k + 0.5, 1), _at(shape, k + 1, 1)
        yield 2.9 + 1.3 * _light(k) + flash, [table, star_before, edge, star]
        yield 3.6 + 1.1 * _light(k + 0.5) - 0.8 * flash, [table, table_next, star]
        yield 2.0 + 1.5 * _light(k + 0.25) - flash, [star, edge, _at(shape, k + 0.25, 1), half]
        yield 2.2 + 1.5 * _light(k + 0.75) + flash, [star, half, _at(shape, k + 0.75, 1), edge_next]
        yield from _reflections(shape, k, flash)


def _reflections(shape: str, k: int, flash: float) -> Iterator[Facet]:
    """Yield what shows through the table: the pavilion's arrows and the light between them."""
    middle, tip, tip_next = _at(shape, k, 0), _at(shape, k, 0.55), _at(shape, k + 1, 0.55)
    left, right = _at(shape, k - 0.3, 0.34), _at(shape, k + 0.3, 0.34)
    valley, left_next = _at(shape, k + 0.5, 0.2), _at(shape, k + 0.7, 0.34)
    rim = _at(shape, k + 0.5, 0.52)
    yield 1.3 + 0.9 * flash - 0.6 * _light(k), [middle, left, tip]
    yield 2.4 - 1.1 * flash - 0.6 * _light(k), [middle, tip, right]
    yield 3.5 - 0.9 * flash - 1.2 * _light(k), [middle, right, valley, left_next]
    yield 3.3 + 0.8 * flash - 0.9 * _light(k), [right, tip, rim, valley]
    yield 4.1 - 0.7 * flash - 0.9 * _light(k + 1), [valley, rim, tip_next, left_next]


def _step(inset: float) -> list[Point]:
    """Return the octagon of an emerald cut that lies so far inside the edge."""
    width, height, corner = 74 - inset, 100 - inset, 26 - 0.42 * inset
    right, low = width - corner, height - corner
    return [
        (-right, -height), (right, -height), (width, -low), (width, low),
        (right, height), (-right, height), (-width, low), (-width, -low),
    ]  # fmt: skip


def _emerald() -> Iterator[Facet]:
    lights = (0.9, 0.2, -0.6, -0.9, -0.8, -0.1, 0.7, 1.0)
    rows = ((0, 14, 2.1), (14, 27, 3.2), (27, 38, 2.4), (38, 50, 1.0), (50, 61, 3.9), (61, 74, 1.6))
    for row, (outer, inner, tone) in enumerate(rows):
        outside, inside = _step(outer), _step(inner)
        for k in range(8):
            corners = [outside[k], outside[(k + 1) % 8], inside[(k + 1) % 8], inside[k]]
            side = lights[k] if row < 3 else -lights[k]  # noqa: PLR2004  (below the table light comes from the far side)
            yield tone + 1.3 * side + (0.7 if (k + row) % 3 == 0 else 0), corners


def edge(shape: str, eighths: float) -> Point:
    """Return a point of the edge as shares of the radius; eighths of a turn count clockwise from the top."""
    if shape == "emerald":
        width, height = (0.63, 0.87)
        return (width if eighths < 4 else -width), (height if 2 < eighths < 6 else -height)  # noqa: PLR2004
    x, y = _at(shape, eighths, 1)
    return x / RADIUS, y / RADIUS


def contour(shape: str, radius: float, away: float) -> list[Point]:
    """Return the closed line that runs around a stone of a radius, so far outside its edge."""
    edge_points = [(x * radius / RADIUS, y * radius / RADIUS) for x, y in _edge_points(shape)]
    line = []
    for k, (x, y) in enumerate(edge_points):
        before, after = edge_points[k - 1], edge_points[(k + 1) % len(edge_points)]
        along_x, along_y = after[0] - before[0], after[1] - before[1]
        length = math.hypot(along_x, along_y)
        line.append((x + away * along_y / length, y - away * along_x / length))
    return [*line, line[0]]


def _edge_points(shape: str) -> list[Point]:
    return _step(0) if shape == "emerald" else [_at(shape, k / 4, 1) for k in range(32)]


def outline(shape: str) -> str:
    """Return path data of a stone's edge."""
    return polygon((round(x), round(y)) for x, y in _edge_points(shape))


def _merged(facets: Iterable[Facet], tones: tuple[str, ...]) -> str:
    """Build one path per tone."""
    paths: dict[int, list[str]] = defaultdict(list)
    for brightness, corners in facets:
        paths[min(max(round(brightness), 0), 5)].append(
            polygon((round(x), round(y)) for x, y in corners),
        )
    return "".join(tag("path", fill=tones[tone], d="".join(paths[tone])) for tone in sorted(paths))


def faceted(shape: str, tones: tuple[str, ...]) -> str:
    """Build a large stone with all its facets."""
    facets = _emerald() if shape == "emerald" else _brilliant(shape)
    return (
        tag("path", d=outline(shape), fill=tones[2], stroke=tones[0], stroke_width=3)
        + tag("g", _merged(facets, tones), stroke="#fff", stroke_opacity=".35", stroke_width=0.7)
        + _gleam(shape)
    )


def _gleam(shape: str) -> str:
    """Build the window's reflection on the upper left of the table."""
    if shape == "emerald":
        corners = [(-34.0, -58.0), (-2.0, -58.0), (-34.0, 10.0)]
    else:
        corners = [_at(shape, k, 0.53) for k in (6, 7, 8)]
    return tag("path", d=polygon(corners), fill="#fff", opacity=".38")


def small(shape: str, tones: tuple[str, ...]) -> str:
    """Build a small stone: an edge, a crown of eight and a table."""
    return tag("path", d=_small_outline(shape), fill=tones[1], stroke=tones[0], stroke_width=6) + _merged(
        _crown(shape), tones
    )


def _small_outline(shape: str) -> str:
    return (
        outline(shape)
        if shape == "emerald"
        else polygon((round(x), round(y)) for x, y in (_at(shape, k / 2, 1) for k in range(16)))
    )


def _crown(shape: str) -> Iterator[Facet]:
    outside = _step(0) if shape == "emerald" else [_at(shape, k, 1) for k in range(8)]
    inside = _step(34) if shape == "emerald" else [_at(shape, k, 0.56) for k in range(8)]
    for k in range(8):
        corners = [outside[k], outside[(k + 1) % 8], inside[(k + 1) % 8], inside[k]]
        yield 2.7 + 1.6 * _light(k + 0.5) + (0.6 if k % 2 else -0.6), corners
    yield 4.4, inside
    yield 2.6, [inside[2], inside[3], inside[4], inside[5]]


def pearl(tones: tuple[str, ...]) -> str:
    """Build a pearl; its luster is the gradient `pearl_luster`."""
    rim = tag("circle", r=RADIUS, fill="url(#pl)", stroke=tones[0], stroke_width=2, stroke_opacity=".5")
    return rim + tag(
        "ellipse", cx=-34, cy=-40, rx=24, ry=17, fill="#fff", opacity=".85", transform=f"rotate({number(-40)} -34 -40)"
    )
