"""What a running server tells its operators, and what it answers where there is nothing."""

from __future__ import annotations

import itertools
import json
import re

import pytest

from facetry.api.native.openapi import openapi_document
from facetry.telemetry.metrics import METHODS
from tests.api.server import product

REQUESTS = 'facetry_requests_total{method="GET",route="/healthz",status="2xx"}'


@pytest.fixture
def visitor(server):
    with server.connect() as connection:
        yield connection


def test_it_is_alive(visitor):
    reply = visitor.get("/healthz")
    assert (reply.status, reply.json) == (200, {"status": "alive"})
    assert reply.headers["cache-control"] == "no-store"


def test_it_is_ready(visitor):
    reply = visitor.get("/readyz")
    assert (reply.status, reply.json) == (200, {"status": "ready"})


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_a_load_balancer_may_ask_for_the_headers_only(visitor, path):
    reply = visitor("HEAD", path)
    assert (reply.status, reply.body) == (200, b"")


@pytest.mark.parametrize("path", ["/", "/nothing", "/catalog", "/demo/pictures/none.svg", "/demo/pictures/none"])
def test_where_there_is_nothing_it_says_so(visitor, path):
    reply = visitor.get(path)
    assert reply.status == 404
    assert reply.headers["content-type"] == "application/json"
    assert reply.json == {
        "success": False,
        "code": "INVALID",
        "message": "There is nothing at this path",
        "requestId": reply.headers["x-request-id"],
    }


@pytest.mark.parametrize("path", ["/v2", "/v2/", "/v2/nothing", "/v2/products/a/b", "/v2/nothing%2Fhere"])
def test_what_is_not_below_v2_counts_as_v2(visitor, path):
    """Whatever is made up there must not become a label of its own."""
    label = 'facetry_requests_total{method="GET",route="/v2",status="4xx"}'

    def count():
        lines = visitor.get("/metrics").body.decode().splitlines()
        return sum(float(line.split()[-1]) for line in lines if label in line)

    before = count()
    reply = visitor.get(path)
    assert (reply.status, reply.headers["content-type"]) == (404, "application/problem+json")
    assert count() == before + 1


def test_a_wrong_method_is_named(visitor):
    reply = visitor("DELETE", "/healthz")
    assert reply.status == 405
    assert reply.json["message"] == "This path does not take this method"
    assert "GET" in reply.headers["allow"]


def test_every_answer_has_an_id_of_its_own(visitor):
    ids = {visitor.get(path).headers["x-request-id"] for path in ("/healthz", "/healthz", "/readyz", "/nothing")}
    assert len(ids) == 4
    assert all(re.fullmatch("[0-9a-f]{32}", request_id) for request_id in ids)


def test_metrics_count_requests(server, visitor):
    before = server.metrics()
    for _ in range(3):
        visitor.get("/healthz")
    after = server.metrics()
    assert after[REQUESTS] - before.get(REQUESTS, 0) == 3


def test_methods_that_no_path_takes_fill_no_table(server, visitor):
    """There is room for so many series only, and what a stranger makes up must not take it."""
    paths = openapi_document("1")["paths"]
    for path, method in itertools.product(paths, METHODS):
        visitor(method, path)
    text = visitor.get("/metrics").body.decode()
    told = re.findall(r'^facetry_request_seconds_count\{method="(\w+)",route="(/v2[^"]+)"', text, re.MULTILINE)
    assert len(told) > 2 * len(paths)
    assert {method for method, route in told if method.lower() not in paths[route]} <= {"HEAD"}


def test_refusals_that_are_told_with_200_count_as_refusals(server, visitor):
    name = 'facetry_requests_total{{method="GET",route="/client/V1",status="{}"}}'
    before = server.metrics()
    reply = visitor.get("/client/V1?auth=guessed&action=products_get")
    assert (reply.status, reply.json["status"]["code"]) == (200, 102)
    after = server.metrics()
    assert after[name.format("4xx")] - before.get(name.format("4xx"), 0) == 1
    assert name.format("2xx") not in after


def test_metrics_name_no_tenant(server, shop, tenant):
    shop.post(product("METERED", "METERED"))
    shop.product("METERED")
    text = shop.get("/metrics").body.decode()
    assert "/catalog/v1/products/{SKU}" in text
    assert not [word for word in (tenant["id"], tenant["name"], "METERED") if word in text]


@pytest.mark.parametrize(
    "header", ["x-forwarded-for", "forwarded", "via", "x-real-ip", "x-forwarded-host"], ids=lambda name: name
)
def test_metrics_are_refused_to_who_comes_through_a_proxy(visitor, header):
    reply = visitor("GET", "/metrics", headers={header: "203.0.113.7"})
    assert reply.status == 403
    assert b"facetry_" not in reply.body


def test_the_log_is_json(server, visitor):
    visitor.get("/healthz")
    # Only the link by which the first operator chooses a password is for people.
    lines = [line for line in server.log.splitlines() if not line.startswith("Choose the operator's e-mail")]
    assert lines
    assert all(isinstance(json.loads(line), dict) for line in lines)
