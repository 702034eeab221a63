"""How the links of chains look, and where they lie."""

from collections.abc import Sequence
from typing import NamedTuple

from facetry.application.demo.drawing.palette import Metal
from facetry.application.demo.drawing.parts import along, length
from facetry.application.demo.drawing.svg import Point, ring, tag, use


class Weave(NamedTuple):
    """How a chain is made.

    Attributes:
        pitch: how far apart its places are.
        cycle: which link is at each place, `k` or `l`, or none; over and over.
        turn: by how many degrees links are turned from the chain's direction.
    """

    pitch: float
    cycle: str
    turn: float = 0


WEAVES = {
    "cable": Weave(14.6, "kl"),
    "curb": Weave(17.5, "k", 24),
    "figaro": Weave(6.5, "k.k.k..l..", 20),
    "rope": Weave(12, "k", 48),
    "box": Weave(13.4, "kl"),
    "wheat": Weave(13.2, "kl"),
    "snake": Weave(12.6, "k"),
    "paperclip": Weave(23.5, "kl"),
}
"""The chains that can be drawn."""


def link_definitions(style: str, metal: Metal) -> str:
    """Build the definitions `k` and, where links alternate, `l`, both at the origin along the x axis."""
    return _LINKS[style](metal)


def linked(style: str, line: Sequence[Point], *, closed: bool = False) -> str:
    """Place a chain's links along a line, those of the second kind above the others.

    Args:
        style: which chain.
        line: where it lies.
        closed: whether its end is its beginning.
    """
    pitch, cycle, turn = WEAVES[style]
    count = round(length(line) / pitch / len(cycle)) * len(cycle)
    placed: dict[str, list[str]] = {"k": [], "l": [], ".": []}
    for k, (x, y, direction) in enumerate(along(line, count, closed=closed)):
        name = cycle[k % len(cycle)]
        placed[name].append(use(name, round(x), round(y), 1, round(direction + turn)))
    return "".join(placed["k"] + placed["l"])


def _oval(metal: Metal, rx: float, ry: float, width: float) -> str:
    """Build an open link of round wire."""
    return (
        ring(0, 0, rx, ry, stroke=metal.deep, stroke_width=width + 1.8)
        + ring(0, 0, rx, ry, stroke=metal.mid, stroke_width=width)
        + ring(
            -0.4,
            -0.5,
            rx,
            ry,
            stroke=metal.shine,
            stroke_width=0.34 * width,
            stroke_dasharray=f"{round(rx)} {round(rx)}",
        )
    )


def _bar(metal: Metal, half: float, width: float) -> str:
    """Build a link that is seen from its edge."""
    path = f"M{-half:g} 0h{2 * half:g}"
    strokes = ((metal.deep, width + 1.8, 0.0), (metal.mid, width, 0.0), (metal.shine, 0.3 * width, -0.2 * width))
    return "".join(
        tag("path", d=path, stroke=color, stroke_width=size, stroke_linecap="round", transform=f"translate(0 {lift:g})")
        if lift
        else tag("path", d=path, stroke=color, stroke_width=size, stroke_linecap="round")
        for color, size, lift in strokes
    )


def _two(first: str, second: str) -> str:
    return tag("g", first, id="k") + tag("g", second, id="l")


def _cable(metal: Metal) -> str:
    return _two(_oval(metal, 11, 7.4, 4.2), _bar(metal, 9, 4.6))


def _curb(metal: Metal) -> str:
    return tag("g", _oval(metal, 15, 8.6, 5.6), id="k")


def _figaro(metal: Metal) -> str:
    return _two(_oval(metal, 8.4, 6.4, 4.4), _oval(metal, 14.5, 7, 4.4))


def _rope(metal: Metal) -> str:
    body = tag(
        "path", d="M-17 0Q-10-9 2-7 14-5 17 0 10 9-2 7-14 5-17 0Z", fill=metal.mid, stroke=metal.deep, stroke_width=1.4
    )
    return tag("g", body, tag("path", d="M-11-2Q-4-6 8-2", fill="none", stroke=metal.shine, stroke_width=2.6), id="k")


def _box(metal: Metal) -> str:
    def square(half: float, fill: str, gleam: str) -> str:
        size = 2 * half
        frame = tag(
            "rect", x=-half, y=-half, width=size, height=size, rx=2, fill=fill, stroke=metal.deep, stroke_width=1.4
        )
        return frame + tag("path", d=f"M{2 - half:g} {3 - half:g}h{size - 4:g}", stroke=gleam, stroke_width=2.4)

    return _two(square(7.6, metal.mid, metal.shine), square(6, metal.dark, metal.light))


def _wheat(metal: Metal) -> str:
    def grain(tilt: float) -> str:
        return tag(
            "g",
            tag("path", d="M-13 0Q0-11 14 0 0 11-13 0Z", fill=metal.mid, stroke=metal.deep, stroke_width=1.4),
            tag("path", d="M-8-1Q0-7 9-1", fill="none", stroke=metal.shine, stroke_width=2.2),
            transform=f"translate(0 {tilt / 6:g})rotate({tilt:g})",
        )

    return _two(grain(-30), grain(30))


def _snake(metal: Metal) -> str:
    scale = tag("path", d="M-8-9Q2 0-8 9L7 9Q17 0 7-9Z", fill=metal.mid, stroke=metal.deep, stroke_width=1.2)
    middle = tag("path", d="M-3 0h11", stroke=metal.shine, stroke_width=5, stroke_linecap="round", opacity=".8")
    return tag("g", scale, tag("path", d="M3-9Q13 0 3 9", fill="none", stroke=metal.dark), middle, id="k")


def _paperclip(metal: Metal) -> str:
    def clip(width: float, color: str, lift: float = 0) -> str:
        return tag(
            "rect", x=-17, y=-7 + lift, width=34, height=14, rx=7, fill="none", stroke=color, stroke_width=width
        )  # fmt: skip

    return _two(clip(5.6, metal.deep) + clip(4, metal.mid) + clip(1.2, metal.shine, -0.6), _bar(metal, 13, 4))


_LINKS = {
    "cable": _cable,
    "curb": _curb,
    "figaro": _figaro,
    "rope": _rope,
    "box": _box,
    "wheat": _wheat,
    "snake": _snake,
    "paperclip": _paperclip,
}
