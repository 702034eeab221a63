"""One catalog under two APIs: whatever writes it, both read what a model of the published rules has."""

from __future__ import annotations

import asyncio
import tempfile
from functools import partial
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import all_groups
from tests.api.server import AccessKeyHolder, Server

SKUS = st.sampled_from(["R1", "R2", "Größe 3"])
MODELS = st.sampled_from(["M1", "M2", ""])
TEXTS = st.sampled_from(["gold", "Ring 💍", "a < b & c"])
MAYBE = TEXTS | st.just("")
PRICES = st.sampled_from([1, "12.5", 99.99, "", None])
AMOUNTS = st.integers(0, 4)
ONE, TWO = "https://a.example/1.jpg", "https://a.example/2.jpg"
URLS = st.sampled_from([[ONE], [TWO, ONE]])
WORDS = st.sampled_from([["ring"], ["gift", "ring"]])
CRUMBS = st.sampled_from(["ring", "necklace"])
COLLECTIONS = st.sampled_from(["Spring", ""])
METALS = st.sampled_from(
    [
        ([], []),
        ([{"name": "gold", "purity": "18kt"}], [{"name": "gold", "purity": 750}]),
        ([{"name": "Pt950", "weight": "3.2"}], [{"name": "platinum", "purity": 950, "weight": 3.2}]),
    ]
)
STONES = st.sampled_from(
    [
        ([], []),
        ([{"code": "D1", "shape": "RB", "type": "2"}], [{"code": "D1", "shape": "round", "type": "diamond"}]),
        ([{"code": "D2", "carat": "1/2 ct"}], [{"code": "D2", "carat": 0.5}]),
    ]
)
FURTHER = st.dictionaries(st.sampled_from(["finish", "karat"]), st.sampled_from(["matt", 18, ""]), max_size=2)
MANDATORY = {"title": TEXTS, "type": CRUMBS}
CLIENT_FIELDS = {
    "description": MAYBE,
    "price": PRICES,
    "quantity": AMOUNTS | st.sampled_from(["3", ""]),
    "model": MODELS,
    "collection": COLLECTIONS,
    "tags": WORDS | st.just([]),
    "images": URLS | st.just([]),
    "not_for_sale": st.sampled_from([True, False, "0", "yes", ""]),
    "location": MAYBE,
    "unrepeatable": st.booleans(),
    "metals": METALS,
    "gemstones": STONES,
    "additional": FURTHER,
}
"""What may be said of a product here; of its parts both what is sent and what it means."""
CATALOG_FIELDS = {
    "name": TEXTS,
    "description": TEXTS,
    "groupID": st.sampled_from(["M1", "M2", "M3"]),
    "regularPrice": st.sampled_from([1, 12.5, 99.99]),
    "quantity": st.integers(1, 4),
    "images": URLS,
    "searchKeywords": WORDS,
    "category": st.sampled_from([["ring"], ["Spring>Rings>band"], ["Spring>ring", "Sale"], ["Sale"]]),
    "active": st.booleans(),
    "isMain": st.just(False),
}


class Model:
    """A product as the published rules make it, in the words of the Client API."""

    def __init__(self, sku):
        self.sku = sku
        self.fields = {
            "description": "",
            "price": None,
            "promotion_price": None,
            "quantity": 0,
            "model": sku,
            "tags": [],
            "images": [],
            "not_for_sale": False,
            "location": "",
            "unrepeatable": False,
            "metals": [],
            "gemstones": [],
            "additional": {},
            "category": ["other"],
        }

    def say(self, given):
        """Change what a record of the Client API speaks of."""
        # The collection is put before whatever type there is then.
        for name in sorted(given, key="collection".__eq__):
            getattr(self, f"_{name}", partial(self._plain, name))(given[name])

    def replace(self, body):
        """Become what the Catalog API says; what it cannot express stays."""
        promotion = body["promotionPrice"]
        self.fields |= {
            "title": body["name"],
            "description": body["description"],
            "model": body["groupID"],
            "price": body["regularPrice"],
            "promotion_price": None if promotion == body["regularPrice"] else promotion,
            "quantity": body["quantity"],
            "images": body["images"],
            "tags": body["searchKeywords"],
            "category": body["category"],
            "not_for_sale": not body["active"],
            "additional": body.get("attributes", {}),
        }

    def _plain(self, name, said):
        self.fields[name] = said

    def _price(self, said):
        self.fields["price"] = float(said) if said not in {"", None} else None

    def _quantity(self, said):
        self.fields["quantity"] = int(said or 0)

    def _model(self, said):
        self.fields["model"] = said or self.sku

    def _not_for_sale(self, said):
        self.fields["not_for_sale"] = said in {True, "yes"}

    def _type(self, said):
        first, *others = self.fields["category"] or [""]
        self.fields["category"] = [">".join([*first.split(">")[:-1], said]), *others]

    def _collection(self, said):
        first, *others = self.fields["category"] or [""]
        crumbs = [crumb for crumb in first.split(">") if crumb]
        rest = crumbs[1:] if len(crumbs) > 1 else crumbs
        whole = [said, *(rest or ["other"])] if said else rest
        self.fields["category"] = [*([">".join(whole)] if whole else []), *others]

    def _metals(self, said):
        self.fields["metals"] = said[1]

    def _gemstones(self, said):
        self.fields["gemstones"] = said[1]

    def _additional(self, said):
        kept = self.fields["additional"] if said else {}
        self.fields["additional"] = {name: value for name, value in {**kept, **said}.items() if value != ""}

    @property
    def record(self):
        """Return what ``product_search`` must tell of it."""
        crumbs = self.fields["category"][0].split(">") if self.fields["category"] else []
        kind = {"type": crumbs[-1] if crumbs else "other", "collection": crumbs[0] if len(crumbs) > 1 else ""}
        return {**self.fields, **kind, "sku": self.sku, "catalog_code": self.sku}

    @property
    def document(self):
        """Return what the Catalog API must tell of it."""
        mine = self.fields
        prices = {"regularPrice": mine["price"], "promotionPrice": mine["promotion_price"] or mine["price"]}
        return {
            **{name: price for name, price in prices.items() if price is not None},
            "sku": self.sku,
            "name": mine["title"],
            "description": mine["description"],
            "isMain": False,
            "groupID": mine["model"],
            "quantity": mine["quantity"],
            "images": mine["images"],
            "searchKeywords": mine["tags"],
            "category": mine["category"],
            "active": not mine["not_for_sale"],
            **({"attributes": mine["additional"]} if mine["additional"] else {}),
        }


def sent(given):
    """Return a record as it is sent."""
    return {name: value[0] if name in {"metals", "gemstones"} else value for name, value in given.items()}


class MemoryMachine(RuleBasedStateMachine):
    """Write by either API, and read by both."""

    async def opened(self):
        return None

    def __init__(self):
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.models = {}
        self.ids = {}
        self.highest = 0

    @initialize()
    def begin(self):
        self.server = Server(store=self.runner.run(self.opened()))
        keys, self.catalog = self.runner.run(self.server.add_tenant("Shop", id="shop"))
        self.office = AccessKeyHolder(self.server, keys.access_key)

    def teardown(self):
        if hasattr(self, "server"):
            self.runner.run(self.server.store.close())
        self.runner.close()
        self.folder.cleanup()

    def call(self, action, data):
        return self.runner.run(self.office(action, data)).json

    def ask(self, method, *arguments):
        return self.runner.run(getattr(self.catalog, method)(*arguments)).json

    def note_new(self, sku, number):
        assert number > self.highest
        self.ids[sku] = self.highest = number

    @rule(sku=SKUS, given=st.fixed_dictionaries(MANDATORY, optional=CLIENT_FIELDS))
    def import_one(self, sku, given):
        answer = self.call("product_import", {"catalog_code": sku, **sent(given)})
        if sku in self.models:
            assert answer["status"]["code"] == 303
            assert [one["path"] for one in answer["data"]["errors"]] == ["sku"]
            return
        assert answer["status"]["code"] == 100, answer
        model = self.models[sku] = Model(sku)
        model.say(given)
        self.note_new(sku, answer["product"]["id"])

    @rule(sku=SKUS, by_id=st.booleans(), given=st.fixed_dictionaries({}, optional=MANDATORY | CLIENT_FIELDS))
    def update_one(self, sku, by_id, given):
        key = {"product_id": self.ids.get(sku, 10**6)} if by_id else {"sku": sku}
        answer = self.call("product_update", {**key, **sent(given)})
        assert answer["status"]["code"] == (100 if sku in self.models else 303), answer
        if sku in self.models:
            self.models[sku].say(given)
            assert answer["data"] == [answer["product"]]

    @rule(sku=SKUS, name=st.sampled_from(["title", "type", "sku"]))
    def nothing_mandatory_is_emptied(self, sku, name):
        key = {"product_id": self.ids.get(sku, 10**6)}
        assert self.call("product_update", {**key, "quantity": 4, name: ""})["status"]["code"] == 303

    @rule(sku=SKUS, quantity=st.integers(1, 4))
    def sell(self, sku, quantity):
        answer = self.call("product_sold", {"sku": sku, "quantity": str(quantity)})
        model = self.models.get(sku)
        if model is None or model.fields["quantity"] < quantity:
            assert answer["status"]["code"] == 303
            return
        model.fields["quantity"] -= quantity
        assert answer["data"][0]["left"] == model.fields["quantity"]

    @rule(sku=SKUS)
    def delete_here(self, sku):
        answer = self.call("product_delete", {"sku": sku})
        assert answer["status"]["code"] == (100 if self.models.pop(sku, None) else 303)

    @rule(sku=SKUS)
    def delete_there(self, sku):
        answer = self.runner.run(self.catalog("DELETE", f"/catalog/v1/products/{quote(sku)}")).json
        assert answer["success"] is (self.models.pop(sku, None) is not None)

    @rule(
        sku=SKUS,
        body=st.fixed_dictionaries(CATALOG_FIELDS),
        promotion=st.sampled_from([0.5, None]),
        further=st.sampled_from([{}, {"attributes": {"carat": 1.5}}]),
        replaces=st.booleans(),
    )
    def write_there(self, sku, body, promotion, further, replaces):
        whole = {**body, "sku": sku, "promotionPrice": promotion or body["regularPrice"], **further}
        answer = self.ask("put" if replaces else "post", whole)
        is_new = sku not in self.models
        assert answer["success"] is (is_new or replaces)
        if not answer["success"]:
            return
        if is_new:
            self.models[sku] = Model(sku)
            (found,) = self.call("product_search", {"sku": sku})["data"]
            self.note_new(sku, found["product_id"])
        self.models[sku].replace(whole)

    @invariant()
    def both_read_what_the_model_has(self):
        if not hasattr(self, "office"):
            return
        found = self.call("product_search", {"fields": "*"})["data"]
        assert [one["sku"] for one in found] == sorted(self.models, key=self.ids.__getitem__)
        for one in found:
            model = self.models[one["sku"]]
            assert {name: (one[name], own) for name, own in model.record.items() if one[name] != own} == {}
            assert one["product_id"] == self.ids[one["sku"]]
            document = self.ask("product", one["sku"])
            assert {name: value for name, value in document.items() if name != "_id"} == model.document
        groups = self.runner.run(all_groups(self.server.store, "shop"))
        grouped = {product.sku: group.group_id for group in groups for product in group.products}
        assert grouped == {sku: model.fields["model"] for sku, model in self.models.items()}


class SqliteMachine(MemoryMachine):
    """The same on the store that keeps."""

    async def opened(self):
        return await open_store(Path(self.folder.name), owner=True)


MACHINES = pytest.mark.parametrize("machine", [MemoryMachine, SqliteMachine], ids=["memory", "sqlite"])


@MACHINES
def test_two_faces_of_one_catalog(machine):
    run_state_machine_as_test(machine, settings=settings(max_examples=12, stateful_step_count=20, deadline=None))


@pytest.mark.slow
@MACHINES
def test_two_faces_of_one_catalog_at_length(machine):
    run_state_machine_as_test(machine, settings=settings(max_examples=250, stateful_step_count=40, deadline=None))
