from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest

from facetry.application.migrating import Contents, Outcome, Wishes, copy_users, migrate_tenant
from facetry.application.secrets import Vault
from facetry.application.tenants import NewTenant, Tenants
from facetry.domain.catalog import PutProduct
from facetry.domain.copying import CopiedGroup, CopiedProduct
from facetry.domain.errors import StoreError
from facetry.domain.user import Role, User
from facetry.engines.memory.accounts import MemoryAccounts
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.sqlite.opening import open_store
from facetry.engines.sqlite.tenant_copies import SqliteTenantCopies
from tests.unit.application.shop import SetClock, content

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sides(tmp_path, anyio_backend):
    made = []
    for at, name in enumerate(("old", "new")):
        store, vault = await open_store(tmp_path / name), Vault(bytes([at]) * 32)
        copies = SqliteTenantCopies(tmp_path / name, store)
        made.append(SimpleNamespace(store=store, copies=copies, vault=vault, tenants=Tenants(store, vault, SetClock())))
    await made[0].tenants.create(NewTenant(name="Shop", id="t"))
    await write(made[0], "A1", "A2")
    yield made
    for side in made:
        await side.store.close()


async def write(side, *skus):
    await side.store.write("t", [PutProduct(content(sku)) for sku in skus])


class Meddling:
    """Copies of a store; calls a function when a copy has been read."""

    def __init__(self, copies, meddle):
        self.copies = copies
        self.meddle = meddle

    @asynccontextmanager
    async def read(self, tenant):
        async with self.copies.read(tenant) as copy:
            yield copy
        await self.meddle()


async def test_keys_are_the_same_under_another_master_key(sides):
    old, new = sides
    report = await migrate_tenant(old, new, "t", Wishes())
    assert (report.outcome, report.revision, report.behind, report.products, report.groups) == (
        Outcome.MOVED,
        2,
        0,
        2,
        1,
    )
    assert await old.tenants.keys("t") != await new.tenants.keys("t")
    assert (await old.tenants.keys("t")).api_key == (await new.tenants.keys("t")).api_key
    assert len(report.checksum) == 64


async def test_users_come_with_good_passwords_and_second_factors(sides):
    old, new = sides
    old.accounts, new.accounts = MemoryAccounts(), MemoryAccounts()
    secret = old.vault.seal(b"shared with a phone")
    for number, totp in enumerate((secret, b"")):
        named = {"id": f"u{number}", "tenant": "t", "email": f"{number}@example.com"}
        await old.accounts.add_user(User(**named, role=Role.OWNER, password="h", totp=totp))
    assert [await copy_users(old, new, "t") for _ in range(2)] == [2, 0]
    there = await new.accounts.users("t")
    assert [(user.email, user.password, user.role) for user in there] == [
        ("0@example.com", "h", Role.OWNER),
        ("1@example.com", "h", Role.OWNER),
    ]
    assert (new.vault.open(there[0].totp), there[1].totp) == (b"shared with a phone", b"")


async def test_writes_made_meanwhile_are_told(sides):
    old, new = sides
    copies = old.copies

    async def meddle():
        await write(old, "A3")

    old.copies = Meddling(copies, meddle)
    assert (await migrate_tenant(old, new, "t", Wishes())).behind == 1
    assert await new.store.counts("t") == (2, 1)


async def test_writes_made_before_it_was_disabled_come_too(sides):
    old, new = sides
    left = ["A3", "A4"]

    async def meddle():
        if left:
            await write(old, left.pop())

    old.copies = Meddling(old.copies, meddle)
    version = (await old.store.tenant("t")).token_version
    report = await migrate_tenant(old, new, "t", Wishes(disables=True))
    assert (report.disabled, report.behind, report.products) == (True, 0, 4)
    assert (await old.store.tenant("t")).active is False
    there = await new.store.tenant("t")
    assert (there.active, there.token_version) == (True, version)


async def test_who_writes_to_a_disabled_tenant_keeps_it_there(sides):
    old, new = sides

    async def meddle():
        await write(old, "A3")

    old.copies = Meddling(old.copies, meddle)
    with pytest.raises(StoreError, match="is written to although it is disabled"):
        await migrate_tenant(old, new, "t", Wishes(disables=True))


async def test_what_arrives_otherwise_is_removed_again(sides):
    old, new = sides

    class Forgetful(SqliteTenantCopies):
        def __init__(self, copies):
            self.copies = copies

        def read(self, tenant):
            return self.copies.read(tenant)

        async def take(self, tenant, counters, things):
            async def fewer():
                async for portion in things:
                    yield [one for one in portion if not isinstance(one, CopiedProduct) or one.product.sku != "A2"]

            return await self.copies.take(tenant, counters, fewer())

    new.copies = Forgetful(new.copies)
    with pytest.raises(StoreError, match="did not arrive as it was sent; it was removed again"):
        await migrate_tenant(old, new, "t", Wishes())
    assert await new.store.tenant("t") is None


async def test_what_keeps_nothing_cannot_be_moved_from(sides):
    old, new = sides
    nothing = SimpleNamespace(store=MemoryCatalogStore(), copies=None, vault=old.vault, tenants=old.tenants)
    with pytest.raises(StoreError, match="keeps nothing"):
        await migrate_tenant(nothing, new, "t", Wishes())


def test_the_order_of_things_does_not_count():
    one, other = Contents(), Contents()
    things = [CopiedGroup("G1", "a"), CopiedGroup("G2", "b")]
    for thing in things:
        one.add(thing)
    for thing in reversed(things):
        other.add(thing)
    assert one == other
    other.add(things[0])
    assert one.checksum != other.checksum
    assert (other.products, other.groups, other.records) == (0, 3, 0)
