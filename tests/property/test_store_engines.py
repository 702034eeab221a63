"""Any sequence of writes of any kind leaves SQLite, its owner and its follower, with what the reference engine has."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from facetry.domain.record import RecordKind
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import TENANT, all_groups, all_records, done, tenant_record
from tests.property.writes import CODES, IDS, REFERENCES, SKUS, START, WRITES


class EnginesMachine(RuleBasedStateMachine):
    """Do the same to both engines; after each unit of work compare answers and everything that is there."""

    def __init__(self):
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()

    @initialize()
    def begin(self):
        self.memory = MemoryCatalogStore()
        self.owner = self.runner.run(self.opened(owner=True))
        self.follower = self.runner.run(self.opened(owner=False))
        for store in (self.memory, self.owner):
            self.runner.run(store.create_tenant(tenant_record(TENANT)))
            self.runner.run(done(store, *START))

    async def opened(self, *, owner):
        return await open_store(Path(self.folder.name), owner=owner)

    def teardown(self):
        for store in (self.follower, self.owner, self.memory):
            self.runner.run(store.close())
        self.runner.close()
        self.folder.cleanup()

    @rule(writes=st.lists(WRITES, max_size=5), by_follower=st.booleans())
    def write(self, writes, by_follower):
        store = self.follower if by_follower else self.owner
        expected, receipt = (self.runner.run(one.write(TENANT, writes)) for one in (self.memory, store))
        assert receipt.revision == expected.revision
        assert plain(receipt.outcomes) == plain(expected.outcomes)

    @rule()
    def restart(self):
        self.runner.run(self.follower.close())
        self.runner.run(self.owner.close())
        self.owner = self.runner.run(self.opened(owner=True))
        self.follower = self.runner.run(self.opened(owner=False))

    @rule(after=IDS, skus=st.lists(SKUS, max_size=3), links=CODES | REFERENCES | SKUS)
    def read(self, after, skus, links):
        async def found(store):
            return (
                await store.products_after(TENANT, after, 2),
                await store.products(TENANT, skus),
                await store.products_by_id(TENANT, [after, after + 1]),
                [await store.records_after(TENANT, one.kind, after, 2, links) for one in await all_records(store)],
                [await store.records_before(TENANT, one.kind, after, 2, links) for one in await all_records(store)],
                await store.delta(TENANT, after, 100),
            )

        self.compare(found)

    @invariant()
    def all_have_the_same(self):
        async def everything(store):
            return (
                await store.revision(TENANT),
                await store.counts(TENANT),
                await all_groups(store, page=3),
                await store.products_after(TENANT, 0, 100),
                await all_records(store, page=3),
            )

        self.compare(everything)

    @invariant()
    def nothing_is_oversold(self):
        products = self.runner.run(self.memory.products_after(TENANT, 0, 100))
        stones = self.runner.run(self.memory.records_after(TENANT, RecordKind.GEMSTONE, 0, 100))
        assert [one for one in (*products, *stones) if one.quantity < 0] == []

    def compare(self, read):
        expected, *others = (self.runner.run(read(store)) for store in (self.memory, self.owner, self.follower))
        for other in others:
            assert plain(other) == plain(expected)


def plain(values):
    """Return values without the ids that each engine draws for itself."""
    built = msgspec.to_builtins(values, str_keys=False)
    return without_drawn(built)


def without_drawn(value):
    if isinstance(value, dict):
        return {name: without_drawn(one) for name, one in value.items() if name != "object_id"}
    if isinstance(value, list | tuple):
        return [without_drawn(one) for one in value]
    return value


TestEngines = EnginesMachine.TestCase
TestEngines.settings = settings(max_examples=12, stateful_step_count=15, deadline=None)


@pytest.mark.slow
class TestEnginesLong(EnginesMachine.TestCase):
    settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
