"""The command about quotas."""

from __future__ import annotations

import pytest

from tests.program import done, new_tenant


@pytest.fixture
def tenant(data, name):
    return new_tenant(data, "Shop", "--id", name)["id"]


def test_quotas_are_set_shown_and_reset(data, tenant):
    at, end = ("tenant", "quota", tenant), ("--json", "--data", data)
    nothing = {"products": 0, "bytes": 0}
    assert done(*at, *end).json == {"quotas": {}, "used": nothing}
    assert done(*at, "--products", "5", "--searches-per-second", "9", *end).json["quotas"] == {
        "products": 5,
        "searches_per_second": 9,
    }
    quotas = {"products": 5, "bytes": 700, "searches_per_second": 9}
    assert done(*at, "--bytes", "700", *end).json["quotas"] == quotas
    table = done(*at, "--data", data).out
    assert [line for line in table.splitlines() if "products" in line and "5" in line]
    assert done(*at, "--reset", "--writes-per-second", "2", *end).json == {
        "quotas": {"writes_per_second": 2},
        "used": nothing,
    }


def test_a_quota_that_cannot_be_is_refused(tenant, refused):
    at = ("tenant", "quota", tenant)
    assert refused(*at, "--products", "-1") == "products must be 0 to 9007199254740991"
    assert refused(*at, "--writes-per-second", "0") == "writes_per_second must be 1 to 1000000000"
