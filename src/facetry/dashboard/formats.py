"""Prices, numbers and times as a language writes them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time, format_timedelta
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent
from markupsafe import Markup

from facetry.domain.money import SCALE

_HOUR_SECONDS, _DAY_SECONDS = 3600, 86_400
_MONTH_SECONDS = 30 * _DAY_SECONDS


class Formats:
    """How one language writes what is not a word."""

    def __init__(self, locale: Locale, now: float) -> None:
        """Write for a locale; ``now`` is the Unix time that ages are told against."""
        self._locale = locale
        self._now = now

    def price(self, minor: int, currency: str) -> str:
        """Return a price, given in ten-thousandths, with all its decimals and the sign of its currency."""
        amount = Decimal(minor) / SCALE
        return str(format_currency(amount, currency, locale=self._locale, decimal_quantization=False))

    def number(self, number: float) -> str:
        """Return a number with its groups of digits."""
        return str(format_decimal(number, locale=self._locale, decimal_quantization=False))

    def compact(self, number: float) -> str:
        """Return a number in as much room as a label has: ``12K``."""
        return str(format_compact_decimal(number, locale=self._locale, fraction_digits=1))

    def percent(self, share: float) -> str:
        """Return a share of one as a percentage, to a tenth."""
        return str(format_percent(round(share, 3), locale=self._locale, decimal_quantization=False))

    def size(self, count: int) -> str:
        """Return a number of bytes in the unit that fits it."""
        unit, divisor = next(
            ((name, step) for name, step in (("GB", 10**9), ("MB", 10**6), ("kB", 1000)) if count >= step), ("B", 1)
        )
        return f"{self.number(round(count / divisor, 1 if divisor > 1 else 0))} {unit}"

    def time(self, moment: float) -> Markup:
        """Return a Unix time as an element that tells it in UTC; a script shows it in the visitor's own time."""
        told = dt.datetime.fromtimestamp(moment, dt.UTC)
        text = self._to_the_minute(told)
        return Markup('<time datetime="{}">{} UTC</time>').format(told.isoformat(timespec="seconds"), text)

    def step(self, moment: float, seconds: int) -> str:
        """Return the beginning of a step of a chart in UTC, as exactly as steps of so many seconds need it."""
        skeleton = "MMMd" if seconds >= _DAY_SECONDS else "EHm" if seconds > _HOUR_SECONDS else "Hm"
        return str(format_skeleton(skeleton, dt.datetime.fromtimestamp(moment, dt.UTC), locale=self._locale))

    def weekday(self, moment: float) -> str:
        """Return the short name of the day of the week in UTC."""
        return str(format_skeleton("E", dt.datetime.fromtimestamp(moment, dt.UTC), locale=self._locale))

    def ago(self, moment: float) -> Markup:
        """Return how long ago a Unix time was, as an element that names the time; the time itself after a month."""
        age = self._now - moment
        if not 0 <= age < _MONTH_SECONDS:
            return self.time(moment)
        told = dt.datetime.fromtimestamp(moment, dt.UTC)
        text = format_timedelta(-dt.timedelta(seconds=max(1.0, age)), add_direction=True, locale=self._locale)
        title = self._to_the_minute(told)
        return Markup('<time datetime="{}" title="{} UTC" data-age>{}</time>').format(
            told.isoformat(timespec="seconds"), title, text
        )

    def _to_the_minute(self, told: dt.datetime) -> str:
        """Return a time as long as the script writes it, so that nothing moves when that does."""
        day = format_date(told, "medium", locale=self._locale)
        return f"{day}, {format_time(told, 'short', locale=self._locale)}"
