"""Several processes on one port and one data directory: each sees at once what any of them stored."""

from __future__ import annotations

import os
import random
import signal
import time
from contextlib import ExitStack

import pytest

from facetry.telemetry.series import GAUGE, series_name
from facetry.telemetry.shard import read_shards
from tests.api.server import product
from tests.program import Program, done, login, new_tenant, process_of, session_members, together, verified, wait_until

INVALID = {"apiResponseKeySuccess": False, "apiResponseKeyCode": "INVALID"}


COUNTS = [pytest.param(3, id="three"), pytest.param(2, id="two", marks=pytest.mark.slow)]


@pytest.fixture(scope="module", params=COUNTS)
def several(tmp_path_factory, request):
    with Program(tmp_path_factory.mktemp("several") / "data", "--workers", request.param) as program:
        program.count = request.param
        wait_until(lambda: len(program.answering()) == program.count, 30)
        yield program


@pytest.fixture
def keys(several):
    return new_tenant(several.data)


@pytest.fixture
def key(several, keys):
    return several.login(keys)


def test_what_one_stored_all_show_at_once(several, key):
    writers, readers = set(), set()
    for number in range(30):
        with several.connect(key) as writer:
            reply = writer.put(product("S", f"G{number}", name=f"Ring version{number}"))
            assert reply.json["success"]
            writers.add(process_of(reply))
        for _ in range(6):
            with several.connect(key) as reader:
                assert reader.product("S").json["name"] == f"Ring version{number}"
                assert reader.group("S").json["groupID"] == f"G{number}"
                hits = reader.search(f"version{number}").json["hits"]
                assert [hit["_id"] for hit in hits["hits"]] == [f"G{number}"]
                last = reader.search("ring")
                assert last.json["hits"]["total"]["value"] == 1
                readers.add(process_of(last))
    assert len(writers) > 1
    assert len(readers) > 1


def test_writes_through_all_of_them_at_once_meet_in_one_group(several, key):
    def write(number):
        with several.connect(key) as connection:
            return connection.post(product(f"M{number}", "M")).json["success"]

    assert together(16, write) == [True] * 16
    with several.connect(key) as reader:
        assert sorted(reader.group("M").json["productSKUs"]) == sorted(f"M{n}" for n in range(16))


def test_one_sku_sent_to_all_of_them_at_once_is_stored_once(several, key):
    def write(number):
        with several.connect(key) as connection:
            return connection.post(product("ONCE", f"O{number}")).json["code"]

    assert sorted(together(8, write)) == ["INVALID"] * 7 + ["OK"]


@pytest.mark.parametrize("how", ["disable", "rotate", "delete"])
def test_tokens_end_in_all_of_them_at_once(several, keys, key, how):
    for _ in range(12):
        with several.connect(key) as connection:
            assert "not found" in connection.product("NONE").json["message"]
    flags = ["--api-key"] if how == "rotate" else []
    done("tenant", how, keys["id"], "--yes", "--data", several.data, *flags)
    for _ in range(12):
        with several.connect(key) as connection:
            assert connection.product("NONE").json | INVALID == connection.product("NONE").json
            assert connection.search("ring").json | INVALID == connection.search("ring").json
            assert login(connection, keys).json["success"] is False


def test_a_deleted_tenants_catalog_and_tokens_stay_away_from_the_next_one_with_its_id(several, keys, key):
    with ExitStack() as open_ones:
        old = [open_ones.enter_context(several.connect(key)) for _ in range(12)]
        old[0].put(product("OLD", "OLD"))
        assert [connection.product("OLD").json["sku"] for connection in old] == ["OLD"] * 12
        assert [connection.total("ring") for connection in old] == [1] * 12
        done("tenant", "delete", keys["id"], "--yes", "--data", several.data)
        token = several.login(new_tenant(several.data, "Shop", "--id", keys["id"]))
        new = [open_ones.enter_context(several.connect(token)) for _ in range(12)]
        for number in range(4):
            assert new[0].put(product(f"NEW{number}", "NEW")).json["success"]
        assert [connection.total("ring") for connection in new] == [1] * 12
        assert {connection.product("OLD").json["code"] for connection in new} == {"INVALID"}
        for connection in old:
            assert connection.put(product("EVIL", "EVIL")).json | INVALID == connection.product("NEW0").json
        assert new[0].product("EVIL").json["code"] == "INVALID"
    assert verified(several.data, keys["id"])["differences"] == []


def test_a_tenant_that_is_enabled_again_logs_in_everywhere(several, keys):
    done("tenant", "disable", keys["id"], "--yes", "--data", several.data)
    done("tenant", "enable", keys["id"], "--data", several.data)
    for _ in range(8):
        with several.connect() as connection:
            assert login(connection, keys).json["success"]


def test_a_new_tenant_logs_in_everywhere_at_once(several):
    keys = new_tenant(several.data)
    for _ in range(8):
        with several.connect() as connection:
            assert login(connection, keys).json["success"]


def test_metrics_are_summed(several):
    name = 'facetry_requests_total{method="GET",route="/healthz",status="2xx"}'
    before = several.metrics()[name]
    assert len(several.answering(30)) > 1
    after = several.metrics()
    assert after[name] - before == 30
    assert after["facetry_processes"] == several.count


def test_each_shows_what_it_is_at_though_it_answers_nothing(several):
    def under_way():
        shards = [shard for shard in read_shards(several.data / "metrics") if shard.is_alive]
        return sum(shard.series[series_name(GAUGE, "facetry_requests_in_flight")][0] for shard in shards)

    wait_until(lambda: under_way() == 0, 10)
    time.sleep(0.3)  # Until no answer before is still to be counted.
    with ExitStack() as stack:
        visitors = [stack.enter_context(several.connect()) for _ in range(9)]
        for visitor in visitors:
            visitor.send_head("POST", "/v2/search", 2)
        wait_until(lambda: under_way() == len(visitors), 10, "not all are told")
        assert [visitor.finish(b"{}").status for visitor in visitors] == [401] * len(visitors)
    wait_until(lambda: under_way() == 0, 10)


def test_a_killed_worker_is_started_again(several, key):
    lost = random.Random(several.count).choice(several.worker_pids)
    before = several.answering()
    os.kill(lost, signal.SIGKILL)
    for number in range(20):
        with several.connect(key) as connection:
            try:
                assert connection.put(product("K", "K", name=f"Ring version{number}")).json["success"]
            except ConnectionError:  # It was the one that died.
                continue
    wait_until(lambda: len(several.worker_pids) == several.count - 1, 20)
    wait_until(lambda: len(several.answering()) == several.count, 30)
    assert len(several.answering() & before) == several.count - 1
    assert lost not in several.worker_pids
    for number in range(12):
        with several.connect(key) as writer, several.connect(key) as reader:
            assert writer.put(product("L", "L", name=f"Ring version{number}")).json["success"]
            assert reader.product("L").json["name"] == f"Ring version{number}"
            assert reader.total(f"version{number}") > 0
    assert several.metrics()["facetry_processes"] == several.count
    assert several.metrics()["facetry_worker_restarts_total"] == 1
    assert "ended with status -9 and is started again" in several.log


def test_verify_and_reindex_run_beside_them(several, keys, key):
    with several.connect(key) as connection:
        for number in range(20):
            connection.post(product(f"V{number}", f"V{number}"))
        assert verified(several.data, keys["id"])["groups"] == 20
        done("reindex", "--tenant", keys["id"], "--data", several.data)
        for _ in range(8):
            with several.connect(key) as reader:
                assert reader.total("ring") == 20
    assert verified(several.data, keys["id"]) == {"tenant": keys["id"], "groups": 20, "products": 20, "differences": []}


def test_the_end_of_the_owner_ends_them_all(data):
    with Program(data, "--workers", "3", "--search", "memory:") as program:
        wait_until(lambda: len(program.answering()) == 3, 30)
        program.kill()
        wait_until(lambda: session_members(program.pid) == [], 10)
        begun = time.monotonic()
        program.start()
        assert time.monotonic() - begun < 30
        assert program.stop() == 0


def test_a_worker_whose_owner_ended_before_it_could_look_joins_no_other_one(data):
    new_tenant(data)
    with Program(data, "--workers", "2") as other:
        assert other.stop() == 0  # What follows begins with compiled kernels.
        first = Program(data, "--workers", "2")
        try:
            first.launch()
            wait_until(lambda: first.worker_pids)
            first.kill()
            other.start()
            wait_until(lambda: session_members(first.pid) == [], 10)
        finally:
            first.end()
