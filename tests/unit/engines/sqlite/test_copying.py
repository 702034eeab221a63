"""Whole tenants in files: nothing is lost, nothing half-done, and what is altered is refused."""

from __future__ import annotations

import asyncio
import hashlib
import time

import apsw
import msgspec
import pytest
import zstandard

from facetry.application.access_keys import AccessKeys, NewAccessKey
from facetry.application.moving import read_tenant, write_tenant
from facetry.application.secrets import Vault
from facetry.application.tenants import NewTenant, Rotation, Tenants
from facetry.domain.change import Receipt
from facetry.domain.copying import REVISIONS_APART
from facetry.domain.errors import (
    InterchangeError,
    InvalidValueError,
    RevisionTooOldError,
    StoreError,
    TenantExistsError,
    TenantNotFoundError,
)
from facetry.domain.journal import HistoryLine, LineQuery, RecordHistoryLine
from facetry.domain.keeping import PutRecord
from facetry.domain.tenant import Scope
from facetry.engines.memory.journal import MemoryJournal
from facetry.engines.memory.key_usage import MemoryKeyUsage
from facetry.engines.sqlite.mender import SqliteMending
from facetry.engines.sqlite.opening import open_store
from facetry.engines.sqlite.tenant_copies import SqliteTenantCopies
from facetry.testing.samples import all_records, done, gemstone, put, snapshot
from tests.unit.application.shop import SetClock

pytestmark = pytest.mark.anyio

SHOP = "shop"


class Site:
    """A server's store with its own master key."""

    def __init__(self, folder, store, number):
        self.folder, self.store = folder, store
        self.vault = Vault(bytes([number]) * 32)
        self.tenants = Tenants(store, self.vault, SetClock())
        self.copies = SqliteTenantCopies(folder, store)

    async def faults(self, tenant=SHOP):
        return [*await SqliteMending(self.folder, self.store).faults(tenant)]

    def rows(self):
        """Return how many rows the database has of anything."""
        connection = apsw.Connection(str(self.folder / "catalog.sqlite3"))
        tables = ("products", "groups", "records", "links", "last_ids", "purges")
        counts = [connection.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0] for table in tables]
        connection.close()
        return counts


@pytest.fixture
async def sites(tmp_path, anyio_backend):
    made = [Site(tmp_path / name, await open_store(tmp_path / name), at) for at, name in enumerate(("old", "new"))]
    yield made
    for site in made:
        await site.store.close()


@pytest.fixture
async def old(sites):
    store = sites[0].store
    await sites[0].tenants.create(NewTenant(name="Shop", id=SHOP))
    await done(store, PutRecord(gemstone("STONE-1")), PutRecord(gemstone("STONE-2")), tenant=SHOP)
    part = {"code": "STONE-1"}
    await done(store, put("A1", "G1", gemstones=(part,), is_main=True), put("A2", "G1"), tenant=SHOP)
    await done(store, *(put(f"B{n}") for n in range(600)), tenant=SHOP)
    await done(store, put("A1", "G9"), tenant=SHOP)
    return sites[0]


@pytest.fixture
def new(sites):
    return sites[1]


@pytest.fixture
def file(tmp_path):
    return tmp_path / "shop.tenant"


async def test_all_comes_over(old, new, file):
    keys = await old.tenants.rotate(SHOP, [Rotation.TOKEN_KEYS])
    before, usage = await snapshot(old.store, SHOP), await old.store.usage(SHOP)
    written = await write_tenant(old.copies, old.vault, SHOP, file)
    assert (written.products, written.groups, written.records) == (602, 602, 2)
    assert file.stat().st_mode & 0o777 == 0o600
    read = await read_tenant(new.copies, new.vault, file)
    assert read == msgspec.structs.replace(written, revision=written.revision + REVISIONS_APART)
    revision, counts, groups = await snapshot(new.store, SHOP)
    assert (revision, counts, await new.store.usage(SHOP)) == (read.revision, before[1], usage)
    assert [plain(group) for group in groups] == [plain(group) for group in before[2]]
    assert await all_records(new.store, SHOP) == await all_records(old.store, SHOP)
    assert await new.faults() == []
    came = await new.tenants.keys(SHOP)
    assert (came.api_key, came.access_key, came.search_key) == (keys.api_key, keys.access_key, keys.search_key)
    assert came.tenant.api_key_digest != keys.tenant.api_key_digest
    assert (await new.tenants.by_key(keys.search_key)).tenant.id == SHOP
    for key in keys.tenant.token_keys:
        secrets = [(await site.tenants.verifying_secret(key.kid))[1] for site in (old, new)]
        assert secrets[0] == secrets[1]
    since = await new.store.products_after(SHOP, 0, 9, updated_from=0.1)
    assert since == await old.store.products_after(SHOP, 0, 9, updated_from=0.1)


def plain(group):
    return msgspec.structs.replace(group, revision=0)


async def test_ids_go_on_where_they_were(old, new, file):
    await write_tenant(old.copies, old.vault, SHOP, file)
    await read_tenant(new.copies, new.vault, file)
    outcomes = [await done(site.store, put("NEXT"), PutRecord(gemstone("NEXT")), tenant=SHOP) for site in (old, new)]
    first, second = outcomes
    assert first[0].product.product_id == second[0].product.product_id == 604
    assert first[1].record.id == second[1].record.id == 3


async def test_who_followed_the_original_starts_again(old, new, file):
    written = await write_tenant(old.copies, old.vault, SHOP, file)
    await done(old.store, put("LATE"), tenant=SHOP)
    await read_tenant(new.copies, new.vault, file)
    for since in (written.revision, written.revision + 1):
        with pytest.raises(RevisionTooOldError):
            await new.store.changes(SHOP, since, 10)
    now = await new.store.revision(SHOP)
    await done(new.store, put("NEXT"), tenant=SHOP)
    assert [one.sku for one in (await new.store.changes(SHOP, now, 10)).products] == ["NEXT"]


async def test_a_copy_is_of_one_moment(old, new, file):
    async with old.copies.read(SHOP) as copy:
        things = copy.things
        first = await anext(things)
        assert isinstance(await old.store.write(SHOP, [put("LATE"), put("B3", "G1")]), Receipt)
        assert len(first) == 500
        rest = [thing async for portion in things for thing in portion]
    assert len(rest) == 102 + 602 + 2
    assert "LATE" not in {thing.product.sku for thing in rest[:102]}


async def test_under_another_id(old, new, file):
    await write_tenant(old.copies, old.vault, SHOP, file)
    report = await read_tenant(new.copies, new.vault, file, "branch")
    assert report.tenant == "branch"
    assert await new.store.counts("branch") == (602, 602)
    assert await new.store.tenant(SHOP) is None
    assert await new.faults("branch") == []
    with pytest.raises(InvalidValueError):
        await read_tenant(new.copies, new.vault, file, " ")


async def test_where_it_is_already_nothing_changes(old, new, file):
    await write_tenant(old.copies, old.vault, SHOP, file)
    before = old.rows()
    with pytest.raises(TenantExistsError, match="tenant shop is there already"):
        await read_tenant(old.copies, old.vault, file)
    with pytest.raises(TenantExistsError, match="tenant twin or one of its keys is taken"):
        await read_tenant(old.copies, old.vault, file, "twin")
    assert old.rows() == before
    assert await old.store.tenant("twin") is None


def noted(*lines):
    journal = MemoryJournal()
    journal.note_all(SHOP, lines)
    return journal


async def test_histories_come_over_in_their_order(old, new, file):
    before, after = msgspec.Raw(b'{"sku":"A1"}'), msgspec.Raw(b'{"sku":"A1","name":"x"}')
    lines = [HistoryLine(id="A1", time=1.0, revision=1, by="k", action="create")]
    lines += [HistoryLine(id="A1", time=2.0, revision=at, reason="r", before=before, after=after) for at in (2, 3, 4)]
    lines += [RecordHistoryLine(id="gemstone 1", time=2.0, revision=5, action="delete", code="STONE-1")]
    late = HistoryLine(id="A1", time=3.0, revision=10**9)
    written = await write_tenant(old.copies, old.vault, SHOP, file, noted(*lines, late))
    assert written.changes == 5
    journal = MemoryJournal()
    read = await read_tenant(new.copies, new.vault, file, "branch", journal=journal)
    assert (read.changes, read.sha256) == (5, written.sha256)
    products = [one.line for one in await journal.lines("branch", HistoryLine, LineQuery())]
    records = [one.line for one in await journal.lines("branch", RecordHistoryLine, LineQuery())]
    assert products == [lines[3], lines[2], lines[1], lines[0]]
    assert records == [lines[4]]
    assert await new.faults("branch") == []


async def test_a_copy_comes_over_without_its_histories_too(old, new, file):
    """Into a server that keeps none, or whose journal cannot be written."""
    await write_tenant(old.copies, old.vault, SHOP, file, noted(HistoryLine(id="A1", time=1.0, revision=1)))
    assert (await read_tenant(new.copies, new.vault, file)).changes == 1
    assert (await read_tenant(new.copies, new.vault, file, "b", new_keys=True, journal=BrokenJournal())).tenant == "b"
    assert await new.store.counts("b") == (602, 602)


class BrokenJournal(MemoryJournal):
    async def lines(self, tenant, kind, query):
        raise StoreError("the disk is gone")


async def test_a_copy_with_new_keys_shares_none(old, file):
    """Beside its original, on the same server."""
    access_keys = AccessKeys(old.store, old.vault, SetClock(), MemoryKeyUsage())
    own = await access_keys.create(SHOP, NewAccessKey(name="Till", scopes=(Scope.READ,)))
    keys = await old.tenants.keys(SHOP)
    await write_tenant(old.copies, old.vault, SHOP, file)
    assert (await read_tenant(old.copies, old.vault, file, "twin", new_keys=True)).tenant == "twin"
    twin = await old.tenants.keys("twin")
    shown = {keys.api_key, keys.access_key, keys.search_key, twin.api_key, twin.access_key, twin.search_key}
    assert len(shown) == 6
    assert {
        key: (await old.tenants.by_key(key)).tenant.id for key in (twin.api_key, twin.access_key, twin.search_key)
    } == {
        twin.api_key: "twin",
        twin.access_key: "twin",
        twin.search_key: "twin",
    }
    (copied,) = twin.tenant.access_keys
    (original,) = keys.tenant.access_keys
    assert (copied.id, copied.name, copied.scopes) == (original.id, "Till", (Scope.READ,))
    assert copied.digest != original.digest
    assert (await old.tenants.by_access_key(own.secret))[0].id == SHOP
    (token_key,) = twin.tenant.token_keys
    assert token_key.kid not in {key.kid for key in keys.tenant.token_keys}
    assert (await old.tenants.verifying_secret(token_key.kid))[0].id == "twin"


async def test_a_deleted_tenant_comes_back_above_its_last_revision(old, file):
    written = await write_tenant(old.copies, old.vault, SHOP, file)
    await old.store.delete_tenant(SHOP)
    assert old.rows() == [0] * 6
    report = await read_tenant(old.copies, old.vault, file)
    assert report.revision == written.revision + REVISIONS_APART
    assert await old.faults() == []


def lines_of(file):
    return zstandard.ZstdDecompressor().stream_reader(file.read_bytes()).read().splitlines(keepends=True)


def packed(lines):
    return zstandard.compress(b"".join(lines))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda lines: packed(lines[:-1]), "the file is cut: its end is missing"),
        (lambda lines: packed([*lines[:5], *lines[6:]]), "the file was altered: its checksum is another one"),
        (
            lambda lines: packed([*lines[:3], lines[3].replace(b'"Ring', b'"King', 1), *lines[4:]]),
            "the file was altered: its checksum is another one",
        ),
        (lambda lines: packed([*lines[:3], b"{}\n", *lines[4:]]), "the file was altered: a line says nothing"),
        (
            lambda lines: packed([*lines[:3], b"[]\n", *lines[4:]]),
            "the file was altered: Expected `object`, got `array`",
        ),
        (
            lambda lines: packed([lines[0].replace(b'"facetry_tenant":2', b'"facetry_tenant":3'), *lines[1:]]),
            "the file was written by a newer version of Facetry",
        ),
        (lambda lines: packed([b'{"sku":"A"}\n']), "the file is none that holds a tenant"),
        (lambda lines: packed([]), "the file is none that holds a tenant"),
        (lambda lines: b"sku,name\n", "the file is none that holds a tenant, or was altered"),
        (lambda lines: packed(lines)[:-1_000], "the file is cut: its end is missing"),
        (lambda lines: packed([*lines[:300], lines[1], *lines[300:]]), "the copy holds the same thing twice"),
    ],
)
async def test_what_is_not_whole_is_refused(old, new, file, change, told):
    await write_tenant(old.copies, old.vault, SHOP, file)
    file.write_bytes(change(lines_of(file)))
    with pytest.raises((InterchangeError, TenantExistsError)) as refused:
        await read_tenant(new.copies, new.vault, file)
    assert refused.value.message == told
    assert await new.store.tenants() == []
    assert new.rows() == [0] * 6


def forged(lines, change):
    """Return a file whose first line is another one, and whose checksum is that of all its lines."""
    head, tail = msgspec.json.decode(lines[0]), msgspec.json.decode(lines[-1])
    change(head)
    rest = [msgspec.json.encode(head) + b"\n", *lines[1:-1]]
    tail["end"]["sha256"] = hashlib.sha256(b"".join(rest)).hexdigest()
    return packed([*rest, msgspec.json.encode(tail) + b"\n"])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda head: head["tenant"].update(id=""), "must have 1 to 50 characters"),
        (lambda head: head["tenant"].update(id="a\0b"), "must not contain control characters"),
        (lambda head: head["tenant"].update(id="x" * 5_000), "must have 1 to 50 characters"),
        (lambda head: head["counters"].update(revision=2**63 - 5), "the file was altered: a number in it is too large"),
        (lambda head: head["counters"].update(next_joined=2**63), "the file was altered: a number in it is too large"),
        (
            lambda head: head["counters"].update(last_ids={"client": 2**63}),
            "the file was altered: a number in it is too large",
        ),
    ],
)
async def test_what_no_server_writes_is_refused(old, new, file, change, told):
    await write_tenant(old.copies, old.vault, SHOP, file)
    file.write_bytes(forged(lines_of(file), change))
    with pytest.raises((InterchangeError, InvalidValueError)) as refused:
        await read_tenant(new.copies, new.vault, file)
    assert refused.value.message == told
    assert await new.store.tenants() == []
    assert new.rows() == [0] * 6


@pytest.mark.parametrize("lines", [0, 1])
async def test_a_line_without_end_is_given_up(old, new, file, lines):
    """Not after the minute that it takes to copy what is there for each piece that comes."""
    await write_tenant(old.copies, old.vault, SHOP, file)
    file.write_bytes(packed([*lines_of(file)[:lines], bytes((256 << 20) + 1)]))
    started = time.monotonic()
    with pytest.raises(InterchangeError, match="the file was altered: a line is too long"):
        await read_tenant(new.copies, new.vault, file)
    assert time.monotonic() - started < 10
    assert new.rows() == [0] * 6


async def test_a_file_that_cannot_be_used_is_named(old, new, file, tmp_path):
    with pytest.raises(TenantNotFoundError):
        await write_tenant(old.copies, old.vault, "nobody", file)
    file.write_bytes(b"")
    with pytest.raises(InterchangeError, match=r"shop\.tenant is there already"):
        await write_tenant(old.copies, old.vault, SHOP, file)
    with pytest.raises(InterchangeError, match="cannot be written: No such file or directory"):
        await write_tenant(old.copies, old.vault, SHOP, tmp_path / "none" / "x")
    with pytest.raises(InterchangeError, match="cannot be read: No such file or directory"):
        await read_tenant(new.copies, new.vault, tmp_path / "none")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["shop.tenant"]


async def test_two_at_once_to_one_place_leave_a_whole_file(old, new, file, tmp_path):
    """And what stands beside it, whoever may read that, is not what the keys are written to."""
    watched = tmp_path / "shop.tenant.partial"
    watched.write_bytes(b"")
    watched.chmod(0o644)
    writing = [write_tenant(old.copies, old.vault, SHOP, file) for _ in range(2)]
    reports = await asyncio.gather(*writing, return_exceptions=True)
    assert [str(one) for one in reports if isinstance(one, Exception)] == [f"{file} is there already"]
    assert (await read_tenant(new.copies, new.vault, file)).products == 602
    assert file.stat().st_mode & 0o777 == 0o600
    assert watched.read_bytes() == b""
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [file.name, watched.name]


async def test_only_the_owner_takes_tenants(new):
    copies = SqliteTenantCopies(new.folder, None)
    with pytest.raises(StoreError, match="only the owner of the data directory takes tenants over"):
        await copies.take(None, None, None)


async def test_what_a_crash_left_of_one_goes_at_the_next_start(old, new, file, tmp_path):
    await write_tenant(old.copies, old.vault, SHOP, file)
    connection = apsw.Connection(str(new.folder / "catalog.sqlite3"))
    connection.execute("INSERT INTO purges VALUES (5); INSERT INTO last_ids VALUES (5, 'order', 1)").fetchall()
    connection.close()
    await new.store.close()
    again = await open_store(new.folder)
    assert new.rows() == [0] * 6
    await again.close()
