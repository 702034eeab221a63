"""Commands about tenants, beside a running server and without one."""

from __future__ import annotations

import asyncio
import re
from functools import partial

import pytest

from facetry.bootstrap.service import open_service
from facetry.domain.user import Role, User
from facetry.settings import load
from tests.program import done, new_tenant, run

KEYS = ["id", "name", "apiKey", "accessKey", "searchKey", "secret", "active", "language", "currency"]


def listed(data):
    return {row["id"]: row for row in done("tenant", "list", "--json", "--data", data).json}


def test_create_gives_random_keys(data):
    first, second = (new_tenant(data, "Conte America") for _ in range(2))
    assert list(first) == KEYS
    assert (first["name"], first["active"], first["language"], first["currency"]) == (
        "Conte America",
        True,
        "en",
        "USD",
    )
    assert re.fullmatch("[0-9a-f]{24}", first["id"])
    assert re.fullmatch("[0-9a-f]{10}", first["secret"])
    keys = {tenant[key] for tenant in (first, second) for key in ("apiKey", "accessKey", "searchKey")}
    assert len(keys) == 6
    assert min(map(len, keys)) >= 43


def test_create_takes_given_values(data, name):
    flags = ["--id", name, "--api-key", f"api-{name}", "--access-key", f"access-{name}", "--secret", "ffaabb"]
    flags += ["--search-key", f"search-{name}", "--language", "de", "--currency", "EUR", "--inactive"]
    assert new_tenant(data, "Jürgens Schmuck", *flags) == {
        "id": name,
        "name": "Jürgens Schmuck",
        "apiKey": f"api-{name}",
        "accessKey": f"access-{name}",
        "searchKey": f"search-{name}",
        "secret": "ffaabb",
        "active": False,
        "language": "de",
        "currency": "EUR",
    }


def test_create_prints_lines_for_people(data, name):
    lines = done("tenant", "create", "Shop", "--id", name, "--data", data).out.splitlines()
    assert [line.split(":")[0] for line in lines] == KEYS
    assert lines[0] == f"id:         {name}"


def test_a_taken_id_or_key_is_refused(data, name, refused):
    keys = new_tenant(data, "Shop", "--id", name)
    before = listed(data)
    assert name in refused("tenant", "create", "Other", "--id", name)
    taken = {"--api-key": "apiKey", "--access-key": "accessKey", "--search-key": "searchKey"}
    for flag, key in taken.items():
        line = refused("tenant", "create", "Other", flag, keys[key])
        assert "taken" in line
        assert keys[key] not in line
    assert listed(data) == before


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (["--id", "a" * 51], "id must have 1 to 50 characters"),
        (["--id", ".."], "id must not be a dot segment"),
        (["--id", " a"], "id must not begin or end with a blank"),
        (["--id", "a\nb"], "id must not contain control characters"),
        (["--api-key", "short"], "api key must have at least 8 printable ASCII characters and no blank"),
        (["--access-key", "has a blank"], "access key must have at least 8 printable ASCII characters and no blank"),
        (["--search-key", "short"], "search key must have at least 8 printable ASCII characters and no blank"),
        (["--api-key", "schlüssel-1"], "api key must have at least 8 printable ASCII characters and no blank"),
        (["--language", "klingon"], "language must be one of en, de, fr, es, it, hi, he, none"),
        (["--currency", "Euro"], "currency must be a code of ISO 4217, in capital letters"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused(data, refused, flags, line):
    new_tenant(data)
    before = listed(data)
    assert refused("tenant", "create", "Shop", *flags).endswith(line)
    assert listed(data) == before


def test_a_tenant_needs_a_name(refused):
    assert refused("tenant", "create", " ").endswith("name must have 1 to 100 printable characters")


def test_list_shows_all_tenants(data, name):
    new_tenant(data, "Shop", "--id", name, "--currency", "CHF")
    assert listed(data)[name] == {
        "id": name,
        "name": "Shop",
        "active": True,
        "products": 0,
        "groups": 0,
        "language": "en",
        "currency": "CHF",
    }
    (row,) = [line for line in done("tenant", "list", "--data", data).out.splitlines() if name in line]
    assert [cell.strip() for cell in row.strip("│").split("│")] == [name, "Shop", "True", "0", "0", "en", "CHF"]


@pytest.mark.parametrize(
    ("flags", "changed"),
    [
        ([], {"apiKey", "accessKey", "searchKey"}),
        (["--api-key"], {"apiKey"}),
        (["--access-key"], {"accessKey"}),
        (["--search-key"], {"searchKey"}),
        (["--token-keys"], set()),
        (["--access-key", "--token-keys"], {"accessKey"}),
    ],
)
def test_rotate_replaces_what_was_named(data, name, flags, changed):
    before = new_tenant(data, "Shop", "--id", name)
    after = done("tenant", "rotate", name, "--yes", "--json", "--data", data, *flags).json
    assert list(after) == KEYS
    assert {key for key in KEYS if before[key] != after[key]} == changed


def test_disable_and_enable(data, name):
    new_tenant(data, "Shop", "--id", name)
    outcome = done("tenant", "disable", name, "--yes", "--json", "--data", data)
    assert outcome.json == {"id": name, "name": "Shop", "active": False}
    assert listed(data)[name]["active"] is False
    assert done("tenant", "disable", name, "--yes", "--data", data).out == f"tenant {name} is disabled\n"
    assert done("tenant", "enable", name, "--data", data).out == f"tenant {name} is active\n"
    assert done("tenant", "enable", name, "--yes", "--json", "--data", data).json["active"] is True
    assert listed(data)[name]["active"] is True


def test_delete_removes_a_tenant_and_frees_its_id_and_keys(data, name):
    keys = new_tenant(data, "Shop", "--id", name)
    out = done("tenant", "delete", name, "--yes", "--data", data).out
    assert out == f"tenant {name} is deleted; facetry compact overwrites what database files still hold of it\n"
    assert name not in listed(data)
    again = new_tenant(data, "Shop", "--id", name, "--api-key", keys["apiKey"], "--access-key", keys["accessKey"])
    assert again["apiKey"] == keys["apiKey"]
    assert done("tenant", "delete", name, "--yes", "--json", "--data", data).json == {"id": name, "deleted": True}


def test_a_deletion_that_broke_off_is_finished_by_the_next(tmp_path):
    data = tmp_path / "data"
    new_tenant(data, "Shop", "--id", "shop")
    service = partial(open_service, load({"data": data}, {}))

    async def break_off():
        async with service() as opened:
            for tenant, role in (("shop", Role.OWNER), ("", Role.OPERATOR)):
                user = User(id=f"u-{role.value}", tenant=tenant, email="a@shop.example", role=role)
                await opened.accounts.add_user(user)
            await opened.store.delete_tenant("shop")

    async def left():
        async with service() as opened:
            return [len(await opened.accounts.users(tenant)) for tenant in ("shop", "")]

    asyncio.run(break_off())
    (data / "index" / "shop").mkdir(parents=True)
    for tenant in ("", "shop\x00"):
        assert run("tenant", "delete", tenant, "--yes", "--data", data).status == 1
    assert asyncio.run(left()) == [1, 1]
    outcome = run("tenant", "delete", "shop", "--yes", "--data", data)
    assert (outcome.status, outcome.err) == (1, "facetry: tenant shop not found\n")
    assert asyncio.run(left()) == [0, 1]
    assert not (data / "index" / "shop").exists()


@pytest.mark.parametrize("command", ["rotate", "disable", "delete"])
@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
def test_no_means_no(data, name, command, answer):
    keys = new_tenant(data, "Shop", "--id", name)
    before = listed(data)
    outcome = run("tenant", command, name, "--data", data, stdin=answer)
    assert outcome.status == 1
    assert name in outcome.out
    assert outcome.err.strip() == "Aborted."
    assert listed(data) == before
    assert new_tenant(data, "Other", "--id", f"{name}-2")["apiKey"] != keys["apiKey"]


def test_yes_means_yes(data, name):
    new_tenant(data, "Shop", "--id", name)
    done("tenant", "delete", name, "--data", data, stdin="y\n")
    assert name not in listed(data)


@pytest.mark.parametrize("command", ["rotate", "disable", "enable", "delete"])
def test_an_unknown_tenant_is_named(refused, command):
    assert refused("tenant", command, "nobody", "--yes") == "tenant nobody not found"


def test_what_the_client_api_is_told_of_a_tenant(data, name, refused):
    new_tenant(data, "Shop", "--id", name)
    at = ("tenant", "client-api", name, "--data", data)
    assert done(*at, "--json").json == {"httpErrors": False, "requireHttps": "never", "limits": []}
    flags = ["--http-errors", "--require-https", "always", "--limit", "product_sold=40/2", "--limit", "a=1/0.5"]
    told = {"httpErrors": True, "requireHttps": "always", "limits": ["product_sold=40/2", "a=1/0.5"]}
    assert done(*at, *flags, "--json").json == told
    assert done(*at, "--json").json == told
    assert done(*at, "--no-http-errors", "--reset-limits", "--limit", "b=2/1").out.splitlines() == [
        "HTTP errors:   no",
        "require HTTPS: always",
        "limits:        b=2/1",
    ]
    rule = "limit must be action=size/leak, as product_sold=40/2"
    assert refused("tenant", "client-api", name, "--limit", "b=0/1") == rule
    assert "tenant nobody not found" in refused("tenant", "client-api", "nobody")
