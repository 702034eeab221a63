from __future__ import annotations

import random
from dataclasses import fields

import msgspec
import numpy as np
import pytest

from facetry.domain.group import ProductGroup
from facetry.engines.columns.strings import Strings
from facetry.engines.columns.text.building import TextArrays
from facetry.engines.columns.text.joining import joined_texts, texts_of_each
from facetry.engines.columns.text.kept_texts import MOST_PRODUCTS, KeptTexts, size_of
from tests.unit.engines.columns.text.test_building import built, drawn


def contents(arrays: TextArrays) -> list[tuple[object, ...]]:
    """Return all that arrays hold, with their types, shapes and order in memory."""
    own = [getattr(arrays, field.name) for field in fields(arrays)]
    flat = [one for value in own for one in ((value.blob, value.starts) if isinstance(value, Strings) else (value,))]
    return [(one.dtype, one.shape, one.flags.c_contiguous, one.flags.writeable, one.tolist()) for one in flat]


def with_first(group: ProductGroup, **change: object) -> ProductGroup:
    """Return a group whose first product has these values."""
    first = msgspec.structs.replace(group.products[0], **change)
    return msgspec.structs.replace(group, products=(first, *group.products[1:]))


def sold(group: ProductGroup) -> ProductGroup:
    products = tuple(msgspec.structs.replace(one, quantity=one.quantity + 1) for one in group.products)
    return msgspec.structs.replace(group, products=products, revision=group.revision + 1)


@pytest.mark.parametrize("seed", range(30))
def test_kept_and_new_texts_together_are_what_building_all_makes(seed):
    dice = random.Random(seed)
    language = dice.choice(["en", "de", "he"])
    groups = [drawn(dice, number) for number in range(12)]
    kept = KeptTexts()
    for _ in range(6):
        places = sorted(dice.sample(range(12), dice.choice([1, 2, 7, 12])))
        some = [sold(groups[place]) for place in places]
        again = [place for place in range(len(some)) if dice.random() < 0.8]
        assert contents(kept.arrays(some, again, language)) == contents(built(some, language))


def test_the_texts_of_each_group_are_what_building_it_alone_makes():
    groups = [drawn(random.Random(number), number) for number in range(8)]
    apart = texts_of_each(built(groups, "en"), [5, 0, 7])
    assert [*map(contents, apart)] == [contents(built([groups[place]], "en")) for place in (5, 0, 7)]


def test_groups_are_put_together_in_the_order_of_their_places():
    groups = [drawn(random.Random(number), number) for number in range(5)]
    parts = [(built([groups[place] for place in places], "en"), places) for places in ([1, 4], [0], [2, 3])]
    assert contents(joined_texts(parts)) == contents(built(groups, "en"))


def test_what_is_kept_is_what_was_made():
    group = drawn(random.Random(1), 1)
    kept = KeptTexts()
    first = kept.arrays([group], [0], "en")
    assert kept.arrays([sold(group)], [0], "en") is first
    assert kept.arrays([group], [], "en") is not first
    assert kept.arrays([group], [0], "de") is not first


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Other"},
        {"active": False},
        {"attributes": {"n": 1}},
        {"attributes": {"n": 1.0}},
        {"attributes": {"n": True}},
        {"metals": ({"name": "Silver"},)},
        {"gemstones": ({"type": "Ruby"},)},
        {"color": "teal"},
        {"joined": 99},
        {"sku": "another"},
    ],
    ids=str,
)
def test_other_texts_are_made_anew(change):
    group, kept = with_first(drawn(random.Random(1), 1), attributes={"n": [1, 1.0, "1"]}), KeptTexts()
    for before in ({}, {"attributes": {"n": 1}}, {"attributes": {"n": 1.0}}, {"attributes": {"n": True}}):
        if repr(before) != repr(change):
            kept.arrays([with_first(group, **before)], [0], "en")
    other = with_first(group, **change)
    assert contents(kept.arrays([other], [0], "en")) == contents(built([other], "en"))


@pytest.mark.parametrize(("count", "is_kept"), [(MOST_PRODUCTS, True), (MOST_PRODUCTS + 1, False)])
def test_a_big_group_is_not_kept(count, is_kept):
    group = drawn(random.Random(1), 1)
    group = msgspec.structs.replace(group, products=(group.products[0],) * count)
    kept = KeptTexts()
    kept.arrays([group], [0], "en")
    assert bool(kept._kept) is is_kept


def test_the_texts_used_last_are_kept():
    groups = [drawn(random.Random(2), number) for number in range(3)]
    kept = KeptTexts(limit=2 * size_of(built([groups[0]], "en")) + 100)
    # Only their ids differ, which are as long.
    groups = [msgspec.structs.replace(groups[0], group_id=f"g{number}") for number in range(3)]
    first, second = (kept.arrays([group], [0], "en") for group in groups[:2])
    assert kept.arrays([groups[0]], [0], "en") is first
    kept.arrays([groups[2]], [0], "en")
    assert kept.arrays([groups[0]], [0], "en") is first
    assert kept.arrays([groups[1]], [0], "en") is not second


def test_nothing_is_kept_beyond_the_limit():
    group = drawn(random.Random(3), 3)
    kept = KeptTexts(limit=1)
    first = kept.arrays([group], [0], "en")
    assert kept.arrays([group], [0], "en") is not first
    assert np.array_equal(first.lengths, kept.arrays([group], [0], "en").lengths)
