"""Any sequence of writes leaves every store with the groups that a plain model of the rules has."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from facetry.domain.catalog import DeleteGroup, DeleteProduct, IfExists, PutProduct, Refused
from facetry.domain.group import GroupIdentity, derive_group
from facetry.domain.product import completed
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import TENANT, all_groups, tenant_record
from tests.unit.domain.strategies import GROUPS, SKUS, contents


class CatalogModel:
    """The rules of section 5 of the Catalog API, told once more: groups are lists of what was sent, in order."""

    def __init__(self):
        self.groups = {}

    def put(self, content):
        self.leave(content.sku, unless=content.group_id)
        members = self.groups.setdefault(content.group_id, {})
        if content.is_main:
            members.update({sku: msgspec.structs.replace(c, is_main=False) for sku, c in members.items()})
        members[content.sku] = content

    def leave(self, sku, unless=None):
        for group_id in [g for g, members in self.groups.items() if sku in members and g != unless]:
            del self.groups[group_id][sku]
            if not self.groups[group_id]:
                del self.groups[group_id]

    def has(self, sku):
        return any(sku in members for members in self.groups.values())


class StoreMachine(RuleBasedStateMachine):
    """Write at random; after each unit of work compare everything, and follow the change log on the way."""

    def __init__(self):
        super().__init__()
        self.runner = asyncio.Runner()
        self.model = CatalogModel()
        self.revision = 0
        self.object_ids = {}
        self.followed = {}
        self.followed_to = 0

    async def open(self):
        return MemoryCatalogStore()

    @initialize()
    def begin(self):
        self.store = self.runner.run(self.open())
        self.runner.run(self.store.create_tenant(tenant_record(TENANT)))

    def teardown(self):
        self.runner.run(self.store.close())
        self.runner.close()

    @rule(
        writes=st.lists(
            st.one_of(
                st.builds(PutProduct, contents(), st.sampled_from(IfExists)),
                st.builds(DeleteProduct, SKUS),
                st.builds(DeleteGroup, GROUPS),
            ),
            max_size=4,
        )
    )
    def write(self, writes):
        expected = [self.expect(write) for write in writes]
        receipt = self.runner.run(self.store.write(TENANT, writes))
        assert [not isinstance(outcome, Refused) for outcome in receipt.outcomes] == expected
        self.revision += sum(expected)
        assert receipt.revision == self.revision

    def expect(self, write):
        """Do a write on the model and return whether it takes effect."""
        match write:
            case PutProduct():
                content = completed(write.content)
                if write.if_exists is IfExists.REFUSE and self.model.has(content.sku):
                    return False
                self.model.put(content)
            case DeleteProduct():
                if not self.model.has(write.sku):
                    return False
                self.model.leave(write.sku)
            case DeleteGroup():
                if self.model.groups.pop(write.group_id, None) is None:
                    return False
                self.object_ids.pop(write.group_id, None)
        for group_id in self.object_ids.keys() - self.model.groups.keys():
            del self.object_ids[group_id]
        return True

    @rule()
    def cut(self):
        self.runner.run(self.store.cut_log(TENANT, self.followed_to))

    @rule()
    def follow(self):
        delta = self.runner.run(self.store.delta(TENANT, self.followed_to, 1000))
        self.followed.update((group.group_id, group) for group in delta.groups)
        for group_id in delta.gone:
            self.followed.pop(group_id, None)
        self.followed_to = delta.revision
        assert self.followed == {group.group_id: group for group in self.runner.run(all_groups(self.store))}

    @invariant()
    def groups_are_the_models(self):
        groups = self.runner.run(all_groups(self.store, page=3))
        assert [group.group_id for group in groups] == sorted(self.model.groups)
        for group in groups:
            members = self.model.groups[group.group_id]
            assert group.product_skus == tuple(members)
            for product, content in zip(group.products, members.values(), strict=True):
                assert {n: getattr(product, n) for n in content.__struct_fields__} == msgspec.structs.asdict(content)
            flagged = [sku for sku, content in members.items() if content.is_main]
            assert group.main_sku == (flagged or list(members))[0]
            identity = GroupIdentity(group.group_id, group.object_id, group.revision)
            assert group == derive_group(identity, reversed(group.products), "USD")
            assert self.object_ids.setdefault(group.group_id, group.object_id) == group.object_id

    @invariant()
    def counters_are_right(self):
        products = sum(map(len, self.model.groups.values()))
        assert self.runner.run(self.store.counts(TENANT)) == (products, len(self.model.groups))
        assert self.runner.run(self.store.revision(TENANT)) == self.revision


class SqliteMachine(StoreMachine):
    """The same over SQLite, which is closed and opened again in between."""

    async def open(self):
        self.folder = tempfile.TemporaryDirectory()
        return await open_store(Path(self.folder.name), owner=True)

    @rule()
    def restart(self):
        self.runner.run(self.store.close())
        self.store = self.runner.run(open_store(Path(self.folder.name), owner=True))

    def teardown(self):
        super().teardown()
        self.folder.cleanup()


TestMemory = StoreMachine.TestCase
TestMemory.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
TestSqlite = SqliteMachine.TestCase
TestSqlite.settings = settings(max_examples=12, stateful_step_count=15, deadline=None)


@pytest.mark.slow
class TestSqliteLong(SqliteMachine.TestCase):
    settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
