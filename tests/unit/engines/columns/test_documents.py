from __future__ import annotations

import msgspec
import pytest

from facetry.engines.columns.builder import build_segment
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.documents import BLOCK, product_blocks
from facetry.engines.columns.files import save_segment
from facetry.engines.columns.kept_groups import BIG_GROUP
from facetry.engines.columns.merging import Source, merge_segments
from facetry.testing.search_samples import group, product, single

GROUPS = [
    group("b", *(product(f"b{n}", description="line\nbreak \u2028", color=f"c{n}") for n in range(2 * BLOCK + 3))),
    single("a"),
    group("c", *(product(f"c{n}") for n in range(BLOCK))),
]


@pytest.mark.parametrize("saved", [False, True])
def test_groups_and_products_are_read_back(tmp_path, saved):
    dictionaries = Dictionaries()
    segments = [build_segment([held], "en", dictionaries, 0) for held in GROUPS]
    if saved:
        segments = [save_segment(tmp_path, segment) for segment in segments]
    segment = merge_segments([Source(s, s.all_live) for s in segments]).segment
    if saved:
        segment = save_segment(tmp_path, segment)
    for ordinal, held in enumerate(sorted(GROUPS, key=lambda one: one.group_id)):
        assert segment.group(ordinal) == held
        assert segment.documents.shell(ordinal) == msgspec.structs.replace(held, products=())
        positions = [*range(0, len(held.products), 3), 0]
        assert segment.documents.products(ordinal, positions) == [held.products[p] for p in positions]
        again = [*range(len(held.products))]
        assert segment.documents.products(ordinal, again) == list(held.products)


def test_segments_of_equal_places_have_their_own_documents():
    dictionaries = Dictionaries()
    first, second = (build_segment([single("a", name=name)], "en", dictionaries, 0) for name in ("Ring", "Chain"))
    for segment, name in ((first, "Ring"), (second, "Chain"), (first, "Ring")):
        assert segment.documents.shell(0).name == name
        assert [product.name for product in segment.documents.products(0, [0, 0])] == [name, name]


def test_a_document_is_decoded_once():
    segment = build_segment([single("a")], "en", Dictionaries(), 0)
    assert segment.documents.shell(0) is segment.documents.shell(0)
    assert segment.documents.products(0, [0])[0] is segment.documents.products(0, [0])[0]


def test_blocks_of_a_big_group_are_written_anew_where_a_product_changed():
    products = [product(f"p{n}", attributes={"n": 1}, joined=n) for n in range(BIG_GROUP + 5)]
    first = product_blocks(products)
    assert product_blocks(products) == first
    products[BLOCK] = msgspec.structs.replace(products[BLOCK], attributes={"n": 1.0})
    second = product_blocks(products)
    assert [place for place, (a, b) in enumerate(zip(first, second, strict=True)) if a != b] == [1]
    assert [a is b for a, b in zip(first, second, strict=True)].count(False) == 1
    for changed in (
        products[1:],
        products[:-1],
        [*products, product("new")],
        [products[1], products[0], *products[2:]],
    ):
        lines = b"\n".join(product_blocks(changed)).split(b"\n")
        assert lines == [msgspec.json.encode(one) for one in changed]
        assert {block.count(b"\n") for block in product_blocks(changed)[:-1]} == {BLOCK - 1}
