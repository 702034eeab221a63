"""How rings, bangles and bracelets are drawn."""

from facetry.application.showcase.cuts import RADIUS, WIDTHS, small
from facetry.application.showcase.palette import STONES
from facetry.application.showcase.parts import (
    Drawing,
    Look,
    accent,
    ellipse_point,
    gem_definitions,
    halo,
    hoop,
    loop,
    lying,
    metal_definitions,
    midpoints,
    set_stone,
)
from facetry.application.showcase.svg import group, motif, repeated, ring, shadow, tag

_BAND = (240.0, 302.0)
_BAND_RADII = (112.0, 116.0)
_HEAD = (240.0, 150.0)


def _band(look: Look, width: float) -> str:
    return shadow(244, 432, 118, 14) + hoop(look.metal, _BAND, _BAND_RADII, width)


def _shoulders(look: Look, reach: float) -> str:
    """Build the gallery between the band and a stone of this reach below its middle."""
    low, high = 196, _HEAD[1] + reach * 0.55
    d = f"M214 {low}L{240 - reach * 0.62:.0f} {high:.0f}H{240 + reach * 0.62:.0f}L266 {low}Z"
    return tag("path", d=d, fill="url(#d)", stroke=look.metal.deep, stroke_width=1, stroke_opacity=".5")


def solitaire(look: Look) -> Drawing:
    """Draw a ring with one stone."""
    radius = 72 if look.shape in ("round", "princess") else 82
    body = _band(look, 17) + _shoulders(look, radius) + set_stone(look, *_HEAD, radius)
    return Drawing(metal_definitions(look.metal) + gem_definitions(look), body)


def haloed(look: Look) -> Drawing:
    """Draw a ring with one stone in a halo of small diamonds."""
    head = halo(look, *_HEAD, 62 if look.shape in ("round", "princess") else 72)
    body = _band(look, 15) + _shoulders(look, 80) + head.body
    return Drawing(metal_definitions(look.metal) + gem_definitions(look) + head.definitions, body)


def three_stone(look: Look) -> Drawing:
    """Draw a ring with a stone between two diamonds."""
    radius = 66
    side = accent("s", 36, STONES["diamond"].tones)
    reach = radius * WIDTHS[look.shape] + 32
    flanks = repeated("s", [(240 - reach, 164), (240 + reach, 164)])
    body = _band(look, 17) + _shoulders(look, 100) + flanks + set_stone(look, _HEAD[0], _HEAD[1] + 4, radius)
    return Drawing(metal_definitions(look.metal) + gem_definitions(look) + side, body)


def eternity(look: Look) -> Drawing:
    """Draw a lying band with stones all round, and the tops of two more on the far rim."""
    center, radii, height = (240.0, 200.0), (150.0, 92.0), 62.0
    stones = []
    for name, scale, angles in (("a", 1.0, (50, 70, 90, 110, 130)), ("b", 0.72, (31, 149)), ("c", 0.42, (15, 165))):
        points = [ellipse_point((center[0], center[1] + height / 2), radii, angle) for angle in angles]
        gem = tag("g", small("round", look.stone.tones), transform=f"scale({0.25 * scale:.3f} .26)")
        stones.append((motif(name, gem), repeated(name, points)))
    body = shadow(246, 352, 150, 22) + lying(look.metal, center, radii, height) + "".join(drawn for _, drawn in stones)
    return Drawing(metal_definitions(look.metal) + "".join(defined for defined, _ in stones), body)


def wedding_band(look: Look) -> Drawing:
    """Draw a plain lying band with two turned edges."""
    center, radii = (240.0, 196.0), (146.0, 92.0)
    lines = "".join(
        tag("path", d=f"M94 {y}A146 92 0 0 0 386 {y}", fill="none", stroke=look.metal.deep, stroke_opacity=".3")
        for y in (208, 252)
    )
    body = shadow(246, 350, 146, 22) + lying(look.metal, center, radii, 68) + lines
    return Drawing(metal_definitions(look.metal), body)


def signet(look: Look) -> Drawing:
    """Draw a signet ring: a band that widens into an oval plate."""
    metal = look.metal
    flare = tag(
        "path",
        d="M136 268C142 190 168 150 178 140H302C312 150 338 190 344 268C330 216 290 198 240 198S150 216 136 268Z",
        fill="url(#m)", stroke=metal.deep, stroke_width=1,
    )  # fmt: skip
    plate = (
        tag("ellipse", cx=240, cy=140, rx=76, ry=58, fill="url(#d)", stroke=metal.deep, stroke_width=1)
        + tag("ellipse", cx=240, cy=136, rx=74, ry=56, fill="url(#m)", stroke=metal.shine, stroke_width=2)
        + ring(240, 136, 62, 45, stroke=metal.deep, stroke_width=1.4, stroke_opacity=".6")
    )
    sprig = tag(
        "path",
        d="M240 168V108M240 156q-20-2-26-18q20 2 26 18q20-2 26-18q-20 2-26 18"
        "M240 132q-14-2-19-15q15 2 19 15q14-2 19-15q-15 2-19 15",
        fill="none", stroke=metal.deep, stroke_width=2, stroke_opacity=".7",
    )  # fmt: skip
    return Drawing(metal_definitions(metal), _band(look, 24) + flare + plate + sprig)


def bangle(look: Look) -> Drawing:
    """Draw a wide, thin, lying band."""
    body = shadow(246, 336, 184, 20) + lying(look.metal, (240.0, 190.0), (186.0, 116.0), 26, thickness=7)
    return Drawing(metal_definitions(look.metal), body)


def cuff(look: Look) -> Drawing:
    """Draw a broad, hammered bangle."""
    dents = motif("k", tag("ellipse", rx=9, ry=12, fill=look.metal.shine, opacity=".35"))
    rows = [ellipse_point((240, y), (184, 116), angle) for y in (204, 228) for angle in range(24 + y % 12, 164, 13)]
    body = shadow(246, 350, 184, 20) + lying(look.metal, (240.0, 184.0), (186.0, 116.0), 60, thickness=8)
    return Drawing(metal_definitions(look.metal) + dents, body + repeated("k", rows))


def tennis(look: Look) -> Drawing:
    """Draw a bracelet of stones in a row."""
    points = loop((240, 236), (172, 118), 44)
    cup = tag("rect", x=-11, y=-11, width=22, height=22, rx=4, fill="url(#m)", stroke=look.metal.deep, stroke_width=1)
    motifs = motif("c", cup, group(0, 0, 0.092, small("round", look.stone.tones)), along=True)
    body = shadow(244, 364, 160, 18, 0.2) + repeated("c", points)
    return Drawing(metal_definitions(look.metal) + motifs, body)


def link_bracelet(look: Look) -> Drawing:
    """Draw a bracelet of oval links with a round charm."""
    points = loop((240, 220), (170, 112), 26)
    flat = ring(0, 0, 24, 13, stroke="url(#m)", stroke_width=7) + ring(
        0, 0, 20.5, 9.5, stroke=look.metal.deep, stroke_width=0.8
    )
    edge = tag("rect", x=-15, y=-4.5, width=30, height=9, rx=4.5, fill="url(#m)", stroke=look.metal.dark)
    motifs = motif("f", flat, along=True) + motif("e", edge, along=True)
    charm = (
        ring(240, 350, 7, 9, stroke="url(#m)", stroke_width=4)
        + tag("circle", cx=240, cy=388, r=RADIUS * 0.32, fill="url(#m)", stroke=look.metal.deep)
        + ring(240, 388, 26, 26, stroke=look.metal.shine, stroke_width=1.5)
    )
    chain = repeated("f", points) + repeated("e", midpoints(points))
    return Drawing(metal_definitions(look.metal) + motifs, shadow(244, 400, 150, 14, 0.2) + chain + charm)
