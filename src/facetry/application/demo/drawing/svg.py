"""Small builders of SVG markup."""

import math
from collections.abc import Iterable, Iterator

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
    text = f"{whole or ''}.{part:0{digits}d}".rstrip("0") if part else str(whole)
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
    written = " ".join(f"{number(x)} {number(y)}" for x, y in points)
    return f"M{written.replace(' -', '-')}Z"


def dots(points: Iterable[Point]) -> str:
    """Return path data that a round line cap turns into one dot at each point."""
    return "".join(f"M{number(x)} {number(y)}h0" for x, y in points)


def ellipse_path(cx: float, cy: float, rx: float, ry: float) -> str:
    """Return path data of a whole ellipse, to be cut out of another by the even-odd rule."""
    left, width = number(cx - rx), number(2 * rx)
    arc = f"a{number(rx)} {number(ry)} 0 1 "
    return f"M{left} {number(cy)}{arc}0 {width} 0{arc}0 -{width} 0Z"


def ring(cx: float, cy: float, rx: float, ry: float, **attributes: str | float) -> str:
    """Build an ellipse that is stroked, not filled."""
    return tag("ellipse", cx=cx, cy=cy, rx=rx, ry=ry, fill="none", **attributes)


def use(name: str, x: float, y: float, scale: float | Point = 1, turn: float = 0) -> str:
    """Place a shape of the picture's own definitions.

    Args:
        name: the id of the definition.
        x: where its origin goes.
        y: where its origin goes.
        scale: one factor, or one for each axis.
        turn: degrees, clockwise, before scaling.
    """
    if scale == 1 and not turn:
        return tag("use", href=f"#{name}", x=x, y=y)
    transform = f"translate({number(x)} {number(y)})"
    if turn:
        transform += f"rotate({number(turn)})"
    if scale != 1:
        factors = scale if isinstance(scale, tuple) else (scale,)
        transform += f"scale({' '.join(number(factor, 3) for factor in factors)})"
    return tag("use", href=f"#{name}", transform=transform)


def layers(name: str, path: str, *strokes: tuple[str, float]) -> str:
    """Build one line several times over, from the widest stroke below to the finest on top.

    Args:
        name: the id under which the picture defines the line.
        path: the line's path data.
        strokes: color and width of each.
    """
    drawn = (tag("use", href=f"#{name}", stroke=color, stroke_width=width) for color, width in strokes)
    line = tag("defs", tag("path", d=path, id=name))
    return line + tag("g", *drawn, fill="none", stroke_linecap="round")


def mirrored(name: str, *right: str) -> str:
    """Build what stands right of the middle, and its mirror image on the left."""
    image = tag("use", href=f"#{name}", transform=f"matrix(-1 0 0 1 {SIDE} 0)")
    return tag("g", *right, id=name) + image


def gradient(name: str, stops: Iterable[tuple[float, str]], **attributes: str | float) -> str:
    """Build a linear gradient from (offset, color) pairs; a color may carry an alpha."""
    return tag("linearGradient", *_stops(stops), id=name, **attributes)


def glow(name: str, stops: Iterable[tuple[float, str]], **attributes: str | float) -> str:
    """Build a radial gradient from (offset, color) pairs; a color may carry an alpha."""
    return tag("radialGradient", *_stops(stops), id=name, **attributes)


def _stops(stops: Iterable[tuple[float, str]]) -> Iterator[str]:
    for offset, color in stops:
        place = {"offset": number(offset, 2)} if offset else {}
        yield tag("stop", **place, stop_color=color)


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
