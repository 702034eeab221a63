"""Values of filters, as they are typed."""

import pytest

from facetry.dashboard.records.filter_values import filter_value
from facetry.dashboard.values import Values
from facetry.domain.trade_terms.numbers import whole


@pytest.mark.parametrize(("written", "found", "noted"), [("", None, []), (" 12 ", 12, []), ("x", None, ["n"])])
def test_what_cannot_be_read_is_noted(written, found, noted):
    errors = {}
    assert filter_value(Values([("n", written)]), "n", whole, errors) == found
    assert list(errors) == noted
