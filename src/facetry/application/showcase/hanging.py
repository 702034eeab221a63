"""How chains, necklaces, pendants and earrings are drawn, and loose stones."""

from facetry.application.showcase.cuts import pearl, small
from facetry.application.showcase.palette import STONES
from facetry.application.showcase.parts import (
    Drawing,
    Look,
    gem,
    gem_definitions,
    halo,
    hoop,
    loop,
    metal_definitions,
    midpoints,
    set_stone,
)
from facetry.application.showcase.svg import Point, glow, group, motif, repeated, ring, shadow, tag

_NECK = ((240.0, 236.0), (150.0, 186.0))


def _clasp(look: Look, y: float) -> str:
    return (
        ring(228, y, 12, 9, stroke="url(#m)", stroke_width=4.5)
        + ring(252, y, 8, 8, stroke="url(#m)", stroke_width=4)
        + tag("circle", cx=240, cy=y, r=3, fill=look.metal.dark)
    )


def _links(look: Look, kind: str) -> tuple[int, str, str]:
    """Return how many links a chain has, the link that lies flat and the one seen from its edge."""
    deep, dark = look.metal.deep, look.metal.dark
    if kind == "cable":
        flat = ring(0, 0, 13, 8, stroke="url(#m)", stroke_width=4.6) + ring(
            0, 0, 10.7, 5.7, stroke=deep, stroke_width=0.6
        )
        return 36, flat, tag("rect", x=-9, y=-2.8, width=18, height=5.6, rx=2.8, fill="url(#m)", stroke=dark)
    if kind == "curb":
        link = tag("ellipse", rx=12, ry=8, fill=dark, stroke="url(#m)", stroke_width=6, transform="rotate(38)")
        return 58, link + ring(0, 0, 3, 1.6, stroke=deep, stroke_width=1), ""
    if kind == "rope":
        strand = tag("ellipse", rx=11, ry=5, fill="url(#m)", stroke=deep, stroke_width=0.8, transform="rotate(-52)")
        return 130, strand, ""
    square = tag("rect", x=-7.5, y=-7, width=15, height=14, rx=2, fill="url(#m)", stroke=deep, stroke_width=1)
    return 66, square, tag("rect", x=-3, y=-5, width=6, height=10, fill=dark, opacity=".7")


def chain(look: Look, kind: str) -> Drawing:
    """Draw a closed chain of one kind of link."""
    count, flat, edge = _links(look, kind)
    points = loop(*_NECK, count, drop=0.12)
    motifs = motif("f", flat, along=True) + (motif("e", edge, along=True) if edge else "")
    line = repeated("f", points) + (repeated("e", midpoints(points)) if edge else "")
    body = shadow(246, 436, 96, 10, 0.16) + line + _clasp(look, _NECK[0][1] - _NECK[1][1])
    return Drawing(metal_definitions(look.metal) + motifs, body)


def cable(look: Look) -> Drawing:
    """Draw a chain of round links."""
    return chain(look, "cable")


def curb(look: Look) -> Drawing:
    """Draw a chain of twisted links that lie flat."""
    return chain(look, "curb")


def rope(look: Look) -> Drawing:
    """Draw a chain of twisted strands."""
    return chain(look, "rope")


def box(look: Look) -> Drawing:
    """Draw a chain of square links."""
    return chain(look, "box")


def riviere(look: Look) -> Drawing:
    """Draw a necklace of stones in a row."""
    cup = tag(
        "rect", x=-10.5, y=-10.5, width=21, height=21, rx=5, fill="url(#m)", stroke=look.metal.deep, stroke_width=1
    )
    stone = motif("f", cup, group(0, 0, 0.09, small("round", look.stone.tones)), along=True)
    body = shadow(246, 436, 96, 10, 0.16) + repeated("f", loop(*_NECK, 48, drop=0.12)) + _clasp(look, 50)
    return Drawing(metal_definitions(look.metal) + stone, body)


def strand(look: Look) -> Drawing:
    """Draw a strand of pearls."""
    tones = STONES["pearl"].tones
    luster = glow("pl", ((0, tones[5]), (0.45, tones[3]), (0.8, tones[2]), (1, tones[0])), cx="36%", cy="32%", r="72%")
    pearls = motif("f", group(0, 0, 0.128, pearl(tones)))
    body = shadow(250, 436, 110, 12, 0.2) + repeated("f", loop(*_NECK, 42, drop=0.12)) + _clasp(look, 50)
    return Drawing(metal_definitions(look.metal) + luster + pearls, body)


def _fine_chain(low: Point) -> Drawing:
    """Build two thin lines of links that meet above a pendant."""
    link = motif("n", ring(0, 0, 6.2, 3.6, stroke="url(#m)", stroke_width=2.4), along=True)
    left, right = [], []
    for k in range(23):
        share = k / 22
        x, y = 142 * (1 - share) ** 1.25, 26 + (low[1] - 26) * share
        left.append((low[0] - x, y))
        right.append((low[0] + x, y))
    return Drawing(link, repeated("n", left) + repeated("n", right))


def _hung(look: Look, top: float, definitions: str, piece: str) -> Drawing:
    """Build a pendant's picture: a fine chain, the bail at `top`, and the piece below."""
    fine = _fine_chain((240, top - 16))
    bail = tag(
        "path", d=f"M240 {top - 28:.0f}c13 0 12 34 0 44c-12-10-13-44 0-44Z",
        fill="url(#m)", stroke=look.metal.deep, stroke_width=1,
    )  # fmt: skip
    body = shadow(246, 440, 84, 10, 0.2) + fine.body + piece + bail
    return Drawing(metal_definitions(look.metal) + definitions + fine.definitions, body)


def pendant(look: Look) -> Drawing:
    """Draw a pendant of one stone."""
    return _hung(look, 212, gem_definitions(look), set_stone(look, 240, 322, 98))


def pendant_halo(look: Look) -> Drawing:
    """Draw a pendant of one stone in a halo of small diamonds."""
    head = halo(look, 240, 324, 80)
    return _hung(look, 206, gem_definitions(look) + head.definitions, head.body)


def _plain(look: Look, d: str, top: float) -> Drawing:
    metal = look.metal
    shape = tag("path", d=d, fill="url(#m)", stroke=metal.deep, stroke_width=1.5, stroke_linejoin="round")
    gleam = tag("path", d=d, fill="none", stroke=metal.shine, stroke_width=3, opacity=".8")
    inset = tag("g", gleam, transform="translate(240 318)scale(.88)translate(-240 -318)")
    return _hung(look, top, "", shape + inset)


def pendant_heart(look: Look) -> Drawing:
    """Draw a heart."""
    return _plain(
        look,
        "M240 262C214 206 142 222 142 284C142 338 196 372 240 416C284 372 338 338 338 284C338 222 266 206 240 262Z",
        250,
    )


def pendant_cross(look: Look) -> Drawing:
    """Draw a cross."""
    return _plain(look, "M224 214H256V274H308V306H256V424H224V306H172V274H224Z", 206)


def pendant_disc(look: Look) -> Drawing:
    """Draw a round medal."""
    return _plain(look, "M240 222A96 96 0 0 1 240 414A96 96 0 0 1 240 222Z", 218)


def studs(look: Look) -> Drawing:
    """Draw two studs."""
    stone = motif("p", set_stone(look, 0, 0, 88))
    body = shadow(244, 352, 170, 14, 0.22) + repeated("p", [(140, 236), (340, 236)])
    return Drawing(metal_definitions(look.metal) + gem_definitions(look) + stone, body)


def drops(look: Look) -> Drawing:
    """Draw two drop earrings: a wire, a small diamond and the stone below."""
    wire = tag(
        "path",
        d="M0 -96C-2-150 46-160 44-106C43-84 36-70 30-60",
        fill="none",
        stroke="url(#m)",
        stroke_width=5,
        stroke_linecap="round",
    )
    bead = group(0, -78, 0.19, small("round", STONES["diamond"].tones))
    joint = ring(0, -50, 6, 9, stroke="url(#m)", stroke_width=4)
    stone = motif("p", wire, joint, bead, set_stone(look, 0, 42, 84))
    body = shadow(244, 420, 150, 12, 0.22) + repeated("p", [(144, 262), (324, 262)])
    return Drawing(metal_definitions(look.metal) + gem_definitions(look) + stone, body)


def hoops(look: Look) -> Drawing:
    """Draw two hoop earrings."""
    hoops_drawn = hoop(look.metal, (140, 250), (82, 112), 15, (10, -2)) + hoop(
        look.metal, (336, 250), (82, 112), 15, (10, -2)
    )
    posts = motif(
        "t", tag("rect", x=-4, y=-9, width=8, height=26, rx=4, fill="url(#m)", stroke=look.metal.deep, stroke_width=1)
    )
    body = shadow(244, 384, 168, 12) + hoops_drawn + repeated("t", [(144, 134), (340, 134)])
    return Drawing(metal_definitions(look.metal) + posts, body)


def loose(look: Look) -> Drawing:
    """Draw a large stone by itself."""
    return Drawing(gem_definitions(look), shadow(250, 410, 120, 22) + group(240, 230, 1.62, gem(look)))
