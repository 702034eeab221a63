"""Pictures of earrings, always a pair."""

import math

from facetry.application.demo.drawing import cuts
from facetry.application.demo.drawing.palette import METALS, Metal
from facetry.application.demo.drawing.parts import (
    beads,
    body_gradient,
    claws,
    large_stone,
    small_stone,
    stone,
    torus,
    wreath,
)
from facetry.application.demo.drawing.svg import document, layers, number, polygon, shadow, tag, use

HOOPS = {"thin": 8, "classic": 14, "bold": 26, "twist": 15}
"""Hoops without stones and the width of their wire."""

HOOP_RX = 70
HOOP_RY = 94
HOOP_AT = ((156, 246), (326, 258))


def stud(title: str, metal: str, shape: str, gem: str) -> bytes:
    """Draw two stones in claws."""
    tones = METALS[metal]
    radius = 62 if gem == "pearl" else 74
    held = "" if gem == "pearl" else claws(shape, 0, 0, radius, tones)
    return _pair(title, body_gradient(tones) + large_stone(shape, gem), radius, stone(0, 0, radius), held)


def cluster(title: str, metal: str, shape: str, gem: str) -> bytes:
    """Draw two stones, each in a wreath of small diamonds."""
    tones = METALS[metal]
    radius = 56
    bed = polygon(cuts.contour(shape, radius, 20)[:-1])
    return _pair(
        title,
        body_gradient(tones) + large_stone(shape, gem) + small_stone("round", "diamond", 9.3, "d"),
        radius + 20,
        tag("path", d=bed, fill="url(#m)", stroke=tones.deep, stroke_width=1.4),
        *(use("d", x, y) for x, y in wreath(shape, radius, 10.7, 19.6)),
        stone(0, 0, radius),
        claws(shape, 0, 0, radius, tones),
    )


def _pair(title: str, definitions: str, radius: float, *piece: str) -> bytes:
    """Draw a piece twice, the right one turned a little."""
    return document(
        title,
        definitions + tag("g", *piece, id="e"),
        shadow(152, 244 + radius, 0.62 * radius, 10),
        shadow(330, 262 + radius, 0.62 * radius, 10),
        use("e", 146, 232),
        use("e", 330, 250, 1, 12),
    )


def drop(title: str, metal: str, shape: str, gem: str) -> bytes:
    """Draw two stones that swing from ear wires, a small diamond above each."""
    tones = METALS[metal]
    radius = 44 if gem == "pearl" else 62
    y = 196 + radius
    held = "" if gem == "pearl" else claws(shape, 0, y, radius, tones)
    wire = "M0 104C-2 62-16 34-2 22C18 8 34 34 30 84C28 112 30 124 36 138"
    joints = [torus(0, joint_y, 6, 9, 4.4, tones) for joint_y in (114, y - radius * cuts.TOPS.get(shape, 1) - 6)]
    piece = tag(
        "g",
        layers("w1", wire, (tones.deep, 6), (tones.mid, 4.2), (tones.shine, 1.4)),
        *joints,
        beads("b1", [(0, 150)], 46, tones),
        stone(0, 150, 20, "p"),
        stone(0, y, radius),
        held,
        id="e",
    )
    return document(
        title,
        body_gradient(tones) + large_stone(shape, gem) + small_stone("round", "diamond") + piece,
        *(_cast(x, 300) for x in (166, 332)),
        use("e", 152, 52),
        use("e", 318, 66),
    )


def _cast(x: float, y: float) -> str:
    """Build the soft shadow of a hanging piece on the wall behind it."""
    return tag("ellipse", cx=x, cy=y, rx=44, ry=86, fill="#4b4032", opacity=".12", filter="url(#b)")


def hoop(title: str, style: str, metal: str) -> bytes:
    """Draw two hoops of metal."""
    tones = METALS[metal]
    width = HOOPS[style]
    body = torus(0, 0, HOOP_RX, HOOP_RY, width, tones)
    if style == "twist":
        body += _twist(width, tones)
    return _hoops(title, body_gradient(tones), body, tones)


def _twist(width: float, metal: Metal) -> str:
    """Build the strands of a twisted wire."""
    marks = []
    for k in range(40):
        angle = math.radians(9 * k)
        x, y = math.cos(angle), math.sin(angle)
        inner, outer = 0.46 * width, 0.5 * width
        lead = math.radians(9 * k + 9)
        marks.append(
            f"M{number((HOOP_RX - inner) * x)} {number((HOOP_RY - inner) * y)}"
            f"L{number((HOOP_RX + outer) * math.cos(lead))} {number((HOOP_RY + outer) * math.sin(lead))}"
        )
    return tag("path", d="".join(marks), stroke=metal.deep, stroke_width=1.8, stroke_opacity=".75")


def pave(title: str, metal: str, shape: str, gem: str) -> bytes:
    """Draw two hoops with a row of stones along their front."""
    tones = METALS[metal]
    body = torus(0, 0, HOOP_RX, HOOP_RY, 24, tones)
    placed = []
    for k in range(13):
        angle = math.radians(-52 + 19.2 * k)
        x, y = HOOP_RX * math.cos(angle), HOOP_RY * math.sin(angle)
        turn = math.degrees(math.atan2(HOOP_RX * math.sin(angle), HOOP_RY * math.cos(angle)))
        placed.append(use("p", round(x), round(y), 1, round(turn + 90)))
    return _hoops(title, body_gradient(tones) + small_stone(shape, gem, 11.6), body + "".join(placed), tones)


def _hoops(title: str, definitions: str, body: str, metal: Metal) -> bytes:
    post = tag(
        "g",
        tag("path", d=f"M-6 {-HOOP_RY}h34", stroke=metal.deep, stroke_width=6),
        tag("path", d=f"M-6 {-HOOP_RY}h34", stroke=metal.light, stroke_width=3.6),
        stroke_linecap="round",
    )
    return document(
        title,
        definitions + tag("g", post, body, id="e"),
        *(shadow(x + 6, y + HOOP_RY + 12, 46, 9) for x, y in HOOP_AT),
        use("e", *HOOP_AT[0]),
        use("e", *HOOP_AT[1], (0.9, 1)),
    )
