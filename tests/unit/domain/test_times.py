"""Points in time as programs write them."""

from __future__ import annotations

import pytest

from facetry.domain.errors import InvalidValueError
from facetry.domain.times import LAST, end_of, iso_time, unix_time

NOON = 1_717_156_800.0


@pytest.mark.parametrize(
    ("raw", "seconds"),
    [
        ("2024-05-31T12:00:00Z", NOON),
        ("2024-05-31 12:00:00", NOON),
        (" 2024-05-31T12:00 ", NOON),
        ("2024-05-31T14:00:00+02:00", NOON),
        ("20240531T120000Z", NOON),
        ("2024-05-31T12:00:00.500Z", NOON + 0.5),
        ("2024-05-31", NOON - 43_200),
        (1_717_156_800, NOON),
        ("1717156800", NOON),
        (1_717_156_800.5, NOON + 0.5),
        (1_717_156_800_500, NOON + 0.5),
        (0, 0.0),
        ("9999-12-31T23:59:59Z", LAST),
    ],
)
def test_times_are_read(raw, seconds):
    assert unix_time("t", raw) == seconds


@pytest.mark.parametrize(
    "raw",
    [
        *("", "soon", "31.05.2024", "2024-13-01", "2024-02-30", "1969-12-31", "-5", -5, True, None, [], {}),
        *("1e9", float("nan"), float("inf"), 10**15, "٢٠٢٤-٠٥-٣١", "0001-01-01T00:00:00+14:00", "9" * 400),
    ],
)
def test_what_is_no_time_is_named(raw):
    with pytest.raises(InvalidValueError, match="must be a time such as 2024-05-31T08:30:00Z") as caught:
        unix_time("due_date", raw)
    assert caught.value.field == "due_date"


def test_a_day_ends_with_its_last_moment():
    assert end_of("t", "2024-05-31") == NOON + 43_200 - 1e-6
    assert end_of("t", "2024-05-31T12:00:00Z") == NOON
    assert end_of("t", "9999-12-31") == LAST


def test_times_are_written_in_utc():
    assert iso_time(NOON + 0.25) == "2024-05-31T12:00:00Z"
    assert iso_time(NOON + 0.25, "milliseconds") == "2024-05-31T12:00:00.250Z"
    assert iso_time(LAST) == "9999-12-31T23:59:59Z"
    assert unix_time("t", iso_time(NOON)) == NOON
