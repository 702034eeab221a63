from __future__ import annotations

from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.engines.lucene.texts import (
    LONGEST_END,
    LONGEST_NAME,
    LONGEST_VALUE,
    TEXT_FIELDS_MAPPING,
    tenant_mark,
    text_fields,
    word_documents,
    words_query,
)
from facetry.testing.search_samples import group, product, single

MARK = tenant_mark("one")


def fields(*products, attributes=()):
    """Return the fields of a group of these products, the mark of the tenant taken off all terms."""
    found = text_fields("one", group("G-1", *products), "en", attributes)
    assert found.keys() <= TEXT_FIELDS_MAPPING.keys()
    assert all(term.startswith(MARK) for terms in found.values() for term in terms)
    return {name: [term[len(MARK) :] for term in terms] for name, terms in found.items()}


def test_a_key_stands_once_for_each_field_that_has_it():
    found = fields(product("S1", name="Gold", description="gold"))
    assert [term for term in found["keys"] if term.endswith("wgold")] == ["0wgold", "5wgold"]
    assert found["words"] == ["vgold"]


def test_what_only_inactive_products_have_is_marked():
    shown = product("AB1", name="Ring", brand="Seen", category=("Jewelry>Rings",))
    hidden = product("CD2", name="Chain", brand="Hid", category=("Jewelry>Chains",), active=False)
    found = fields(shown, hidden)
    assert {"vring", "vseen", "hchain", "hhid"} <= {*found["words"]}
    assert {"0wring", "bwhid"} <= {*found["keys"]}
    assert found["ids"] == ["vg1", "vab1", "hcd2"]
    assert found["brands"] == ["vSeen", "hHid"]
    assert found["categories"] == ["vJewelry", "vJewelry > Rings", "hJewelry > Chains"]
    assert found["crumbs"] == ["vjewelry", "vrings", "hchains"]


def test_names_are_as_all_see_them_and_as_those_do_who_see_active_products_only():
    found = fields(product("1", name="Main One", is_main=True, active=False), product("2", name="Other"))
    assert (found["named"], found["shown_named"]) == (["main one"], ["other"])
    found = fields(product("1", name="Main", active=False))
    assert found["named"] == ["main"]
    assert "shown_named" not in found


def test_ends_of_identifiers_are_those_that_can_be_asked_for():
    assert fields(product("AB-1234"))["id_ends"] == ["vb1234", "v1234"]
    found = fields(product("A" * 50))["id_ends"]
    assert max(map(len, found)) == 1 + LONGEST_END
    assert "id_ends" not in fields(product("A"))


def test_attributes_are_identifiers_and_silent_as_the_tenant_says():
    style = AttributeDefinition("lot", Kind.KEYWORD, identifier=True)
    silent = AttributeDefinition("supplier", Kind.KEYWORD, searchable=False)
    one = product("1", attributes={"lot": "L-77", "supplier": "Acme"})
    assert "vl77" not in fields(one)["ids"]
    assert "vacme" in fields(one)["words"]
    found = fields(one, attributes=(style, silent))
    assert "vl77" in found["ids"]
    assert "vacme" not in found["words"]


def test_what_is_too_long_to_be_offered_is_cut_or_left_out():
    found = fields(product("1", name="x" * (LONGEST_NAME + 5), brand="b" * (LONGEST_VALUE + 1)))
    assert found["named"] == ["x" * LONGEST_NAME]
    assert "brands" not in found


def test_words_that_may_be_corrections_have_documents_of_their_own():
    one = text_fields("one", single("1", name="Gold 14k of gold"), "en", ())
    other = text_fields("one", single("2", name="Gold ring"), "en", ())
    found = dict(word_documents("one", [one, other]))
    assert sorted(source["word"] for source in found.values()) == [f"{MARK}gold", f"{MARK}ring"]
    assert {source["word_of"] for source in found.values()} == {"one"}
    assert words_query("one") == {"term": {"word_of": "one"}}


def test_tenants_have_their_own_documents_of_words():
    documents = [{"words": [f"{MARK}vring"]}]
    ids = {next(word_documents(tenant, documents))[0] for tenant in ("one", "other")}
    assert len(ids) == 2
