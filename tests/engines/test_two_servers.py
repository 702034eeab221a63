"""Two servers and a worker on MongoDB, OpenSearch and Valkey: one truth, no data directory, work that goes on."""

from __future__ import annotations

import asyncio

import pytest

from tests.api.server import product
from tests.engines.machines import Worker, commit, own_engines, settings_of
from tests.program import Program, done, run, wait_until

TAKEN_OVER_SECONDS = 30


@pytest.fixture(scope="module")
def flags(mongodb_url, opensearch_url, redis_url):
    with own_engines(mongodb_url, opensearch_url, redis_url) as flags:
        yield flags


@pytest.fixture(scope="module")
def tenant(flags):
    return done("tenant", "create", "Shop", "--json", *flags).json


@pytest.fixture(scope="module")
def pair(flags, tenant, tmp_path_factory):
    folder = tmp_path_factory.mktemp("pair")
    with Program(folder / "one", *flags) as one, Program(folder / "two", *flags) as two:
        yield one, two


def test_what_one_acknowledges_the_other_has(pair, tenant):
    one, two = pair
    token = one.login(tenant)
    with one.connect(token) as writer, two.connect(token) as reader:
        for number in range(12):
            word = f"uq{number}x"
            assert writer.post(product(f"S{number}", f"G{number}", name=word)).json["success"]
            assert reader.product(f"S{number}").json["name"] == word
            assert reader.total(word) == 1
            assert writer.put(product(f"S{number}", f"G{number}", name=f"{word}y")).json["success"]
            assert reader.product(f"S{number}").json["name"] == f"{word}y"
            assert (reader.total(word), reader.total(f"{word}y")) == (0, 1)


def test_nothing_is_kept_on_the_machine(pair):
    assert [one.data.exists() for one in pair] == [False, False]


def test_engines_are_told(pair):
    with pair[0].connect() as operator:
        wait_until(lambda: "unknown" not in str(operator.get("/readyz").json))
        up = {"mongodb": "up", "opensearch": "up", "redis": "up"}
        assert operator.get("/readyz").json == {"status": "ready", "engines": up}
    told = pair[0].metrics()
    assert [told[f'facetry_engine_up{{engine="{name}"}}'] for name in up] == [1, 1, 1]
    assert told["facetry_limiter_shared"] == 1
    assert told["facetry_index_parked_groups"] == 0


def test_commands_work_beside_them(pair, flags, tenant, tmp_path):
    name = tenant["id"]
    rows = tmp_path / "rows.csv"
    rows.write_text("sku,name\nC1,uqcommand\n")
    data = ("--data", tmp_path / "data")
    assert done("import", rows, "--tenant", name, "--json", *data, *flags).json["stored"] == 1
    with pair[1].connect(pair[1].login(tenant)) as shop:
        assert shop.total("uqcommand") == 1
    [report] = done("verify", "--json", *flags).json
    assert (report["tenant"], report["differences"], report["faults"]) == (name, [], [])
    assert done("reindex", "--json", *flags).json.keys() == {name}
    assert done("repair", "--json", *flags).json[0]["left"]["differences"] == []
    assert done("export", "--tenant", name, tmp_path / "all.ndjson", "--json", *flags).json["products"] > 0
    assert done("tenant", "export", name, tmp_path / "t", "--json", *flags).json["tenant"] == name
    bad = [one["name"] for one in done("doctor", "--json", *flags).json if one["health"] == "bad"]
    assert bad == []
    for refused in (("compact",), ("backup", tmp_path / "b")):
        outcome = run(*refused, *flags)
        assert outcome.status == 1
        assert outcome.err.startswith("facetry: store mongodb://")


def test_a_group_has_as_many_products_as_it_may(flags, tenant, tmp_path):
    server = Program(tmp_path / "small", *flags, env={"FACETRY_MAX_GROUP_PRODUCTS": "2"})
    with server, server.connect(server.login(tenant)) as shop:
        assert [shop.post(product(f"F{n}", "FULL")).json["success"] for n in range(3)] == [True, True, False]


def test_who_outlives_the_others_takes_their_work_over(flags, tenant, tmp_path):
    name = tenant["id"]
    with Program(tmp_path / "left", *flags) as left, Program(tmp_path / "right", *flags) as right:
        with right.connect(right.login(tenant)) as shop:
            left.kill()
            asyncio.run(commit(settings_of(flags, tmp_path), name, "O1", "O2"))
            wait_until(lambda: shop.total("orphan") == 2, TAKEN_OVER_SECONDS)
            lines = b'{"sku": "J1", "name": "uqjob"}\n'
            key = {"authorization": f"Bearer {tenant['accessKey']}", "content-type": "application/x-ndjson"}
            started = shop("POST", "/v2/imports", lines, key)
            assert started.status == 201
            job = f"/v2/imports/{started.json['id']}"
            wait_until(lambda: shop("GET", job, None, key).json["state"] == "done", TAKEN_OVER_SECONDS)
            assert shop.total("uqjob") == 1
        wait_until(lambda: right.metrics()["facetry_index_lag_revisions"] == 0)


def test_a_deleted_tenant_is_gone_on_both_and_leaves_nothing_to_its_namesake(pair, flags):
    name = done("tenant", "create", "Gone", "--json", *flags).json["id"]
    made = done("tenant", "rotate", name, "--yes", "--json", *flags).json
    with pair[0].connect(pair[0].login(made)) as writer, pair[1].connect(pair[1].login(made)) as reader:
        assert writer.post(product("D1", "D", name="uqgone")).json["success"]
        assert reader.total("uqgone") == 1
        assert done("tenant", "delete", name, "--yes", *flags).out == f"tenant {name} is deleted\n"
        assert reader.product("D1").json["apiResponseKeySuccess"] is False
    again = done("tenant", "create", "Again", "--id", name, "--json", *flags).json
    with pair[1].connect(pair[1].login(again)) as reader:
        assert reader.product("D1").json["success"] is False
        assert reader.total("uqgone") == 0


def test_a_worker_does_what_servers_leave_to_it(flags, tenant, tmp_path):
    with Program(tmp_path / "idle", *flags, "--no-background") as server, server.connect(server.login(tenant)) as shop:
        asyncio.run(commit(settings_of(flags, tmp_path), tenant["id"], "W1"))
        with Worker(tmp_path / "worker", *flags) as worker, worker.connect() as operator:
            assert operator.get("/catalog/v1/products/W1").status == 404
            wait_until(lambda: shop.total("W1") == 1, TAKEN_OVER_SECONDS)
            assert "works in the background on mongodb://" in worker.output
