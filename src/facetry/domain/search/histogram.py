"""The buckets of histograms: multiples of a round interval, exact in every kind of number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import count, pairwise

import msgspec

from facetry.domain.errors import SearchError
from facetry.domain.money import SCALE
from facetry.domain.search.fields import Field, Kind
from facetry.domain.search.query import HistogramFacet
from facetry.domain.search.spans import DAY, FIRST, LAST, Span
from facetry.domain.search.values import decimal_key, float_key, key_float

MAX_BUCKETS = 1000

_STEPS = (Fraction(1), Fraction(2), Fraction(5, 2), Fraction(5))
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_YEARS = (2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
_EPOCH = date(1970, 1, 1).toordinal()
_LAST_DAY = date.max.toordinal()


class _Axis(msgspec.Struct, frozen=True):
    """How the keys of a field are counted off.

    Attributes:
        index: The number of the bucket that a key lies in.
        edge: The first key of a bucket.
    """

    index: Callable[[int], int]
    edge: Callable[[int], int]


def buckets(facet: HistogramFacet, lowest: int, highest: int) -> tuple[Span, ...]:
    """Return first and last number key of every bucket, ascending, from that of the lowest key to the highest one's.

    Numbers are cut at multiples of the interval, dates at the beginnings of days, weeks (Mondays), months, quarters or
    years, scales and booleans after every value. Without an interval it is the smallest of 1, 2, 2.5 and 5 times a
    power of ten (of a day, a week and so on), with which the buckets are not more than the facet allows; where zero
    lies between two numbers, two buckets are always allowed, because zero is an edge.

    Raises:
        SearchError: The interval is none of the field, or makes more than ``MAX_BUCKETS``.
    """
    problem = interval_problem(facet.field, facet.interval) if facet.interval else None
    if problem:
        raise SearchError("/facets", f"interval of {facet.name} {problem}")
    axis = _axis(facet, lowest, highest)
    first, last = axis.index(lowest), axis.index(highest)
    if last - first >= MAX_BUCKETS:
        raise SearchError(
            "/facets", f"interval of {facet.name} makes {last - first + 1} buckets; at most {MAX_BUCKETS} are answered"
        )
    edges = [axis.edge(index) for index in range(first, last + 2)]
    # Where an edge had to be cut or rounded, what was counted still belongs to the outermost buckets.
    edges[0], edges[-1] = min(edges[0], lowest), max(edges[-1], highest + 1)
    # Edges too close for float64 to tell apart have no bucket between them.
    return tuple((low, high - 1) for low, high in pairwise(edges) if low < high)


def interval_problem(field: Field, interval: str) -> str | None:
    """Return what makes a text unfit as the interval of a field's histogram, None where it is fit."""
    match field.kind:
        case Kind.SCALE | Kind.BOOLEAN:
            return "must not be given: every value is a bucket"
        case Kind.DATE:
            return None if interval in {"day", "week", *_MONTHS} else "must be day, week, month, quarter or year"
    if decimal_key(interval) is None:
        return "must be a number above 0"
    smallest = _resolution(field)
    width = _fraction(interval)
    if float(width) <= 0:
        return "must be a number above 0"
    return f"must be at least {float(smallest):.15g}" if width < smallest else None


def _axis(facet: HistogramFacet, lowest: int, highest: int) -> _Axis:
    match facet.field.kind:
        case Kind.SCALE | Kind.BOOLEAN:
            return _Axis(int, int)
        case Kind.DATE:
            return _date_axis(facet, lowest, highest)
    if facet.interval:
        return _number_axis(facet.field, _fraction(facet.interval))
    axes = (_number_axis(facet.field, width) for width in _widths(facet, lowest, highest))
    return _first_fitting(axes, max(facet.buckets, 2) if lowest < 0 <= highest else facet.buckets, lowest, highest)


def _first_fitting(axes: Iterator[_Axis], at_most: int, lowest: int, highest: int) -> _Axis:
    return next(axis for axis in axes if axis.index(highest) - axis.index(lowest) < at_most)


def _resolution(field: Field) -> Fraction:
    """Return the distance of two neighbouring values, 0 where they may be as close as one likes."""
    return {Kind.PRICE: Fraction(1, SCALE), Kind.INTEGER: Fraction(1)}.get(field.kind, Fraction(0))


def _widths(facet: HistogramFacet, lowest: int, highest: int) -> Iterator[Fraction]:
    """Yield round intervals, ascending, from below the narrowest that can do."""
    resolution = _resolution(facet.field)
    spread = _number(facet.field, highest) - _number(facet.field, lowest)
    narrowest = spread / facet.buckets
    exponent = (Decimal(narrowest.numerator) / Decimal(narrowest.denominator)).adjusted() - 1 if spread else 0
    for power in count(exponent):
        for step in _STEPS:
            width = step * Fraction(10) ** power
            if not resolution or (width / resolution).denominator == 1:
                yield width


def _number_axis(field: Field, width: Fraction) -> _Axis:
    return _Axis(lambda key: _number(field, key) // width, lambda index: _key(field, index * width))


def _number(field: Field, key: int) -> Fraction:
    """Return the number that a key stands for; of a float the shortest decimal that is read as it."""
    if field.kind is Kind.PRICE:
        return Fraction(key, SCALE)
    return Fraction(key) if field.kind is Kind.INTEGER else _fraction(repr(key_float(key)))


def _key(field: Field, number: Fraction) -> int:
    """Return the first key of a value that is not below a number."""
    resolution = _resolution(field)
    if resolution:
        return max(FIRST, min(-(-number // resolution), LAST))
    try:
        key = float_key(float(number))
    except OverflowError:
        key = None
    return (LAST if number > 0 else FIRST) if key is None else key


def _fraction(text: str) -> Fraction:
    return Fraction(Decimal(text))


def _date_axis(facet: HistogramFacet, lowest: int, highest: int) -> _Axis:
    if facet.interval:
        return (
            _days_axis({"day": 1, "week": 7}[facet.interval])
            if facet.interval not in _MONTHS
            else _months_axis(_MONTHS[facet.interval])
        )
    months = (*_MONTHS.values(), *(12 * years for years in _YEARS))
    axes = iter((_days_axis(1), _days_axis(7), *(_months_axis(step) for step in months)))
    return _first_fitting(axes, facet.buckets, lowest, highest)


def _days_axis(step: int) -> _Axis:
    # The first day of the calendar is a Monday.
    return _Axis(lambda key: (_ordinal(key) - 1) // step, lambda index: _day_key(index * step + 1))


def _months_axis(step: int) -> _Axis:
    def index(key: int) -> int:
        day = date.fromordinal(_ordinal(key))
        return (day.year * 12 + day.month - 1) // step

    def edge(index: int) -> int:
        year, month = divmod(index * step, 12)
        if year < 1:
            return _day_key(1)
        return _day_key(_LAST_DAY + 1 if year > date.max.year else date(year, month + 1, 1).toordinal())

    return _Axis(index, edge)


def _ordinal(key: int) -> int:
    # A time zone can move a moment of the first or the last day out of the calendar.
    return max(1, min(key // DAY + _EPOCH, _LAST_DAY))


def _day_key(ordinal: int) -> int:
    return (ordinal - _EPOCH) * DAY
