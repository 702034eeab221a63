"""The page, the dashboard and the alerts name the metrics that a server has, and no others."""

from __future__ import annotations

import json
import re
from contextlib import ExitStack

import pytest
import yaml

from tests.api.server import product
from tests.program import wait_until
from tests.support import ROOT

NAME = re.compile(r"\bfacetry_\w+")
RULES = ROOT / "deploy" / "prometheus" / "alerts.yml"
DASHBOARD = ROOT / "deploy" / "grafana" / "facetry.json"
SERIES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}


@pytest.fixture(scope="module")
def exposed(server, tenant, token):
    """Return the type of every metric by name, of a server that has done a bit of everything."""
    with server.connect(token) as shop:
        shop.post(product("R1", "R1"))
        shop.search("ring")
        text = shop.get("/metrics").body.decode()
    assert "No description" not in text
    return dict(re.findall(r"^# TYPE (\w+) (\w+)$", text, re.MULTILINE))


@pytest.fixture(scope="module")
def series(exposed):
    """Return the names that an expression may hold."""
    return {name + end for name, kind in exposed.items() for end in SERIES[kind]}


def rules():
    (group,) = yaml.safe_load(RULES.read_text("utf-8"))["groups"]
    return group["rules"]


def test_the_page_lists_every_metric_with_its_type(exposed):
    page = (ROOT / "docs" / "operating.md").read_text("utf-8")
    assert dict(re.findall(r"^\| `(facetry_\w+)` \| (\w+) \|", page, re.MULTILINE)) == exposed


def test_both_pages_together_list_every_metric(exposed):
    from facetry.telemetry.prometheus import _HELP

    pages = [(ROOT / "docs" / page).read_text("utf-8") for page in ("operating.md", "scale-out.md")]
    listed = set(re.findall(r"^\| `(facetry_\w+)", "".join(pages), re.MULTILINE))
    assert listed == exposed.keys() | _HELP.keys()


def test_names_say_their_unit_and_kind(exposed):
    for name, kind in exposed.items():
        assert name.endswith("_total") == (kind == "counter"), name
        assert name.endswith("_seconds") == (kind == "histogram"), name


def test_every_panel_of_the_dashboard_asks_for_metrics_that_exist(series):
    dashboard = json.loads(DASHBOARD.read_text("utf-8"))
    asked = {panel["title"]: [target["expr"] for target in panel["targets"]] for panel in dashboard["panels"]}
    assert len(asked) == 17
    for title, expressions in asked.items():
        named = set(NAME.findall(" ".join(expressions)))
        assert named, title
        assert named <= series, title
    assert NAME.findall(dashboard["templating"]["list"][1]["query"]) == ["facetry_processes"]


def test_the_dashboard_shows_every_metric(exposed):
    shown = DASHBOARD.read_text("utf-8")
    assert [name for name in exposed if name not in shown] == []


def test_no_panel_covers_another():
    places = [panel["gridPos"] for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]]
    cells = [(place["y"], x) for place in places for x in range(place["x"], place["x"] + place["w"])]
    assert len(set(cells)) == len(cells)
    assert max(x for _, x in cells) == 23


def test_every_alert_asks_for_metrics_that_exist(series):
    page = (ROOT / "docs" / "scale-out.md").read_text("utf-8")
    # Of engines on other machines, of which this server has none.
    series = series | set(re.findall(r"^\| `(facetry_\w+)", page, re.MULTILINE))
    assert len(rules()) == 16
    for rule in rules():
        named = set(NAME.findall(rule["expr"]))
        assert named, rule["alert"]
        assert named <= series, rule["alert"]
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}
        assert rule["expr"].count("(") == rule["expr"].count(")")


def test_only_what_is_long_by_nature_is_left_out_of_slow_requests():
    (slow,) = (rule["expr"] for rule in rules() if rule["alert"] == "FacetrySlow")
    left_out = re.compile(re.search(r'route!~"([^"]+)"', slow)[1])
    imports = ("/v2/imports", "/v2/imports/{id}/rejected", "/dashboard/imports")
    exports = ("/dashboard/catalog/export", "/dashboard/exports/{file}")
    for route in ("/v2/changes", "/v2/products:bulk", *imports, *exports):
        assert left_out.fullmatch(route), route
    for route in ("/v2/products", "/v2/search", "/dashboard/catalog", "/dashboard", "/client/V1", "unmatched"):
        assert not left_out.fullmatch(route), route


def test_who_waits_for_changes_is_no_crowd(server, tenant, token):
    (crowded,) = (rule["expr"] for rule in rules() if rule["alert"] == "FacetryCrowded")
    waiting, answered = "facetry_consumers_waiting", "facetry_requests_in_flight"
    assert crowded == f"{answered} - {waiting} > 200"
    headers = {"authorization": f"Bearer {tenant['apiKey']}"}
    with ExitStack() as stack:
        consumers = [stack.enter_context(server.connect()) for _ in range(3)]
        for consumer in consumers:
            revision = consumer("GET", "/v2/changes", headers=headers).json["revision"]
            consumer.send_head("GET", f"/v2/changes?since={revision}&wait=20", 0, headers)
        wait_until(lambda: server.metrics()[waiting] == 3, 10)
        assert server.metrics()[answered] == 4
        with server.connect(token) as shop:
            shop.post(product("R2", "R2"))
        assert [consumer.finish(b"").status for consumer in consumers] == [200] * 3
    assert (server.metrics()[waiting], server.metrics()[answered]) == (0, 1)


def test_every_alert_has_a_guide_and_every_guide_an_alert():
    page = (ROOT / "docs" / "alerts.md").read_text("utf-8")
    assert re.findall(r"^## (\w+)$", page, re.MULTILINE) == [rule["alert"] for rule in rules()]
    named = set(re.findall(r"\bFacetry[A-Z]\w+", page))
    assert named == {rule["alert"] for rule in rules()}


def test_guides_name_only_settings_that_exist():
    from facetry.settings import Settings

    page = (ROOT / "docs" / "alerts.md").read_text("utf-8")
    named = {name for name in re.findall(r"`([a-z]+(?:_[a-z]+)+)`", page) if name != "index_behind"}
    assert named <= set(Settings.__struct_fields__)
    assert "journal_rate" in named
