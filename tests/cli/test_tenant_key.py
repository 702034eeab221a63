"""Commands about access keys."""

from __future__ import annotations

import re

import pytest

from tests.program import done, new_tenant, wait_until


@pytest.fixture
def tenant(data, name):
    return new_tenant(data, "Shop", "--id", name)


def listed(data, tenant):
    return done("tenant", "key", "list", tenant["id"], "--json", "--data", data).json


def made(data, tenant, *flags):
    return done("tenant", "key", "create", tenant["id"], "Kiosk", *flags, "--json", "--data", data).json


def test_a_tenant_has_one_key_at_first(data, tenant):
    (first,) = listed(data, tenant)
    assert list(first) == ["id", "name", "scopes", "state", "created", "expires", "lastUsed"]
    assert first["id"] == first["name"] == "main"
    assert first["scopes"] == ["read", "write", "orders", "listings"]
    assert (first["state"], first["expires"], first["lastUsed"]) == ("active", None, None)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first["created"])


def test_create_prints_the_secret_and_list_does_not(data, tenant):
    key = made(data, tenant, "--scope", "orders", "--scope", "read", "--expires", "90d")
    assert (key["name"], key["scopes"], key["state"]) == ("Kiosk", ["read", "orders"], "active")
    assert len(key.pop("accessKey")) >= 43
    assert key["expires"] > key["created"]
    assert listed(data, tenant)[1] == key
    table = done("tenant", "key", "list", tenant["id"], "--data", data).out
    assert "main" in table
    assert tenant["accessKey"] not in table


def test_create_prints_lines_for_people(data, tenant):
    lines = done("tenant", "key", "create", tenant["id"], "Kiosk", "--data", data).out.splitlines()
    assert [line.split(":")[0] for line in lines] == [
        *("id", "name", "scopes", "state", "created", "expires", "lastUsed", "accessKey")
    ]
    assert lines[2] == "scopes:     read, write, orders, listings"
    assert lines[5] == "expires:    -"


def test_rotate_keeps_the_old_secret_for_a_time(data, tenant):
    new = done(
        "tenant", "key", "rotate", tenant["id"], "main", "--overlap", "24h", "--yes", "--json", "--data", data
    ).json
    assert new["accessKey"] != tenant["accessKey"]
    assert [(key["name"], key["state"]) for key in listed(data, tenant)] == [
        ("main", "active"),
        ("main (replaced)", "active"),
    ]
    done("tenant", "key", "rotate", tenant["id"], "main", "--yes", "--json", "--data", data)
    assert len(listed(data, tenant)) == 2


def test_a_key_that_ended_is_told_apart(data, tenant):
    made(data, tenant, "--expires", "1s")
    wait_until(lambda: listed(data, tenant)[1]["state"] == "expired", 5)


def test_disable_enable_and_delete(data, tenant):
    key = made(data, tenant)["id"]
    at = (tenant["id"], key, "--data", data)
    assert done("tenant", "key", "disable", *at, "--yes").out == f"access key {key} is disabled\n"
    assert listed(data, tenant)[1]["state"] == "disabled"
    assert done("tenant", "key", "enable", *at, "--json").json["state"] == "active"
    assert done("tenant", "key", "delete", *at, "--yes", "--json").json == {"id": key, "deleted": True}
    other = made(data, tenant)["id"]
    told = done("tenant", "key", "delete", tenant["id"], other, "--yes", "--data", data).out
    assert told == f"access key {other} is deleted\n"
    assert len(listed(data, tenant)) == 1


def test_what_is_wrong_is_told(tenant, refused):
    name = tenant["id"]
    assert refused("tenant", "key", "rotate", name, "nope", "--yes") == "access key nope not found"
    assert "cannot be deleted" in refused("tenant", "key", "delete", name, "main", "--yes")
    for text in ("1y", "-1d", "tomorrow", "1"):
        assert "must be a time such as 90d, 12h, 30m or 45s" in refused(
            "tenant", "key", "create", name, "k", f"--expires={text}"
        )
    assert "expires must lie in the future" in refused("tenant", "key", "create", name, "k", "--expires", "0")
    assert "tenant nobody not found" in refused("tenant", "key", "list", "nobody")
