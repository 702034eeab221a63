"""The log: one line a request, and never a key, a token, a body or a query."""

from __future__ import annotations

import re
import time

import pytest

from tests.api.server import product
from tests.program import Program, done, new_tenant, wait_until

MARKER = "marker4711"
FIELDS = ["time", "level", "message", "request_id", "tenant", "method", "route", "status", "duration_ms", "bytes"]


@pytest.fixture(scope="module")
def chatty(tmp_path_factory):
    """Yield a server that logs all it can."""
    with Program(tmp_path_factory.mktemp("chatty") / "data", env={"FACETRY_LOG_LEVEL": "debug"}) as program:
        program.keys = new_tenant(program.data, "Shop", "--id", "shop")
        program.token = program.login(program.keys)
        yield program


def line_of(server, reply):
    """Return the line of a request, which is written soon after its answer."""

    def find():
        return [x for x in server.log_lines() if x.get("request_id") == reply.headers["x-request-id"]]

    wait_until(find, 5)
    (line,) = [line for line in find() if line["message"] == "request"]
    return line


def test_a_request_leaves_one_line(chatty):
    with chatty.connect(chatty.token) as connection:
        replies = {
            ("POST", "/catalog/v1/products", 200): connection.post(product("A/1", "G")),
            ("GET", "/catalog/v1/products/{SKU}", 200): connection.product("A/1"),
            ("GET", "/catalog/v1/productgroups/{PGID}", 200): connection.group("G"),
            ("GET", "/search/v1/search", 200): connection.search("ring"),
            ("GET", "/search/v1/search", 422): connection.get("/search/v1/search"),
            ("DELETE", "/catalog/v1/products/{SKU}", 200): connection("DELETE", "/catalog/v1/products/A%2F1"),
        }
    for (method, route, status), reply in replies.items():
        line = line_of(chatty, reply)
        assert list(line) == FIELDS
        assert (line["method"], line["route"], line["status"], line["tenant"]) == (method, route, status, "shop")
        assert line["bytes"] == len(reply.body)
        assert 0 < line["duration_ms"] < 30_000
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z", line["time"])


def test_a_cached_answer_leaves_the_same_line(chatty):
    with chatty.connect(chatty.token) as connection:
        connection.post(product("C", "C"))
        first, second = (line_of(chatty, connection.product("C")) for _ in range(2))
    changing = {"time", "request_id", "duration_ms"}
    assert {k: v for k, v in first.items() if k not in changing} == {
        k: v for k, v in second.items() if k not in changing
    }


def test_who_has_no_token_has_no_tenant_in_the_log(chatty):
    with chatty.connect("x.y.z") as connection:
        assert line_of(chatty, connection.product("A"))["tenant"] == ""


def test_an_unknown_path_is_not_logged_as_sent(chatty):
    with chatty.connect() as connection:
        line = line_of(chatty, connection.get(f"/{MARKER}-path/deep?{MARKER}=1"))
    assert (line["route"], line["status"]) == ("unmatched", 404)
    assert MARKER not in chatty.log


def test_no_secret_and_no_value_is_ever_logged(chatty):
    keys = chatty.keys
    with chatty.connect(chatty.token) as connection:
        body = product(f"{MARKER}-S", f"{MARKER}-G", name=MARKER, description=MARKER, attributes={MARKER: MARKER})
        connection.post(body)
        connection.post(body)
        connection.put({**body, "regularPrice": MARKER})
        connection.product(f"{MARKER}-S")
        connection.group(f"{MARKER}-G")
        connection.search(MARKER, debug="true", facets="true")
        connection.get(f"/search/v1/search?q={MARKER}&debug={MARKER}&qfield={MARKER}")
        connection(
            "POST", "/catalog/v1/products", b'{"name": "' + MARKER.encode(), {"content-type": "application/json"}
        )
        connection("POST", "/catalog/v1/products", MARKER.encode(), {"content-type": f"text/{MARKER}"})
        connection("POST", "/catalog/v1/products", b"\xff" + MARKER.encode(), {"content-type": "application/json"})
        connection.get(f"/catalog/v1/products/%FF{MARKER}")
        connection.get(f"/demo/pictures/{MARKER}.svg")
        connection.get("/healthz", cookie=MARKER, authorization=MARKER, user_agent=MARKER)
        for key in (keys["apiKey"], f"{MARKER}-wrong"):
            connection.get(f"/admin/v1/customers/login?id=shop&apiKey={key}")
            connection("POST", "/admin/v1/customers/login", {"id": "shop", "apiKey": key})
            connection("POST", "/admin/v1/customers/login", {"id": f"{MARKER}-id", "apiKey": key})
        for key in (keys["apiKey"], keys["accessKey"], keys["searchKey"], f"{MARKER}-wrong"):
            bearer = {"authorization": f"Bearer {key}"}
            connection("POST", "/v2/search", {"q": MARKER, "filter": MARKER}, bearer)
            connection("POST", "/v2/search", {"q": MARKER}, bearer)
            connection("GET", f"/v2/search?q={MARKER}&{MARKER}=1", None, bearer)
            connection("PUT", "/v2/settings/search", {"stop_words": [MARKER], "pins": [{"query": MARKER}]}, bearer)
            connection("GET", f"/v2/{MARKER}", None, bearer)
        last = connection.get("/healthz")
    rotated = done("tenant", "rotate", "shop", "--yes", "--json", "--data", chatty.data).json
    with chatty.connect(chatty.token + MARKER) as connection:
        connection.product("A")
    line_of(chatty, last)
    time.sleep(0.3)
    told = chatty.log + chatty.output
    names = ("apiKey", "accessKey", "searchKey")
    secrets = [given[name] for given in (keys, rotated) for name in names] + [chatty.token, MARKER]
    secrets += chatty.token.split(".")[1:]
    secrets.append((chatty.data / "master.key").read_text("ascii").strip())
    assert [secret for secret in secrets if secret in told] == []


def test_a_quiet_server_logs_no_requests(data):
    with Program(data, "--search", "memory:", env={"FACETRY_LOG_REQUESTS": "false"}) as server:
        with server.connect() as connection:
            connection.get("/healthz")
        assert server.stop() == 0
        assert "request" not in {line["message"] for line in server.log_lines()}
