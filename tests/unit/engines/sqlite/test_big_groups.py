from __future__ import annotations

from facetry.domain.product import Product
from facetry.engines.sqlite.big_groups import BIG_GROUP, PRODUCTS_KEPT, BigGroups
from facetry.engines.sqlite.documents import decode_product, encode_product


def documents(count: int, name: str = "Ring") -> list[bytes]:
    return [encode_product(Product(sku=f"{n}", name=name, object_id="", joined=n)) for n in range(count)]


def read(big: BigGroups, object_id: str, documents: list[bytes]) -> list[Product]:
    return big.products(object_id, [("G", object_id, 1, "USD", document) for document in documents])


def kept(big: BigGroups) -> dict[str, int]:
    return {object_id: len(products) for object_id, (_, products) in big._kept.items()}


def test_small_groups_are_decoded_anew():
    big = BigGroups()
    found = read(big, "a", documents(BIG_GROUP - 1))
    assert found == [*map(decode_product, documents(BIG_GROUP - 1))]
    assert kept(big) == {}


def test_of_big_groups_only_what_changed_is_decoded_anew():
    big = BigGroups()
    before = read(big, "a", documents(BIG_GROUP + 1))
    changed = documents(BIG_GROUP + 1)
    changed[7] = documents(8, "Band")[7]
    after = read(big, "a", changed[1:])
    assert after == [*map(decode_product, changed[1:])]
    assert [one is other for one, other in zip(after, before[1:], strict=True)].count(False) == 1
    assert kept(big) == {"a": BIG_GROUP}


def test_products_of_a_big_group_may_change_and_move_at_once():
    big = BigGroups()
    before = documents(BIG_GROUP + 40)
    first = read(big, "a", before)
    after = [*before[30:], *documents(BIG_GROUP + 41)[-1:], *documents(3, "Band"), *before[:20]]
    found = read(big, "a", after)
    assert found == [*map(decode_product, after)]
    known = {id(one) for one in first}
    assert [id(one) in known for one in found].count(False) == 4
    assert read(big, "a", before) == first


def test_the_groups_read_last_are_kept():
    big = BigGroups()
    fitting = PRODUCTS_KEPT // BIG_GROUP
    for number in range(fitting):
        read(big, str(number), documents(BIG_GROUP))
    read(big, "0", documents(BIG_GROUP))
    read(big, "new", documents(BIG_GROUP))
    assert [*kept(big)] == [*map(str, range(2, fitting)), "0", "new"]
    assert len(read(big, "huge", documents(PRODUCTS_KEPT + 1))) == PRODUCTS_KEPT + 1
    assert kept(big) == {}


def test_products_that_were_just_saved_are_taken_as_they_are():
    big = BigGroups()
    for count in (1, BIG_GROUP):
        found = documents(count)
        saved = [*map(decode_product, found)]
        rows = [("G", "a", 1, "USD", *both) for both in zip(found, saved, strict=True)]
        assert [*map(id, big.products("a", rows))] == [*map(id, saved)]
    # What follows is decoded as far as it is new only.
    again = read(big, "a", [*found, documents(BIG_GROUP + 1)[-1]])
    assert [*map(id, again[:-1])] == [*map(id, saved)]
    assert again[-1].sku == str(BIG_GROUP)
