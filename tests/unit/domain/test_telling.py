"""Errors as plain values and back."""

from __future__ import annotations

import msgspec
import pytest

from facetry.domain.catalog import Refused, error_of, refusal
from facetry.domain.errors import (
    FacetryError,
    GroupNotFoundError,
    InsufficientStockError,
    InvalidFieldsError,
    InvalidValueError,
    MissingFieldsError,
    ProductExistsError,
    ProductNotFoundError,
    RecordExistsError,
    RecordInUseError,
    RecordNotFoundError,
    StoreError,
)

ERRORS = [
    ProductExistsError("R1"),
    ProductNotFoundError("R1"),
    GroupNotFoundError("G"),
    InvalidValueError("name", "must not be empty"),
    InsufficientStockError("R1", 3, 2),
    RecordNotFoundError("order", "7"),
    RecordExistsError("gemstone", "a"),
    RecordInUseError("gemstone", "a", "a product"),
    InvalidFieldsError((("a.b", "must be a number"), ("c", "is unknown"))),
    MissingFieldsError(("a", "b")),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.code)
@pytest.mark.parametrize("at", [None, 0, 3])
def test_a_refusal_becomes_its_error_again_also_in_another_process(error, at):
    error.at = at
    refused = msgspec.json.decode(msgspec.json.encode(refusal(error)), type=Refused)
    again = error_of(refused)
    assert type(again) is type(error)
    assert (str(again), again.code, again.at) == (str(error), error.code, at)
    assert vars(again) == vars(error)


def test_an_error_of_an_unknown_kind_is_the_stores():
    again = error_of(Refused("from_the_future", "something new"))
    assert type(again) is StoreError
    assert isinstance(again, FacetryError)
    assert again.message == "something new"
