"""Points in time as programs write them: Unix seconds, ISO 8601; one without a zone is in UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

from facetry.domain.errors import InvalidValueError

LAST = 253_402_300_799.0
"""The last second of the year 9999."""
_MILLISECONDS_FROM = 100_000_000_000
"""A number this large is no second of the next three thousand years: it counts milliseconds, as JavaScript does."""
_NUMBER = re.compile(r"[0-9]{1,15}(?:\.[0-9]{1,9})?", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MESSAGE = "must be a time such as 2024-05-31T08:30:00Z, 2024-05-31, or Unix seconds"


def unix_time(field: str, raw: object) -> float:
    """Return the Unix time that a value stands for; a date without a time is its beginning.

    Raises:
        InvalidValueError: It is none, or lies before 1970 or after 9999.
    """
    return _seconds(field, raw, time.min)


def end_of(field: str, raw: object) -> float:
    """Return the last moment that a value stands for: of a date without a time the end of the day.

    Raises:
        InvalidValueError: As of ``unix_time``.
    """
    return _seconds(field, raw, time.max)


def iso_time(seconds: float, timespec: str = "seconds") -> str:
    """Return a Unix time in ISO 8601, in UTC; ``timespec`` is as of ``datetime.isoformat``."""
    written = datetime.fromtimestamp(seconds, UTC).isoformat(timespec=timespec)
    return written.removesuffix("+00:00") + "Z"


def _seconds(field: str, raw: object, within: time) -> float:
    text = raw.strip() if isinstance(raw, str) else _number_text(raw)
    if _NUMBER.fullmatch(text):
        number = float(text)
        seconds = number / 1000 if number >= _MILLISECONDS_FROM else number
    else:
        seconds = _of_text(field, text, within)
    if not 0 <= seconds <= LAST + 1:
        raise InvalidValueError(field, _MESSAGE)
    return min(seconds, LAST)


def _number_text(raw: object) -> str:
    return str(raw) if isinstance(raw, int | float) and not isinstance(raw, bool) else ""


def _of_text(field: str, text: str, within: time) -> float:
    try:
        if _DATE.fullmatch(text):
            return datetime.combine(date.fromisoformat(text), within, UTC).timestamp()
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        raise InvalidValueError(field, _MESSAGE) from error
