from __future__ import annotations

from dataclasses import dataclass

import pytest

from facetry.domain.search.query import SearchQuery
from facetry.domain.search.ranking import PIN_TIER, TYPO_QUALITIES
from facetry.domain.search.rules import Pin, SearchRules
from facetry.domain.search.slots import BEGIN, PAIR, STEM, WORD, Alternative, Bonus, Reach, Reading, Slot
from facetry.domain.search.text.expansion import MAX_SLOTS, ReadingPlan
from facetry.engines.lucene.queries import EVERYTHING
from facetry.engines.lucene.terms import Terms
from facetry.engines.lucene.texts import tenant_mark
from facetry.engines.lucene.tiers import STEP, WORD_STEP, TextQueries, domain_score, matched_words, word_counts
from tests.unit.engines.lucene.made_up_lucene import MadeUpLucene

pytestmark = pytest.mark.anyio

TENANT = "one"
NAME, DESCRIPTION = 0, 5


@dataclass
class Texts:
    """Documents that hold keys, and the queries of one search."""

    lucene: MadeUpLucene
    queries: TextQueries

    def put(self, group_id, *keys, field=NAME, ids=()):
        """Put a group with these keys in one field."""
        mark = tenant_mark(TENANT)
        self.lucene.documents[group_id] = {
            "tenant": TENANT,
            "group": group_id,
            "keys": [f"{mark}{field}{key}" for key in keys],
            "words": [f"{mark}v{key[1:]}" for key in keys if key.startswith(WORD)],
            "ids": [f"{mark}v{one}" for one in ids],
            "id_ends": [f"{mark}v{one[start:]}" for one in ids for start in range(1, len(one) - 3)],
        }

    def scores(self, plan, required):
        """Return the scores of the groups that a reading finds, and check that it also finds them without scores."""
        scores = self.lucene.scores(self.queries.scored(plan, required))
        assert self.lucene.scores(self.queries.found(plan, required)).keys() == scores.keys()
        return scores


def texts(**query):
    asked = SearchQuery(**query)
    return Texts(MadeUpLucene(), TextQueries(asked, Terms(TENANT, active_only=asked.active_only)))


def word(text, **options):
    return Slot(text, (Alternative((WORD + text,)),), **options)


def plan(*slots, bonuses=()):
    return ReadingPlan(Reading(slots, bonuses))


def misspelt(text):
    """Return a slot for a word as it is, or with two typos."""
    return Slot(text, (Alternative((WORD + text,)), Alternative((f"{WORD}{text}~",), TYPO_QUALITIES[2], 2)))


@pytest.mark.parametrize("size", range(1, MAX_SLOTS + 1))
def test_tiers_never_mix(size):
    held = texts()
    names = [f"n{number}" for number in range(size)]
    begins = [Bonus(f"{BEGIN}{place}{one}", (place,), 1.0, needs_previous=place > 0) for place, one in enumerate(names)]
    pairs = [Bonus(f"{PAIR}{one} x", (place,), 1.0) for place, one in enumerate(names[1:])]
    bonuses = (*begins[:10], *pairs)
    for matched in range(1, size + 1):
        some = names[:matched]
        held.put(f"all typos {matched}", *(f"{WORD}{one}~" for one in some), field=DESCRIPTION)
        held.put(f"best {matched}", *(WORD + one for one in some), *(bonus.key for bonus in bonuses))
    scores = held.scores(plan(*map(misspelt, names), bonuses=bonuses), 1)
    for matched in range(1, size + 1):
        best, worst = scores[f"best {matched}"], scores[f"all typos {matched}"]
        assert best // 1 == matched * WORD_STEP
        assert worst // 1 == matched * WORD_STEP - 2 * matched
        assert worst > scores.get(f"best {matched - 1}", 0.0)
        assert domain_score(best) // 1 == 32 * matched
        assert domain_score(worst) // 1 == 32 * matched - min(2 * matched, 31)
        assert [matched_words(domain_score(score)) for score in (best, worst)] == [matched, matched]
        # All that was added up is there to the last bit.
        assert (best / STEP).is_integer()
        assert (worst / STEP).is_integer()


def test_a_word_counts_more_as_it_is_than_by_its_stem_and_more_in_the_name():
    held = texts()
    slot = Slot("rings", (Alternative((f"{STEM}ring",), 0.8), Alternative((f"{WORD}rings",), 0.2)))
    held.put("as it is", f"{WORD}rings", f"{STEM}ring")
    held.put("stem", f"{STEM}ring")
    held.put("as it is, below", f"{WORD}rings", f"{STEM}ring", field=DESCRIPTION)
    held.put("stem, below", f"{STEM}ring", field=DESCRIPTION)
    scores = held.scores(plan(slot), 1)
    steps = {group_id: (score - WORD_STEP) / STEP for group_id, score in scores.items()}
    assert steps == {"as it is": 24, "stem": 21, "as it is, below": 16, "stem, below": 13}


def test_identifiers_count_by_how_much_of_them_was_typed():
    held = texts()
    slot = Slot("r100", (Alternative(("r100",), reach=Reach.IDENTIFIER),))
    held.put("whole", ids=["r100"])
    held.put("beginning", ids=["r1005"])
    held.put("inner", ids=["xr1005"])
    held.put("other", ids=["r10"])
    scores = held.scores(plan(slot), 1)
    assert sorted(scores, key=scores.__getitem__, reverse=True) == ["whole", "beginning", "inner"]


def test_a_short_identifier_is_found_only_as_a_whole_and_a_long_one_by_any_part():
    held = texts()
    long = "a1" * 30
    held.put("short", ids=["r10"])
    held.put("longer", ids=["r101"])
    held.put("long", ids=[f"x{long}y"])
    short_slot = Slot("r10", (Alternative(("r10",), reach=Reach.IDENTIFIER),))
    assert [*held.scores(plan(short_slot), 1)] == ["short"]
    assert [*held.scores(plan(Slot(long, (Alternative((long,), reach=Reach.IDENTIFIER),))), 1)] == ["long"]


def test_phrases_need_all_their_words_and_beginnings_a_longer_one():
    held = texts()
    phrase = Slot("wg", (Alternative((f"{WORD}white", f"{WORD}gold"), 0.8),))
    begun = Slot("ri", (Alternative((f"{WORD}ri",), 0.1, reach=Reach.BEGINNING),))
    held.put("both", f"{WORD}white", f"{WORD}gold", f"{WORD}ring")
    held.put("one", f"{WORD}white", f"{WORD}ri")
    assert [*held.scores(plan(phrase), 1)] == ["both"]
    assert [*held.scores(plan(begun), 1)] == ["both"]


def test_a_field_of_no_weight_is_not_looked_in():
    held = texts(rules=SearchRules(weights={"description": 0.0, "name": 0.0}))
    begun = Slot("ri", (Alternative((f"{WORD}ri",), 0.1, reach=Reach.BEGINNING),))
    held.put("name", f"{WORD}ring", field=NAME)
    held.put("brand", f"{WORD}ring", field=1)
    held.put("description", f"{WORD}ring", field=DESCRIPTION)
    assert [*held.scores(plan(word("ring")), 1)] == ["brand"]
    assert [*held.scores(plan(begun), 1)] == ["brand"]


def test_words_that_need_not_be_there_only_add():
    held = texts()
    held.put("with", f"{WORD}ring", f"{WORD}gold")
    held.put("without", f"{WORD}ring")
    held.put("only", f"{WORD}gold")
    wished = word("gold", is_required=False, weight=0.3)
    scores = held.scores(plan(word("ring"), wished), 1)
    assert scores == {"with": scores["without"] + 7 * STEP, "without": scores["without"]}
    assert held.scores(plan(wished), 0).keys() == {"with", "only"}
    assert held.scores(plan(word("gold", is_required=False, weight=0.0)), 0) == {"with": 0.0, "only": 0.0}


def test_so_many_words_must_be_there():
    held = texts()
    held.put("1", f"{WORD}a")
    held.put("2", f"{WORD}a", f"{WORD}b")
    held.put("3", f"{WORD}a", f"{WORD}b", f"{WORD}c")
    asked = plan(word("a"), word("b"), word("c"))
    found = [sorted(held.scores(asked, required)) for required in (1, 2, 3)]
    assert found == [["1", "2", "3"], ["2", "3"], ["3"]]


def test_without_words_all_groups_are_found_or_none():
    held = texts()
    held.put("1", f"{WORD}a")
    assert held.scores(ReadingPlan(Reading(()), finds_all=True), 0) == {"1": 0.0}
    assert held.scores(ReadingPlan(Reading(())), 0) == {}


def test_pinned_groups_stand_above_all_in_their_order_and_hidden_ones_are_not_found():
    rules = SearchRules(pins=(Pin("a b", first=("third", "unfit", "hidden"), hide=("hidden",)),))
    held = texts(text="a b", rules=rules)
    for group_id in ("first", "third", "hidden"):
        held.put(group_id, f"{WORD}a", f"{WORD}b")
    held.put("unfit", f"{WORD}c")
    held.put("half", f"{WORD}a")
    scores = held.scores(plan(word("a"), word("b")), 2)
    assert sorted(scores, key=scores.__getitem__, reverse=True) == ["third", "unfit", "first"]
    assert [scores[pinned] // PIN_TIER for pinned in ("third", "unfit")] == [2.0, 1.0]
    assert domain_score(scores["third"]) == scores["third"]
    assert held.queries.is_pinned


async def test_groups_are_counted_by_how_many_words_they_have_but_for_those_pinned_and_hidden():
    held = texts(text="a b", rules=SearchRules(pins=(Pin("a b", first=("pinned",), hide=("hidden",)),)))
    for group_id in ("1", "2", "pinned", "hidden"):
        held.put(group_id, f"{WORD}a", f"{WORD}b")
    held.put("3", f"{WORD}b")
    held.put("4", f"{WORD}c")
    held.put("5", f"{WORD}d")
    asked = plan(word("a"), word("b"), word("c", is_required=False))
    (answer,) = await held.lucene.ask([held.queries.counts_body(asked, EVERYTHING)])
    assert word_counts(answer, 2) == {2: 2, 1: 1, 0: 1}
    passing = {"terms": {"group": ["1", "3"]}}
    (answer,) = await held.lucene.ask([held.queries.counts_body(asked, passing)])
    assert word_counts(answer, 2) == {2: 1, 1: 1}
