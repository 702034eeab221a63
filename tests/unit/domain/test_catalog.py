"""The rules of writing over a view that is a list of products."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.domain.catalog import Deleted, DeleteGroup, DeleteProduct, IfExists, PutProduct, Refused, Stored, refusal
from facetry.domain.errors import (
    GroupNotFoundError,
    InvalidValueError,
    ProductExistsError,
    ProductNotFoundError,
    StoreError,
)
from facetry.domain.performing import perform
from facetry.domain.product import ProductContent, completed
from tests.unit.domain.strategies import GROUPS, SKUS, contents


class ListView:
    """A ``CatalogView`` that is as simple as can be."""

    max_group_products = 0
    currency = "USD"

    def __init__(self):
        self.products = []
        self.joined = 0

    def product(self, sku):
        return next((p for p in self.products if p.sku == sku), None)

    def members(self, group_id):
        return sorted((p for p in self.products if p.group_id == group_id), key=lambda p: p.joined)

    def flagged(self, group_id):
        return [p for p in self.members(group_id) if p.is_main]

    def variations(self, sku):
        return []

    def has_members(self, group_id):
        return bool(self.members(group_id))

    def next_joined(self):
        self.joined += 1
        return self.joined

    def admit(self, products):
        """Have room for all."""

    def save(self, product):
        self.products = [*(p for p in self.products if p.sku != product.sku), product]

    def remove(self, product):
        self.products.remove(product)

    def linked(self, kind, link, limit=None):
        return ()


@pytest.fixture
def view():
    return ListView()


def put(view, sku, group_id="G", **fields):
    return perform(view, PutProduct(ProductContent(sku=sku, name="Ring", group_id=group_id, **fields)))


def test_a_product_is_stored_under_a_new_id_and_kept(view):
    first = put(view, "R1", regular_price=5)
    assert first == Stored(view.product("R1"), created=True)
    assert (first.product.promotion_price, first.product.joined) == (5, 1)
    second = put(view, "R1", description="new")
    assert second == Stored(view.product("R1"), created=False)
    assert (second.product.object_id, second.product.joined) == (first.product.object_id, 1)


def test_what_is_taken_is_refused_before_anything_changes(view):
    put(view, "R1", is_main=True)
    put(view, "R2")
    before = list(view.products)
    taken = PutProduct(ProductContent(sku="R2", name="Ring", group_id="G", is_main=True), IfExists.REFUSE)
    with pytest.raises(ProductExistsError) as caught:
        perform(view, taken)
    assert refusal(caught.value) == Refused(
        "product_exists", "product with SKU R2 exists already", "R2", fields={"sku": "R2"}
    )
    assert view.products == before


def test_what_is_not_there_cannot_go(view):
    put(view, "R1")
    with pytest.raises(ProductNotFoundError, match="SKU R9"):
        perform(view, DeleteProduct("R9"))
    with pytest.raises(GroupNotFoundError, match="ID R1"):
        perform(view, DeleteGroup("R1"))
    assert len(view.products) == 1


def test_deleting_tells_what_went(view):
    for sku in ("R3", "R1", "R2"):
        put(view, sku)
    assert perform(view, DeleteProduct("R3")) == Deleted(("R3",), group_gone=False)
    assert perform(view, DeleteGroup("G")) == Deleted(("R1", "R2"), group_gone=True)
    put(view, "R1")
    assert perform(view, DeleteProduct("R1")) == Deleted(("R1",), group_gone=True)
    assert view.products == []


def test_a_refusal_names_what_it_is_about():
    assert refusal(InvalidValueError("name", "must not be empty")) == Refused(
        "invalid_value", "must not be empty", "name", fields={"field": "name"}
    )
    assert refusal(GroupNotFoundError("G")).subject == "G"
    assert refusal(StoreError("broken")) == Refused("store_failed", "broken", "")


writes = st.one_of(
    st.builds(PutProduct, contents(), st.sampled_from(IfExists)),
    st.builds(DeleteProduct, SKUS),
    st.builds(DeleteGroup, GROUPS),
)


@given(st.lists(writes, max_size=30))
def test_every_sequence_keeps_the_rules(sequence):
    view = ListView()
    ids = {}
    for write in sequence:
        before = list(view.products)
        try:
            perform(view, write)
        except (ProductExistsError, ProductNotFoundError, GroupNotFoundError):
            assert view.products == before
        skus = [p.sku for p in view.products]
        assert len(skus) == len(set(skus))
        assert len({p.joined for p in view.products}) == len(skus)
        for group_id in {p.group_id for p in view.products}:
            assert len(view.flagged(group_id)) <= 1
        now = {p.sku: p.object_id for p in view.products}
        assert all(ids[sku] == now[sku] for sku in ids.keys() & now.keys())
        ids = now


@given(st.lists(contents(), max_size=6, unique_by=lambda c: c.sku), st.data())
def test_the_order_of_writes_matters_only_for_flags_and_places(drawn, data):
    views = []
    for order in (drawn, data.draw(st.permutations(drawn))):
        view = ListView()
        for content in order:
            perform(view, PutProduct(content))
        views.append(view)
    for content in drawn:
        stored = [view.product(content.sku) for view in views]
        said = completed(content)
        for product in stored:
            for name in set(said.__struct_fields__) - {"is_main"}:
                assert getattr(product, name) == getattr(said, name)
    for group_id in {completed(content).group_id for content in drawn}:
        flagged = [{p.sku for p in view.flagged(group_id)} for view in views]
        candidates = {c.sku for c in drawn if c.is_main and completed(c).group_id == group_id}
        assert [len(skus) for skus in flagged] == [min(1, len(candidates))] * 2
        assert all(skus <= candidates for skus in flagged)
