"""Charts as numbers that a template draws: bars and lines in a plot that is stretched to the room it has."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import accumulate
from typing import NamedTuple

WIDTH, HEIGHT = 1000, 100
"""Of a plot, in units of its own; a template gives it any size."""
MOST_TICKS = 4
LABEL_ROOM = 44
"""So many characters stand below a plot on a phone, with two between labels."""
LEAST_LABELS = 3
MOST_COLOURS = 6
_BAR_SHARE = 0.72
"""So much of its column a bar fills."""
_NICE = (1, 2, 2.5, 5, 10)


class Kind(Enum):
    """How values are shown: series of bars stand on each other."""

    BARS = "bars"
    LINES = "lines"


class Series(NamedTuple):
    """Values with one name, one for each label of the chart; none is below 0."""

    name: str
    values: Sequence[float]
    colour: int = 1
    """Of the six of the style, from 1."""


class Tick(NamedTuple):
    """A line across the plot: its height there, from the top, and the value it stands for."""

    y: float
    value: float


class Bar(NamedTuple):
    """A piece of a column, from the top."""

    y: float
    height: float
    colour: int


class Column(NamedTuple):
    """What stands at one label.

    Attributes:
        x: Where it begins.
        width: Of the room it has.
        bar_x: Where its bars begin.
        bar_width: How wide they are.
        label: Of the chart.
        values: Of all series, in their order.
        bars: From the bottom to the top; none where values are 0, or in a chart of lines.
    """

    x: float
    width: float
    bar_x: float
    bar_width: float
    label: str
    values: Sequence[float]
    bars: Sequence[Bar]


class Line(NamedTuple):
    """A line through the middles of columns: points as SVG takes them, and those of the area below."""

    points: str
    area: str
    colour: int


class Label(NamedTuple):
    """A word below the plot: the place of its middle in percent of the width."""

    place: float
    text: str


class Chart(NamedTuple):
    """A chart that is ready to be drawn.

    Attributes:
        is_empty: Whether all its values are 0.
    """

    title: str
    series: Sequence[Series]
    ticks: Sequence[Tick]
    columns: Sequence[Column]
    lines: Sequence[Line]
    labels: Sequence[Label]
    is_empty: bool


def draw(kind: Kind, title: str, labels: Sequence[str], series: Sequence[Series], axis: Sequence[str] = ()) -> Chart:
    """Return a chart of series that have a value for each label; ``axis`` has shorter ones to stand below the plot."""
    rows = [tuple(one.values[place] for one in series) for place in range(len(labels))]
    highest = max((sum(row) if kind is Kind.BARS else max(row) for row in rows), default=0)
    steps = _steps(highest)
    top = steps[-1]
    return Chart(
        title=title,
        series=tuple(series),
        ticks=[Tick(_rounded(HEIGHT - HEIGHT * value / top), value) for value in reversed(steps)],
        columns=list(_columns(kind, labels, series, rows, top)),
        lines=[_line(one, top) for one in series] if kind is Kind.LINES and rows else (),
        labels=_labels(axis or labels),
        is_empty=highest == 0,
    )


def _steps(highest: float) -> Sequence[float]:
    """Return values from 0 to one that is not below the highest, at round distances of at least 1."""
    least = max(highest, 1) / MOST_TICKS
    power = 10 ** math.floor(math.log10(least))
    step = max(1, next(nice * power for nice in _NICE if nice * power >= least))
    step = math.ceil(step)
    return [place * step for place in range(max(1, math.ceil(highest / step)) + 1)]


def _columns(
    kind: Kind, labels: Sequence[str], series: Sequence[Series], rows: Sequence[Sequence[float]], top: float
) -> Iterator[Column]:
    width = WIDTH / max(1, len(labels))
    for place, (label, row) in enumerate(zip(labels, rows, strict=True)):
        yield Column(
            x=_rounded(place * width),
            width=_rounded(width),
            bar_x=_rounded((place + (1 - _BAR_SHARE) / 2) * width),
            bar_width=_rounded(width * _BAR_SHARE),
            label=label,
            values=row,
            bars=_bars(series, row, top) if kind is Kind.BARS else (),
        )


def _bars(series: Sequence[Series], row: Sequence[float], top: float) -> Sequence[Bar]:
    ends = accumulate(row)
    return [
        Bar(_rounded(HEIGHT - HEIGHT * end / top), _rounded(HEIGHT * value / top), one.colour)
        for one, value, end in zip(series, row, ends, strict=True)
        if value
    ]


def _line(series: Series, top: float) -> Line:
    width = WIDTH / len(series.values)
    places = [_rounded((place + 0.5) * width) for place in range(len(series.values))]
    heights = [_rounded(HEIGHT - HEIGHT * value / top) for value in series.values]
    points = " ".join(f"{x:g},{y:g}" for x, y in zip(places, heights, strict=True))
    return Line(points, f"{places[0]:g},{HEIGHT} {points} {places[-1]:g},{HEIGHT}", series.colour)


def _labels(labels: Sequence[str]) -> Sequence[Label]:
    """Return as many labels as there is room for, at equal distances from the first on."""
    share = 100 / max(1, len(labels))
    return [Label(_rounded((place + 0.5) * share), labels[place]) for place in range(0, len(labels), _distance(labels))]


def _distance(labels: Sequence[str]) -> int:
    """Return which labels are shown, every which one: where it can be so that their distances fill the plot."""
    longest = max(map(len, labels), default=1)
    least = max(1, math.ceil(len(labels) / max(1, LABEL_ROOM // (longest + 2))))
    even = (step for step in range(least, len(labels) // LEAST_LABELS + 1) if len(labels) % step == 0)
    return next(even, least)


def _rounded(number: float) -> float:
    return round(number, 2)
