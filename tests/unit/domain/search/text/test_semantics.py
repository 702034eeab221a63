from __future__ import annotations

import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.domain.errors import InvalidValueError
from facetry.domain.group import GroupIdentity, derive_group
from facetry.domain.product import Product
from facetry.domain.search.answering import answer_from
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.ranking import final_score, pinned_score
from facetry.domain.search.rules import SearchRules
from facetry.domain.search.slots import Reading, Slot
from facetry.domain.search.text.documents import GroupText, group_text
from facetry.domain.search.text.semantics import (
    FULL_SCALE,
    Meaning,
    Semantics,
    blended,
    closeness,
    group_meaning,
    meaning,
    query_meaning,
    semantics_of,
)
from facetry.testing.made_up_embedder import MadeUpEmbedder

VECTORS = {"ring": (100, 0), "band": (90, 10), "shoe": (-100, 0), "gold": (0, 50), "void": (0, 0)}
NOTHING = Meaning((0, 0), 0)
NUMBERS = st.integers(-FULL_SCALE, FULL_SCALE)


class Plane:
    """Words on a plane; others mean nothing."""

    dimensions = 2

    def vectors(self, words):
        return array("h", [one for word in words for one in VECTORS.get(word, (0, 0))])


def of(*words):
    return meaning(dict.fromkeys(words, 1), Plane())


def product(sku, **values):
    return Product(**({"sku": sku, "name": sku, "object_id": "", "joined": int(sku[1:])} | values))


def test_a_meaning_is_the_sum_of_its_words_at_full_scale():
    assert meaning({"ring": 2, "gold": 1, "other": 7}, Plane()) == Meaning((127, 32), 127 * 127 + 32 * 32)
    assert of("shoe") == Meaning((-127, 0), 127 * 127)


def test_halves_are_rounded_up():
    class Half:
        dimensions = 3

        def vectors(self, words):
            assert words == ["a"]
            return array("h", [254, 1, -1])

    # 1 and -1 of 254 are half a step of 127.
    assert meaning({"a": 1}, Half()).numbers == (127, 1, 0)


def test_nothing_known_means_nothing():
    assert of() == of("void") == of("unheard") == NOTHING


def test_closeness_is_the_cosine_but_never_negative():
    assert closeness(of("ring"), of("ring")) == 1.0
    assert closeness(of("ring"), of("gold")) == 0.0
    assert closeness(of("ring"), of("shoe")) == 0.0
    assert closeness(of("ring"), NOTHING) == closeness(NOTHING, NOTHING) == 0.0
    assert closeness(of("ring"), of("band")) == 127 / math.sqrt(127 * 127 + 14 * 14)


@given(st.lists(NUMBERS, min_size=4, max_size=4), st.lists(NUMBERS, min_size=4, max_size=4))
def test_closeness_is_symmetric_and_at_most_one(left, right):
    first, second = (Meaning(tuple(one), sum(n * n for n in one)) for one in (left, right))
    assert closeness(first, second) == closeness(second, first)
    assert 0.0 <= closeness(first, second) <= 1.0


def test_a_group_means_its_name_brands_and_category():
    main = product("P1", name="Gold ring, a RING", brand="Void", category=("Band",), description="shoe shoe shoe")
    other = product("P2", name="shoe", color="shoe", brand="gold")
    text = group_text(derive_group(GroupIdentity("G", "", 1), [main, other]), "en")
    expected = meaning({"gold": 2, "ring": 2, "band": 1}, Plane())
    assert group_meaning(text, Plane()) == expected
    assert expected.numbers == (127, 48)


def test_a_query_means_the_words_it_requires_each_once():
    slots = (Slot("ring", ()), Slot("ring gold", ()), Slot("shoe", (), is_required=False))
    assert query_meaning(Reading(slots), Plane()) == of("ring", "gold")


def test_long_words_are_cut_in_queries_as_in_groups():
    long = "x" * 300
    text = group_text(derive_group(GroupIdentity("G", "", 1), [product("P1", name=long)]), "en")
    embedder = MadeUpEmbedder()
    query = query_meaning(Reading((Slot(long, ()),)), embedder)
    assert query == group_meaning(text, embedder)
    assert query.square


@pytest.mark.parametrize(
    ("score", "weight", "close", "expected"),
    [
        (64.5, 1.0, 1.0, 64.0 + 2 / 3),  # the sum 1 becomes 2
        (64.5, 0.5, 1.0, 64.6),  # 1 becomes 1.5
        (64.75, 1.0, 0.5, 64.0 + 4.5 / 5.5),  # 3 becomes 4.5
        (31.5, 0.0, 1.0, 31.5),
        (31.5, 1.0, 0.0, 31.5),
        (96.0, 1.0, 1.0, 96.0),
        (0.0, 1.0, 1.0, 0.0),
    ],
)
def test_scores_are_raised_as_by_a_boost(score, weight, close, expected):
    assert blended(score, weight, close) == pytest.approx(expected, abs=1e-12)


@given(st.floats(0, 1e6), st.integers(0, 32), st.integers(0, 40), st.floats(0, 1), st.floats(0, 1))
def test_a_score_stays_in_its_tier(total, matched, typos, weight, close):
    score = final_score(total, matched, typos)
    raised = blended(score, weight, close)
    assert math.floor(raised) == math.floor(score)
    assert raised >= score - 1e-12


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.floats(0, 1))
def test_of_two_equally_close_the_better_stays_the_better(one, other, gain):
    low, high = sorted((final_score(one, 2, 0), final_score(other, 2, 0)))
    assert blended(low, 1.0, gain) <= blended(high, 1.0, gain)


def test_pinned_groups_keep_their_places():
    low, high = pinned_score(final_score(9.0, 1, 0), 0), pinned_score(final_score(0.1, 1, 0), 1)
    assert blended(low, 1.0, 1.0) < blended(high, 1.0, 0.0) == high


def test_a_group_is_raised_by_what_its_text_means():
    semantics = Semantics(1.0, of("ring"), Plane())
    raised = {word: semantics.raised(32.5, GroupText({f"w{word}": 1}, (1, 0, 0, 0, 0, 0))) for word in VECTORS}
    assert raised["ring"] == 32.0 + 2 / 3
    assert raised["gold"] == raised["shoe"] == raised["void"] == 32.5
    assert 32.5 < raised["band"] < raised["ring"]


def test_closeness_counts_where_a_weight_and_words_with_a_meaning_are_given():
    reading = Reading((Slot("ring", ()),))
    embedder = Plane()
    assert semantics_of(0.5, reading, embedder) == Semantics(0.5, of("ring"), embedder)
    assert semantics_of(0.0, reading, embedder) is None
    assert semantics_of(0.5, Reading(()), embedder) is None
    assert semantics_of(0.5, Reading((Slot("void", ()),)), embedder) is None


def test_without_an_embedder_the_extra_is_named():
    reading = Reading((Slot("ring", ()),))
    assert semantics_of(0.0, reading, None) is None
    with pytest.raises(InvalidValueError, match=r"needs the extra facetry\[semantic\]") as caught:
        semantics_of(0.5, reading, None)
    assert caught.value.field == "semantic"


def test_the_definition_of_a_search_raises_scores():
    groups = [
        derive_group(GroupIdentity(name, "", 1), [product("P1", name=f"blue {name}")]) for name in ("shoe", "ring")
    ]
    query = SearchQuery(text="blue ring shoe", rules=SearchRules(semantic=1.0, understanding=False))
    plain = SearchQuery(text="blue ring shoe", rules=SearchRules(understanding=False))

    def scores(query, embedder=None):
        return {hit.group.group_id: hit.score for hit in answer_from(query, 1, groups, embedder).hits}

    class Ring(Plane):
        def vectors(self, words):
            return array("h", [one for word in words for one in ((100, 0) if word == "ring" else (0, 0))])

    before, after = scores(plain), scores(query, Ring())
    assert scores(plain, Ring()) == before
    assert after == {"shoe": before["shoe"], "ring": blended(before["ring"], 1.0, 1.0)}
    assert after["ring"] > before["ring"]
