"""``facetry doctor``: one line a thing, what to do where it is not well, and a status."""

from __future__ import annotations

import errno
import os
import socket
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from facetry.bootstrap.doctor.data import database
from facetry.domain.checkup import bad
from facetry.engines.columns.files import folder_name
from facetry.engines.sqlite.directory import DataDirectory
from facetry.engines.sqlite.journal_tables import open_journal
from tests.program import done, new_tenant, run
from tests.support import require

NAMES = [
    "settings",
    "versions",
    "kernels",
    "directory",
    "master key",
    "disk room",
    "disk",
    "clock",
    "open files",
    "server",
    "database",
    "index",
    "accounts",
    "journals",
]


@pytest.fixture
def data(tmp_path):
    new_tenant(tmp_path / "data", "Shop", "--id", "shop")
    return tmp_path / "data"


def ills(data, *flags, **options):
    """Return the things that are not well, by name: how bad, what was seen, what to do."""
    outcome = run("doctor", "--json", "--data", data, *flags, **options)
    found = outcome.json
    ill = {one["name"]: (one["health"], one["told"], one["advice"]) for one in found if one["health"] != "good"}
    ill.pop("disk", None)  # may be slow while tests run
    ill.pop("disk room", None)
    assert outcome.status == int(any(one["health"] == "bad" for one in found))
    return ill


def sql(data, text):
    connection = apsw.Connection(str(data / "catalog.sqlite3"))
    connection.execute(text).fetchall()
    connection.close()


def test_all_is_well(data):
    lines = done("doctor", "--data", data).out.splitlines()
    assert [line[9:21].strip() for line in lines] == NAMES
    assert ills(data) == {}


def test_nothing_is_changed(data):
    before = {path.name: path.read_bytes() for path in data.iterdir()}
    done("doctor", "--data", data)
    # Who reads a database has files beside it.
    names = [path for path in data.iterdir() if not path.name.endswith(("-wal", "-shm"))]
    after = {path.name: path.read_bytes() for path in names}
    assert after == before
    assert not (data.parent / "none").exists()
    assert run("doctor", "--data", data.parent / "none").status == 1
    assert not (data.parent / "none").exists()


def test_no_data_is_told(tmp_path):
    (told,) = ills(tmp_path).values()
    assert told == (
        "bad",
        f"{tmp_path} holds no catalog",
        "name the right one by --data; facetry serve makes a new one",
    )


def test_what_forgets_is_told(data):
    assert ills(data, "--store", "memory:")["store"][0] == "warning"


def test_settings_that_cannot_serve(data):
    env = {"FACETRY_TLS_CERT": "/none/chain.pem", "FACETRY_TLS_KEY": "/none/key.pem"}
    assert ills(data, env=env)["settings"][:2] == ("bad", "tls_cert names /none/chain.pem, which is not there")
    assert ills(data, env={"FACETRY_HOST": "0.0.0.0"})["settings"][:2] == ("warning", "plain HTTP on 0.0.0.0")


def test_tls_files_that_no_server_would_take(data, tmp_path):
    files = tmp_path / "chain.pem", tmp_path / "key.pem"
    for file in files:
        file.write_text("no certificate")
    env = {"FACETRY_TLS_CERT": str(files[0]), "FACETRY_TLS_KEY": str(files[1])}
    health, told, advice = ills(data, env=env)["settings"]
    assert (health, told.startswith(f"setting tls_cert: {files[0]} and {files[1]} cannot be used: ")) == ("bad", True)
    assert advice == "give the chain and its key, as PEM files without a password that the server may read"


def test_permissions(data, monkeypatch):
    data.chmod(0o755)
    (data / "master.key").chmod(0o644)
    assert ills(data) == {
        "directory": ("warning", f"others may look into {data}", f"chmod 700 {data}"),
        "master key": ("warning", f"others may read {data}/master.key", f"chmod 600 {data}/master.key"),
    }
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert ills(data)["directory"][0] == "bad"


def test_a_directory_that_cannot_be_written_to(data, monkeypatch):
    writable = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: not (path == data and mode & os.W_OK) and writable(path, mode))
    told = ("bad", f"{data} cannot be written to", f"chmod 700 {data}, or mount its disk for writing")
    assert ills(data)["directory"] == told


@pytest.mark.parametrize("name", ["catalog.sqlite3", "owner.lock", "master.key", "buckets/ab"])
def test_a_file_that_cannot_be_used_is_named_first(data, monkeypatch, name):
    file = data / name
    file.parent.mkdir(exist_ok=True)
    file.touch()
    usable = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != file and usable(path, mode))
    mend = f"chown -R {os.geteuid()} {data}; chmod -R u+rwX {data}"
    assert ills(data)["directory"] == ("bad", f"{file} cannot be read and written", mend)


def test_a_file_that_somebody_else_made_is_named(data):
    require("servers", os.geteuid() == 0, "giving files away needs root")
    os.chown(data / "owner.lock", 12345, -1)
    told = f"{data}/owner.lock belongs to user 12345, not to that of the directory"
    assert ills(data)["directory"] == ("bad", told, f"chown -R 0 {data}; chmod -R u+rwX {data}")
    os.chown(data / "owner.lock", 0, -1)
    (data / "lost+found").mkdir()
    os.chown(data / "lost+found", 12345, -1)
    assert "directory" not in ills(data)


def test_a_key_that_cannot_be_read_is_told_in_plain_words(data, monkeypatch):
    monkeypatch.setattr(Path, "read_text", refused)
    told = f"cannot read the master key {data}/master.key: permission denied"
    assert ills(data)["master key"][1] == told


def refused(*_, **__):
    raise PermissionError(errno.EACCES, "Permission denied")


def test_users_are_those_who_have_a_password(data):
    def told():
        return next(one["told"] for one in run("doctor", "--json", "--data", data).json if one["name"] == "accounts")

    operator = ["--operator", "--email", "op@example.com", "--data", data]
    owner = ["--tenant", "shop", "--email", "a@example.com", "--data", data]
    lacking = "; facetry serve prints a link for the operator"
    done("user", "create", *operator)
    done("user", "create", *owner)
    assert told() == f"users: 0, operators among them: 0, invited besides: 2{lacking}"
    done("user", "passwd", *owner, "--stdin", stdin="a long password\n")
    assert told() == f"users: 1, operators among them: 0, invited besides: 1{lacking}"
    done("user", "passwd", *operator, "--stdin", stdin="a long password\n")
    assert told() == "users: 2, operators among them: 1, invited besides: 0"


def test_a_file_that_cannot_be_opened_is_not_called_damaged(tmp_path):
    told = "catalog.sqlite3 cannot be opened: it and its folder must be there, and be writable"
    assert database(tmp_path) == bad("database", told, "look at the directory and its permissions")


def test_another_master_key(data):
    assert ills(data, env={"FACETRY_MASTER_KEY": "ab" * 32})["master key"] == (
        "bad",
        "a stored key does not open under this master key",
        "put the key back that the data was stored under, or repeat the rotate-master-key that broke off with its key",
    )
    (data / "master.key").unlink()
    assert ills(data)["master key"][1] == f"{data}/master.key is missing"


def test_a_database_of_another_version(data):
    sql(data, "PRAGMA user_version = 99")
    ill = ills(data)
    assert ill["database"][0] == "bad"
    assert "has schema version 99" in ill["database"][1]
    sql(data, "PRAGMA user_version = 1")
    assert ills(data)["database"][2].startswith("take a backup: the next start brings it to version ")


def test_a_database_that_is_none(data):
    (data / "catalog.sqlite3").write_bytes(b"nonsense" * 1000)
    assert {name: told[0] for name, told in ills(data).items()} == {
        "master key": "bad",
        "database": "bad",
        "index": "bad",
    }


def test_a_long_log_is_told(data):
    with (data / "catalog.sqlite3-wal").open("wb") as file:
        file.truncate(600 << 20)
    assert ills(data)["database"][2].startswith("end what reads for hours")


def test_an_index_that_has_to_be_built_anew(data, tmp_path):
    rows = tmp_path / "many.csv"
    rows.write_text("sku,name\n" + "".join(f"P{n},Ring {n}\n" for n in range(300)))
    done("import", rows, "--tenant", "shop", "--data", data)
    assert "index" not in ills(data)
    manifest = data / "index" / folder_name("shop") / "manifest"
    assert manifest.exists()
    sql(data, "UPDATE tenants SET revision = 900, log_cut = 900; DELETE FROM changes")
    behind = ("warning", "of tenants shop lags behind what the log knows")
    assert ills(data)["index"][:2] == behind
    manifest.write_bytes(b"nonsense")
    assert ills(data)["index"][:2] == ("warning", "of tenants shop is damaged")


def test_accounts_that_were_emptied(data):
    file = data / "accounts.sqlite"
    done("user", "create", "--email", "ann@example.com", "--tenant", "shop", "--data", data)
    file.write_bytes(b"")
    assert ills(data)["accounts"] == (
        "bad",
        f"{file} is empty, and the users that it held are lost",
        "restore the last backup into an empty directory",
    )
    for command in ("verify", "repair"):
        outcome = run(command, "--data", data)
        assert (outcome.status, outcome.out) == (1, "")
        assert outcome.err.endswith("are lost: restore the last backup into an empty directory\n")
    assert file.read_bytes() == b""


def test_accounts_that_others_may_read_or_that_are_of_a_newer_version(data):
    file = data / "accounts.sqlite"
    file.chmod(0o644)
    assert ills(data)["accounts"] == ("warning", f"others may read {file}", f"chmod 600 {file}")
    connection = apsw.Connection(str(file))
    connection.execute("PRAGMA user_version = 99").fetchall()
    connection.close()
    assert ills(data)["accounts"][:2] == ("bad", "the accounts were written by a newer version of Facetry")
    file.unlink()
    assert "accounts" not in ills(data)


def test_journals_that_cannot_be_read(data):
    file = DataDirectory(data).journal
    file.write_bytes(b"no database" * 1000)
    assert ills(data)["journals"] == (
        "bad",
        "journal.db is damaged: file is not a database",
        f"remove {file} while no server runs, or restore a backup",
    )


def test_journals_that_are_too_large(data):
    with closing(open_journal(data / "journal.db")) as journal:
        journal.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    os.truncate(data / "journal.db", 6 << 30)
    assert ills(data)["journals"][2] == "facetry compact gives back the room of what was removed"


def test_a_server_that_hangs_is_told(data, monkeypatch):
    monkeypatch.setattr("facetry.bootstrap.doctor.data._ANSWER_SECONDS", 0.05)
    place = DataDirectory(data)
    with socket.socket(socket.AF_UNIX) as listener, place.socket_address() as address:
        listener.bind(address)
        listener.listen(1)
        assert ills(data)["server"][0] == "bad"


def test_beside_a_server(server):
    found = {one["name"]: one["told"] for one in run("doctor", "--json", "--data", server.data).json}
    assert found["server"] == f"process {server.pid} serves the directory"
    assert found["open files"].endswith(" are open")


@pytest.mark.parametrize("is_there", [True, False])
def test_a_lost_catalog_is_told(data, is_there):
    file = data / "catalog.sqlite3"
    file.unlink()
    if is_there:
        file.touch()
    (health, told, advice) = ills(data)["directory"]
    assert (health, advice) == ("bad", "restore the last backup into an empty directory")
    assert told.startswith(f"{file} is missing or empty beside accounts.sqlite")


def test_a_damaged_record_of_a_tenant_is_told(data):
    sql(data, "UPDATE tenants SET record = X'00'")
    assert ills(data)["master key"][1].startswith("the record of a tenant is damaged: ")
    for command in ("verify", "repair"):
        outcome = run(command, "--data", data)
        assert outcome.status == 1
        assert outcome.err.startswith("facetry: the record of a tenant is damaged: ")
        assert outcome.err.endswith(": restore the last backup into an empty directory\n")
