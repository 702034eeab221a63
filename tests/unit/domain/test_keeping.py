"""Rules of records, over the reference engine's view."""

from __future__ import annotations

import pytest

from facetry.domain import keeping
from facetry.domain.catalog import PutProduct
from facetry.domain.errors import InvalidValueError, RecordExistsError, RecordInUseError, RecordNotFoundError
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import DeleteRecord, PatchRecord, PutRecord, Recorded, Removed, check_sound
from facetry.domain.listing import Listing
from facetry.domain.order import Client, Order
from facetry.domain.performing import perform
from facetry.domain.product import ProductContent
from facetry.domain.record import RecordKind, code_problem
from facetry.domain.records import TYPES, RecordKey, changed
from facetry.domain.sale import Sale
from facetry.engines.memory.catalog import MemoryCatalog

GEMSTONE, CLIENT = RecordKind.GEMSTONE, RecordKind.CLIENT


@pytest.fixture
def view():
    return MemoryCatalog()


def stone(code="a", **fields):
    return Gemstone(code=code, **{"name": "n", "type": "ruby", **fields})


def test_a_record_is_put_patched_and_removed(view):
    assert perform(view, PutRecord(stone())) == Recorded(stone(id=1), created=True)
    patched = perform(view, PatchRecord(GEMSTONE, RecordKey(code="a"), {"carat": 2}))
    assert patched == Recorded(stone(id=1, carat=2.0), created=False)
    assert perform(view, DeleteRecord(GEMSTONE, RecordKey(1))) == Removed(GEMSTONE, 1)
    with pytest.raises(RecordNotFoundError, match="gemstone 1 not found"):
        perform(view, DeleteRecord(GEMSTONE, RecordKey(1)))


def test_a_code_that_is_taken_is_named(view):
    perform(view, PutRecord(stone()))
    perform(view, PutRecord(stone("b")))
    for write in (PutRecord(stone()), PutRecord(stone("a", id=2)), PatchRecord(GEMSTONE, RecordKey(2), {"code": "a"})):
        with pytest.raises(RecordExistsError, match="gemstone a exists already"):
            perform(view, write)
    assert perform(view, PutRecord(stone(name="m"), replaces=True)) == Recorded(stone(name="m", id=1), created=False)
    assert perform(view, PutRecord(stone("b", id=2))).created is False


def test_records_without_a_code_are_all_new(view):
    outcomes = [perform(view, PutRecord(Client(name="x"), replaces=True)) for _ in range(2)]
    assert [(outcome.record.id, outcome.created) for outcome in outcomes] == [(1, True), (2, True)]


def test_a_used_gemstone_stays(view):
    perform(view, PutRecord(stone()))
    perform(view, PutProduct(ProductContent(sku="R1", name="Ring", gemstones=({"code": "a"},))))
    with pytest.raises(RecordInUseError, match="gemstone a is still used in a product"):
        perform(view, DeleteRecord(GEMSTONE, RecordKey(1)))


def test_a_rule_of_a_kind_decides_what_is_stored(view, monkeypatch):
    def rule(_, old, new):
        return type(new)(id=new.id, name=f"{old.name if old else 'nobody'} -> {new.name}")

    monkeypatch.setattr(keeping, "_RULES", {CLIENT: rule})
    perform(view, PutRecord(Client(name="a")))
    outcome = perform(view, PatchRecord(CLIENT, RecordKey(1), {"name": "b"}))
    assert outcome.record.name == "nobody -> a -> b"
    assert view.record(CLIENT, RecordKey(1)) == outcome.record


def test_what_a_rule_makes_is_checked(view, monkeypatch):
    monkeypatch.setattr(keeping, "_RULES", {CLIENT: lambda _view, _old, new: Client(id=new.id, reference="a\nb")})
    with pytest.raises(InvalidValueError, match="must not contain control characters"):
        perform(view, PutRecord(Client()))


@pytest.mark.parametrize(
    ("record", "field"),
    [
        (stone(""), "code"),
        (stone(" a"), "code"),
        (stone("a\x00"), "code"),
        (stone(name="\ud800"), "gemstone"),
        (stone(details={"x": float("nan")}), "gemstone"),
        (stone(quantity=2**53), "quantity"),
        (Listing(sku="R", channel=1, quantity=-1), "quantity"),
        (Order(reference="x" * 201), "reference"),
        (Client(discount=float("inf")), "client"),
    ],
)
def test_what_cannot_be_kept_is_named(record, field):
    with pytest.raises(InvalidValueError) as caught:
        check_sound(record)
    assert caught.value.field == field


@pytest.mark.parametrize(
    "record",
    [
        stone("x" * 50, quantity=2**53 - 1),
        stone(details={"n": None, "t": "null"}),
        Order(reference="x" * 200),
        Sale(reference="r", sku="s", quantity=1, left=0),
    ],
)
def test_what_can_be_kept_is_left_alone(record):
    check_sound(record)


def test_changes_name_fields_and_keep_the_id():
    assert changed(stone(id=3, carat=1.0), {"id": 9, "images": ["a"]}) == stone(id=3, carat=1.0, images=("a",))
    assert changed(stone(id=3, carat=1.0), {"carat": None}) == stone(id=3)
    with pytest.raises(InvalidValueError, match="is no field of a gemstone") as caught:
        changed(stone(), {"weight": 1})
    assert caught.value.field == "weight"
    with pytest.raises(InvalidValueError, match="Expected `int`, got `str`") as caught:
        changed(stone(), {"quantity": "many"})
    assert caught.value.field == "gemstone"


def test_each_kind_has_its_type():
    assert {kind: one.kind for kind, one in TYPES.items()} == {kind: kind for kind in RecordKind}


def test_keys_and_codes_are_told():
    assert [str(RecordKey(7, "a")), str(RecordKey(code="a")), str(RecordKey())] == ["7", "a", ""]
    assert code_problem("") is None
    assert Sale(reference="O", sku="R1", quantity=1, left=0).unique == "O\nR1"
