"""Pictures of bracelets."""

import math

from facetry.application.demo.drawing.links import link_definitions, linked
from facetry.application.demo.drawing.palette import METALS
from facetry.application.demo.drawing.parts import along, beads, body_gradient, sampled, small_stone, torus
from facetry.application.demo.drawing.svg import CENTER, Point, document, layers, ring, tag, use

MIDDLE_Y = 238
RX = 168
RY = 108
"""A closed bracelet lies on the table: an ellipse, for it is seen from above."""

BANGLES = {"slim": 12, "round": 24, "cuff": 26}
"""Bracelets of one stiff piece, and their width."""


def _loop() -> list[Point]:
    """Return the line of a lying bracelet, from the back around the front."""

    def curve(share: float) -> Point:
        angle = math.radians(-90 + 360 * share)
        return CENTER + RX * math.cos(angle), MIDDLE_Y + RY * math.sin(angle)

    return sampled(curve)


def _ground(width: float) -> str:
    """Build the shadow that a lying bracelet throws."""
    return ring(
        CENTER + 3, MIDDLE_Y + 13, RX, RY, stroke="#4b4032", stroke_width=width, opacity=".26", filter="url(#b)"
    )  # fmt: skip


def bracelet(title: str, style: str, metal: str) -> bytes:
    """Draw a chain bracelet, closed."""
    tones = METALS[metal]
    return document(
        title,
        body_gradient(tones) + link_definitions(style, tones),
        _ground(14),
        linked(style, _loop(), closed=True),
        torus(CENTER, MIDDLE_Y - RY, 13, 9, 6, tones),
    )


def tennis(title: str, metal: str, shape: str, gem: str) -> bytes:
    """Draw a bracelet of stones in claws."""
    tones = METALS[metal]
    path = f"M{CENTER} {MIDDLE_Y - RY}a{RX} {RY} 0 1 1-.1 0Z"
    stones = [use("p", x, y, 1, round(direction)) for x, y, direction in along(_loop(), 38, closed=True)]
    return document(
        title,
        small_stone(shape, gem, 11.5),
        _ground(20),
        layers("tn", path, (tones.deep, 20), (tones.mid, 17.6), (tones.light, 9)),
        *stones,
    )


def bangle(title: str, style: str, metal: str) -> bytes:
    """Draw a stiff bracelet, open in front if it is a cuff."""
    tones = METALS[metal]
    width = BANGLES[style]
    if style != "cuff":
        return document(title, body_gradient(tones), _ground(width), torus(CENTER, MIDDLE_Y, RX, RY, width, tones))
    start, end = math.radians(118), math.radians(62)
    ends = [(CENTER + RX * math.cos(a), MIDDLE_Y + RY * math.sin(a)) for a in (start, end)]
    path = f"M{ends[0][0]:.0f} {ends[0][1]:.0f}A{RX} {RY} 0 1 1 {ends[1][0]:.0f} {ends[1][1]:.0f}"
    return document(
        title,
        body_gradient(tones),
        tag(
            "path",
            d=path,
            fill="none",
            stroke="#4b4032",
            stroke_width=width,
            opacity=".26",
            filter="url(#b)",
            transform="translate(3 13)",
        ),
        layers("cf", path, (tones.deep, width), ("url(#m)", width - 2)),
        tag("path", d=path, fill="none", stroke="url(#s)", stroke_width=5, transform="translate(-2 -4)"),
        beads("ce", ends, width + 5, tones),
    )
