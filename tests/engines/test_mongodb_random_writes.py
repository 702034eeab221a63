"""Any sequence of writes leaves MongoDB with what the reference engine has, whichever process writes."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import initialize, rule

from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.memory.shared_marks import NoMarks
from facetry.engines.mongodb.catalog_store import MongoCatalogStore
from facetry.engines.mongodb.opening import open_database
from facetry.testing.samples import TENANT, done, tenant_record
from tests.engines.mongodb_databases import own_database
from tests.property.test_store_engines import EnginesMachine
from tests.property.writes import START


class MongoMachine(EnginesMachine):
    """Two processes, one of which writes as on a server before MongoDB 8."""

    url = ""

    async def opened(self, *, owner):
        store = MongoCatalogStore(await open_database(self.url), NoMarks())
        if owner:
            store._writing._storing._at_once = False
        return store

    @initialize()
    def begin(self):
        self.memory = MemoryCatalogStore()
        self.owner = self.runner.run(self.opened(owner=True))
        self.follower = self.runner.run(self.opened(owner=False))
        for store in (self.memory, self.owner):
            self.runner.run(store.create_tenant(tenant_record(TENANT)))
        # A tenant that is made anew goes on above the revision of the one before.
        self.runner.run(self.start_at_nothing())
        for store in (self.memory, self.owner):
            self.runner.run(done(store, *START))

    async def start_at_nothing(self):
        fields = {"revision": 0, "log_cut": 0}
        await self.owner._database["tenants"].update_one({"id": TENANT}, {"$set": fields})

    @rule()
    def look(self):
        self.runner.run(self.follower.look(TENANT))

    def teardown(self):
        self.runner.run(self.owner.delete_tenant(TENANT))
        super().teardown()


@pytest.fixture(scope="module", autouse=True)
def database(mongodb_url):
    with own_database(mongodb_url) as url:
        MongoMachine.url = url
        yield


TestMongo = MongoMachine.TestCase
TestMongo.settings = settings(
    max_examples=6, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.slow
class TestMongoLong(MongoMachine.TestCase):
    settings = settings(
        max_examples=100, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
    )
