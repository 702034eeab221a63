import pytest

from facetry.domain.catalog import PutProduct
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import DeleteRecord, PutRecord
from facetry.domain.performing import perform
from facetry.domain.product import MAX_QUANTITY, ProductContent
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.stones_taken import StonesTaken
from facetry.engines.memory.catalog import MemoryCatalog

GEMSTONE = RecordKind.GEMSTONE


@pytest.fixture
def view():
    view = MemoryCatalog()
    for code, quantity in (("a", 3), ("b", 0)):
        perform(view, PutRecord(Gemstone(code=code, name=code, type="ruby", quantity=quantity)))
    parts = ({"code": "a", "quantity": 2}, {"code": "b"}, {"code": "none such"}, {"name": "no code"})
    perform(view, PutProduct(ProductContent(sku="R1", name="Ring", gemstones=parts)))
    return view


def left(view, code="a"):
    return view.record(GEMSTONE, RecordKey(code=code)).quantity


def test_no_more_are_taken_than_there_are_nor_given_back_than_were_taken(view):
    taken = StonesTaken(view)
    taken.take(view.product("R1"), 2)
    assert (left(view), left(view, "b"), taken.numbers) == (0, 0, {1: 3})
    taken.give_back(view.product("R1"), 1)
    assert (left(view), taken.numbers) == (2, {1: 1})
    taken.give_back(view.product("R1"), 1)
    assert (left(view), left(view, "b"), taken.numbers) == (3, 0, {})


def test_all_come_back_but_those_that_are_gone(view):
    taken = StonesTaken(view, {1: 2, 2: 5, 9: 1})
    perform(view, PutProduct(ProductContent(sku="R1", name="Ring", gemstones=())))
    perform(view, DeleteRecord(GEMSTONE, RecordKey(2)))
    taken.give_back_all()
    assert (left(view), taken.numbers) == (5, {})
    taken.give_back_all()
    assert left(view) == 5


def test_no_more_come_back_than_can_be_counted(view):
    StonesTaken(view, {1: MAX_QUANTITY}).give_back_all()
    assert left(view) == MAX_QUANTITY
