"""The dashboard of several machines: who signs in on one is known on all, and what is changed on one is seen on all."""

from __future__ import annotations

import re

import httpx
import pytest

from tests.api.server import product
from tests.dashboard.server import Shown
from tests.engines.machines import own_engines
from tests.program import Program, done

PASSWORD = "correct horse battery"


class Browser:
    """A browser that goes to either of two machines with the same cookies, as behind a load balancer."""

    def __init__(self, machines):
        self.cookies = httpx.Cookies()
        self._bases = [f"http://127.0.0.1:{machine.port}" for machine in machines]

    def get(self, machine, path):
        return self._send(machine, "GET", path)

    def post(self, machine, path, values, page):
        token = re.search('name="csrf" value="([^"]+)"', page.text)[1]
        return self._send(machine, "POST", path, data={**values, "csrf": token})

    def _send(self, machine, method, path, **body):
        with httpx.Client(base_url=self._bases[machine], cookies=self.cookies) as client:
            answer = client.request(method, path, **body)
            self.cookies = client.cookies
        return answer

    def signs_in(self, machine, email):
        values = {"email": email, "password": PASSWORD}
        return self.post(machine, "/dashboard/sign-in", values, self.get(machine, "/dashboard/sign-in"))


@pytest.fixture(scope="module")
def house(tmp_path_factory, mongodb_url, opensearch_url, redis_url):
    folder = tmp_path_factory.mktemp("dashboard")
    with own_engines(mongodb_url, opensearch_url, redis_url) as flags:
        tenant = done("tenant", "create", "Shop", "--id", "shop", "--json", *flags).json
        for role in ("owner", "viewer"):
            user = ("user", "create", "--tenant", "shop", "--email", f"{role}@example.com", "--role", role)
            done(*user, *flags)
            named = ("--email", f"{role}@example.com", "--tenant", "shop", "--stdin")
            done("user", "passwd", *named, *flags, stdin=f"{PASSWORD}\n")
        with Program(folder / "one", *flags) as one, Program(folder / "two", *flags) as two:
            with one.connect(one.login(tenant)) as shop:
                assert shop.post(product("R-1", "R", name="uqring")).json["success"]
            yield flags, (one, two)


def test_a_session_is_good_on_every_machine_and_ends_on_every_machine(house):
    _, machines = house
    browser = Browser(machines)
    assert browser.signs_in(0, "owner@example.com").status_code == 303
    for machine in (0, 1):
        page = browser.get(machine, "/dashboard/catalog?q=uqring")
        assert page.status_code == 200
        assert "uqring" in page.text
    kept = httpx.Cookies(browser.cookies)
    browser.post(1, "/dashboard/sign-out", {}, browser.get(1, "/dashboard/account"))
    browser.cookies = kept
    for machine in (0, 1):
        assert browser.get(machine, "/dashboard/catalog").headers["location"].startswith("/dashboard/sign-in")


def test_a_user_who_is_disabled_is_out_at_once_on_every_machine(house):
    flags, machines = house
    browser = Browser(machines)
    assert browser.signs_in(1, "viewer@example.com").status_code == 303
    assert [browser.get(machine, "/dashboard").status_code for machine in (0, 1)] == [200, 200]
    done("user", "disable", "--yes", "--email", "viewer@example.com", "--tenant", "shop", *flags)
    assert [browser.get(machine, "/dashboard").status_code for machine in (0, 1)] == [303, 303]


def test_what_is_changed_on_one_machine_is_found_on_the_other(house):
    _, machines = house
    browser = Browser(machines)
    browser.signs_in(0, "owner@example.com")
    form = browser.get(0, "/dashboard/products/new")
    values = Shown(form.status_code, [], form.content).values("main form[method=post]")
    changed = {"sku": ["R-9"], "name": ["uqmadehere"], "group_id": ["R9"], "regular_price": ["12.50"]}
    answer = browser.post(0, "/dashboard/products/new", {**values, **changed}, form)
    assert answer.status_code == 303, Shown(422, [], answer.content).texts(".field__error")
    assert "uqmadehere" in browser.get(1, "/dashboard/catalog?q=uqmadehere").text
