"""The table from errors to what a visitor is told."""

import pytest

from facetry.dashboard.problems import PROBLEMS, REFUSALS, problem_of, refusal_of
from facetry.dashboard.texts import texts_in
from facetry.domain.errors import (
    BadParameterError,
    FacetryError,
    GroupNotFoundError,
    IndexAwayError,
    IndexBehindError,
    InsufficientStockError,
    InvalidFieldsError,
    InvalidValueError,
    OutdatedError,
    StoreBusyError,
    StoreError,
)


def every_error(kind=FacetryError):
    yield kind
    for one in kind.__subclasses__():
        yield from every_error(one)


def test_every_error_has_a_kind_with_a_status_of_a_failure():
    for error in every_error():
        kind = next(PROBLEMS[one] for one in error.__mro__ if one in PROBLEMS)
        assert 400 <= kind.status < 600
        assert kind.heading


@pytest.mark.parametrize(
    ("error", "status", "detail"),
    [
        (GroupNotFoundError("R-1"), 404, "It was removed, or never was here."),
        (InvalidValueError("price", "must not be negative"), 422, "Must not be negative."),
        (OutdatedError(3), 409, "Nothing was changed. Look at it again, then decide."),
        (StoreError("password is hunter2"), 503, "Nothing was changed. Please try again."),
        (StoreBusyError("locked"), 503, "Nothing was changed. Please try again."),
        (IndexBehindError(7), 503, "Stored as revision 7, not yet searchable."),
        (IndexBehindError(0), 503, "Nothing was changed. Please try again."),
        (IndexAwayError("nobody answers at 10.0.0.1"), 503, "Nothing was changed. Please try again."),
        (InvalidValueError("name", "\ud800 is no text"), 422, "? is no text."),
    ],
)
def test_an_error_is_told(error, status, detail):
    problem = problem_of(error, texts_in("en"))
    assert (problem.status, problem.detail) == (status, detail)


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (InvalidValueError("price", "must not be negative"), "Darf nicht negativ sein."),
        (InvalidFieldsError((("a", "must be text"), ("b", "is odd"))), "A muss ein Text sein; b is odd."),
        (BadParameterError("page", "must be a number"), "Page muss eine Zahl sein."),
        (InsufficientStockError("R-1", 3, 2), "Vom Artikel mit der SKU R-1 sind 2 auf Lager, verlangt sind 3."),
        # What stands in the table is translated where it is shown.
        (GroupNotFoundError("R-1"), "It was removed, or never was here."),
    ],
)
def test_an_error_is_told_in_the_language_of_the_visitor(error, detail):
    assert problem_of(error, texts_in("de")).detail == detail


@pytest.mark.parametrize("status", sorted(REFUSALS))
def test_a_refusal_says_more_than_its_heading(status):
    assert refusal_of(status).detail not in {"", refusal_of(status).heading}


def test_a_status_that_is_not_known_is_a_failure_of_ours():
    assert refusal_of(418).status == 500
    assert refusal_of(413).heading == "This is too large"
