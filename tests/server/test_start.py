"""A server that cannot start says in one line why, and harms nothing."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys

import apsw
import pytest

from facetry.engines.sqlite.schema import MIGRATIONS
from tests.api.server import product
from tests.program import HOST, Program, done, new_tenant, run, run_process, verified
from tests.program import command as as_ever
from tests.support import require


def refused(*arguments, env=None):
    """Run ``serve``, which must refuse to, and return the one line that it says."""
    outcome = run_process("serve", *arguments, env=env)
    assert (outcome.status, outcome.out) == (1, "")
    (line,) = outcome.err.splitlines()
    assert line.startswith("facetry: ")
    return line.removeprefix("facetry: ")


def test_a_taken_port_is_named(data):
    with socket.create_server((HOST, 0)) as listener:
        port = listener.getsockname()[1]
        assert refused("--data", data, "--port", port) == f"cannot listen on {HOST}:{port}: address already in use"
    assert not data.exists()


def test_the_port_of_another_server_is_named(server, data):
    line = refused("--data", data, "--port", server.port)
    assert line == f"cannot listen on {HOST}:{server.port}: address already in use"


def test_an_address_of_another_machine_is_named(data):
    line = refused("--data", data, "--host", "192.0.2.1", "--port", "8999")
    assert line == "cannot listen on 192.0.2.1:8999: cannot assign requested address"


def test_the_owner_of_the_data_directory_is_named(server, shop):
    line = refused("--data", server.data, "--port", "0")
    assert line == f"process {server.pid} owns data directory {server.data}"
    assert shop.get("/readyz").status == 200


def test_a_newer_data_directory_is_named_and_left_alone(data):
    new_tenant(data)
    file = data / "catalog.sqlite3"
    connection = apsw.Connection(str(file))
    connection.execute("PRAGMA user_version = 99").fetchall()
    connection.close()
    before = file.read_bytes()
    line = refused("--data", data, "--port", "0")
    assert line == (
        f"{file} has schema version 99, this program knows versions up to {len(MIGRATIONS)}: "
        "use the newer version of Facetry that wrote it"
    )
    assert run("tenant", "list", "--data", data) == (1, "", f"facetry: {line}\n")
    assert file.read_bytes() == before


def test_a_file_of_another_program_is_named(data):
    data.mkdir()
    connection = apsw.Connection(str(data / "catalog.sqlite3"))
    connection.execute("CREATE TABLE t (x); PRAGMA user_version = 1; PRAGMA application_id = 7").fetchall()
    connection.close()
    assert refused("--data", data, "--port", "0") == f"{data}/catalog.sqlite3 is not a catalog of Facetry"


@pytest.mark.parametrize("is_there", [True, False])
def test_no_new_catalog_takes_the_place_of_a_lost_one(data, is_there):
    new_tenant(data)
    with Program(data) as server:
        assert server.stop() == 0
    file = data / "catalog.sqlite3"
    file.unlink()
    if is_there:
        file.touch()
    line = refused("--data", data, "--port", "0")
    assert line.startswith(f"{file} is missing or empty beside accounts.sqlite")
    assert line.endswith(": restore the last backup into an empty directory")
    for command in ("verify", "repair"):
        assert run(command, "--data", data) == (1, "", f"facetry: {line}\n")
    assert file.read_bytes() == b"" if is_there else not file.exists()


def test_too_few_open_files_are_told(data):
    command = f"ulimit -n 40; exec {sys.executable} -m facetry.cli.main serve --port 0 --data {data}"
    ended = subprocess.run(["/bin/sh", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    told = "facetry: the system allows 40 open files, a server needs 128 at least: "
    assert ended.stderr == told + "raise its limit (ulimit -n, LimitNOFILE)\n"
    assert not data.exists()


def test_a_data_directory_that_is_a_file_is_named(data):
    data.write_text("")
    assert refused("--data", data, "--port", "0") == f"data directory {data} cannot be used: File exists"


@pytest.mark.parametrize("text", ["", "short\n", "zz" * 32])
def test_a_broken_master_key_is_named(data, text):
    new_tenant(data)
    (data / "master.key").write_text(text)
    assert refused("--data", data, "--port", "0").startswith(f"cannot read the master key {data}/master.key: ")


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (["--workers", "0"], "setting workers must be from 1 to 64"),
        (["--port", "70000"], "setting port must be from 0 to 65535"),
        (["--tls-cert", "here.pem"], "setting tls_cert and tls_key go together"),
        (
            ["--config", "/none.toml"],
            "cannot read settings file /none.toml: No such file or directory",
        ),
    ],
)
def test_a_setting_that_cannot_be_is_named(data, flags, line):
    assert run("serve", "--data", data, *flags) == (1, "", f"facetry: {line}\n")
    assert not data.exists()


def test_an_engine_that_there_is_not_is_named(data):
    line = refused("--data", data, "--port", "0", "--cache", "disk:")
    known = "memory:, redis:, rediss:, redis+unix:, redis+sentinel:, redis+cluster:"
    assert line == f"setting cache: no engine for 'disk'; there is {known}"


def test_settings_come_from_flag_environment_and_file_in_this_order(tmp_path):
    chosen = tmp_path / "chosen"
    (tmp_path / "f.toml").write_text('data = "from-file"\nmetrics_token = "from-file"\ncache_megabytes = 8\n')
    env = {"FACETRY_CONFIG": str(tmp_path / "f.toml"), "FACETRY_DATA": str(tmp_path / "from-environment")}
    with Program(chosen, "--search", "memory:", env={**env, "FACETRY_METRICS_TOKEN": "from-environment"}) as server:
        with server.connect() as visitor:
            headers = {"x-forwarded-for": "203.0.113.7", "authorization": "Bearer from-environment"}
            reply = visitor("GET", "/metrics", headers=headers)
            assert reply.status == 200
            assert reply.headers["content-type"].startswith("text/plain; version=0.0.4")
            for wrong in ("Bearer from-file", "from-environment", "Basic from-environment"):
                assert visitor("GET", "/metrics", headers={**headers, "authorization": wrong}).status == 403
            assert visitor.get("/metrics").status == 200
            assert "from-environment" not in server.log
        assert chosen.is_dir()
    assert not (tmp_path / "from-file").exists()
    assert not (tmp_path / "from-environment").exists()


def test_a_server_without_a_directory_forgets(data):
    with Program(data, "--store", "memory:", "--search", "memory:") as server, server.connect() as visitor:
        assert visitor.get("/readyz").status == 200
    assert not data.exists()


DAMAGES = ["cut", "altered", "no-manifest", "no-folder", "others"]


def test_a_damaged_index_is_healed(data, tmp_path):
    file = tmp_path / "rings.ndjson"
    file.write_text("".join(f'{{"sku": "P{n}", "name": "Ring number{n}"}}\n' for n in range(300)))
    tenants = {damage: new_tenant(data, "Shop", "--id", damage) for damage in DAMAGES}
    for damage in DAMAGES:
        done("import", file, "--tenant", damage, "--data", data)
        folder = data / "index" / damage
        assert sorted(path.suffix for path in folder.iterdir()) == ["", ".segment", ".values"]
        hurt(folder, damage)
    with Program(data) as server:
        for damage, keys in tenants.items():
            with server.connect(server.login(keys)) as connection:
                assert connection.total("ring") == 300, damage
                assert connection.search("number217").json["hits"]["hits"][0]["_id"] == "P217"
                assert connection.post(product("NEW", "NEW")).json["success"]
                assert connection.total("ring") == 301
            report = {"tenant": damage, "groups": 301, "products": 301, "differences": []}
            assert verified(data, damage) == report
        assert server.stop() == 0
        assert "Traceback" not in server.log
    assert all(report["differences"] == [] for report in done("verify", "--json", "--data", data).json)


def test_an_index_that_may_not_be_touched_keeps_nobody_from_searching(data, tmp_path, monkeypatch):
    may_drop = os.geteuid() == 0 and shutil.which("setpriv") is not None
    require("servers", may_drop or os.geteuid() != 0, "giving up the right to read everything needs setpriv")
    file = tmp_path / "rings.ndjson"
    file.write_text("".join(f'{{"sku": "P{n}", "name": "Ring number{n}"}}\n' for n in range(300)))
    keys = new_tenant(data, "Shop", "--id", "shop")
    done("import", file, "--tenant", "shop", "--data", data)
    if may_drop:
        without = [f"--{which}=-dac_override,-dac_read_search" for which in ("bounding-set", "inh-caps")]
        monkeypatch.setattr("tests.program.command", lambda *given: ["setpriv", *without, *as_ever(*given)])
    (data / "index").chmod(0)
    try:
        with Program(data) as server:
            with server.connect(server.login(keys)) as connection:
                assert connection.total("ring") == 300
                assert connection.post(product("NEW", "NEW")).json["success"]
                assert connection.total("ring") == 301
            assert "the saved search index cannot be used and is rebuilt from the store" in server.log
            assert server.stop() == 0
    finally:
        (data / "index").chmod(0o755)
    assert verified(data, "shop") == {"tenant": "shop", "groups": 301, "products": 301, "differences": []}


def hurt(folder, damage):
    segment, manifest = next(folder.glob("*.segment")), folder / "manifest"
    content = bytearray(segment.read_bytes())
    match damage:
        case "cut":
            segment.write_bytes(content[: len(content) // 2])
        case "altered":
            content[len(content) // 2] ^= 1
            segment.write_bytes(content)
        case "no-manifest":
            manifest.unlink()
        case "no-folder":
            shutil.rmtree(folder)
        case "others":
            shutil.copy(folder.parent / "cut" / "manifest", manifest)
