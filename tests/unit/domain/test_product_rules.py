"""Rules of single values of products."""

import pytest

from facetry.domain.errors import InvalidValueError
from facetry.domain.product import MAX_QUANTITY
from facetry.domain.product_rules import check_count, check_currency


@pytest.mark.parametrize("count", [0, 1, MAX_QUANTITY])
def test_counts_are_returned(count):
    assert check_count("quantity", count) == count


@pytest.mark.parametrize("count", [-1, MAX_QUANTITY + 1])
def test_what_nobody_can_have_is_refused(count):
    with pytest.raises(InvalidValueError, match=r"must be 0 to 9007199254740991") as caught:
        check_count("alert", count)
    assert caught.value.field == "alert"


def test_currencies_are_codes():
    assert check_currency("currency", "EUR") == "EUR"
    for wrong in ("eur", "", "XXQ", "€"):
        with pytest.raises(InvalidValueError, match="ISO 4217"):
            check_currency("currency", wrong)
