"""Parameters of query strings."""

from __future__ import annotations

import pytest

from facetry.api.native.parameters import Parameters
from facetry.domain.errors import BadParameterError


def test_a_truth_is_written_in_one_way():
    parameters = Parameters({"a": "true", "b": "false", "c": "1"})
    assert [parameters.boolean(name) for name in "abx"] == [True, False, False]
    assert parameters.boolean("x", default=True)
    with pytest.raises(BadParameterError, match="c must be true or false"):
        parameters.boolean("c")


def test_a_day_begins_and_ends():
    parameters = Parameters({"day": "1970-01-02", "moment": "1970-01-01T00:00:10Z", "no": "soon"})
    assert (parameters.time("day", 0.0), parameters.end("day", 0.0)) == (86_400.0, 172_799.999999)
    assert parameters.time("moment", 0.0) == parameters.end("moment", 0.0) == 10.0
    assert parameters.time("none", 7.0) == 7.0
    with pytest.raises(BadParameterError, match="no must be a time") as caught:
        parameters.time("no", 0.0)
    assert caught.value.parameter == "no"


def test_numbers_are_whole_and_in_range():
    parameters = Parameters({"n": "7", "x": "7.0", "long": "1" * 17})
    assert (parameters.integer("n", 0, 1, 7), parameters.integer("none", 3, 1, 7)) == (7, 3)
    for name, highest in (("n", 6), ("x", 9), ("long", 10**20)):
        with pytest.raises(BadParameterError, match=f"must be an integer from 1 to {highest}"):
            parameters.integer(name, 0, 1, highest)
