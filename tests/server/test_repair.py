"""Damage of a server's data while it serves: found, mended, and nobody need stop it."""

from __future__ import annotations

import apsw
import pytest

from tests.api.server import product
from tests.program import Program, done, new_tenant, run

PRODUCTS = 300


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    data = tmp_path_factory.mktemp("damaged") / "data"
    keys = new_tenant(data, "Shop", "--id", "shop")
    lines = data.with_name("rings.csv")
    lines.write_text("sku,name\n" + "".join(f"P{n},Ring number{n}\n" for n in range(PRODUCTS)))
    done("import", lines, "--tenant", "shop", "--data", data)
    with Program(data, "--workers", 2) as program:
        program.keys = keys
        yield program


def damage(server, sql, file="catalog.sqlite3"):
    connection = apsw.Connection(str(server.data / file))
    connection.set_busy_timeout(5000)
    connection.execute(sql).fetchall()
    connection.close()


def repaired(server):
    """Verify must fail, repair must succeed, and then verify too; return what repair did to the shop."""
    assert run("verify", "--data", server.data).status == 1
    reports = {report["tenant"]: report for report in done("repair", "--json", "--data", server.data).json}
    assert done("verify", "--data", server.data).out.endswith(" 0 differences\n")
    return reports["shop"]["done"]


def test_the_catalog_is_mended_while_it_serves(server):
    with server.connect(server.login(server.keys)) as connection:
        assert connection.product("P7").status == 200
        damage(
            server, "UPDATE products SET group_id = 'LOST' WHERE sku = 'P7'; DELETE FROM groups WHERE group_id = 'P8'"
        )
        assert repaired(server) == ["mended 4 faults of the store", "built the index anew", "emptied the caches"]
        assert connection.group("P8").status == 200
        assert connection.total("number7") == 1
        assert connection.post(product("AFTER", "AFTER")).json["success"]
        assert connection.total("ring") == PRODUCTS + 1


def test_files_of_the_index_are_made_anew(server):
    folder = server.data / "index" / "shop"
    segment = next(folder.glob("*.segment"))
    with segment.open("r+b") as file:
        file.seek(segment.stat().st_size // 2)
        byte = file.read(1)[0]
        file.seek(-1, 1)
        file.write(bytes([byte ^ 1]))
    (report,) = run("verify", "--tenant", "shop", "--json", "--data", server.data).json
    assert [fault["part"] for fault in report["faults"]] == ["index"]
    assert repaired(server) == ["built the index anew", "emptied the caches"]
    assert not segment.exists()
    with server.connect(server.login(server.keys)) as connection:
        assert connection.total("ring") == PRODUCTS + 1
        assert connection.total("number217") == 1


def test_sizes_of_journals_are_counted_anew(server):
    with server.connect(server.login(server.keys)) as connection:
        connection.search("ring")
    done("verify", "--data", server.data)
    damage(server, "UPDATE sizes SET bytes = 1000000", "journal.db")
    assert repaired(server) == ["emptied the caches"]
