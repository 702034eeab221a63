from __future__ import annotations

from facetry.domain.search.answering import answer_from
from facetry.domain.search.fields import AttributeDefinition, Kind, Schema
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.suggestions import Suggestion, SuggestQuery, suggest
from facetry.domain.search.text.naive import analysed, attempts
from facetry.domain.search.text.silencing import heard
from facetry.testing.search_samples import group, product
from tests.unit.domain.search.text.texts import answered, found

SUPPLIER = AttributeDefinition("supplier", Kind.KEYWORD, searchable=False)
RING = group(
    "ring",
    product(
        "A",
        name="Ring",
        attributes={"supplier": "Acme", "metal": "Platinum"},
        metals=({"name": "Gold", "finish": "satin"}, {"name": "Silver"}),
        gemstones=({"type": "Ruby", "certificate_number": "GIA-77123"},),
    ),
    product("B", name="Ring"),
)
PLAIN = group("plain", product("P", name="Chain"))


def silent(*names: str) -> frozenset[str]:
    return Schema(AttributeDefinition(name, Kind.KEYWORD, searchable=False) for name in names).silent


def asked(*names: str) -> dict[str, object]:
    return {"attributes": tuple(AttributeDefinition(name, Kind.KEYWORD, searchable=False) for name in names)}


def test_silent_are_the_attributes_that_were_set_so():
    assert silent("supplier", "metals.finish") == {"attributes.supplier", "metals.finish"}
    assert Schema([AttributeDefinition("supplier", Kind.KEYWORD)]).silent == frozenset()


def test_a_group_without_silent_values_is_itself():
    assert heard(RING, frozenset()) is RING
    assert heard(RING, silent("origin", "metals.origin", "gemstones.origin")) is RING
    assert heard(PLAIN, silent("supplier")) is PLAIN


def test_silent_values_are_left_out_of_products_and_of_their_parts():
    first, second = heard(RING, silent("supplier", "metals.finish", "gemstones.type", "finish")).products
    assert first.attributes == {"metal": "Platinum"}
    assert first.metals == ({"name": "Gold"}, {"name": "Silver"})
    assert first.gemstones == ({"certificate_number": "GIA-77123"},)
    assert second is RING.products[1]
    assert heard(RING, silent("gemstones.type")).products[0].metals is RING.products[0].metals


def test_words_do_not_find_silent_values():
    assert found("acme", RING, PLAIN) == ["ring"]
    assert found("acme", RING, PLAIN, attributes=(SUPPLIER,)) == []
    assert found("platinum ring", RING, attributes=(SUPPLIER,)) == ["ring"]
    assert found("satin", RING, **asked("metals.finish")) == []
    (attempt, *_) = attempts(SearchQuery(text="acme", attributes=(SUPPLIER,)), [RING, PLAIN])
    assert attempt.matches == {}


def test_terms_of_silent_parts_are_not_found():
    sterling = group("s", product("S", name="Chain", metals=({"name": "Silver", "purity": "925"},)))
    assert found("sterling silver", sterling) == ["s"]
    assert answered("sterling", sterling, **asked("metals.name", "metals.purity")).total == 0


def test_silent_numbers_are_no_identifiers():
    assert found("gia 77123", RING) == found("77123", RING) == ["ring"]
    assert found("77123", RING, **asked("gemstones.certificate_number")) == []
    style = AttributeDefinition("style", Kind.KEYWORD, identifier=True, searchable=False)
    assert "attributes.style" not in Schema([style]).identifiers


def test_a_text_names_no_condition_on_a_silent_attribute():
    stones = group("stones", product("S", name="Ring VS1", gemstones=({"clarity": "VVS1"},)))
    clarity = AttributeDefinition("gemstones.clarity", Kind.SCALE, scale=("SI1", "VS1", "VVS1"))
    hidden = AttributeDefinition("gemstones.clarity", Kind.SCALE, scale=clarity.scale, searchable=False)
    assert [read.filter for read in answered("VS1+ ring", stones, attributes=(clarity,)).reads] != []
    result = answered("VS1+ ring", stones, attributes=(hidden,))
    assert (result.reads, result.total, result.words) == ((), 1, 2)


def test_nothing_is_corrected_or_completed_to_a_silent_value():
    assert answered("acmee ring", RING).did_you_mean == "acme ring"
    assert answered("acmee ring", RING, attributes=(SUPPLIER,)).did_you_mean == ""
    query = SuggestQuery(text="ac")
    assert suggest(query, analysed([RING], "en")).queries == (Suggestion("acme", 1),)
    assert suggest(query, analysed([RING], "en", SUPPLIER_ONLY)).queries == ()


def test_products_fit_no_words_by_silent_values():
    pair = group(
        "pair",
        product("A", name="Ring acme", attributes={"supplier": "zenith"}),
        product("B", name="Ring zenith", attributes={"supplier": "acme"}),
        product("C", name="Ring", attributes={"supplier": "acme zenith"}),
    )

    def order(**more: object) -> list[str]:
        (hit,) = answer_from(SearchQuery(text="acme zenith", matched_products=3, **more), 1, [pair]).hits
        return [one.sku for one in hit.matched]

    assert order() == ["A", "B", "C"]
    assert order(attributes=(SUPPLIER,)) == ["A", "B", "C"]
    (hit,) = answered("zenith", pair, attributes=(SUPPLIER,)).hits
    assert [one.sku for one in hit.matched] == ["B", "A", "C"]


SUPPLIER_ONLY = frozenset({"attributes.supplier"})
