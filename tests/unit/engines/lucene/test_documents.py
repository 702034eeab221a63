"""The document of a group: what is looked up, and what is told of its products and their stones."""

from __future__ import annotations

from facetry.domain.search.fields import AttributeDefinition, Kind, Schema
from facetry.domain.search.values import float_key
from facetry.engines.lucene.documents import GroupDocuments, document_id, gone_document, packed, unpacked
from facetry.engines.lucene.facts import LONGEST_VALUE
from facetry.engines.lucene.meeting import built_in_slots, look_at
from facetry.engines.lucene.slots import Slots, slot_key, sort_key
from facetry.testing.search_samples import group, product, single

RING = group(
    "G",
    product(
        "A=1",
        name="Gold Ring",
        color="Rose",
        currency="EUR",
        regular_price=50_000,
        category=("Jewelry>Rings",),
        attributes={"width": [2.5, "wide", None], "many": 10**30},
        metals=({"purity": 750},),
        gemstones=({"type": "Ruby", "carat": 1.5}, {"type": "Diamond"}),
    ),
    product("A-2", name="Ring", active=False, quantity=3),
)
DEFINED = (AttributeDefinition("width", Kind.INTEGER),)


def documents(*groups, attributes=()):
    """Return the documents of some groups, and the slots that they have."""
    met = look_at(groups, Schema(attributes))
    slots, _ = Slots().with_keys(met.slots | built_in_slots())
    maker = GroupDocuments("acme", "en", attributes, slots)
    return [maker.of(one, 77) for one in groups], slots


def put_in(candidate, slots, name, attributes=()):
    """Return the numbers and the sort keys of a candidate in a field."""
    slot = slots.at(slot_key(Schema(attributes).field(name)))
    return [candidate.get(path.rpartition(".")[2]) for path in (slot.numbers, slot.sort_keys)]


def test_the_group_is_in_its_document():
    assert unpacked(packed(RING)) == RING
    (document,), _ = documents(RING)
    assert unpacked(document["body"]) == RING
    head = {name: document[name] for name in ("owner", "tenant", "group", "version", "color", "currency")}
    assert head == {
        "owner": "acme",
        "tenant": "acme",
        "group": "G",
        "version": 77,
        "color": ["Rose"],
        "currency": "EUR",
    }
    assert "brand" not in document


def test_what_the_catalog_api_looks_up_is_in_terms():
    (document,), _ = documents(RING)
    assert document["terms"] == [
        *("name=gold", "name=ring", "category=jewelri", "category=ring"),
        *("product_skus=a=1", "product_skus=a-2", "group_id=g", "colors=rose"),
        *("regular_price_min=50000", "regular_price_max=50000", "active=1"),
    ]
    assert (document["regular_price_min"], document["regular_price_max"]) == (50_000, 50_000)
    assert "promotion_price_min" not in document


def test_each_stone_is_told_together_with_its_product():
    (document,), slots = documents(RING)
    first, second = document["p"]
    assert (first["sku"], first["active"], len(first["c"])) == ("A=1", True, 2)
    assert (second["sku"], second["active"], len(second["c"])) == ("A-2", False, 1)
    ruby, diamond = first["c"]
    shared = {
        *("group_id", "group_id=G", "sku", "sku=A=1", "name", "name=gold ring", "color", "color=rose"),
        *("category", "category=jewelry", "category=jewelry > rings", "currency", "currency=eur"),
        *("attributes.width", "attributes.width=2.5", "attributes.width=wide"),
        *("attributes.many", f"attributes.many={10**30}", "metals.purity", "metals.purity=750", "gemstones.type"),
    }
    assert {*ruby["f"]} == shared | {"gemstones.type=ruby", "gemstones.carat", "gemstones.carat=1.5"}
    assert {*diamond["f"]} == shared | {"gemstones.type=diamond"}
    assert "gemstones.type=Ruby" in ruby["v"]
    assert "category=Jewelry > Rings" in ruby["v"]
    assert put_in(ruby, slots, "gemstones.carat") == [[float_key(1.5)], [sort_key(float_key(1.5))]]
    assert put_in(diamond, slots, "gemstones.carat") == [None, None]
    assert put_in(ruby, slots, "width") == [[float_key(2.5)], [sort_key(float_key(2.5)), "1wide"]]
    assert put_in(ruby, slots, "regular_price") == [[50_000], [sort_key(50_000)]]
    (bare,) = second["c"]
    assert put_in(bare, slots, "regular_price") == [None, None]
    assert put_in(bare, slots, "in_stock") == [[1], [sort_key(1)]]
    assert put_in(bare, slots, "active") == [[0], [sort_key(0)]]


def test_values_are_compared_by_their_types():
    (document,), slots = documents(RING, attributes=DEFINED)
    assert put_in(document["p"][0]["c"][0], slots, "width", DEFINED) == [None, ["12.5", "1wide"]]


def test_a_field_without_a_slot_has_facts_alone():
    maker = GroupDocuments("acme", "en", (), Slots())
    candidate = maker.of(RING, 1)["p"][0]["c"][0]
    assert sorted(candidate) == ["f", "v"]
    assert "attributes.width=2.5" in candidate["f"]


def test_what_is_met_is_told_before_it_is_written():
    met = look_at([RING, single("2", attributes={"long": "x" * (LONGEST_VALUE + 1)}, brand="y" * 9_000)], Schema())
    assert met.fields == {
        *("attributes.width", "attributes.many", "attributes.long"),
        *("metals.purity", "gemstones.type", "gemstones.carat"),
    }
    assert met.slots == {f"{name}:decimal" for name in met.fields}
    assert met.long == {"attributes.long", "brand"}


def test_what_is_gone_is_nobodys_any_more():
    assert gone_document("acme", 9, 12.7) == {"owner": "acme", "version": 9, "gone": 12}


def test_ids_are_of_tenant_and_group():
    ids = {document_id(*pair) for pair in (("a", "bc"), ("ab", "c"), ("a", "b\x1fc"), ("a", "\ud800"))}
    assert (len(ids), {len(one) for one in ids}) == (4, {64})
