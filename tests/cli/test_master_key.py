"""The master key is replaced by another one, whatever happens meanwhile."""

from __future__ import annotations

import asyncio

import apsw
import pytest

from facetry.application.key_transfer import reseal_users
from facetry.application.secrets import Vault
from facetry.bootstrap import backups, rotation
from facetry.bootstrap.master_key import COMING_KEY_FILE, write_coming_key
from facetry.bootstrap.service import open_service
from facetry.domain.errors import StoreBusyError, StoreError
from facetry.domain.user import Role, User
from facetry.engines.sqlite import backup as sqlite_backup
from facetry.settings import load
from tests.program import Program, done, login, run

COUNT = 3
NEW = "cd" * 32
SECRET = b"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def keys_of(data, **options):
    """Return the keys of all tenants in the clear."""
    ids = [row["id"] for row in done("tenant", "list", "--json", "--data", data, **options).json]
    return {one: done("tenant", "key", "list", one, "--json", "--data", data, **options).json for one in ids}


def fill(data, **options):
    """Make tenants, one of them with a key more, and return their keys."""
    made = [done("tenant", "create", f"Shop {n}", "--json", "--data", data, **options).json for n in range(COUNT)]
    done("tenant", "key", "create", made[0]["id"], "more", "--data", data, **options)
    return made


def in_service(data, work, key=""):
    """Return what comes of work with the service of a data directory."""

    async def do():
        async with open_service(load({"data": data}, {"FACETRY_MASTER_KEY": key} if key else {})) as service:
            return await work(service)

    return asyncio.run(do())


async def enrolled(service):
    """Give an owner and the operator a second factor each."""
    (tenant, *_) = await service.store.tenants()
    for owner, email, role in (("", "op@example.com", Role.OPERATOR), (tenant.id, "a@example.com", Role.OWNER)):
        user = User(id=f"u-{role.value}", tenant=owner, email=email, role=role, totp=service.vault.seal(SECRET))
        await service.accounts.add_user(user)


async def secrets_of(service):
    """Return what the users share with their phones."""
    tenants = ["", *(tenant.id for tenant in await service.store.tenants())]
    users = [user for tenant in tenants for user in await service.accounts.users(tenant)]
    return [service.vault.open(user.totp) for user in users]


def key_checkup(data, **env):
    """Return what the doctor says of the master key."""
    (told,) = (one for one in run("doctor", "--json", "--data", data, env=env).json if one["name"] == "master key")
    return told["health"], told["told"], told["advice"]


def stored(data):
    return (data / "catalog.sqlite3").read_bytes()


def test_tenants_keep_their_keys_under_another_one(data):
    made, before = fill(data), keys_of(data)
    old = (data / "master.key").read_bytes()
    connection = apsw.Connection(str(data / "catalog.sqlite3"))
    digests = {row[0] for row in connection.execute("SELECT digest FROM keys").fetchall()}
    connection.close()
    out = done("rotate-master-key", "--yes", "--data", data).out.splitlines()
    assert out[0] == "the keys of 3 tenants are sealed under the new master key"
    assert out[1].startswith(f"it is in {data}/master.key: ")
    assert (data / "master.key").read_bytes() != old
    assert (data / "master.key").stat().st_mode & 0o777 == 0o600
    assert not (data / COMING_KEY_FILE).exists()
    assert keys_of(data) == before
    # Nothing stays in the file that the old key opens or recognises.
    assert len(digests) == 3 * COUNT + 1
    assert not [digest for digest in digests if digest in stored(data)]
    with Program(data) as server, server.connect() as connection:
        assert [login(connection, tenant).status for tenant in made] == [200] * COUNT
        outcome = run("rotate-master-key", "--yes", "--data", data)
        assert (outcome.status, outcome.err) == (1, f"facetry: process {server.pid} owns data directory {data}\n")
    assert run("verify", "--data", data).status == 0


def test_second_factors_stay_what_they_are(data):
    fill(data)
    in_service(data, enrolled)
    done("rotate-master-key", "--yes", "--data", data)
    assert in_service(data, secrets_of) == [SECRET] * 2


def test_second_factors_under_keys_of_the_settings(data, tmp_path):
    old = {"FACETRY_MASTER_KEY": "ab" * 32}
    fill(data, env=old)
    in_service(data, enrolled, "ab" * 32)
    (tmp_path / "new").write_text(NEW)
    done("rotate-master-key", "--new-key", tmp_path / "new", "--yes", "--data", data, env=old)
    assert in_service(data, secrets_of, NEW) == [SECRET] * 2


def test_a_given_key(data, tmp_path):
    fill(data)
    before = keys_of(data)
    file = tmp_path / "new"
    file.write_text(NEW + "\n")
    assert done("rotate-master-key", "--new-key", file, "--yes", "--json", "--data", data).json == {
        "tenants": COUNT,
        "in_file": True,
        "in_database": False,
    }
    assert (data / "master.key").read_text() == NEW + "\n"
    assert keys_of(data) == before
    file.write_text("short")
    assert run("rotate-master-key", "--new-key", file, "--yes", "--data", data).status == 1


def test_a_key_of_the_settings(data, tmp_path):
    old, new = {"FACETRY_MASTER_KEY": "ab" * 32}, {"FACETRY_MASTER_KEY": NEW}
    fill(data, env=old)
    before = keys_of(data, env=old)
    refused = run("rotate-master-key", "--yes", "--data", data, env=old)
    told = "facetry: setting master_key holds the present key: give the new one by --new-key\n"
    assert (refused.status, refused.err) == (1, told)
    file = tmp_path / "new"
    file.write_text(NEW)
    out = done("rotate-master-key", "--new-key", file, "--yes", "--data", data, env=old).out
    assert "give it to the server as setting master_key before it starts" in out
    assert keys_of(data, env=new) == before
    assert run("tenant", "list", "--data", data, env=old).status == 1
    assert not (data / "master.key").exists()
    assert run("rotate-master-key", "--yes", "--store", "memory:").status == 1


@pytest.mark.parametrize("place", ["before the database", "after the database"])
def test_a_crash_leaves_a_directory_that_opens(data, monkeypatch, place):
    fill(data)
    in_service(data, enrolled)
    before = keys_of(data)
    old = (data / "master.key").read_bytes()

    async def crash(service, vault):
        # Who followed now would go on with the old key.
        assert not (data / "owner.sock").exists()
        if place == "after the database":
            await seal_anew(service, vault)
        raise StoreError("the power failed")

    seal_anew = rotation._seal_anew
    monkeypatch.setattr(rotation, "_seal_anew", crash)
    assert run("rotate-master-key", "--yes", "--data", data).err == "facetry: the power failed\n"
    assert (data / "master.key").read_bytes() == old
    assert (data / COMING_KEY_FILE).exists()
    advice = "where no rotate-master-key runs one broke off: the next start of the server ends it"
    assert key_checkup(data) == ("warning", "is being replaced by another one", advice)
    assert keys_of(data) == before
    assert ((data / "master.key").read_bytes() == old) == (place == "before the database")
    assert not (data / COMING_KEY_FILE).exists()
    assert in_service(data, secrets_of) == [SECRET] * 2
    monkeypatch.undo()
    done("rotate-master-key", "--yes", "--data", data)
    assert keys_of(data) == before


def test_no_coming_key_opens_what_it_is_not_for(data):
    fill(data)
    write_coming_key(data, bytes(32))
    (data / "master.key").write_text(NEW)
    outcome = run("tenant", "list", "--data", data)
    assert outcome.err == f"facetry: the master key is not the one that the keys in {data} were stored under\n"


def test_no_backup_is_taken_while_the_key_is_being_replaced(data, tmp_path):
    fill(data)
    before = keys_of(data)
    write_coming_key(data, bytes.fromhex(NEW))
    refused = run("backup", tmp_path / "copy", "--data", data)
    told = "facetry: the master key is being replaced: take the backup when that is done; "
    assert (refused.status, refused.err) == (1, told + "where it broke off, the next start of the server ends it\n")
    assert keys_of(data) == before  # Whatever opens the directory ends what broke off.
    done("backup", tmp_path / "copy", "--data", data)
    done("restore", tmp_path / "copy", "--data", tmp_path / "again")
    assert keys_of(tmp_path / "again") == before


def test_backups_of_before_and_after_every_key_was_replaced_open_with_the_keys_of_their_time(data, tmp_path):
    shop = fill(data)[0]["id"]
    in_service(data, enrolled)
    (more,) = (key["id"] for key in keys_of(data)[shop] if key["name"] == "more")
    secrets, token_keys = {}, {}

    async def keys(service):
        known = await service.tenants.keys(shop)
        more = [key.secret for key in await service.access_keys.list(shop) if key.key.name == "more"]
        return [known.api_key, known.access_key, known.search_key, *more], [key.kid for key in known.tenant.token_keys]

    async def opens(service, secrets):
        return [(await service.tenants.by_key(one)) is not None for one in secrets]

    for moment in ("before", "after"):
        secrets[moment], token_keys[moment] = in_service(data, keys)
        done("backup", tmp_path / moment, "--data", data)
        for name in ("--api-key", "--access-key", "--search-key", "--token-keys"):
            done("tenant", "rotate", shop, name, "--yes", "--data", data)
        done("tenant", "key", "rotate", shop, more, "--yes", "--data", data)
        done("rotate-master-key", "--yes", "--data", data)
    assert token_keys["before"] != token_keys["after"]
    assert len(secrets["before"]) == 4
    assert not {*secrets["before"]} & {*secrets["after"]}
    for moment, other in (("before", "after"), ("after", "before")):
        restored = tmp_path / f"restored {moment}"
        done("restore", tmp_path / moment, "--data", restored)
        for _ in range(2):
            assert in_service(restored, keys) == (secrets[moment], token_keys[moment])
            assert in_service(restored, lambda service, moment=moment: opens(service, secrets[moment])) == [True] * 4
            assert in_service(restored, lambda service, other=other: opens(service, secrets[other])) == [False] * 4
            assert in_service(restored, secrets_of) == [SECRET] * 2
            done("rotate-master-key", "--yes", "--data", restored)


def test_a_copy_of_a_directory_whose_key_was_replaced_meanwhile_is_no_backup(data, tmp_path, monkeypatch):
    fill(data)
    copy = sqlite_backup._copy

    def replaced(source, target):
        copy(source, target)
        if source.name == "catalog.sqlite3":
            done("rotate-master-key", "--yes", "--data", data)

    monkeypatch.setattr(sqlite_backup, "_copy", replaced)
    with pytest.raises(StoreBusyError, match="the master key was replaced meanwhile: take the backup again"):
        backups.take_backup(load({"data": data}, {}), tmp_path / "copy")
    refused = run("restore", tmp_path / "copy", "--data", tmp_path / "again")
    told = f"{tmp_path}/copy holds no whole backup: backup.json is missing, which is written last"
    assert (refused.status, refused.err) == (1, f"facetry: {told}\n")
    assert list((tmp_path / "copy").iterdir()) == []


def test_a_copy_that_the_key_of_the_settings_does_not_open_is_no_backup(data, tmp_path, monkeypatch):
    old = {"FACETRY_MASTER_KEY": "ab" * 32}
    settings = load({"data": data}, old)
    fill(data, env=old)
    in_service(data, enrolled, "ab" * 32)
    backups.take_backup(settings, tmp_path / "good")
    new = tmp_path / "new.key"
    new.write_text(NEW)
    copy = sqlite_backup._copy

    def replaced(source, target):
        if source.name == "catalog.sqlite3":
            done("rotate-master-key", "--new-key", new, "--yes", "--data", data, env=old)
        copy(source, target)

    monkeypatch.setattr(sqlite_backup, "_copy", replaced)
    with pytest.raises(StoreBusyError, match="the copy does not open under the master key of the settings: "):
        backups.take_backup(settings, tmp_path / "copy")
    assert list((tmp_path / "copy").iterdir()) == []


def test_a_copy_with_users_of_another_key_is_no_backup(data, tmp_path):
    """As of a rotation that broke off, or is under way."""
    old = {"FACETRY_MASTER_KEY": "ab" * 32}
    fill(data, env=old)
    in_service(data, enrolled, "ab" * 32)
    in_service(data, lambda it: reseal_users(it.accounts, (), it.vault, Vault(bytes.fromhex(NEW))), "ab" * 32)
    refused = run("backup", tmp_path / "copy", "--data", data, env=old)
    told = "facetry: the copy does not open under the master key of the settings: it was replaced meanwhile, "
    assert (refused.status, refused.err) == (
        1,
        told + "or is another one; take the backup again\n",
    )
    assert key_checkup(data, **old) == (
        "bad",
        "a stored key does not open under this master key",
        "put the key back that the data was stored under, or repeat the rotate-master-key that broke off with its key",
    )
    (tmp_path / "new").write_text(NEW)
    done("rotate-master-key", "--new-key", tmp_path / "new", "--yes", "--data", data, env=old)
    assert in_service(data, secrets_of, NEW) == [SECRET] * 2
    assert key_checkup(data, FACETRY_MASTER_KEY=NEW)[0] == "good"


@pytest.mark.parametrize("key", ["ef" * 32, "ef", "\xff"])
def test_a_backup_that_its_own_key_does_not_open_is_none(data, tmp_path, key):
    """A server goes on with the key that it read, so that nothing else tells of the file."""
    fill(data)
    (data / "master.key").write_text(key, "latin-1")
    refused = run("backup", tmp_path / "copy", "--data", data)
    told = f"facetry: the copy does not open under the master key in {data}/master.key: it was replaced meanwhile, "
    assert (refused.status, refused.err) == (1, told + "or is another one; take the backup again\n")
    assert list((tmp_path / "copy").iterdir()) == []
