"""Commands about sales channels."""

from __future__ import annotations

import pytest

from tests.program import done, new_tenant


@pytest.fixture
def tenant(data, name):
    return new_tenant(data, "Shop", "--id", name)["id"]


def named(rows):
    return {row["number"]: (row["name"], row["site_of"]) for row in rows}


def test_channels_are_added_and_removed(data, tenant):
    at = ("tenant", "channel")
    end = ("--json", "--data", data)
    built_in = named(done(*at, "list", tenant, *end).json)
    assert len(built_in) == 14
    assert (built_in[1100], built_in[3000]) == (("eBay US", 1000), ("Etsy", None))
    added = named(done(*at, "set", tenant, "9000", "My Shop", *end).json)
    assert added == {**built_in, 9000: ("My Shop", None)}
    site = named(done(*at, "set", tenant, "9100", "My Shop Paris", "--site-of", "my shop", *end).json)
    assert site == {**added, 9100: ("My Shop Paris", 9000)}
    assert "My Shop Paris" in done(*at, "list", tenant, "--data", data).out
    done(*at, "remove", tenant, "9100", "--data", data)
    assert named(done(*at, "remove", tenant, "9000", *end).json) == built_in


def test_a_channel_that_cannot_be_is_refused(tenant, refused):
    at = ("tenant", "channel", "set", tenant)
    assert refused(*at, "9000", "Etsy") == "channels must have a number and a name each that no other one has"
    assert refused(*at, "9000", "x", "--site-of", "Ets") == "site_of 'Ets' is no channel, there is 3000 Etsy"
