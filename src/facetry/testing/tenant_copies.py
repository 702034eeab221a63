"""The conformance suite of the ``TenantCopies`` port, between two stores that may be of different engines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

import msgspec
import pytest

from facetry.domain.catalog import DeleteProduct
from facetry.domain.copying import REVISIONS_APART, CopiedProduct, CopiedThing
from facetry.domain.errors import RevisionTooOldError, TenantExistsError, TenantNotFoundError
from facetry.domain.group import ProductGroup
from facetry.domain.keeping import PutRecord
from facetry.domain.records import RecordKey
from facetry.domain.tenant import Tenant
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.tenant_copies import TenantCopies
from facetry.testing.samples import (
    OTHER,
    TENANT,
    all_records,
    done,
    error_of,
    flags,
    gemstone,
    put,
    recorded,
    snapshot,
    stored_product,
    tenant_record,
)

MANY = 520
"""More products than a portion of any engine has."""
Portions = AsyncIterator[Sequence[CopiedThing]]


class Site(NamedTuple):
    """A store, and what moves tenants in and out of it."""

    store: CatalogStore
    copies: TenantCopies


class TenantCopiesConformance:
    """Everything that the contract of ``ports.tenant_copies`` promises.

    A subclass provides two pytest fixtures: ``origin`` and ``target``, of which each is an open ``Site`` without any
    tenants.
    """

    pytestmark = pytest.mark.anyio

    async def test_what_is_not_there_cannot_be_read(self, origin: Site) -> None:
        with pytest.raises(TenantNotFoundError):
            async with origin.copies.read(TENANT):
                pass

    async def test_all_comes_over(self, origin: Site, target: Site) -> None:
        record = await self.filled(origin)
        revision = await self.moved(origin, target)
        before, after = await snapshot(origin.store), await snapshot(target.store)
        assert (after[0], after[1]) == (revision, before[1])
        assert revision == before[0] + REVISIONS_APART
        assert plain(after[2]) == plain(before[2])
        assert await all_records(target.store) == await all_records(origin.store)
        assert await target.store.usage(TENANT) == await origin.store.usage(TENANT)
        assert await target.store.tenant(TENANT) == record
        for digest in record.owned_digests:
            assert await target.store.tenant_by_key(digest) == record
        assert await target.store.tenant_by_token_key(record.token_keys[0].kid) == record
        times = [await one.store.products_after(TENANT, 0, 9, updated_from=0.1) for one in (origin, target)]
        assert times[0] == times[1]
        assert len(times[0]) == 4

    async def test_an_empty_tenant_comes_over(self, origin: Site, target: Site) -> None:
        await origin.store.create_tenant(tenant_record(TENANT))
        assert await self.moved(origin, target) == REVISIONS_APART
        assert await snapshot(target.store) == (REVISIONS_APART, (0, 0), [])
        await done(target.store, put("R1", "G"))
        assert await target.store.counts(TENANT) == (1, 1)

    async def test_many_portions_come_over(self, origin: Site, target: Site) -> None:
        await origin.store.create_tenant(tenant_record(TENANT))
        await done(origin.store, *(put(f"R{number}", f"G{number % 300}") for number in range(MANY)))
        await self.moved(origin, target)
        before, after = await snapshot(origin.store), await snapshot(target.store)
        assert (after[1], plain(after[2])) == ((MANY, 300), plain(before[2]))

    async def test_ids_and_rules_go_on_where_they_were(self, origin: Site, target: Site) -> None:
        """The next product and record have the ids that they would have had; what is derived is still there."""
        await self.filled(origin)
        await done(origin.store, DeleteProduct("R3"))
        await self.moved(origin, target)
        for site in (origin, target):
            product, record = await done(site.store, put("NEXT", "G1", is_main=True), PutRecord(gemstone("NEXT")))
            assert stored_product(product).product_id == 6
            assert recorded(record).id == 3
            group = await site.store.group(TENANT, "G1")
            assert group is not None
            assert flags(group) == {"R1": False, "R2": False, "NEXT": True}
        sold = [await one.store.write(TENANT, [PutRecord(gemstone("STONE-1", name="new"))]) for one in (origin, target)]
        assert sold[1].outcomes == sold[0].outcomes
        stone = (gemstone("x").kind, [RecordKey(code="STONE-1")])
        assert await target.store.records(TENANT, *stone) == await origin.store.records(TENANT, *stone)

    async def test_who_followed_the_original_starts_again(self, origin: Site, target: Site) -> None:
        await self.filled(origin)
        seen = await origin.store.revision(TENANT)
        revision = await self.moved(origin, target)
        for since in (0, seen, seen + 7):
            with pytest.raises(RevisionTooOldError):
                await target.store.changes(TENANT, since, 10)
        assert (await target.store.changes(TENANT, revision, 10)).is_empty
        await done(target.store, put("NEXT"))
        assert [one.sku for one in (await target.store.changes(TENANT, revision, 10)).products] == ["NEXT"]

    async def test_a_copy_is_of_one_moment(self, origin: Site) -> None:
        """Whatever is written while it is read, also before the first thing is."""
        await self.filled(origin)
        before = await snapshot(origin.store)
        async with origin.copies.read(TENANT) as copy:
            await done(origin.store, put("LATE", "G7"), put("R1", "G8"), DeleteProduct("R2"))
            await done(origin.store, PutRecord(gemstone("LATE")))
            things = [thing async for portion in copy.things for thing in portion]
        products = {one.product.sku: one.product for one in things if isinstance(one, CopiedProduct)}
        assert products == {one.sku: one for group in before[2] for one in group.products}
        assert copy.counters.revision == before[0]
        assert len(things) == 4 + 3 + 2

    async def test_it_is_there_when_all_is_there(self, origin: Site, target: Site) -> None:
        await self.filled(origin)
        async with origin.copies.read(TENANT) as copy:

            async def watched() -> Portions:
                async for portion in copy.things:
                    yield portion
                    assert await target.store.tenant(TENANT) is None
                    assert await target.store.counts(TENANT) == (0, 0)

            await target.copies.take(copy.record, copy.counters, watched())
        assert await target.store.counts(TENANT) == (4, 3)

    async def test_where_it_breaks_off_nothing_is_left(self, origin: Site, target: Site) -> None:
        """Whether the things fail, or who asked goes away; it can then be taken again."""
        await self.filled(origin)
        with pytest.raises(KeyError):
            await self.moved(origin, target, KeyError())
        with pytest.raises(asyncio.CancelledError):
            await self.moved(origin, target, asyncio.CancelledError())
        assert await target.store.tenants() == []
        await self.moved(origin, target)
        assert await target.store.counts(TENANT) == (4, 3)

    async def test_the_same_thing_twice_is_refused(self, origin: Site, target: Site) -> None:
        await self.filled(origin)
        async with origin.copies.read(TENANT) as copy:
            portions = [portion async for portion in copy.things]
            error = await error_of(target.copies.take(copy.record, copy.counters, given(*portions, portions[0])))
        assert (type(error), error.message) == (TenantExistsError, "the copy holds the same thing twice")
        assert await target.store.tenants() == []

    async def test_what_is_taken_stays(self, origin: Site, target: Site) -> None:
        """Whether it is the id that is taken or a key."""
        await self.filled(origin)
        await target.store.create_tenant(tenant_record(OTHER, api_key_digest=f"api {TENANT}".encode()))
        before = await snapshot(origin.store)
        for site, named in ((origin, TENANT), (target, TENANT), (origin, "twin")):
            async with origin.copies.read(TENANT) as copy:
                record = msgspec.structs.replace(copy.record, id=named)
                error = await error_of(site.copies.take(record, copy.counters, copy.things))
            assert isinstance(error, TenantExistsError)
        assert await snapshot(origin.store) == before
        assert [one.id for one in await origin.store.tenants()] == [TENANT]
        assert [one.id for one in await target.store.tenants()] == [OTHER]

    async def test_of_two_at_once_one_is_taken(self, origin: Site, target: Site) -> None:
        await self.filled(origin)
        answers = await asyncio.gather(*(self.moved(origin, target) for _ in range(2)), return_exceptions=True)
        assert sorted(isinstance(one, TenantExistsError) for one in answers) == [False, True]
        assert await target.store.counts(TENANT) == (4, 3)

    async def test_a_deleted_tenant_comes_back_above_its_last_revision(self, origin: Site) -> None:
        await self.filled(origin)
        async with origin.copies.read(TENANT) as copy:
            portions = [portion async for portion in copy.things]
        await done(origin.store, put("LATE"))
        last = await origin.store.revision(TENANT)
        await origin.store.delete_tenant(TENANT)
        assert await origin.copies.take(copy.record, copy.counters, given(*portions)) == last + REVISIONS_APART
        assert await origin.store.counts(TENANT) == (4, 3)

    async def test_marks_tell_of_a_tenant_that_came(self, origin: Site, target: Site) -> None:
        await self.filled(origin)
        before = target.store.mark(TENANT)
        await self.moved(origin, target)
        assert target.store.mark(TENANT) != before

    async def filled(self, site: Site) -> Tenant:
        """Make the tenant with four products in three groups and two gemstones, and return its record."""
        await site.store.create_tenant(tenant_record(TENANT))
        await done(site.store, PutRecord(gemstone("STONE-1")), PutRecord(gemstone("STONE-2")))
        part = {"code": "STONE-1"}
        await done(site.store, put("R1", "G1", gemstones=(part,), is_main=True), put("R2", "G1"), put("R3", "G1"))
        await done(site.store, put("R3", "G2"), put("É 💍"), put("R1", "G1", name="again", gemstones=(part,)))
        record = await site.store.tenant(TENANT)
        assert record is not None
        return record

    async def moved(self, origin: Site, target: Site, failure: BaseException | None = None) -> int:
        """Take the tenant over, as far as what is read of it does not fail, and return its revision."""
        async with origin.copies.read(TENANT) as copy:
            return await target.copies.take(copy.record, copy.counters, failing(copy.things, failure))


def plain(groups: Sequence[ProductGroup | None]) -> list[ProductGroup]:
    """Return groups without their revisions, which a copy does not share."""
    return [msgspec.structs.replace(group, revision=0) for group in groups if group is not None]


async def given(*portions: Sequence[CopiedThing]) -> Portions:
    """Yield portions."""
    for portion in portions:
        yield portion


async def failing(portions: Portions, failure: BaseException | None) -> Portions:
    """Yield portions, all but the last where there is a failure to end with."""
    waiting: Sequence[CopiedThing] = ()
    async for portion in portions:
        yield waiting
        waiting = portion
    if failure is not None:
        raise failure
    yield waiting
