"""Set-ups that mix engines, an index on each machine that follows MongoDB, SQLite with OpenSearch; and moving."""

from __future__ import annotations

import asyncio

import pytest

from tests.api.server import product
from tests.engines.lucene_indexes import drop, new_prefix
from tests.engines.machines import own_engines
from tests.program import Program, done, new_tenant, wait_until


def test_an_index_on_each_machine_follows_the_store(mongodb_url, tmp_path):
    with own_engines(mongodb_url) as flags:
        tenant = done("tenant", "create", "Shop", "--json", *flags).json
        with Program(tmp_path / "data", *flags) as one:
            # On one machine with one data directory both have a folder of their own in it.
            other = Program(tmp_path / "data", *flags)
            other.log_path = tmp_path / "other.log"
            with other, one.connect(one.login(tenant)) as writer, other.connect(other.login(tenant)) as reader:
                for number in range(5):
                    stored = writer.post(product(f"S{number}", f"G{number}", name=f"uq{number}x")).json
                    assert stored["success"], stored
                    assert reader.total(f"uq{number}x") == 1
                assert reader.post(product("T", "T", name="uqother")).json["success"]
                assert writer.total("uqother") == 1
        assert {"index.lock", "index-1.lock"} <= {file.name for file in (tmp_path / "data").iterdir()}


@pytest.mark.parametrize("workers", [1, 2])
def test_sqlite_with_opensearch(opensearch_url, tmp_path, workers):
    prefix = new_prefix()
    flags = ["--search", f"{opensearch_url}/{prefix}"]
    try:
        tenant = new_tenant(tmp_path / "data", "Shop", *flags)
        more = ("--workers", workers) if workers > 1 else ()
        with Program(tmp_path / "data", *flags, *more) as server, server.connect(server.login(tenant)) as shop:
            for number in range(5):
                assert shop.post(product(f"S{number}", f"G{number}", name=f"uq{number}x")).json["success"]
                assert shop.total(f"uq{number}x") == 1
            rows = tmp_path / "rows.csv"
            rows.write_text("sku,name\nC1,uqcommand\n")
            done("import", rows, "--tenant", tenant["id"], "--data", tmp_path / "data", *flags)
            wait_until(lambda: shop.total("uqcommand") == 1)
        [report] = done("verify", "--json", "--data", tmp_path / "data", *flags).json
        assert (report["products"], report["differences"], report["faults"]) == (6, [], [])
    finally:
        asyncio.run(drop(opensearch_url, prefix))


def test_a_tenant_moves_there_and_back_while_it_is_served(mongodb_url, tmp_path):
    old, back = tmp_path / "old", tmp_path / "back"
    with own_engines(mongodb_url) as flags, Program(old) as server:
        tenant = new_tenant(old, "Shop", "--id", "shop")
        with server.connect(server.login(tenant)) as shop:
            for number in range(30):
                assert shop.post(product(f"S{number}", f"G{number % 7}", name=f"ring {number}")).json["success"]
            there = done("migrate", "--from", f"sqlite:{old}", "--to", flags[1], "--json").json
            assert [(one["outcome"], one["products"], one["behind"]) for one in there] == [("moved", 30, 0)]
            assert shop.post(product("LATE", "G1")).json["success"]
        again = done(
            *("migrate", "--from", f"sqlite:{old}", "--to", flags[1], "--replace", "--disable-source", "--json")
        ).json
        assert [(one["outcome"], one["products"], one["disabled"]) for one in again] == [("replaced", 31, True)]
        done("migrate", "--from", flags[1], "--to", f"sqlite:{back}", "--tenant", "shop")
    digests = [done("verify", "--json", "--data", data).json[0]["digest"] for data in (old, back)]
    assert digests[0] == digests[1]
    with Program(back) as server, server.connect(server.login(tenant)) as shop:
        assert shop.total("ring") == 7
