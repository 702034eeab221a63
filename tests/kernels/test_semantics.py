from __future__ import annotations

import random

import numpy as np
import pytest

from facetry.domain.group import GroupIdentity, derive_group
from facetry.domain.product import Product
from facetry.domain.search.slots import Reading, Slot
from facetry.domain.search.text.documents import group_text
from facetry.domain.search.text.semantics import (
    FULL_SCALE,
    SEMANTIC_FIELDS,
    Semantics,
    blended,
    closeness,
    group_meaning,
    query_meaning,
)
from facetry.engines.columns.builder import build_segment
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.kernels import semantics as kernels
from facetry.engines.columns.posting_counts import packed_counts
from facetry.engines.columns.text import semantics
from facetry.engines.columns.text.semantics import carry_over, meanings, raise_by_closeness
from facetry.testing.made_up_embedder import MadeUpEmbedder

WORDS = ["gold", "ring", "rings", "chain", "5", "rose", "Étoile", "טבעת", "", "x" * 300]


def catalog(seed, count=40):
    draw = random.Random(seed)

    def text(most):
        return " ".join(draw.choices(WORDS, k=draw.randrange(most)))

    def group(n):
        product = Product(
            sku=f"P{n}",
            name=text(40) or "-",
            brand=text(3),
            category=(text(3), text(2)),
            description=text(9),
            object_id="",
            joined=1,
        )
        return derive_group(GroupIdentity(f"G{n:03}", "", 1), [product])

    return [group(n) for n in range(count)]


def segment_of(groups):
    return build_segment(groups, "en", Dictionaries(), 0)


def never():
    return None


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("dimensions", [1, 8])
def test_scores_are_those_of_the_definition_to_the_last_bit(monkeypatch, seed, dimensions):
    monkeypatch.setattr(semantics, "_WORDS", 3)
    monkeypatch.setattr(semantics, "_GROUPS", 7)
    monkeypatch.setattr(semantics, "_RAISED", 5)
    draw = random.Random(seed)
    embedder = MadeUpEmbedder(dimensions)
    groups = catalog(seed)
    segment = segment_of(groups)
    known = meanings(segment, embedder, never)
    expected = [group_meaning(group_text(group, "en"), embedder) for group in groups]
    assert known.numbers.tolist() == [list(one.numbers) for one in expected]
    assert known.squares.tolist() == [one.square for one in expected]

    query = query_meaning(Reading((Slot(draw.choice(WORDS) or "gold", ()), Slot("rose chain", ()))), embedder)
    ordinals = sorted(draw.sample(range(len(groups)), 23))
    before = [draw.randrange(4) * 32.0 - draw.randrange(2) + draw.random() for _ in ordinals]
    weight = draw.random()
    scores = np.array(before)
    raise_by_closeness(segment, np.array(ordinals, np.int32), scores, Semantics(weight, query, embedder), never)
    assert scores.tolist() == [
        blended(score, weight, closeness(query, expected[ordinal]))
        for score, ordinal in zip(before, ordinals, strict=True)
    ]


def test_what_was_computed_before_a_search_gave_up_is_kept(monkeypatch):
    monkeypatch.setattr(semantics, "_WORDS", 2)
    monkeypatch.setattr(semantics, "_GROUPS", 10)
    groups = catalog(1)
    segment = segment_of(groups)
    asked = []

    class Counting(MadeUpEmbedder):
        def vectors(self, words):
            asked.extend(words)
            return super().vectors(words)

    def give_up():
        raise TimeoutError

    embedder = Counting()
    tries = 0
    known = None
    while known is None:
        tries += 1
        try:
            known = meanings(segment, embedder, give_up)
        except TimeoutError:
            continue
    assert tries == 5 + 4 + 1
    assert len(asked) == len(set(asked)) == 9
    assert known.numbers.tolist() == meanings(segment_of(groups), embedder, never).numbers.tolist()
    assert meanings(segment, embedder, give_up) is known


def test_groups_without_words_and_segments_without_groups_mean_nothing():
    nameless = derive_group(GroupIdentity("G", "", 1), [Product(sku="-", name="-", object_id="", joined=1)])
    known = meanings(segment_of([nameless]), MadeUpEmbedder(), never)
    assert not known.numbers.any()
    assert known.squares.tolist() == [0]
    assert meanings(segment_of([]), MadeUpEmbedder(), never).numbers.shape == (0, 8)


def test_sums_beyond_32_bits_are_exact():
    numbers, squares = np.zeros((2, 2), np.int8), np.zeros(2, np.int32)
    kernels.scale_down(np.array([[2**40, -(2**39)]], np.int64), FULL_SCALE, 1, numbers, squares)
    assert numbers.tolist() == [[0, 0], [127, -63]]
    assert squares.tolist() == [0, 127 * 127 + 63 * 63]


def test_only_the_first_fields_count():
    starts, counts = np.array([0, 1, 3], np.int64), packed_counts(np.array([0x123000, 0x1000, 0x200], np.int32))
    found = np.empty(2, np.int32)
    assert kernels.find_terms(starts, counts, 0, 2, SEMANTIC_FIELDS, found) == 1
    assert found[0] == 1
    sums = np.zeros((3, 1), np.int64)
    nexts, ends = starts[:2].copy(), starts[1:].copy()
    vectors = np.array([[10], [-3]], np.int16)
    groups = np.array([1, 1, 2], np.int32)
    kernels.add_vectors(groups, counts, nexts, ends, vectors, SEMANTIC_FIELDS, 0, sums)
    assert sums.tolist() == [[0], [0], [-6]]
    assert nexts.tolist() == [1, 3]


def test_a_merged_segment_knows_at_once_what_a_source_knew():
    asked = []

    class Counting(MadeUpEmbedder):
        def vectors(self, words):
            asked.extend(words)
            return super().vectors(words)

    groups = catalog(2)
    first, second, merged = segment_of(groups[:20]), segment_of(groups[20:]), segment_of(groups)
    carry_over([first, second], merged)
    assert merged.kept("meanings of groups") is None
    embedder = Counting()
    meanings(second, embedder, never)
    carry_over([first, second], merged)
    asked.clear()
    known = meanings(merged, embedder, never)
    assert asked == []
    assert known.numbers.tolist() == meanings(segment_of(groups), embedder, never).numbers.tolist()


def test_nothing_is_computed_for_a_segment_in_which_nothing_was_found():
    segment, embedder = segment_of(catalog(3)), MadeUpEmbedder()
    query = query_meaning(Reading((Slot("gold ring", ()),)), embedder)
    raise_by_closeness(segment, np.empty(0, np.int32), np.empty(0), Semantics(1.0, query, embedder), never)
    assert segment.kept("meanings of groups") is None
