"""Commands about the statuses of orders."""

from __future__ import annotations

import pytest

from tests.program import done, new_tenant


@pytest.fixture
def tenant(data, name):
    return new_tenant(data, "Shop", "--id", name)["id"]


def named(rows):
    return {row["number"]: (row["name"], row["means"]) for row in rows}


def test_statuses_are_named_added_and_removed(data, tenant):
    at = ("tenant", "order-status")
    end = (tenant, "--json", "--data", data)
    built_in = named(done(*at, "list", *end).json)
    assert len(built_in) == 9
    assert (built_in[1], built_in[9]) == (("new", 1), ("memo out", 9))
    renamed = named(done(*at, "set", tenant, "5", "Handed over", "--json", "--data", data).json)
    assert renamed == {**built_in, 5: ("Handed over", 5)}
    means = ("--means", "in production")
    added = named(done(*at, "set", tenant, "12", "Engraving", *means, "--json", "--data", data).json)
    assert added == {**renamed, 12: ("Engraving", 3)}
    assert "Engraving" in done(*at, "list", tenant, "--data", data).out
    done(*at, "remove", tenant, "5", "--data", data)
    assert named(done(*at, "remove", tenant, "12", "--json", "--data", data).json) == built_in


def test_a_status_that_cannot_be_is_refused(tenant, refused):
    at = ("tenant", "order-status", "set", tenant)
    assert refused(*at, "12", "Engraving") == "means must say which of 1 to 9 the status behaves as"
    assert refused(*at, "12", "Paid", "--means", "3") == "name must be another one in each status"
    assert refused(*at, "3", "Making", "--means", "4") == "means of 3 is in production, only its name can be set"
