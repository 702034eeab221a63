"""Slots of fields, and sort keys in the order of their values."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from facetry.domain.search.fields import AttributeDefinition, Kind, Schema
from facetry.domain.search.values import HIGHEST, LOWEST
from facetry.engines.lucene.slots import POOL, Slot, Slots, slot_field, slot_key, sort_key, sort_text, sorted_value

VALUES = st.one_of(st.integers(LOWEST + 1, HIGHEST - 1), st.text(st.characters(exclude_categories=["Cs"]), max_size=9))


@given(VALUES, VALUES)
def test_sort_keys_sort_as_values_do(one, other):
    def rank(value):
        return (isinstance(value, str), value)

    below = sort_key(one).encode() < sort_key(other).encode()
    assert below is (rank(one) < rank(other))
    assert sorted_value(sort_key(one)) == one


def test_values_sort_by_their_numbers():
    field = Schema().field("attributes.size")
    assert sort_text(field, "7") < sort_text(field, "52") < sort_text(field, "Small")
    assert sort_text(field, "Small") == "1small"


def test_fields_have_slots_by_their_names_and_by_how_they_compare():
    plain, scaled = Schema(), Schema([AttributeDefinition("grade", Kind.SCALE, ("S", "M"))])
    other = Schema([AttributeDefinition("grade", Kind.SCALE, ("s", "l"))])
    typed = Schema([AttributeDefinition("grade", Kind.KEYWORD)])
    name = "attributes.grade"
    keys = [slot_key(schema.field(name)) for schema in (plain, typed, scaled, other)]
    assert keys[0] == keys[1] == "attributes.grade:decimal"
    assert len({*keys}) == 3
    assert slot_field(keys[2], scaled) == scaled.field(name)
    assert slot_field(keys[2], plain) is None
    assert slot_field("price:price", plain) == plain.field("price")


def test_slots_are_given_in_order_until_there_is_no_room():
    slots, beyond = Slots([Slot("c:decimal", 1)]).with_keys({"a:decimal", "b:decimal", "c:decimal"}, retired={0})
    assert {slot.key: slot.number for slot in slots.all()} == {"c:decimal": 1, "a:decimal": 2, "b:decimal": 3}
    assert beyond == frozenset()
    full, beyond = slots.with_keys({f"x{number:03}:decimal" for number in range(POOL)})
    assert (len(full.all()), len(beyond)) == (POOL, 3)
    assert full.keys() | beyond == slots.keys() | {f"x{number:03}:decimal" for number in range(POOL)}


def test_a_slot_is_used_only_when_every_document_has_it():
    schema = Schema()
    field = schema.field("attributes.size")
    slots, _ = Slots().with_keys({slot_key(field)}, is_filled=False)
    slot = slots.at(slot_key(field))
    assert (slots.of(field), slots.of(schema.field("color"))) == (None, None)
    assert slot.numbers == "p.c.n00"
    assert slots.filled().of(field).sort_keys == "p.c.s00"
