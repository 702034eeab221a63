"""A tenant moves from one running server to another, which has its own master key."""

from __future__ import annotations

import subprocess
import threading
import time

import apsw
import pytest

from tests.api.server import product
from tests.program import Program, command, done, environment, login, new_tenant, run, verified

PRODUCTS = 300
MANY = 6_000
"""A dozen portions of a copy."""


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("moving")
    with Program(folder / "old", "--workers", 2) as old, Program(folder / "new") as new:
        yield old, new


@pytest.fixture(scope="module")
def keys(servers):
    old, _ = servers
    keys = new_tenant(old.data, "Shop", "--id", "shop")
    lines = old.data.with_name("rings.csv")
    lines.write_text("sku,name\n" + "".join(f"P{n},Ring number{n}\n" for n in range(PRODUCTS)))
    done("import", lines, "--tenant", "shop", "--data", old.data)
    return keys


def test_a_tenant_moves_while_both_serve(servers, keys, tmp_path):
    old, new = servers
    file = tmp_path / "shop.tenant"
    token = old.login(keys)
    with old.connect(token) as before, new.connect() as after:
        headers = {"authorization": f"Bearer {keys['apiKey']}"}
        followed = before.get("/v2/changes", **headers).json["revision"]
        done("tenant", "disable", "shop", "--yes", "--data", old.data)
        written = done("tenant", "export", "shop", file, "--json", "--data", old.data).json
        assert (written["products"], written["groups"]) == (PRODUCTS, PRODUCTS)
        told = done("tenant", "import", file, "--data", new.data).out
        assert told.startswith("tenant shop is here, at revision ")
        done("tenant", "enable", "shop", "--data", new.data)
        digests = [done("verify", "--tenant", "shop", "--json", "--data", site.data).json for site in servers]
        assert digests[0] == digests[1]
        assert login(after, keys).status == 200
        with new.connect(token) as same:
            # The token was ended by disabling the tenant, not by moving it.
            assert b"your token is expired" in same.product("P1").body
        with new.connect(new.login(keys)) as shop:
            assert shop.total("ring") == PRODUCTS
            assert shop.post(product("NEXT", "NEXT")).json["success"]
            assert shop.total("ring") == PRODUCTS + 1
        gone = after.get(f"/v2/changes?since={followed}", **headers)
        assert (gone.status, gone.json["code"]) == (410, "revision_too_old")
    assert (new.data / "master.key").read_bytes() != (old.data / "master.key").read_bytes()
    done("tenant", "delete", "shop", "--yes", "--data", old.data)
    assert run("tenant", "import", file, "--data", new.data).err == "facetry: tenant shop is there already\n"


def test_a_tenant_is_written_while_it_is_written_to(servers, tmp_path):
    old, new = servers
    keys = new_tenant(old.data, "Busy", "--id", "busy")
    stopped = threading.Event()
    stored = []

    def write():
        with old.connect(old.login(keys)) as shop:
            while not stopped.is_set():
                number = len(stored)
                assert shop.post(product(f"W{number}", f"W{number}")).json["success"]
                stored.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    files = [tmp_path / f"{n}.tenant" for n in range(3)]
    reports = [done("tenant", "export", "busy", file, "--json", "--data", old.data).json for file in files]
    stopped.set()
    writer.join()
    for at, (file, report) in enumerate(zip(files, reports, strict=True)):
        assert report["products"] == report["revision"]
        # Only one copy of a tenant's keys can be on a server.
        done("tenant", "import", file, "--data", new.data)
        found = verified(new.data, "busy")
        assert (found["products"], found["differences"]) == (report["products"], [])
        done("tenant", "delete", "busy", "--yes", "--data", new.data)
        assert at < 3
    assert reports[0]["products"] <= reports[2]["products"] <= len(stored)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """Return the data directory of a large tenant, its keys and its file."""
    folder = tmp_path_factory.mktemp("large")
    keys = new_tenant(folder / "data", "Shop", "--id", "shop")
    lines = folder / "rings.csv"
    lines.write_text("sku,name,groupID\n" + "".join(f"P{n},Ring number{n},G{n // 3}\n" for n in range(MANY)))
    done("import", lines, "--tenant", "shop", "--data", folder / "data")
    done("tenant", "export", "shop", folder / "shop.tenant", "--data", folder / "data")
    return folder / "data", keys, folder / "shop.tenant"


def rows_of(data):
    """Return how many tenants are coming or going in a data directory, and how many rows and tenants there are."""
    connection = apsw.Connection(str(data / "catalog.sqlite3"), flags=apsw.SQLITE_OPEN_READONLY)
    connection.set_busy_timeout(1_000)
    try:
        tables = ("purges", "products", "groups", "tenants")
        return [connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in tables]
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("moment", "may_be_there"),
    [
        (lambda coming, *_: coming, False),
        (lambda _, products, *__: products > MANY // 3, False),
        (lambda *rows: rows[-1], True),
    ],
    ids=["begun", "half", "there"],
)
@pytest.mark.parametrize("is_served", [False, True])
def test_an_import_that_is_killed_leaves_nothing_or_all(large, tmp_path, moment, may_be_there, is_served):
    """Whether a server takes the tenant or the command does; and the command can be given again."""
    origin, keys, file = large
    server = Program(tmp_path / "new")
    if is_served:
        server.start()
    else:
        done("tenant", "list", "--data", server.data)
    taking = subprocess.Popen(command("tenant", "import", file, "--data", server.data), env=environment(), stderr=-1)
    until = time.monotonic() + 30
    while not moment(*rows_of(server.data)):
        assert time.monotonic() < until
    if is_served:
        server.kill()
    else:
        taking.kill()
    taking.communicate(timeout=30)
    with server:
        (_, products, _, tenants) = rows = rows_of(server.data)
        if tenants:
            assert (may_be_there, products) == (True, MANY)
        else:
            assert rows == [0] * 4
            assert done("tenant", "list", "--json", "--data", server.data).json == []
            done("tenant", "import", file, "--data", server.data)
        assert run("tenant", "import", file, "--data", server.data).err == "facetry: tenant shop is there already\n"
        digests = [
            done("verify", "--tenant", "shop", "--json", "--data", data).json[0] for data in (origin, server.data)
        ]
        assert digests[0] == digests[1]
        with server.connect(server.login(keys)) as shop:
            assert shop.total("ring") == MANY // 3
