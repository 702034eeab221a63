"""Commands about users: they work beside a running server and without one, and what they end ends at once."""

from __future__ import annotations

import asyncio
import re
from urllib.parse import urlencode

import pyotp
import pytest

from facetry.bootstrap.service import open_service
from facetry.settings import Settings
from tests.program import Program, done, new_tenant, run, wait_until

PASSWORD = "correct horse battery"
CSRF = re.compile(r'name="csrf-token" content="([^"]+)"')


@pytest.fixture
def tenant(data, name):
    return new_tenant(data, "Shop", "--id", name)["id"]


@pytest.fixture
def at(data, tenant):
    return ("--tenant", tenant, "--email", "ruth@example.com", "--json", "--data", data)


def test_a_user_is_created_listed_disabled_enabled_and_removed(data, tenant, at):
    made = done("user", "create", *at, "--name", "Ruth", "--role", "editor").json
    assert made.pop("link").startswith("http://127.0.0.1:")
    assert (made["tenant"], made["role"], made["state"], made["signedIn"]) == (tenant, "editor", "invited", None)
    listing = ("user", "list", "--tenant", tenant, "--data", data)
    assert done(*listing, "--json").json == [made]
    assert "ruth@example.com" in done(*listing).out
    assert done("user", "passwd", *at, "--stdin", stdin=f"{PASSWORD}\n").json["state"] == "active"
    assert done("user", "disable", *at, "--yes").json["state"] == "disabled"
    assert done("user", "enable", *at).json["state"] == "active"
    assert done("user", "remove", *at, "--yes").json["email"] == "ruth@example.com"
    assert done(*listing, "--json").json == []


def test_words_are_printed_for_people(data, tenant):
    at = ("--tenant", tenant, "--email", "ruth@example.com", "--data", data)
    assert "chooses a password, once and within three days, at" in done("user", "create", *at).out
    first = done("user", "link", *at).out.split()[-1]
    second = done("user", "link", *at).out.split()[-1]
    assert first != second
    told = done("user", "passwd", *at, stdin=f"{PASSWORD}\n{PASSWORD}\n").out
    assert told.endswith("user ruth@example.com has a new password\n")
    assert done("user", "disable", *at, stdin="y\n").out.endswith("user ruth@example.com is disabled\n")
    assert done("user", "enable", *at).out == "user ruth@example.com may sign in\n"
    assert done("user", "remove", *at, "--yes").out == "user ruth@example.com is removed\n"


def test_operators_belong_to_no_tenant(data, name):
    at = ("--operator", "--email", f"{name}@example.com", "--data", data)
    made = done("user", "create", *at, "--json").json
    assert (made["tenant"], made["role"]) == ("", "operator")
    assert made["email"] in done("user", "list", "--operator", "--data", data).out
    done("user", "remove", *at, "--yes")


def test_what_cannot_be_is_told_in_one_line(data, tenant, refused):
    user = ("--email", "ruth@example.com")
    neither = "--tenant or --operator must be given, and not both"
    assert refused("user", "create", *user) == neither
    assert refused("user", "create", *user, "--operator", "--tenant", tenant) == neither
    assert refused("user", "list") == neither
    assert refused("user", "create", *user, "--tenant", "none") == "tenant none not found"
    assert refused("user", "list", "--tenant", "none") == "tenant none not found"
    assert refused("user", "disable", *user, "--tenant", tenant, "--yes") == "user ruth@example.com not found"
    told = refused("user", "create", "--email", "no e-mail", "--tenant", tenant)
    assert told == "email must be an e-mail address such as name@example.com"
    assert refused("user", "create", *user, "--tenant", tenant, "--role", "operator").startswith("role of the operator")
    done("user", "create", *user, "--tenant", tenant, "--data", data)
    assert refused("user", "create", *user, "--tenant", tenant) == "user ruth@example.com exists already"
    told = refused("user", "passwd", *user, "--tenant", tenant, "--stdin", stdin="short\n")
    assert told == "password must have 10 to 1,024 characters"


def test_a_deleted_tenant_leaves_no_users(data, tenant, at):
    done("user", "create", *at)
    done("tenant", "delete", tenant, "--yes", "--data", data)
    assert run("user", "list", "--tenant", tenant, "--data", data).status == 1
    assert new_tenant(data, "Again", "--id", tenant)["id"] == tenant
    assert done("user", "list", "--tenant", tenant, "--json", "--data", data).json == []


class Browser:
    """Somebody's browser, as far as signing in needs one."""

    def __init__(self, server):
        self.server, self.cookies = server, {}

    def __call__(self, method, path, values=None):
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if values is not None:
            headers["content-type"] = "application/x-www-form-urlencoded"
        with self.server.connect() as connection:
            connection._client.request(method, path, urlencode(values or {}), headers)
            answer = connection._client.getresponse()
            body = answer.read().decode()
            for header in answer.msg.get_all("set-cookie") or ():
                name, _, value = header.partition(";")[0].partition("=")
                self.cookies[name] = value
        return answer.status, body

    def post(self, path, values, page=None):
        _, body = self("GET", page or path)
        return self("POST", path, {**values, "csrf": CSRF.search(body)[1]})

    def sign_in(self, email="ruth@example.com", password=PASSWORD):
        status, _ = self.post("/dashboard/sign-in", {"email": email, "password": password})
        return status == 303


def test_a_running_server_sees_it_at_once(server, name):
    tenant = new_tenant(server.data, "Shop", "--id", name)["id"]
    at = ("--tenant", tenant, "--email", f"{name}@example.com", "--json", "--data", server.data)
    link = done("user", "create", *at).json["link"]
    browser = Browser(server)
    path = "/dashboard" + link.partition("/dashboard")[2]
    assert browser.post(path, {"password": PASSWORD, "again": PASSWORD})[0] == 303
    assert browser("GET", "/dashboard/account")[0] == 200
    done("user", "disable", *at, "--yes")
    assert browser("GET", "/dashboard/account")[0] == 303
    assert not Browser(server).sign_in(f"{name}@example.com")
    done("user", "enable", *at)
    done("user", "passwd", *at, "--stdin", stdin="another password\n")
    assert browser("GET", "/dashboard/account")[0] == 303
    again = Browser(server)
    assert again.sign_in(f"{name}@example.com", "another password")
    assert again("GET", "/dashboard/account")[0] == 200


LINK = re.compile(r"^(.+): http://127\.0\.0\.1:\d+(/dashboard/welcome/\S+)$", re.MULTILINE)


def links(server, count):
    """Return what the starts of a server have printed, soon after it is ready."""
    wait_until(lambda: len(LINK.findall(server.log)) == count)
    return LINK.findall(server.log)


def test_the_first_start_prints_a_link_until_it_is_used(tmp_path):
    with Program(tmp_path / "data", "--search", "memory:") as server:
        ((purpose, first),) = links(server, 1)
        assert purpose == "Choose the operator's e-mail and password"
        assert first not in server.output
        server.stop()
        server.start()
        _, (_, second) = links(server, 2)
        browser = Browser(server)
        assert browser("GET", first)[0] == 410
        values = {"email": "op@example.com", "password": PASSWORD, "again": PASSWORD}
        assert browser.post(second, values)[0] == 303
        assert browser("GET", "/dashboard/operator")[0] == 200
        assert browser("GET", second)[0] == 410
        server.stop()
        server.start()
        wait_until(lambda: server.output.count("Facetry serves") == 3)
        assert len(LINK.findall(server.log)) == 2
        assert browser("GET", "/dashboard/operator")[0] == 200
        assert (server.data / "accounts.sqlite").stat().st_mode & 0o777 == 0o600


def test_nobody_who_signed_out_is_signed_in_by_a_backup(server, tmp_path):
    new_tenant(server.data, "Backed up", "--id", "backed-up")
    at = ("--tenant", "backed-up", "--email", "ann@example.com", "--data", server.data)
    done("user", "create", *at)
    done("user", "passwd", *at, "--stdin", stdin=f"{PASSWORD}\n")
    browser = Browser(server)
    assert browser.sign_in("ann@example.com")
    stolen = dict(browser.cookies)
    done("backup", tmp_path / "copy", "--data", server.data)
    assert browser.post("/dashboard/sign-out", {}, page="/dashboard/account")[0] == 303
    done("restore", tmp_path / "copy", "--data", tmp_path / "data")
    with Program(tmp_path / "data") as restored:
        browser = Browser(restored)
        browser.cookies = stolen
        assert browser("GET", "/dashboard/account")[0] == 303
        browser.cookies = {}
        assert browser.sign_in("ann@example.com")
        assert browser("GET", "/dashboard/account")[0] == 200


def test_backups_hold_users_and_a_rotation_keeps_second_factors(tmp_path):
    data, copy, restored = (tmp_path / name for name in ("data", "copy", "restored"))
    new_tenant(data, "Shop", "--id", "shop")
    at = ("--tenant", "shop", "--email", "ruth@example.com")
    done("user", "create", *at, "--data", data)
    done("user", "passwd", *at, "--stdin", "--data", data, stdin=f"{PASSWORD}\n")

    async def enrol():
        async with open_service(Settings(data=data)) as service:
            user = await service.users.by_email("shop", "ruth@example.com")
            secret = service.second_factor.propose(user).secret
            await service.second_factor.confirm(user, secret, pyotp.TOTP(secret).now())
            return secret

    async def secret_in(directory):
        async with open_service(Settings(data=directory)) as service:
            user = await service.users.by_email("shop", "ruth@example.com")
            return service.vault.open(user.totp).decode()

    secret = asyncio.run(enrol())
    done("backup", copy, "--data", data)
    done("restore", copy, "--data", restored)
    assert (restored / "accounts.sqlite").stat().st_mode & 0o777 == 0o600
    assert asyncio.run(secret_in(restored)) == secret
    done("rotate-master-key", "--yes", "--data", restored)
    assert asyncio.run(secret_in(restored)) == secret
    done("compact", "--data", restored)
    told = {one["name"]: one for one in run("doctor", "--json", "--data", restored).json}
    assert (told["accounts"]["health"], told["accounts"]["told"]) == (
        "good",
        "users: 1, operators among them: 0, invited besides: 0; facetry serve prints a link for the operator",
    )
    assert done("user", "passwd", *at, "--stdin", "--forget-second-factor", "--data", restored, stdin=f"{PASSWORD}\n")
    assert done("user", "list", "--tenant", "shop", "--json", "--data", restored).json[0]["secondFactor"] == ""
