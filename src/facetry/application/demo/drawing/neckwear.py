"""Pictures of chains, necklaces and pendants."""

import math

from facetry.application.demo.drawing import cuts
from facetry.application.demo.drawing.links import link_definitions, linked
from facetry.application.demo.drawing.palette import METALS, Metal
from facetry.application.demo.drawing.parts import (
    along,
    body_gradient,
    claws,
    large_stone,
    length,
    sampled,
    small_stone,
    stone,
    torus,
    wreath,
)
from facetry.application.demo.drawing.svg import CENTER, Point, document, number, polygon, tag, use

FALL = (150, 400)
"""Half the width of a hanging chain, and how far down it reaches."""

BAIL_Y = 214
"""Where a pendant hangs from its chain."""


def _drape(half: float = FALL[0], low: float = FALL[1], top: float = -24) -> list[Point]:
    """Return the line of a chain that hangs from above the picture."""

    def curve(share: float) -> Point:
        angle = math.pi * share
        return CENTER - half * math.cos(angle), top + (low - top) * math.sin(angle) ** 0.8

    return sampled(curve)


def chain(title: str, style: str, metal: str) -> bytes:
    """Draw a chain as it hangs."""
    tones = METALS[metal]
    return document(
        title,
        link_definitions(style, tones),
        _cast(_drape()),
        linked(style, _drape()),
    )


def _cast(line: list[Point], width: float = 15) -> str:
    """Build the soft shadow of a chain on the wall behind it."""
    path = "M" + " ".join(f"{number(x + 5)} {number(y + 9)}" for x, y in line[::10])
    return tag(
        "path", d=path, fill="none", stroke="#4b4032", stroke_width=width, opacity=".16", filter="url(#b)"
    )  # fmt: skip


def strand(title: str, metal: str, shape: str, gem: str) -> bytes:
    """Draw a necklace of pearls or stones, the largest in front."""
    tones = METALS[metal]
    line = _drape(146, 396)
    places = along(line, round(length(line) / (23.5 if gem == "pearl" else 24)))
    placed = [
        use(
            "p",
            x,
            y,
            ((0.094 if gem == "pearl" else 0.1) + 0.038 * max(y, 0) / 400),
            direction - 90 if gem != "pearl" else 0,
        )
        for x, y, direction in places
    ]
    thread = "M" + " ".join(f"{number(x)} {number(y)}" for x, y in line[::8])
    return document(
        title,
        small_stone(shape, gem),
        _cast(line, 22),
        tag("path", d=thread, fill="none", stroke=tones.dark, stroke_width=5),
        tag("path", d=thread, fill="none", stroke=tones.light, stroke_width=3),
        *placed,
    )


def _fine_chain(metal: Metal) -> str:
    """Build the fine chain that carries a pendant, in a V with soft sides."""
    path = f"M92-10C120 90 196 170 {CENTER} {BAIL_Y}C284 170 360 90 388-10"
    strokes = ((metal.deep, 5.2, ""), (metal.mid, 3.8, ""), (metal.shine, 2.6, "3.5 4.5"))
    lines = [tag("path", d=path, id="fc")]
    drawn = [
        tag("use", href="#fc", stroke=color, stroke_width=width, **({"stroke_dasharray": dash} if dash else {}))
        for color, width, dash in strokes
    ]
    return tag("defs", *lines) + tag("g", *drawn, fill="none", stroke_linecap="round")


def _bail(metal: Metal) -> str:
    """Build the loop between chain and pendant."""
    return torus(CENTER, BAIL_Y + 8, 7, 15, 6, metal)


def _hung(title: str, metal: Metal, definitions: str, *piece: str) -> bytes:
    return document(
        title,
        body_gradient(metal) + definitions,
        _fine_chain(metal),
        *piece,
        _bail(metal),
    )


def pendant(title: str, metal: str, shape: str, gem: str) -> bytes:
    """Draw one stone on a fine chain."""
    tones = METALS[metal]
    radius = 54 if gem == "pearl" else 76
    y = BAIL_Y + 24 + radius * cuts.TOPS.get(shape, 1)
    held = "" if gem == "pearl" else claws(shape, CENTER, y, radius, tones)
    return _hung(title, tones, large_stone(shape, gem), _behind(radius, y), stone(CENTER, y, radius), held)


def _behind(radius: float, y: float) -> str:
    """Build the soft shadow of a stone on the wall behind it."""
    return tag("circle", cx=CENTER + 8, cy=y + 14, r=0.8 * radius, fill="#4b4032", opacity=".2", filter="url(#b)")


def cluster(title: str, metal: str, shape: str, gem: str) -> bytes:
    """Draw one stone in a wreath of small diamonds, on a fine chain."""
    tones = METALS[metal]
    radius = 58
    y = BAIL_Y + 42 + radius * cuts.TOPS.get(shape, 1)
    bed = polygon((CENTER + px, y + py) for px, py in cuts.contour(shape, radius, 20)[:-1])
    return _hung(
        title,
        tones,
        large_stone(shape, gem) + small_stone("round", "diamond", 9.3, "d"),
        _behind(radius, y),
        tag("path", d=bed, fill="url(#m)", stroke=tones.deep, stroke_width=1.4),
        *(use("d", CENTER + px, y + py) for px, py in wreath(shape, radius, 10.7, 19.6)),
        stone(CENTER, y, radius),
        claws(shape, CENTER, y, radius, tones),
    )


CHARMS = {
    "heart": "M240 372C196 334 166 306 166 266C166 230 212 214 240 244C268 214 314 230 314 266C314 306 284 334 240 372",
    "cross": "M228 240h24v52h46v24h-46v92h-24v-92h-46v-24h46Z",
    "disc": "M168 314a72 72 0 1 0 144 0a72 72 0 1 0-144 0Z",
    "bar": "M229 236a11 11 0 0 1 22 0v158a11 11 0 0 1-22 0Z",
    "star": "M240 234L260 295 324 295 272 333 292 394 240 357 188 394 208 333 156 295 220 295Z",
    "moon": "M262 238A82 82 0 1 0 318 352A68 68 0 1 1 262 238Z",
    "leaf": "M240 236C300 276 308 352 240 414C172 352 180 276 240 236Z",
    "key": "M240 236a36 36 0 0 1 10 70v84h22v14h-22v12h-20v-110a36 36 0 0 1 10-70Zm0 18a18 18 0 1 0 .1 0Z",
}
"""Outlines of pendants without stones."""

ENGRAVINGS = {
    "disc": "M240 266l9 36 36 12-36 9-9 38-9-38-36-9 36-12Z",
    "leaf": "M240 250V400M240 290l28-20M240 290l-28-20M240 326l32-24M240 326l-32-24M240 360l26-22M240 360l-26-22",
    "cross": "M240 248v152M190 304h100",
}
"""Lines that are cut into some of them."""


def charm(title: str, style: str, metal: str) -> bytes:
    """Draw a pendant of plain metal."""
    tones = METALS[metal]
    look = {"stroke_linejoin": "round", "fill_rule": "evenodd"}
    outline = CHARMS[style]
    engraved = ENGRAVINGS.get(style)
    return _hung(
        title,
        tones,
        "",
        tag("path", d=outline, fill="#4b4032", opacity=".3", filter="url(#b)", transform="translate(9 14)", **look),
        tag("path", d=outline, fill=tones.dark, stroke=tones.deep, stroke_width=3, transform="translate(3 4)", **look),
        tag("path", d=outline, fill="url(#m)", stroke=tones.deep, stroke_width=2, **look),
        tag(
            "path",
            d=outline,
            fill="none",
            stroke="url(#s)",
            stroke_width=4,
            transform="translate(12 15.8)scale(.95)",
            **look,
        ),
        tag("path", d=engraved, fill="none", stroke=tones.dark, stroke_width=2.4, **look) if engraved else "",
    )
