"""A data directory that a server uses, and one that nobody uses: every command works on both."""

from __future__ import annotations

import itertools

import pytest

from tests.program import Program, run

_numbers = itertools.count(1)
SERVED = "beside a server"


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    with Program(tmp_path_factory.mktemp("served") / "data") as program:
        yield program


@pytest.fixture(params=["alone", SERVED])
def data(request, tmp_path):
    """Return a data directory; where a server uses it, tests share it."""
    return tmp_path / "data" if request.param == "alone" else request.getfixturevalue("server").data


@pytest.fixture
def name():
    """Return a tenant's id that no other test of this run uses."""
    return f"tenant-{next(_numbers)}"


@pytest.fixture
def refused(data):
    """Return a function that runs a command, which must fail, and returns the one line that it says."""

    def run_refused(*arguments, **options):
        outcome = run(*arguments, "--data", data, **options)
        assert (outcome.status, outcome.out) == (1, ""), outcome
        (line,) = outcome.err.splitlines()
        assert line.startswith("facetry: ")
        return line.removeprefix("facetry: ")

    return run_refused
