from __future__ import annotations

from facetry.domain.product import Product
from facetry.engines.sqlite.big_groups import BIG_GROUP, PRODUCTS_KEPT, BigGroups
from facetry.engines.sqlite.documents import decode_product, encode_product


def documents(count: int, name: str = "Ring") -> list[bytes]:
    return [encode_product(Product(sku=f"{n}", name=name, object_id="", joined=n)) for n in range(count)]


def kept(big: BigGroups) -> dict[str, int]:
    return {object_id: len(products) for object_id, (_, products) in big._kept.items()}


def test_small_groups_are_decoded_anew():
    big = BigGroups()
    found = big.decoded("a", documents(BIG_GROUP - 1))
    assert found == [*map(decode_product, documents(BIG_GROUP - 1))]
    assert kept(big) == {}


def test_of_big_groups_only_what_changed_is_decoded_anew():
    big = BigGroups()
    before = big.decoded("a", documents(BIG_GROUP + 1))
    changed = documents(BIG_GROUP + 1)
    changed[7] = documents(8, "Band")[7]
    after = big.decoded("a", changed[1:])
    assert after == [*map(decode_product, changed[1:])]
    assert [one is other for one, other in zip(after, before[1:], strict=True)].count(False) == 1
    assert kept(big) == {"a": BIG_GROUP}


def test_products_of_a_big_group_may_change_and_move_at_once():
    big = BigGroups()
    before = documents(BIG_GROUP + 40)
    first = big.decoded("a", before)
    after = [*before[30:], *documents(BIG_GROUP + 41)[-1:], *documents(3, "Band"), *before[:20]]
    found = big.decoded("a", after)
    assert found == [*map(decode_product, after)]
    known = {id(one) for one in first}
    assert [id(one) in known for one in found].count(False) == 4
    assert big.decoded("a", before) == first


def test_the_groups_read_last_are_kept():
    big = BigGroups()
    fitting = PRODUCTS_KEPT // BIG_GROUP
    for number in range(fitting):
        big.decoded(str(number), documents(BIG_GROUP))
    big.decoded("0", documents(BIG_GROUP))
    big.decoded("new", documents(BIG_GROUP))
    assert [*kept(big)] == [*map(str, range(2, fitting)), "0", "new"]
    assert len(big.decoded("huge", documents(PRODUCTS_KEPT + 1))) == PRODUCTS_KEPT + 1
    assert kept(big) == {}
