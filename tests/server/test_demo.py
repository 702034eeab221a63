"""``serve --demo``: what a newcomer sees in the first minute."""

from __future__ import annotations

import re
import shutil
import subprocess
from urllib.parse import urlsplit

import pytest

from tests.program import HOST, Program, done, verified, wait_until


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    with Program(tmp_path_factory.mktemp("demo") / "data", "--demo") as server:
        wait_until(lambda: "x-access-token" in server.output)
        yield server


@pytest.fixture(scope="module")
def keys(demo):
    found = dict(re.findall(r"^  (id|API key|access key|search key) +(\S+)$", demo.output, re.MULTILINE))
    assert list(found) == ["id", "API key", "access key", "search key"]
    return {"id": found["id"], "apiKey": found["API key"], "accessKey": found["access key"]}


@pytest.fixture
def shopper(demo, keys):
    with demo.connect(demo.login(keys)) as connection:
        yield connection


def counts(server):
    ((row),) = done("tenant", "list", "--json", "--data", server.data).json
    return row["products"], row["groups"]


def test_it_says_where_it_is_and_what_is_in_it(demo):
    products, groups = counts(demo)
    assert products >= 2000
    assert groups >= 300
    assert demo.output.startswith(f"Facetry serves {demo.data} on http://{HOST}:{demo.port} ")
    assert f"The demo catalog has {products:,} products in {groups:,} groups." in demo.output


def test_the_printed_lines_work_in_a_shell(demo, keys):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    lines = [line for line in demo.output.splitlines() if line.startswith("  ")]
    start = next(n for n, line in enumerate(lines) if "TOKEN=$(curl" in line)
    script = "\n".join(line.removeprefix("  ") for line in lines[start:]).replace("  curl -s", "curl -s")
    script = re.sub(r"(?m)^(curl .*?[^\\])$", r"\1\necho", script)
    ran = subprocess.run(["sh", "-c", script], capture_output=True, text=True, timeout=30, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.count('"success":true') == 1, ran.stdout
    assert '"aggregations"' in ran.stdout
    assert ran.stdout.count('"sku":"MINE-1"') >= 3, ran.stdout
    assert '"reads":[{"text":"under $3,000","filter":"price < 3000"}]' in ran.stdout
    assert '"total":0,' not in ran.stdout
    assert '"matched_count":' in ran.stdout
    assert '{"status":{"code":100,"message":"OK"},"data":[{"product_id":' in ran.stdout
    with demo.connect(demo.login(keys)) as connection:
        assert connection("DELETE", "/catalog/v1/productgroups/MINE").json["success"]


def test_pictures_are_drawn_by_the_server(demo, shopper):
    hits = shopper.search("rose gold ring", size=20).json["hits"]["hits"]
    assert hits
    pictures = {url for hit in hits for url in hit["_source"]["images"]}
    with demo.connect() as visitor:
        for url in sorted(pictures):
            parts = urlsplit(url)
            assert (parts.scheme, parts.hostname, parts.port) == ("http", HOST, demo.port)
            reply = visitor.get(parts.path)
            assert reply.status == 200
            assert reply.headers["content-type"].startswith("image/svg+xml")
            assert reply.body.lstrip().startswith((b"<svg", b"<?xml"))


def test_facets_of_the_demo_are_worth_a_look(shopper):
    found = shopper.search("ring", facets="true").json["aggregations"]
    assert all(found[name]["buckets"] for name in ("colors", "sizes", "promotionPriceMin"))


def test_the_reference_needs_no_other_server(demo):
    with demo.connect() as visitor:
        page = visitor.get("/docs")
        assert page.status == 200
        assert page.headers["content-type"].startswith("text/html")
        addresses = re.findall(r"""(?:src|href)=["']([^"']+)""", page.body.decode())
        assert addresses
        for address in addresses:
            if address.startswith("data:"):
                continue
            assert not re.match(r"(https?:)?//", address), address
            target = address if address.startswith("/") else f"/docs/{address}"
            assert visitor.get(target.partition("#")[0]).status == 200, address
        document = visitor.get("/docs/openapi.json")
        assert document.status == 200
        assert document.json["openapi"].startswith("3.1")


def test_the_second_start_doubles_nothing(demo, keys):
    before = counts(demo)
    with demo.connect(demo.login(keys)) as connection:
        group = connection.search("ring").json["hits"]["hits"][0]["_source"]
    assert demo.stop() == 0
    demo.start()
    wait_until(lambda: demo.output.count(keys["apiKey"]) >= 4)
    assert counts(demo) == before
    with demo.connect(demo.login(keys)) as connection:
        assert connection.search("ring").json["hits"]["hits"][0]["_source"] == group
    report = verified(demo.data, keys["id"])
    assert (report["products"], report["groups"]) == before
    assert report["differences"] == []
