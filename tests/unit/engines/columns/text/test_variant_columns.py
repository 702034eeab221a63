from __future__ import annotations

import random
from collections import defaultdict
from itertools import count

import numpy as np
import pytest

from facetry.domain.group import GroupIdentity, ProductGroup, derive_group
from facetry.domain.search.text.variants import variant_texts
from facetry.engines.columns.text.number_columns import Column
from facetry.engines.columns.text.variant_columns import variant_columns
from facetry.testing.search_samples import product

BAGS = {
    "texts": lambda dice: {"shape": dice.choice(["Round", "Pear"]), "carat": dice.random(), "sold": None},
    "hidden": lambda dice: {"mpn": f"A{dice.randrange(9)}", "shape": "Oval"},
    "mixed": lambda dice: {"shape": "Heart", "mpn": dice.choice(["none", "A1"])},
    "numbers": lambda dice: {"n": dice.choice([1, "1", [2, "x"]])},
    "words": lambda dice: {"gtin": "none", "depth": 1.5, "fancy": True},
    "none": lambda dice: None,
}


def drawn(dice: random.Random, number: int) -> ProductGroup:
    group_id = f"g{number}"
    products = [
        product(
            f"{group_id}-{i}",
            group_id=group_id,
            name=dice.choice(["Ring", "Band"]),
            color=dice.choice([None, "red", "Round"]),
            size=dice.choice([None, "7"]),
            attributes=BAGS[dice.choice([*BAGS])](dice),
            gemstones=({"type": "Ruby"},) if dice.random() < 0.05 else None,
            joined=i,
        )
        for i in range(dice.choice([1, 1, 1, 1, 2]))
    ]
    return derive_group(GroupIdentity(group_id, "", 1), products)


def listed(column: Column, texts: list[str]) -> list[list[str]]:
    numbers, counts = column
    assert numbers.dtype == np.int32
    parts = np.split(numbers, counts.cumsum()[:-1])
    return [[*dict.fromkeys(texts[number] for number in part.tolist())] for part in parts]


@pytest.mark.parametrize("size", [1, 40, 400])
def test_groups_have_their_variant_texts_in_order(size):
    dice = random.Random(size)
    groups = [drawn(dice, number) for number in range(size)]
    numbering: defaultdict[str, int] = defaultdict(count().__next__)
    values, names = variant_columns(groups, numbering)
    expected = [variant_texts(group) for group in groups]
    assert listed(values, [*numbering]) == [found for found, _ in expected]
    assert listed(names, [*numbering]) == [found for _, found in expected]


def test_no_groups_have_no_texts():
    (values, counts), (names, _) = variant_columns([], {})
    assert (values.tolist(), counts.tolist(), names.tolist()) == ([], [], [])
