"""What commands do to a server that is running: it sees them at once."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.api.server import product
from tests.program import Program, command, done, login, new_tenant, run_process, verified, wait_until


@pytest.fixture
def keys(server):
    return new_tenant(server.data)


@pytest.fixture
def shop(server, keys):
    with server.connect(server.login(keys)) as connection:
        connection.post(product("A", "A"))
        assert connection.total("ring") == 1
        assert connection.product("A").json["sku"] == "A"
        yield connection


def is_shut_out(connection):
    replies = [connection.product("A"), connection.search("ring"), connection.post(product("B", "B"))]
    return {reply.json.get("apiResponseKeyCode") for reply in replies} == {"INVALID"}


def test_a_new_tenant_logs_in_at_once(server, keys):
    with server.connect() as connection:
        assert login(connection, keys).json["success"]


def test_a_process_of_its_own_creates_a_tenant(server):
    outcome = run_process("tenant", "create", "Shop", "--json", "--data", server.data)
    assert (outcome.status, outcome.err) == (0, "")
    with server.connect() as connection:
        assert login(connection, outcome.json).json["success"]


@pytest.mark.parametrize("flags", [["--api-key"], []])
def test_a_new_api_key_ends_tokens_and_the_old_key_at_once(server, keys, shop, flags):
    new = done("tenant", "rotate", keys["id"], "--yes", "--json", "--data", server.data, *flags).json
    assert is_shut_out(shop)
    assert not login(shop, keys).json["success"]
    with server.connect(login(shop, new).json["token"]) as connection:
        assert connection.product("A").json["sku"] == "A"
        assert connection.total("ring") == 1


@pytest.mark.parametrize("flag", ["--access-key", "--token-keys"])
def test_other_new_keys_leave_tokens_alive(server, keys, shop, flag):
    done("tenant", "rotate", keys["id"], "--yes", flag, "--data", server.data)
    assert shop.product("A").json["sku"] == "A"
    with server.connect(server.login(keys)) as connection:
        assert connection.product("A").json["sku"] == "A"


def test_disable_ends_tokens_and_logins_at_once_until_enable(server, keys, shop):
    done("tenant", "disable", keys["id"], "--yes", "--data", server.data)
    assert is_shut_out(shop)
    assert not login(shop, keys).json["success"]
    done("tenant", "enable", keys["id"], "--data", server.data)
    assert is_shut_out(shop)
    with server.connect(server.login(keys)) as connection:
        assert connection.product("A").json["sku"] == "A"


def test_delete_removes_everything_at_once(server, keys, shop):
    folder = server.data / "index" / keys["id"]
    done("reindex", "--tenant", keys["id"], "--data", server.data)
    done("tenant", "delete", keys["id"], "--yes", "--data", server.data)
    assert is_shut_out(shop)
    assert not login(shop, keys).json["success"]
    wait_until(lambda: not folder.exists())
    again = new_tenant(server.data, "Again", "--id", keys["id"])
    assert is_shut_out(shop)
    with server.connect(server.login(again)) as connection:
        assert "not found" in connection.product("A").json["message"]
        assert connection.total("ring") == 0
        assert connection.post(product("A", "A", name="Ring reborn")).json["success"]
        assert connection.product("A").json["name"] == "Ring reborn"
        assert connection.total("ring") == 1


def test_an_import_is_searchable_when_it_ends(server, keys, shop, tmp_path):
    file = tmp_path / "rings.ndjson"
    file.write_text("".join(json.dumps({"sku": f"I{n}", "name": f"Ring number{n}"}) + "\n" for n in range(700)))
    outcome = run_process("import", file, "--tenant", keys["id"], "--json", "--data", server.data)
    assert (outcome.status, outcome.json["stored"]) == (0, 700)
    assert shop.total("ring") == 701
    assert shop.search("number613").json["hits"]["hits"][0]["_id"] == "I613"
    assert shop.product("I613").json["name"] == "Ring number613"


ROWS = 10_000


def test_an_import_whose_server_dies_says_so_and_goes_on_later(tmp_path):
    file = tmp_path / "rings.ndjson"
    file.write_text("".join(json.dumps({"sku": f"I{n}", "name": f"Ring {n}"}) + "\n" for n in range(ROWS)))
    with Program(tmp_path / "data") as server:
        new_tenant(server.data, "Shop", "--id", "shop")
        arguments = command("import", file, "--tenant", "shop", "--data", server.data)
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as importing:
            wait_until(lambda: counted(server.data) > 500, 30)
            server.kill()
            out, err = importing.communicate(timeout=30)
        assert (importing.returncode, out) == (1, "")
        assert err.startswith("facetry: ")
        assert err.count("\n") == 1
        server.start()
        stored = counted(server.data)
        assert 500 < stored < ROWS
        report = done("import", file, "--tenant", "shop", "--json", "--data", server.data).json
        assert report["stored"] == ROWS
        assert report["resumed_after"] > 0
        assert verified(server.data, "shop") == {
            "tenant": "shop",
            "groups": ROWS,
            "products": ROWS,
            "differences": [],
        }


def counted(data):
    return done("tenant", "list", "--json", "--data", data).json[0]["products"]
