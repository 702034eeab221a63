"""Journals of a server as its operator runs it: several processes, restarts, deleted tenants, a disk that refuses."""

from __future__ import annotations

import apsw
import pytest

from tests.api.server import product
from tests.program import Program, done, new_tenant, wait_until

TOP = "/v2/searches/top"


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    with Program(tmp_path_factory.mktemp("journals") / "data", "--workers", 2, "--search", "memory:") as program:
        wait_until(lambda: len(program.answering()) == 2, 30)
        yield program


def key_headers(keys):
    return {"authorization": f"Bearer {keys['apiKey']}"}


def read(server, keys, target):
    with server.connect() as connection:
        reply = connection("GET", target, headers=key_headers(keys))
        assert reply.status == 200, reply
        return reply.json


def content(server):
    """Return all that journals have on disk, logs included."""
    return b"".join(path.read_bytes() for path in server.data.glob("journal.db*"))


def test_every_process_tells_and_shows_all(workers):
    keys = new_tenant(workers.data)
    with workers.connect(workers.login(keys)) as connection:
        connection.post(product("A", "A"))
    ids = set()
    for _ in range(24):
        with workers.connect() as connection:
            ids.add(connection("GET", "/v2/search?q=Ring", headers=key_headers(keys)).headers["x-request-id"])
    assert len({name[:16] for name in ids}) == 2

    def is_told():
        (item,) = read(workers, keys, TOP)["items"] or [{"searches": 0}]
        return item["searches"] == 24

    wait_until(is_told)
    listed = read(workers, keys, "/v2/requests?route=/v2/search&limit=1000")["items"]
    assert {line["id"] for line in listed} == ids
    assert all(read(workers, keys, f"/v2/requests/{name}")["id"] == name for name in ids)
    metrics = workers.metrics()
    assert metrics["facetry_journal_dropped_total"] == 0


def test_nothing_of_a_deleted_tenant_is_left(server):
    keys, other = new_tenant(server.data), new_tenant(server.data)
    tenant = keys["id"].encode()
    for one in (keys, other):
        with server.connect() as connection:
            connection("GET", "/v2/search?q=word-of-" + one["id"], headers=key_headers(one))
            connection("GET", f"/v2/search?q=x&nope-{one['id']}=1", headers=key_headers(one))
    wait_until(lambda: len(read(server, keys, "/v2/requests")["items"]) >= 2)
    wait_until(lambda: len(read(server, other, "/v2/requests")["items"]) >= 2)
    assert tenant in content(server)
    wait_until(lambda: read(server, keys, TOP)["items"])
    done("tenant", "delete", keys["id"], "--yes", "--data", server.data)
    assert tenant not in content(server)
    assert other["id"].encode() in content(server)


def test_a_journal_that_cannot_be_written_harms_nothing_and_goes_on_when_it_can(tmp_path):
    journal = tmp_path / "data" / "journal.db"
    journal.mkdir(parents=True)
    with Program(tmp_path / "data", "--search", "memory:") as server:
        keys = new_tenant(server.data)
        with server.connect(server.login(keys)) as connection:
            for number in range(5):
                assert connection.post(product(f"P{number}", "G")).json["success"]
            assert connection.total("ring") == 1
        wait_until(lambda: server.metrics()["facetry_journal_dropped_total"] >= 6)
        warned = [line for line in server.log_lines() if line["message"].startswith("journals cannot be written")]
        assert len(warned) == 1
        assert read(server, keys, "/v2/requests") == {"items": []}
        journal.rmdir()
        wait_until(lambda: read(server, keys, "/v2/requests")["items"])
        with server.connect() as connection:
            last = connection("GET", "/v2/search?q=x", headers=key_headers(keys)).headers["x-request-id"]
        # What was not written yet is written at the end.
        assert server.stop() == 0
    connection = apsw.Connection(str(journal), flags=apsw.SQLITE_OPEN_READONLY)
    assert connection.execute("SELECT count(*) FROM requests WHERE id = ?", (last,)).fetchall() == [(1,)]
    connection.close()
