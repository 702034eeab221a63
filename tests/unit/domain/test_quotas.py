import pytest

from facetry.domain.errors import InvalidValueError, QuotaExceededError
from facetry.domain.quotas import MAX_QUOTA, MAX_RATE, Quotas, Usage, check_quotas, check_room


@pytest.mark.parametrize(
    ("quotas", "field", "message"),
    [
        (Quotas(products=-1), "products", f"must be 0 to {MAX_QUOTA}"),
        (Quotas(bytes=MAX_QUOTA + 1), "bytes", f"must be 0 to {MAX_QUOTA}"),
        (Quotas(writes_per_second=0), "writes_per_second", f"must be 1 to {MAX_RATE}"),
        (Quotas(search_seconds_per_minute=MAX_RATE + 1), "search_seconds_per_minute", f"must be 1 to {MAX_RATE}"),
    ],
)
def test_what_cannot_be_a_quota_is_refused(quotas, field, message):
    with pytest.raises(InvalidValueError) as caught:
        check_quotas(quotas)
    assert (caught.value.field, caught.value.message) == (field, message)


def test_anything_else_can():
    check_quotas(Quotas())
    check_quotas(Quotas(0, 0, 1, 1, 1))
    check_quotas(Quotas(MAX_QUOTA, MAX_QUOTA, MAX_RATE, MAX_RATE, MAX_RATE))


@pytest.mark.parametrize(
    ("before", "after", "refused"),
    [
        (Usage(0, 0), Usage(3, 100), None),
        (Usage(3, 100), Usage(4, 90), "products"),
        (Usage(2, 100), Usage(2, 101), "bytes"),
        (Usage(9, 900), Usage(9, 900), None),
        (Usage(9, 900), Usage(8, 901), "bytes"),
    ],
)
def test_only_who_grows_needs_room(before, after, refused):
    check_room(Quotas(), before, after)
    if refused is None:
        check_room(Quotas(products=3, bytes=100), before, after)
        return
    with pytest.raises(QuotaExceededError) as caught:
        check_room(Quotas(products=3, bytes=100), before, after)
    assert (caught.value.quota, caught.value.wait_seconds) == (refused, None)
