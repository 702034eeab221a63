"""The master key of a shared store is replaced while nobody uses it, all at once or not at all."""

from __future__ import annotations

import asyncio
import os
import signal

import msgspec
import pytest
from pymongo import MongoClient
from pymongo.errors import AutoReconnect

from facetry.application.key_transfer import with_plain_keys
from facetry.application.secrets import Vault
from facetry.bootstrap.service import open_service
from facetry.domain.errors import SettingError, StoreBusyError
from facetry.domain.user import Role, User
from facetry.engines.memory.shared_marks import NoMarks
from facetry.engines.mongodb import presence
from facetry.engines.mongodb.catalog_store import MongoCatalogStore
from facetry.engines.mongodb.master_key import master_key
from facetry.engines.mongodb.opening import open_database
from facetry.engines.mongodb.presence import Presence
from facetry.engines.mongodb.resealing import MongoResealing
from facetry.settings import load
from tests.program import Program, done, login, run, wait_until

COUNT = 3
OLD, NEW = "ab" * 32, "cd" * 32
SECRET = b"JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ROTATE = ("rotate-master-key", "--yes", "--json")


@pytest.fixture
def flags(database, url):
    """Return the flags of a store that is empty, whose processes keep their indexes in memory."""
    return ("--store", url, "--search", "memory:")


def documents(url, collection):
    """Return all documents of a collection, as another client sees them."""
    with MongoClient(url, tz_aware=True) as client:
        return sorted(client.get_default_database()[collection].find(), key=lambda one: repr(one["_id"]))


def sealed(url):
    """Return all that hangs on the master key, and it itself where the database has it."""
    return [documents(url, name) for name in ("tenants", "keys", "users", "secrets")]


def fill(flags, **options):
    made = [done("tenant", "create", f"Shop {n}", "--json", *flags, **options).json for n in range(COUNT)]
    done("tenant", "key", "create", made[0]["id"], "more", *flags, **options)
    return made


def keys_of(flags, made, **options):
    return [done("tenant", "key", "list", one["id"], "--json", *flags, **options).json for one in made]


def in_service(url, work, key=""):
    """Return what comes of work with the service of a store."""
    settings = load({"store": url, "search": "memory:"}, {"FACETRY_MASTER_KEY": key} if key else {})

    async def do():
        async with open_service(settings) as service:
            return await work(service)

    return asyncio.run(do())


async def enroll(service):
    """Give an owner and the operator a second factor each."""
    (tenant, *_) = await service.store.tenants()
    for owner, email, role in (("", "op@example.com", Role.OPERATOR), (tenant.id, "a@example.com", Role.OWNER)):
        user = User(id=f"u-{role.value}", tenant=owner, email=email, role=role, totp=service.vault.seal(SECRET))
        await service.accounts.add_user(user)


async def opened(service):
    """Return the API keys of all tenants, and what users share with their phones, in the clear."""
    tenants = await service.store.tenants()
    users = [user for name in ("", *(one.id for one in tenants)) for user in await service.accounts.users(name)]
    plain = [with_plain_keys(one, service.vault).api_key_sealed for one in tenants]
    return plain, [service.vault.open(user.totp) for user in users if user.totp]


def test_a_key_of_the_database(flags, url, tmp_path):
    made = fill(flags)
    in_service(url, enroll)
    before, plain, listed = sealed(url), in_service(url, opened), keys_of(flags, made)
    outcome = run("rotate-master-key", "--yes", *flags)
    assert outcome.out.splitlines() == [
        "the keys of 3 tenants are sealed under the new master key",
        "it is in the database, as the old one was; older backups need the old one",
    ]
    after = sealed(url)
    assert in_service(url, opened) == plain
    assert plain[1] == [SECRET] * 2
    assert keys_of(flags, made) == listed
    # Nothing is left that the old key opens or recognises; all names and numbers are what they were.
    assert not {one["_id"] for one in before[1] if isinstance(one["_id"], bytes)} & {one["_id"] for one in after[1]}
    assert len(after[1]) == len(before[1])
    assert {one["d"] for one in before[2]}.isdisjoint(one["d"] for one in after[2])
    assert before[3] != after[3]
    assert [one["version"] for one in after[0]] == [one["version"] + 1 for one in before[0]]
    assert run("verify", *flags).status == 0
    with Program(tmp_path / "data", *flags) as server, server.connect() as connection:
        assert [login(connection, tenant).json["success"] for tenant in made] == [True] * COUNT
        assert login(connection, {**made[0], "apiKey": "no"}).json["success"] is False
        refused = run("rotate-master-key", "--yes", *flags)
        told = "facetry: 1 other processes use the store and would go on with the old key: stop them first; "
        assert (refused.status, refused.err) == (1, f"{told}one that was killed counts for 20 seconds\n")
    assert done(*ROTATE, *flags).json == {"tenants": COUNT, "in_file": False, "in_database": True}
    assert in_service(url, opened) == plain


def test_a_key_of_the_settings(flags, url, tmp_path):
    old, new = {"FACETRY_MASTER_KEY": OLD}, {"FACETRY_MASTER_KEY": NEW}
    fill(flags, env=old)
    in_service(url, enroll, OLD)
    plain = in_service(url, opened, OLD)
    refused = run("rotate-master-key", "--yes", *flags, env=old)
    told = "facetry: setting master_key holds the present key: give the new one by --new-key\n"
    assert (refused.status, refused.err) == (1, told)
    file = tmp_path / "new"
    file.write_text(NEW)
    out = done("rotate-master-key", "--yes", "--new-key", file, *flags, env=old).out
    assert "give it to the server as setting master_key before it starts" in out
    assert in_service(url, opened, NEW) == plain
    assert run("tenant", "list", *flags, env=old).status == 1
    assert run("tenant", "list", *flags, env=new).status == 0
    assert [one["_id"] for one in documents(url, "secrets")] == ["rotation"]


def test_without_tenants(flags, url):
    assert done(*ROTATE, *flags).json == {"tenants": 0, "in_file": False, "in_database": True}
    assert [one["_id"] for one in documents(url, "secrets")] == ["master key", "rotation"]


@pytest.mark.anyio
async def test_what_breaks_off_changes_nothing(flags, url, database):
    await asyncio.to_thread(fill, flags)
    await asyncio.to_thread(in_service, url, enroll)
    own = await master_key(database)
    peer = await open_database(url)
    store = MongoCatalogStore(peer, NoMarks())
    # One of the users has a secret of another key, which is found out when the tenants are done.
    users = [msgspec.json.decode(one["d"], type=User) for one in documents(url, "users")]
    alien = msgspec.json.encode(msgspec.structs.replace(users[-1], totp=Vault(bytes(32)).seal(SECRET)))
    await database["users"].update_one({"_id": users[-1].id}, {"$set": {"d": alien}})
    before = sealed(url)
    resealing = MongoResealing(peer, store)
    with pytest.raises(SettingError, match="does not open"):
        await resealing.run(Vault(own), Vault(bytes.fromhex(NEW)), bytes.fromhex(NEW))
    assert sealed(url) == before
    await store.close()


@pytest.mark.anyio
async def test_one_of_two_at_once_waits_for_the_other(database):
    one, other = Presence(database), Presence(database)
    async with one.alone():
        with pytest.raises(StoreBusyError, match="is being replaced"):
            await other.begin()
        with pytest.raises(StoreBusyError, match="another process replaces"):
            async with other.alone():
                pass
    await other.begin()
    with pytest.raises(StoreBusyError, match="1 other processes"):
        async with one.alone():
            pass
    await other.close()
    await other.close()
    async with one.alone():
        pass
    assert await database["leases"].count_documents({}) == 0


@pytest.mark.anyio
async def test_who_is_there_says_so_again_and_again(database, url, monkeypatch):
    monkeypatch.setattr(presence, "BEAT_SECONDS", 0.02)
    one, other = Presence(database), Presence(database)
    await one.begin()
    await database["leases"].update_many({}, {"$set": {"until": 0}})
    await asyncio.to_thread(wait_until, lambda: documents(url, "leases")[0]["until"] > 0, 5)
    with pytest.raises(StoreBusyError):
        async with other.alone():
            pass
    await one.close()


@pytest.mark.anyio
async def test_who_was_cut_off_while_the_key_was_replaced_uses_it_no_more(database, url, monkeypatch):
    monkeypatch.setattr(presence, "BEAT_SECONDS", 0.02)
    one, (store, other) = Presence(database), await resealing_of(url)
    await one.begin()
    beat, one._tell = one._tell, cut_off
    await database["leases"].update_many({}, {"$set": {"until": 0}})
    assert await other.run(Vault(bytes.fromhex(OLD)), Vault(bytes.fromhex(NEW)), None) == 0
    assert not one.lost.is_set()
    one._tell = beat
    await asyncio.wait_for(one.lost.wait(), 5)
    assert documents(url, "leases") == []
    await one.close()
    await store.close()


@pytest.mark.anyio
async def test_who_is_cut_off_once_more_when_it_comes_back_looks_again(database, url, monkeypatch):
    monkeypatch.setattr(presence, "BEAT_SECONDS", 0.02)
    one, (store, other) = Presence(database), await resealing_of(url)
    await one.begin()
    look, tell = one._is_barred, one._tell
    one._tell = one._is_barred = cut_off
    await database["leases"].update_many({}, {"$set": {"until": 0}})
    await other.run(Vault(bytes.fromhex(OLD)), Vault(bytes.fromhex(NEW)), None)
    one._tell = tell
    await asyncio.to_thread(wait_until, lambda: documents(url, "leases")[0]["until"] > 0, 5)
    await asyncio.sleep(0.1)
    assert not one.lost.is_set()
    one._is_barred = look
    await asyncio.wait_for(one.lost.wait(), 5)
    await one.close()
    await store.close()


async def resealing_of(url):
    """Return another process's store, and what seals it anew."""
    database = await open_database(url)
    store = MongoCatalogStore(database, NoMarks())
    return store, MongoResealing(database, store)


@pytest.mark.anyio
async def test_who_comes_back_into_a_rotation_uses_the_key_no_more(database, url, monkeypatch):
    monkeypatch.setattr(presence, "BEAT_SECONDS", 0.02)
    one, other = Presence(database), Presence(database)
    await one.begin()
    beat, one._tell = one._tell, cut_off
    await database["leases"].update_many({}, {"$set": {"until": 0}})
    async with other.alone():
        one._tell = beat
        await asyncio.wait_for(one.lost.wait(), 5)
    await one.close()


async def cut_off(**_):
    raise AutoReconnect("nobody answers")


def test_a_server_that_was_cut_off_while_the_key_was_replaced_ends(flags, url, tmp_path):
    (tenant,) = [done("tenant", "create", "Shop", "--json", *flags).json]
    with Program(tmp_path / "data", *flags) as server, server.connect() as connection:
        assert login(connection, tenant).json["success"]
        os.kill(server.pid, signal.SIGSTOP)
        with MongoClient(url) as client:
            client.get_default_database()["leases"].update_many({}, {"$set": {"until": 0}})
        assert done(*ROTATE, *flags).json["tenants"] == 1
        os.kill(server.pid, signal.SIGCONT)
        assert server.wait(30) == 1
        assert "the master key was replaced" in server.log
    with Program(tmp_path / "data", *flags) as server, server.connect() as connection:
        assert login(connection, tenant).json["success"]


@pytest.mark.anyio
async def test_who_was_killed_is_forgotten(database):
    gone, one = Presence(database), Presence(database)
    await gone.begin()
    gone._beating.cancel()
    await database["leases"].update_many({}, {"$set": {"until": 0}})
    async with one.alone():
        pass
    await one.begin()
    await one.close()
    assert await database["leases"].count_documents({}) == 0
