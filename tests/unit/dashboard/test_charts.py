"""Charts: round steps, bars that stand on each other, lines, and as many labels as there is room for."""

from __future__ import annotations

import pytest

from facetry.dashboard.charts import Bar, Kind, Label, Line, Series, Tick, draw


def values(highest):
    chart = draw(Kind.BARS, "Calls", ["a"], [Series("calls", [highest])])
    return [tick.value for tick in chart.ticks]


@pytest.mark.parametrize(
    ("highest", "expected"),
    [
        (0, [1, 0]),
        (1, [1, 0]),
        (4, [4, 3, 2, 1, 0]),
        (5, [6, 4, 2, 0]),
        (9, [9, 6, 3, 0]),
        (97, [100, 75, 50, 25, 0]),
        (101, [150, 100, 50, 0]),
        (1_234_567, [1_500_000, 1_000_000, 500_000, 0]),
    ],
)
def test_the_scale_has_few_round_steps_and_covers_the_highest_value(highest, expected):
    assert values(highest) == expected


def test_bars_of_a_column_stand_on_each_other():
    chart = draw(Kind.BARS, "Calls", ["Mon", "Tue"], [Series("fine", [3, 0], 1), Series("failed", [1, 2], 3)])
    assert chart.ticks == [Tick(0, 4), Tick(25, 3), Tick(50, 2), Tick(75, 1), Tick(100, 0)]
    monday, tuesday = chart.columns
    assert monday.bars == [Bar(25, 75, 1), Bar(0, 25, 3)]
    assert tuesday.bars == [Bar(50, 50, 3)]
    assert (monday.x, monday.width, monday.bar_x, monday.bar_width) == (0, 500, 70, 360)
    assert (tuesday.x, tuesday.bar_x) == (500, 570)
    assert (tuesday.label, tuesday.values) == ("Tue", (0, 2))
    assert chart.lines == ()
    assert not chart.is_empty


def test_lines_go_through_the_middles_of_columns_and_share_one_scale():
    chart = draw(Kind.LINES, "Bucket", ["a", "b"], [Series("one", [4, 2], 2), Series("two", [0, 1], 4)])
    assert chart.lines == [
        Line("250,0 750,50", "250,100 250,0 750,50 750,100", 2),
        Line("250,100 750,75", "250,100 250,100 750,75 750,100", 4),
    ]
    assert [column.bars for column in chart.columns] == [(), ()]


def test_as_many_labels_are_shown_as_there_is_room_for():
    hours = [str(hour) for hour in range(24)]
    chart = draw(Kind.BARS, "Calls", hours, [Series("calls", [0] * 24)])
    assert [label.text for label in chart.labels] == ["0", "3", "6", "9", "12", "15", "18", "21"]
    assert chart.labels[:2] == [Label(2.08, "0"), Label(14.58, "3")]
    assert chart.is_empty


@pytest.mark.parametrize(
    ("labels", "shown"),
    [
        ([f"Nov {day}" for day in range(16, 23)], ["Nov 16", "Nov 18", "Nov 20", "Nov 22"]),
        ([f"Oct {day}" for day in range(1, 31)], ["Oct 1", "Oct 7", "Oct 13", "Oct 19", "Oct 25"]),
        (["Mon"] * 28, ["Mon"] * 7),
        (
            ["a label that is longer than all the room there is"] * 3,
            ["a label that is longer than all the room there is"],
        ),
    ],
)
def test_long_labels_are_fewer(labels, shown):
    assert [label.text for label in draw(Kind.BARS, "", labels, [Series("", [0] * len(labels))]).labels] == shown


def test_shorter_labels_may_stand_below_the_plot():
    chart = draw(Kind.BARS, "Calls", ["Mon 00:00", "Mon 06:00"], [Series("calls", [1, 2])], ["Mon", "Mon"])
    assert [column.label for column in chart.columns] == ["Mon 00:00", "Mon 06:00"]
    assert [label.text for label in chart.labels] == ["Mon", "Mon"]


def test_labels_stand_below_the_middles_of_their_columns():
    chart = draw(Kind.BARS, "Calls", ["a", "b"], [Series("calls", [1, 2])])
    assert chart.labels == [Label(25, "a"), Label(75, "b")]


@pytest.mark.parametrize("kind", list(Kind))
def test_without_labels_nothing_is_drawn(kind):
    chart = draw(kind, "Calls", [], [Series("calls", [])])
    assert (list(chart.columns), list(chart.lines), list(chart.labels)) == ([], [], [])
    assert chart.is_empty
