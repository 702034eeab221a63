"""Names of products and records, what writes begin with, and documents of tenants."""

from __future__ import annotations

import pytest
from bson import ObjectId

from facetry.domain.catalog import (
    AllOrNone,
    BulkWrite,
    DeleteGroup,
    DeleteProduct,
    Guarded,
    Once,
    PatchProduct,
    Refused,
)
from facetry.domain.guarding import Condition
from facetry.domain.keeping import PutRecord
from facetry.domain.patching import ProductKey, ProductPatch
from facetry.domain.product import stored
from facetry.domain.quotas import Quotas, Usage
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.engines.mongodb.documents import encode_product, kept, name_of, product_links, product_names, record_names
from facetry.engines.mongodb.needs import needs_of
from facetry.engines.mongodb.reading import product_field, product_value
from facetry.engines.mongodb.state import State, counters_of, name_of_tenant, state_of
from facetry.engines.mongodb.tenancy import tenant_document
from facetry.testing.samples import content, gemstone, put, tenant_record

CATALOG = ObjectId()


def test_names_of_a_product():
    plain = stored(content("R1", "G"), "0" * 24, 4)
    assert product_links(plain) == []
    stones = ({"code": "a"}, {"code": "b"}, {"code": "a"}, {"name": "none"})
    full = stored(content("R1", "G", is_main=True, gemstones=stones), "0" * 24, 4)
    assert [*product_names(kept(encode_product(full)))] == [
        *("sku:R1", "id:4", "group:G"),
        *("main:G", "stone:a", "stone:b"),
    ]


def test_names_of_a_record():
    assert record_names(gemstone("a", id=3)) == ["gemstone#3", "gemstone=a"]
    assert name_of(RecordKind.ORDER, RecordKey(code="x")) == "order=x"


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        *(("sku:a:b", "s", "a:b"), ("group:G", "g", "G"), ("main:G", "l", "main:G"), ("stone:a", "l", "stone:a")),
        *(("id:7", "i", 7), ("id:-1", "i", None), (f"id:{2**63}", "i", None), ("sku:\ud800", "s", None)),
    ],
)
def test_where_a_name_of_a_product_is_looked_for(name, field, value):
    assert (product_field(name), product_value(name)) == (field, value)


def test_what_writes_begin_with():
    bulk = BulkWrite((put("B", "G2"), Refused("code", "message"), DeleteProduct("", 9)))
    patch = PatchProduct(ProductKey(sku="P"), ProductPatch())
    writes = [
        *(put("A", "G1", is_main=True), AllOrNone((patch, bulk)), DeleteGroup("G3"), PutRecord(gemstone("a"))),
        *(Guarded(Condition(ProductKey(sku="A"), None, ()), DeleteProduct("D")), Once("k", "d", 1.0, put("O", "G1"))),
    ]
    needs = needs_of(writes, frozenset({"main:"}), {"repeat": 1})
    names = ["sku:A", "main:G1", "sku:P", "sku:B", "id:9", "group:G3", "sku:D", "sku:O"]
    assert needs.products == dict.fromkeys(names)
    assert needs.groups == dict.fromkeys(["G1", "G2", "G3"])
    assert needs.records == {"repeat=k": None}
    fewer = needs_of(writes, frozenset(), {})
    assert (needs.products.keys() - fewer.products.keys(), fewer.records) == ({"main:G1"}, {})


def test_a_new_tenants_document_is_its_state():
    tenant = tenant_record("acme")
    document = tenant_document(tenant, CATALOG, None, {})
    assert document["_id"] == name_of_tenant("acme")
    assert state_of(document) == State(
        tenant=name_of_tenant("acme"),
        catalog=CATALOG,
        mark=1,
        revision=0,
        last_ids={},
        currency=tenant.settings.currency,
        quotas=Quotas(),
    )


def test_one_that_was_deleted_is_gone_on_from():
    left = {"_id": name_of_tenant("acme"), "revision": 8, "mark": 20}
    state = state_of(tenant_document(tenant_record("acme"), CATALOG, left, {}))
    assert state is not None
    assert (state.mark, state.revision, state.log_cut) == (21, 9, 9)
    assert (state_of(left), state_of(None)) == (None, None)


def test_counters_come_back_as_they_were():
    state = State(
        tenant="t",
        catalog=CATALOG,
        mark=3,
        revision=2,
        joined=7,
        usage=Usage(5, 100),
        groups=4,
        last_ids={"order": 2},
        linked=frozenset({"main:", "stone:"}),
        currency="USD",
        quotas=Quotas(),
    )
    document = tenant_document(tenant_record("acme"), CATALOG, None, counters_of(state))
    assert counters_of(state_of({**document, "mark": 3})) == counters_of(state)


def test_ids_that_are_no_unicode_name_a_document_too():
    assert name_of_tenant("\ud800") != name_of_tenant("\ud801")
