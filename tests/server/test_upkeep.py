"""Upkeep of a server in use: backups under writes, an index built anew while searches go on."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.api.server import product
from tests.program import Program, done, new_tenant, run, verified, wait_until

WRITERS = 3
STOCK = 3000
"""Enough that building an index takes a while."""


class Traffic:
    """Writers that store new versions of products again and again, and searchers that must never see less."""

    def __init__(self, server, token):
        self.server = server
        self.token = token
        self.acknowledged = {}
        self.seen = STOCK
        self.searches = 0
        self._ended = threading.Event()

    @contextmanager
    def going_on(self, searchers=0):
        with ThreadPoolExecutor(WRITERS + searchers) as pool:
            futures = [pool.submit(self._work, self._write, number) for number in range(WRITERS)]
            futures += [pool.submit(self._work, self._search, number) for number in range(searchers)]
            try:
                wait_until(lambda: len(self.acknowledged) >= 60 or any(future.done() for future in futures))
                yield
            finally:
                self._ended.set()
            for future in futures:
                future.result()

    def _work(self, work, number):
        with self.server.connect(self.token) as connection:
            turn = 0
            while not self._ended.is_set():
                work(connection, number, turn)
                turn += 1

    def _write(self, connection, number, turn):
        sku = f"T{number}-{turn % 200}"
        body = product(sku, f"T{number}-{turn % 50}", name=f"Ring version{turn}", quantity=turn + 1)
        assert connection.put(body).json["success"]
        self.acknowledged[sku] = turn

    def _search(self, connection, *_):
        least = self.seen
        total = connection.total("ring")
        assert total >= least
        self.seen = max(self.seen, total)
        self.searches += 1


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    with Program(tmp_path_factory.mktemp("upkeep") / "data", "--workers", 2) as server:
        keys = new_tenant(server.data, "Shop", "--id", "shop")
        file = server.data.with_name("stock.ndjson")
        file.write_text("".join(f'{{"sku":"K{n}","name":"Stock ring {n}"}}\n' for n in range(STOCK)))
        done("import", file, "--tenant", "shop", "--data", server.data)
        yield server, keys


def test_a_backup_under_writes_holds_all_that_was_acknowledged_before_it(shop, tmp_path):
    server, keys = shop
    traffic = Traffic(server, server.login(keys))
    with traffic.going_on():
        before = dict(traffic.acknowledged)
        report = done("backup", tmp_path / "backup", "--data", server.data, "--json").json
        after = dict(traffic.acknowledged)
    assert report["tenants"] == 1
    assert STOCK + len(before) <= report["products"] <= STOCK + len(after) + WRITERS
    restored = tmp_path / "elsewhere" / "data"
    assert done("restore", tmp_path / "backup", "--data", restored, "--json").json == report
    with Program(restored) as second:
        token = second.login(keys)
        with second.connect(token) as reader:
            for sku, turn in before.items():
                assert turn <= reader.product(sku).json["quantity"] - 1 <= after.get(sku, turn) + 200
            assert reader.post(product("NEW", "NEW")).json["success"]
            assert reader.total("new") == 1
        checked = verified(restored, "shop")
        assert checked["products"] == report["products"] + 1
        assert checked["differences"] == []
    with server.connect(server.login(keys)) as reader:
        assert "not found" in reader.product("NEW").json["message"]


def test_the_index_is_built_anew_while_reads_and_writes_go_on(shop):
    server, keys = shop
    traffic = Traffic(server, server.login(keys))
    with traffic.going_on(searchers=2):
        searches = traffic.searches
        for _ in range(4):
            revision = done("reindex", "--tenant", "shop", "--data", server.data, "--json").json["shop"]
            assert revision > 0
        assert run("verify", "--data", server.data).status == 0
        wait_until(lambda: traffic.searches > searches)
    assert verified(server.data, "shop")["differences"] == []
    assert "Traceback" not in server.log


def test_who_follows_changes_is_told_of_a_restore(shop, tmp_path):
    """Revisions of what was lost would come a second time, for other changes, which a follower would never see."""
    server, keys = shop
    bearer = f"Bearer {keys['apiKey']}"
    done("backup", tmp_path / "backup", "--data", server.data)
    with server.connect(server.login(keys)) as connection:
        assert connection.post(product("LOST", "LOST")).json["success"]
        lost = connection.get("/v2/changes", authorization=bearer).json["revision"]
    restored = tmp_path / "data"
    done("restore", tmp_path / "backup", "--data", restored)
    with Program(restored, "--workers", 2) as second, second.connect(second.login(keys)) as connection:
        for sku in ("NEW", "NEWER"):
            assert connection.post(product(sku, sku)).json["success"]
        answer = connection.get(f"/v2/changes?since={lost}", authorization=bearer)
        assert (answer.status, answer.json["code"]) == (410, "revision_too_old")
        following = answer.json["oldest"]
        changes = connection.get(f"/v2/changes?since={following}", authorization=bearer).json
        assert [one["sku"] for one in changes["products"]] == ["NEW", "NEWER"]
        assert connection.get(f"/v2/products?min_revision={lost}", authorization=bearer).status == 200
    assert verified(restored, "shop")["differences"] == []
    assert run("verify", "--data", restored).status == 0


def test_a_folder_that_is_in_use_is_no_target(shop, tmp_path):
    server, _ = shop
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").touch()
    error = f"facetry: {tmp_path / 'full'} is not empty\n"
    assert run("backup", tmp_path / "full", "--data", server.data) == (1, "", error)
    done("backup", tmp_path / "backup", "--data", server.data)
    assert run("restore", tmp_path / "backup", "--data", server.data) == (
        1,
        "",
        f"facetry: {server.data} is not empty\n",
    )
