from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.domain.search.text.spelling import allowed_typos, best_halves, corrections, distance, halves

WORDS = st.text("abc", max_size=7)


def edits(word: str) -> set[str]:
    """Every word that one edit makes of another."""
    cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    removed = {left + right[1:] for left, right in cuts if right}
    swapped = {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    replaced = {left + letter + right[1:] for left, right in cuts if right for letter in "abc"}
    inserted = {left + letter + right for left, right in cuts for letter in "abc"}
    return removed | swapped | replaced | inserted


def slow(one: str, other: str) -> int:
    """The optimal string alignment distance by its recursive definition."""
    if not one or not other:
        return len(one) + len(other)
    best = min(slow(one[1:], other) + 1, slow(one, other[1:]) + 1, slow(one[1:], other[1:]) + (one[0] != other[0]))
    if one[1:2] == other[:1] and other[1:2] == one[:1] and len(one) > 1 and len(other) > 1:
        best = min(best, slow(one[2:], other[2:]) + 1)
    return best


@given(st.text("abc", max_size=5), st.text("abc", max_size=5), st.integers(0, 3))
def test_the_distance_is_that_of_the_definition_up_to_its_limit(one, other, limit):
    assert distance(one, other, limit) == min(slow(one, other), limit + 1)


@given(WORDS, st.data())
def test_one_edit_is_a_distance_of_one_at_most(word, data):
    edited = data.draw(st.sampled_from(sorted(edits(word))))
    assert distance(word, edited, 2) == (edited != word)
    assert distance(edited, word, 2) == (edited != word)


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("ring", "ring", 0),
        ("ring", "rnig", 1),
        ("ca", "abc", 3),
        ("", "ab", 2),
        ("necklace", "neclase", 2),
        ("a", "b", 1),
    ],
)
def test_a_swap_is_one_and_nothing_is_touched_twice(one, other, apart):
    assert distance(one, other, 3) == apart


def test_beyond_the_limit_it_is_one_more():
    assert distance("ring", "bracelet", 2) == 3
    assert distance("abcdefgh", "hgfedcba", 2) == 3


@pytest.mark.parametrize(
    ("word", "typos"),
    [("rin", 0), ("ring", 1), ("jewelry", 1), ("necklace", 2), ("ring9", 0), ("bracelet٣", 0)],
)
def test_typos_are_allowed_by_length_and_not_with_digits(word, typos):
    assert allowed_typos(word) == typos


def test_corrections_are_the_nearest_other_words_without_digits():
    near = [("ring", 0), ("rin9", 1), ("king", 1), ("rings", 1), ("wing", 2)]
    assert corrections("ring", near) == [("king", 1), ("rings", 1)]
    assert corrections("ring", [("ring", 0), ("bring", 2)]) == [("bring", 2)]
    assert corrections("ring", []) == []


def test_a_word_falls_into_two_of_three_letters_or_more():
    assert list(halves("goldring")) == [("gol", "dring"), ("gold", "ring"), ("goldr", "ing")]
    assert list(halves("aring")) == []
    assert list(halves("gold2ring")) == []


def test_the_best_halves_are_those_whose_rarer_one_is_most_common():
    counts = {"gold": 5, "ring": 3, "gol": 9, "dring": 1}
    assert best_halves("goldring", lambda word: counts.get(word, 0)) == ("gold", "ring")
    assert best_halves("goldring", lambda word: 2) == ("gol", "dring")
    assert best_halves("goldring", lambda word: int(word == "gold")) is None
    assert best_halves("gold", lambda word: 1) is None


@given(WORDS)
def test_halves_make_up_the_word_in_order(word):
    found = list(halves(word))
    assert all(first + second == word for first, second in found)
    assert all(len(one[0]) < len(other[0]) for one, other in pairwise(found))
