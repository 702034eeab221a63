"""Any calls of two tenants leave a server that lives, in which everything is right and nobody saw what is another's."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections import Counter
from pathlib import Path

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st

from facetry.api.client.codes import MESSAGES, Code
from facetry.application.access_keys import NewAccessKey
from facetry.application.maintenance import Maintenance
from facetry.domain.group import GroupIdentity, derive_group
from facetry.domain.tenant import Scope
from facetry.engines.memory.mending import NothingToMend
from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import all_groups, all_records
from tests.api.server import AccessKeyHolder, Server
from tests.property.client_calls import GOOD, OWN, CallsOf, calls, requests_of

MARKS = {"amber": "zqamberzq", "beryl": "zqberylzq"}
EXPORTS = ("product_search", "gemstone_search", "listing_search", "orders_export", "clients_export")
HAVE_QUANTITY = {"gemstone", "listing"}


class Surface:
    """A server with two tenants that have the same of everything, but for the mark in each text."""

    def __init__(self, engine):
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.keys = {}
        self.told = Counter()
        self.runner.run(self._open(engine))

    async def _open(self, engine):
        store = await open_store(Path(self.folder.name), owner=True) if engine == "sqlite" else None
        self.server = Server(store=store)
        self.actions = {
            name: action for action in self.server.client_actions for name in (action.name, *action.aliases)
        }
        for tenant, mark in MARKS.items():
            made, _ = await self.server.add_tenant(mark, id=tenant)
            read, disabled = [
                (await self.server.access_keys.create(tenant, NewAccessKey(name=mark, scopes=(scope,)))).secret
                for scope in (Scope.READ, Scope.ORDERS)
            ]
            blocked = (await self.server.access_keys.list(tenant))[-1].key.id
            await self.server.access_keys.set_disabled(tenant, blocked, disabled=True)
            keys = {"main": made.access_key, "read": read, "disabled": disabled, "search": made.search_key}
            self.keys[tenant] = {**keys, "none": ""}
            await self._fill(AccessKeyHolder(self.server, made.access_key), mark)

    async def _fill(self, office, mark):
        """Give a tenant one of everything, the mark in each."""
        for action in ("gemstone_import", "product_import", "listing_import", "order_import"):
            if action in self.actions:
                await office.ok(action, json.loads(json.dumps(FIRST[action]).replace("MARK", mark)))

    def call(self, tenant, call):
        """Send a call and check all that must hold of any answer."""
        # Time passes, so that limited actions are not always refused.
        self.server.clock.time += 0.002
        request = requests_of(call, self.keys[tenant][call.key], MARKS[tenant])
        answer = self.runner.run(self.server.call(**request, peer=f"192.0.2.{self.told.total() % 200}"))
        code = check_form(answer)
        for other, mark in MARKS.items():
            assert other == tenant or mark.encode() not in answer.body, answer.body
        assert expected(call, self.actions) in {None, code}, answer.body
        self.told[code] += 1

    async def check_all(self):
        """Check that what is stored is right: groups, index, stock, and whose it is."""
        report = Maintenance(self.server.store, self.server.index, self.server.relay, NothingToMend())
        for tenant, mark in MARKS.items():
            assert (await report.verify(tenant)).differences == ()
            groups = await all_groups(self.server.store, tenant)
            for group in groups:
                identity = GroupIdentity(group.group_id, group.object_id, group.revision)
                assert group == derive_group(identity, group.products)
                assert all(product.quantity >= 0 for product in group.products)
            records = await all_records(self.server.store, tenant)
            assert all(one.quantity >= 0 for one in records if one.kind.value in HAVE_QUANTITY)
            office = AccessKeyHolder(self.server, self.keys[tenant]["main"])
            products = sorted((one.product_id, one.sku) for group in groups for one in group.products)
            found = await office.ok("product_search")
            assert [(one["product_id"], one["sku"]) for one in found] == products
            for action in EXPORTS:
                if action in self.actions:
                    told = json.dumps(await office.ok(action))
                    assert not any(other in told for other in MARKS.values() if other != mark)

    def end(self):
        self.runner.run(self.check_all())
        self.runner.run(self.server.store.close())
        self.runner.close()
        self.folder.cleanup()


FIRST = {
    "gemstone_import": {"code": "D1", "name": "Stone MARK", "type": 2, "quantity": 3, "origin": "MARK"},
    "product_import": {
        "sku": "R1",
        "title": "Ring MARK",
        "type": "ring",
        "quantity": 5,
        "price": 10,
        "location": "MARK",
        "gemstones": [{"code": "D1"}],
        "additional": {"note MARK": "MARK"},
        "images": ["https://MARK/1.jpg"],
    },
    "listing_import": {"sku": "R1", "channel": 1000, "external_id": "MARK", "url": "https://MARK/", "quantity": 5},
    "order_import": {"order_unique": "MARK", "products": [{"sku": "R1"}], "client": {"name": "Ada MARK"}},
}


def check_form(answer):
    """Check that an answer is one of this API, and return its code."""
    body = answer.json
    code = Code(body["status"]["code"])
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert len(bytes.fromhex(answer.headers["x-debug-uid"])) == 16
    assert body["status"].keys() == {"code", "message"}
    assert body["status"]["message"].startswith(MESSAGES[code])
    assert "data" in body
    # Nothing fails on our side here, and loopback is not what these calls claim to come from.
    assert code not in {Code.FAILED, Code.NON_HTTPS}, body
    return code


def expected(call, actions):
    """Return the code that a call must get whatever its data are; None where that depends on them."""
    if call.way == "as text" or call.key in {"none", "search"}:
        return Code.NOT_AUTHENTICATED
    if call.way == "cut" or (call.way == "json" and json.dumps([call.data, call.actions]).count("[") > 50):
        # A JSON body that cannot be read has no key that could be read either.
        return None
    if call.key == "disabled":
        return Code.UNAUTHORIZED
    action = actions.get(call.name)
    if action is None:
        return Code.UNKNOWN_ACTION if call.name in {None, "no_such_action", f"{OWN}\x00"} else None
    if call.key == "read" and action.scope is not Scope.READ:
        return Code.UNAUTHORIZED
    return None


def fuzz(engine, examples, seed):
    surface = Surface(engine)

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(st.sampled_from(sorted(MARKS)), calls(CallsOf(surface.server.client_actions)))
    def call(tenant, one):
        surface.call(tenant, one)

    call()
    surface.end()
    return surface.told


def test_there_are_good_data_for_every_action():
    with_data = {action.name for action in Server().client_actions if action.sample is not None}
    assert GOOD.keys() == with_data


@pytest.mark.parametrize("engine", ["memory", "sqlite"])
def test_a_few_calls(engine):
    told = fuzz(engine, 300, seed=20_251_122)
    assert told[Code.OK] >= 30
    assert told.keys() >= {100, 102, 103, 200, 301, 303}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_fifty_thousand_calls(seed):
    told = fuzz("memory" if seed % 2 else "sqlite", 10_000, seed)
    assert told.total() >= 9_900
    assert told.keys() >= {100, 102, 103, 105, 200, 300, 301, 302, 303}
