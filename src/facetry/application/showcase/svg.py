"""Small builders of SVG markup."""

import math
from collections.abc import Iterable

SIDE = 480
"""Width and height of every picture, in user units."""

CENTER = SIDE // 2

Point = tuple[float, float]


def number(value: float, digits: int = 1) -> str:
    """Format a number with at most so many decimals, alike on every machine.

    A nudge far below the last digit decides ties, so that a platform's cosine cannot.
    """
    unit = 10**digits
    scaled = math.floor(value * unit + 0.5 + 1e-6)
    whole, part = divmod(abs(scaled), unit)
    text = f"{whole}.{part:0{digits}d}".rstrip("0").rstrip(".")
    return f"-{text}" if scaled < 0 else text


def tag(name: str, *children: str, **attributes: str | float) -> str:
    """Build one element; an underscore in an attribute's name stands for a hyphen."""
    written = "".join(
        f' {key.strip("_").replace("_", "-")}="{value if isinstance(value, str) else number(value)}"'
        for key, value in attributes.items()
    )
    inner = "".join(children)
    return f"<{name}{written}>{inner}</{name}>" if inner else f"<{name}{written}/>"


def polygon(points: Iterable[Point]) -> str:
    """Return path data of a closed polygon."""
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z"


def ellipse_path(cx: float, cy: float, rx: float, ry: float) -> str:
    """Return path data of a whole ellipse, to be cut out of another by the even-odd rule."""
    left, width = number(cx - rx), number(2 * rx)
    arc = f"a{number(rx)} {number(ry)} 0 1 "
    return f"M{left} {number(cy)}{arc}0 {width} 0{arc}0 -{width} 0Z"


def ring(cx: float, cy: float, rx: float, ry: float, **attributes: str | float) -> str:
    """Build an ellipse that is stroked, not filled."""
    return tag("ellipse", cx=cx, cy=cy, rx=rx, ry=ry, fill="none", **attributes)


def group(x: float, y: float, scale: float, *children: str, turn: float = 0) -> str:
    """Place what is drawn around the origin; the turn is in degrees, clockwise, before scaling."""
    rotation = f"rotate({number(turn)})" if turn else ""
    return tag("g", *children, transform=f"translate({number(x)} {number(y)}){rotation}scale({number(scale, 3)})")


def motif(name: str, *children: str, along: bool = False) -> str:
    """Define what `repeated` draws at many points: a marker, so that no picture needs a reference by address.

    Args:
        name: the id of the definition.
        children: what is drawn around the origin.
        along: whether it turns with the line it is placed on.
    """
    turning = {"orient": "auto"} if along else {}
    return tag(
        "marker", *children, id=name, markerUnits="userSpaceOnUse", markerWidth=9, markerHeight=9,
        overflow="visible", **turning,
    )  # fmt: skip


def repeated(name: str, points: Iterable[Point]) -> str:
    """Draw a motif at every point."""
    line = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)
    at = f"url(#{name})"
    return tag("path", d=line, fill="none", marker_start=at, marker_mid=at, marker_end=at)


def gradient(name: str, stops: Iterable[tuple[float, str]], **attributes: str | float) -> str:
    """Build a linear gradient from (offset, color) pairs; a color may carry an alpha."""
    return tag("linearGradient", *_stops(stops), id=name, **attributes)


def glow(name: str, stops: Iterable[tuple[float, str]], **attributes: str | float) -> str:
    """Build a radial gradient from (offset, color) pairs; a color may carry an alpha."""
    return tag("radialGradient", *_stops(stops), id=name, **attributes)


def _stops(stops: Iterable[tuple[float, str]]) -> Iterable[str]:
    return (tag("stop", offset=number(offset, 2), stop_color=color) for offset, color in stops)


def document(title: str, definitions: str, *body: str) -> bytes:
    """Build a whole picture on the catalog's neutral background."""
    background = glow("bg", ((0, "#fff"), (0.6, "#f8f6f2"), (1, "#e9e4dc")), cy="42%", r="70%")
    blur = tag("filter", tag("feGaussianBlur", stdDeviation=7), id="b", x="-30%", y="-60%", width="160%", height="220%")
    return tag(
        "svg",
        tag("title", title),
        tag("defs", background, blur, definitions),
        tag("rect", width=SIDE, height=SIDE, fill="url(#bg)"),
        *body,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {SIDE} {SIDE}",
        role="img",
    ).encode()


def shadow(cx: float, cy: float, rx: float, ry: float, strength: float = 0.28) -> str:
    """Build the soft shadow that a piece throws on the ground."""
    return tag("ellipse", cx=cx, cy=cy, rx=rx, ry=ry, fill="#4b4032", opacity=number(strength, 2), filter="url(#b)")
