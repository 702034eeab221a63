"""Prices, numbers and times as languages write them."""

import pytest

from facetry.dashboard.formats import Formats
from facetry.dashboard.texts import texts_in

NOW = 1_700_000_000.0


def formats(language):
    return Formats(texts_in(language).locale, NOW)


def test_prices_have_all_their_decimals():
    english, german = formats("en"), formats("de")
    assert english.price(12_345_000, "USD") == "$1,234.50"
    assert english.price(123_456, "USD") == "$12.3456"
    assert german.price(12_345_000, "EUR") == "1.234,50\xa0€"
    assert english.price(-10_000, "USD") == "-$1.00"


def test_numbers_are_grouped():
    assert formats("en").number(1_234_567) == "1,234,567"
    assert formats("de").number(1234.5) == "1.234,5"
    assert formats("en").compact(12_345) == "12.3K"
    assert (formats("en").percent(0.123), formats("de").percent(1)) == ("12.3%", "100\xa0%")


@pytest.mark.parametrize(("count", "text"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (2 * 10**9, "2 GB")])
def test_sizes_are_told_in_the_unit_that_fits(count, text):
    assert formats("en").size(count) == text


def test_times_name_their_moment_for_scripts():
    assert str(formats("en").time(NOW)).startswith('<time datetime="2023-11-14T22:13:20+00:00">Nov 14, 2023')
    assert "UTC" in formats("de").time(NOW)


@pytest.mark.parametrize(
    ("seconds", "english", "german"),
    [
        (86_400, "Nov 14", "14. Nov."),
        (21_600, "Tue 22:13", "Di., 22:13"),
        (3600, "22:13", "22:13"),
        (60, "22:13", "22:13"),
    ],
)
def test_steps_of_charts_are_told_as_exactly_as_they_need(seconds, english, german):
    assert (formats("en").step(NOW, seconds), formats("de").step(NOW, seconds)) == (english, german)


def test_days_of_the_week_have_short_names():
    assert (formats("en").weekday(NOW), formats("de").weekday(NOW)) == ("Tue", "Di")


def test_ages_are_told_in_words_and_after_a_month_as_times():
    told = str(formats("en").ago(NOW - 7200))
    assert told.endswith('title="Nov 14, 2023, 8:13\u202fPM UTC" data-age>2 hours ago</time>')
    assert ">vor 2 Stunden<" in formats("de").ago(NOW - 7200)
    for moment in (NOW + 60, NOW - 40 * 86_400):
        assert formats("en").ago(moment) == formats("en").time(moment)
