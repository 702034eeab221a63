from __future__ import annotations

import random

import pytest

from facetry.domain.group import GroupIdentity, ProductGroup, derive_group
from facetry.domain.search.text.documents import GroupText, group_text
from facetry.engines.columns.segment import term_key
from facetry.engines.columns.text.building import TextArrays, TextBuilder
from facetry.testing.search_samples import product

WORDS = [
    *("gold", "Gold", "rings", "14k", "white gold", "without nickel", "strapless", "nickel free", "½ carat", "VS1+"),
    *("Été", "שלום ובבית", "हिन्दी कपड़ा", "x" * 300, "x" * 300 + "y", "a_b", "585", "round brilliant", "lab", "grown"),
]
SLOT_KEYS = "wscpbx"


def drawn(dice: random.Random, number: int) -> ProductGroup:
    def text(most: int) -> str:
        return " ".join(dice.choices(WORDS, k=dice.randrange(most)))

    group_id = f"g{number}"
    products = [
        product(
            f"{group_id}-{i}",
            group_id=group_id,
            name=dice.choice(["Gold Ring", f"Ring {text(4)}"]),
            description=text(8),
            brand=dice.choice([None, "Rio", "rio"]),
            color=dice.choice([None, "white gold", text(3)]),
            category=(f"Jewelry>{text(3)}",),
            search_keywords=(text(2), text(2)),
            attributes={"metal": text(3), "certificate_number": dice.choice(["A-12", "none"]), "n": [1, "585", 2.5]},
            metals=({"name": "Gold", "purity": "14k"},) if dice.random() < 0.3 else None,
            gemstones=({"type": "Diamond", "carat": 0.5},) if dice.random() < 0.3 else None,
            active=dice.random() < 0.7,
            joined=i,
        )
        for i in range(dice.choice([1, 2, 20]))
    ]
    return derive_group(GroupIdentity(group_id, "", 1), products)


def built(groups: list[ProductGroup], language: str) -> TextArrays:
    builder = TextBuilder(language)
    for group in groups:
        builder.add(group)
    return builder.arrays()


def texts(arrays: TextArrays, groups: int) -> list[GroupText]:
    """Return what the postings say of each group, of the keys that a search by text sees."""
    counts: list[dict[str, int]] = [{} for _ in range(groups)]
    for term in range(len(arrays.vocabulary)):
        key = arrays.vocabulary[term].decode()
        if key[0] in SLOT_KEYS:
            for i in range(arrays.posting_starts[term], arrays.posting_starts[term + 1]):
                counts[arrays.posting_groups[i]][key] = int(arrays.posting_counts[i])
    return [GroupText(own, tuple(arrays.text_lengths[place].tolist())) for place, own in enumerate(counts)]


@pytest.mark.parametrize("language", ["en", "de", "he", "xx"])
def test_groups_have_the_keys_of_the_definition(language):
    dice = random.Random(language)
    groups = [drawn(dice, number) for number in range(40)]
    assert texts(built(groups, language), len(groups)) == [group_text(group, language) for group in groups]


def test_a_keyword_of_several_spellings_counts_once():
    products = [product(sku, group_id="g", brand=brand, joined=i) for i, (sku, brand) in enumerate(["aR", "br"])]
    arrays = built([derive_group(GroupIdentity("g", "", 1), products)], "en")
    keys = [arrays.vocabulary[term].decode() for term in range(len(arrays.vocabulary))]
    place = keys.index(term_key("brands", "r"))
    assert arrays.posting_counts[arrays.posting_starts[place]] == 1


def test_no_groups_have_no_words():
    arrays = built([], "en")
    assert len(arrays.vocabulary) == 0
    assert arrays.text_lengths.shape == (0, 6)
