"""Gemstones in products: made where their code is new, told in full where it is known."""

import pytest

from facetry.domain.catalog import PatchProduct, PutProduct
from facetry.domain.errors import InvalidValueError
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import PutRecord
from facetry.domain.patching import ArrayAction, ProductKey, ProductPatch
from facetry.domain.performing import perform
from facetry.domain.product import ProductContent
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.engines.memory.catalog import MemoryCatalog


@pytest.fixture
def view():
    return MemoryCatalog()


def put(view, *parts, quantity=1, **more):
    content = ProductContent(sku="R", name="Ring", quantity=quantity, gemstones=parts or None)
    return perform(view, PutProduct(content, **{"mounts": True, **more})).product.gemstones


def stone(view, code):
    return view.record(RecordKind.GEMSTONE, RecordKey(code=code))


def test_an_unknown_code_becomes_a_gemstone(view):
    part = {"code": "D1", "type": "diamond", "carat": 0.5, "quantity": 2, "setting": "prong", "origin": "Botswana"}
    assert put(view, part, {"code": "D2", "name": "Old mine cut"}, quantity=3) == (
        part,
        {"code": "D2", "name": "Old mine cut"},
    )
    assert stone(view, "D1") == Gemstone(
        id=1, code="D1", name="D1", type="diamond", carat=0.5, quantity=6, details={"origin": "Botswana"}
    )
    assert stone(view, "D2") == Gemstone(id=2, code="D2", name="Old mine cut", type="other", quantity=3)


def test_a_known_one_tells_what_is_left_out(view):
    known = Gemstone(code="D1", name="Star", type="ruby", color="red", carat=1.0, quantity=7, certificate_lab="GIA")
    perform(view, PutRecord(known))
    given = {"code": "D1", "color": "deep red", "quantity": 2}
    assert put(view, given) == ({"name": "Star", "type": "ruby", "carat": 1.0, "certificate_lab": "GIA", **given},)
    assert stone(view, "D1").quantity == 7


@pytest.mark.parametrize("parts", [(), ({"type": "ruby"},), ({"type": "ruby", "code": ""},), ({"code": 5},)])
def test_what_has_no_code_is_left_alone(view, parts):
    assert put(view, *parts) == (parts or None)
    assert stone(view, "5") is None


def test_only_writes_that_say_so_make_gemstones(view):
    assert put(view, {"code": "D1"}, mounts=False) == ({"code": "D1"},)
    assert stone(view, "D1") is None


def test_a_patch_makes_them_too(view):
    put(view, {"code": "D1"}, quantity=4)
    patch = ProductPatch(gemstones=({"code": "D2", "quantity": 2},), actions={"gemstones": ArrayAction.APPEND})
    done = perform(view, PatchProduct(ProductKey(sku="R"), patch, mounts=True))
    assert done.product.gemstones == ({"code": "D1"}, {"code": "D2", "quantity": 2})
    assert stone(view, "D2").quantity == 8


def test_a_code_that_can_be_none_is_refused_with_the_product(view):
    with pytest.raises(InvalidValueError):
        put(view, {"code": "x" * 51})
    assert view.do(PutProduct(ProductContent(sku="Q", name="q", gemstones=({"code": " "},)), mounts=True)).code == (
        "invalid_value"
    )
    assert view.product("Q") is None
    assert put(view, {"code": "D9", "quantity": "many"}) == ({"code": "D9", "quantity": "many"},)
    assert stone(view, "D9").quantity == 0
