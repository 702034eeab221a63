from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.search.filters import And, Has
from facetry.domain.search.ranking import (
    BEGIN_WEIGHT,
    BEHIND_DENIED_WEIGHT,
    DENIED_WEIGHT,
    EXACT_QUALITY,
    JOINED_QUALITY,
    PAIR_WEIGHT,
    PREFIX_QUALITY,
    STEM_QUALITY,
    SYNONYM_QUALITY,
    TYPO_QUALITIES,
)
from facetry.domain.search.result import Read
from facetry.domain.search.rules import SearchRules, StopWords, Synonym
from facetry.domain.search.slots import Alternative, Bonus, Reach, Slot
from facetry.domain.search.text.expansion import MAX_SLOTS
from facetry.domain.search.text.slotting import MAX_ALTERNATIVES
from facetry.testing.search_samples import group, product, single
from tests.unit.domain.search.text.texts import plans, slots

SHOP = (
    single("a", name="White gold rings", brand="Parle", description="A fine necklace without nickel"),
    single("b", name="Silver bracelet for men", category=("Jewelry>Bracelets",)),
    group("c", product("R-100-6", name="Diamond headset"), product("R-100-7", name="Diamond headset")),
)


def test_a_word_is_looked_up_as_typed_and_by_its_stem():
    (plan, *_) = plans("bracelet ", *SHOP)
    assert plan.reading.slots == (
        Slot(
            "bracelet",
            (Alternative(("sbracelet",), STEM_QUALITY), Alternative(("wbracelet",), EXACT_QUALITY)),
        ),
    )
    assert (plan.words, plan.typos, plan.finds_all, plan.condition) == (1, False, False, And(()))


def test_only_the_last_word_may_be_the_beginning_of_one():
    (plan, *_) = plans("bra silv", *SHOP)
    assert slots(plan) == {"bra": [], "silv": ["wsilv*"]}
    assert plan.reading.slots[1].alternatives == (Alternative(("wsilv",), PREFIX_QUALITY, reach=Reach.BEGINNING),)
    assert slots(plans("bra silv ", *SHOP)[0])["silv"] == []
    assert slots(plans("bra silv", *SHOP, prefix=False)[0])["silv"] == []


def test_a_short_known_word_is_not_taken_as_a_beginning():
    ab = single("d", name="ab abc abcd")
    assert slots(plans("ab", ab)[0]) == {"ab": ["sab", "wab"]}
    assert slots(plans("a", ab, language="none")[0]) == {"a": ["wa*"]}
    assert slots(plans("abc", ab)[0]) == {"abc": ["sabc", "wabc", "wabc*"]}


def test_what_was_understood_is_no_open_word():
    assert slots(plans("rings 14k", single("d", name="ring 14k 14krt"))[0])["14k"] == ["cfineness 585", "w14k"]
    assert slots(plans("silv under $50", *SHOP)[0]) == {"silv": []}


def test_an_unknown_word_is_taken_as_the_nearest_ones():
    (plan, *_) = plans("neclace ", *SHOP)
    assert plan.typos
    assert plan.reading.slots[0].alternatives == (
        Alternative(("wnecklace",), TYPO_QUALITIES[1] * STEM_QUALITY, 1),
        Alternative(("snecklac",), TYPO_QUALITIES[1] * EXACT_QUALITY, 1),
    )
    assert slots(plans("neclace ", *SHOP, typos=False)[0]) == {"neclace": []}


def test_known_words_are_taken_as_misspelt_only_in_the_second_reading():
    shop = (*SHOP, single("d", name="Wings"))
    first, second = plans("rings gold ", *shop)
    assert slots(first)["rings"] == ["sring", "wrings"]
    assert slots(second)["rings"] == ["sring", "wrings", "wwings~1", "swing~1"]


def test_a_reading_like_the_one_before_is_left_out():
    assert len(plans("bracelet", *SHOP)) == 1
    assert len(plans("white gold", *SHOP)) == 2


def test_the_last_reading_understands_nothing():
    *_, last = plans("white gold under $500", *SHOP)
    assert list(slots(last)) == ["white", "gold", "under", "500"]
    assert (last.condition, last.reads) == (And(()), ())


def test_terms_and_conditions_are_understood():
    (plan, *_) = plans("rings of white gold under $500", *SHOP)
    assert slots(plan) == {"rings": ["sring", "wrings"], "white gold": ["cwhite gold"]}
    assert plan.reads == (Read("white gold", "white gold"), Read("under $500", "", "price < 500"))
    assert isinstance(plan.condition, And)
    (condition,) = plan.condition.parts
    assert isinstance(condition, Has)
    assert (condition.field.name, condition.ranges[0][1]) == ("price", 4_999_999)


@pytest.mark.parametrize("asked", [{"understand": False}, {"rules": SearchRules(understanding=False)}])
def test_understanding_can_be_switched_off(asked):
    (plan, *_) = plans("white gold under $500", *SHOP, **asked)
    assert list(slots(plan)) == ["white", "gold", "under", "500"]


def test_a_price_in_another_currency_is_not_understood():
    assert plans("ring under $500", *SHOP, currency="EUR")[0].reads == ()
    assert plans("ring under 500 euros", *SHOP, currency="EUR")[0].reads[0].filter == "price < 500"


def test_only_conditions_find_all_that_fulfil_them():
    (first, *_) = plans("under $500", *SHOP)
    assert first.finds_all
    assert first.reading.slots == ()
    assert plans("the under $500", *SHOP)[0].finds_all


def test_blanks_find_all_and_signs_find_nothing():
    assert [plan.finds_all for plan in plans("  \t", *SHOP)] == [True]
    assert [(plan.finds_all, plan.words) for plan in plans("!! --", *SHOP)] == [(False, 0)]


def test_stop_words_are_dropped_unless_nothing_else_is_left():
    assert list(slots(plans("the ring for me", *SHOP)[0])) == ["ring", "me"]
    assert list(slots(plans("for the", *SHOP)[0])) == ["for", "the"]
    own = SearchRules(stop_words=("Me", "fine ring"))
    assert list(slots(plans("the gold ring for me", *SHOP, rules=own)[0])) == ["gold"]
    none = SearchRules(language_stop_words=StopWords.NONE)
    assert list(slots(plans("the ring", *SHOP, rules=none)[0])) == ["the", "ring"]


def test_words_are_looked_up_once():
    assert list(slots(plans("ring gold ring", *SHOP)[0])) == ["ring", "gold"]


def test_a_query_has_so_many_slots():
    assert len(plans(" ".join(f"x{place}" for place in range(50)), *SHOP)[0].reading.slots) == MAX_SLOTS


def test_two_words_that_are_one_here_are_that_in_both_places():
    (plan, *_) = plans("head set gold ", *SHOP)
    assert slots(plan) == {
        "head": ["sheadset", "wheadset"],
        "set": ["sheadset", "wheadset"],
        "gold": ["sgold", "wgold"],
    }
    assert plan.reading.slots[0].alternatives[0].quality == JOINED_QUALITY * STEM_QUALITY
    assert not plan.typos


def test_numbers_side_by_side_are_not_one():
    assert slots(plans("1 2", single("d", name="12 3"))[0]) == {"1": [], "2": []}


def test_a_word_that_nobody_has_is_found_as_two():
    (plan, *_) = plans("goldrings ", *SHOP)
    assert slots(plan) == {"goldrings": ["sgold+sring", "wgold+wrings"]}
    assert slots(plans("silvergold9 ", *SHOP)[0]) == {"silvergold9": []}


def test_a_number_that_an_identifier_has_is_one_slot():
    (plan, *_) = plans("r-100/6 diamond ", *SHOP)
    assert slots(plan) == {"r 100 6": ["r1006#"], "diamond": ["sdiamond", "wdiamond"]}
    assert list(slots(plans("r-999/6 ", *SHOP)[0])) == ["r", "999", "6"]
    assert slots(plans("1006 ", *SHOP)[0]) == {"1006": ["1006#"]}


def test_short_numbers_are_identifiers_only_as_a_whole():
    assert slots(plans("006 ", *SHOP)[0]) == {"006": []}
    assert slots(plans("006 ", single("006", name="x"))[0]) == {"006": ["006#"]}
    assert slots(plans("06 ", single("06", name="x"))[0]) == {"06": []}


def test_the_words_of_an_identifier_count_too():
    assert slots(plans("ab12 ", single("AB12", name="AB12 lamp"))[0]) == {"ab12": ["ab12#", "wab12"]}
    both = plans("ab-12 ", single("AB12", name="AB 12 lamp"))[0]
    assert slots(both) == {"ab 12": ["ab12#", "sab+w12", "wab+w12"]}


def test_a_query_that_is_one_identifier_finds_it_in_every_place():
    assert slots(plans("R 100 7", *SHOP)[0]) == {"r": ["r1007#"], "100": ["r1007#"], "7": ["r1007#"]}


def test_two_way_synonyms_stand_for_each_other():
    rules = SearchRules(synonyms=(Synonym(("bangle", "Bracelet", "arm ring")),))
    (plan, *_) = plans("bangles ", *SHOP, rules=rules)
    assert slots(plan) == {"bangles": ["sbracelet", "wbracelet"]}
    assert plan.reading.slots[0].alternatives[0].quality == SYNONYM_QUALITY * STEM_QUALITY
    assert slots(plans("arm rings gold ", *SHOP, rules=rules)[0])["arm rings"] == ["sbracelet", "wbracelet"]
    assert slots(plans("bracelet ", *SHOP, rules=rules)[0])["bracelet"] == ["sbracelet", "wbracelet"]


def test_one_way_synonyms_work_one_way():
    rules = SearchRules(synonyms=(Synonym(("white gold", "platinum"), source="pt"),))
    assert slots(plans("pt", *SHOP, rules=rules)[0]) == {"pt": ["swhite+sgold", "wwhite+wgold"]}
    literal = plans("platinum", *SHOP, rules=rules, understand=False)[0]
    assert slots(literal) == {"platinum": []}


def test_the_longest_phrase_with_synonyms_is_taken():
    rules = SearchRules(synonyms=(Synonym(("gold",), source="a b"), Synonym(("silver",), source="a b c")))
    (plan, *_) = plans("x a b c a b d", *SHOP, rules=rules, language="none")
    assert list(slots(plan)) == ["x", "a b c", "a b", "d"]
    assert slots(plan)["a b c"] == ["ssilver", "wsilver"]


def test_a_stop_word_with_a_synonym_stays():
    rules = SearchRules(synonyms=(Synonym(("gold",), source="on"),))
    assert list(slots(plans("on ring", *SHOP, rules=rules)[0])) == ["on", "ring"]


def test_what_follows_a_denial_need_not_be_there():
    (plan, *_) = plans("rings without any nickel lead ", *SHOP)
    needed = {slot.word: (slot.is_required, slot.weight) for slot in plan.reading.slots}
    assert needed == {
        "rings": (True, 1.0),
        "without": (False, 1.0),
        "any": (False, BEHIND_DENIED_WEIGHT),
        "nickel": (False, DENIED_WEIGHT),
        "lead": (False, BEHIND_DENIED_WEIGHT),
    }
    assert slots(plan)["without"] == ["xnickel"]
    assert plan.words == 1


def test_what_is_denied_is_seen_although_it_stood_there_before():
    (plan, *_) = plans("silver box without silver", *SHOP)
    assert slots(plan)["without"] == ["xsilver"]
    assert [slot.is_required for slot in plan.reading.slots] == [True, True, False]


def test_a_denial_of_nothing_is_a_word():
    assert [slot.is_required for slot in plans("ring without", *SHOP)[0].reading.slots] == [True, True]
    assert [slot.is_required for slot in plans("no not", *SHOP)[0].reading.slots] == [True, True]


def test_words_that_stand_together_and_first_make_better():
    (plan, *_) = plans("14k white gold rings ", *SHOP, understand=False)
    assert plan.reading.bonuses == (
        Bonus("b014k", (0,), BEGIN_WEIGHT),
        Bonus("b1white", (1,), BEGIN_WEIGHT, needs_previous=True),
        Bonus("b2gold", (2,), BEGIN_WEIGHT, needs_previous=True),
        Bonus("b3ring", (3,), BEGIN_WEIGHT, needs_previous=True),
        Bonus("p14k white", (0, 1), PAIR_WEIGHT),
        Bonus("pwhite gold", (1, 2), PAIR_WEIGHT),
        Bonus("pgold ring", (2, 3), PAIR_WEIGHT),
    )


def test_the_words_of_one_slot_share_its_weight():
    (plan, *_) = plans("white gold rings ", *SHOP)
    assert plan.reading.bonuses[:3] == (
        Bonus("b0white", (0,), BEGIN_WEIGHT / 2),
        Bonus("b1gold", (0,), BEGIN_WEIGHT / 2, needs_previous=True),
        Bonus("b2ring", (1,), BEGIN_WEIGHT, needs_previous=True),
    )


def test_alternatives_are_bounded_distinct_and_in_order():
    rules = SearchRules(synonyms=(Synonym(tuple(f"w{place}" for place in range(100)), source="many"),))
    words = " ".join(f"w{place}" for place in range(100))
    ((slot,), *_) = [plan.reading.slots for plan in plans("many", single("d", name=words), rules=rules)]
    keys = [one.keys for one in slot.alternatives]
    assert len(keys) == MAX_ALTERNATIVES
    assert keys == sorted(set(keys))


@given(st.text(max_size=40) | st.text("gold ring no wihtou $5r1006'-", max_size=40))
def test_any_text_has_readings_in_order(text):
    found = plans(text, *SHOP)
    assert 1 <= len(found) <= 3
    assert all(one != other for one, other in pairwise(found))
    for plan in found:
        assert len(plan.reading.slots) <= MAX_SLOTS
        for slot in plan.reading.slots:
            order = [(one.typos, -one.quality, one.reach.value, one.keys) for one in slot.alternatives]
            assert order == sorted(order)
            assert all(0.0 < one.quality <= 1.0 for one in slot.alternatives)
        for bonus in plan.reading.bonuses:
            assert all(0 <= place < len(plan.reading.slots) for place in bonus.slots)


def test_a_condition_that_does_not_fit_the_tenant_s_attributes_is_words():
    loose = (AttributeDefinition("gemstones.clarity", Kind.TEXT),)
    assert plans("vs1 or better diamond", *SHOP)[0].reads[0].filter == "gemstones.clarity >= VS1"
    (plan, *_) = plans("vs1 or better diamond", *SHOP, attributes=loose)
    assert plan.reads == ()
    assert list(slots(plan)) == ["vs1", "better", "diamond"]


def test_a_measure_is_not_looked_up_by_its_words_where_it_is_known():
    groups = (single("d", name="1 carat ring"), single("e", name="1.5 carat ring"))
    assert slots(plans("1 carat ", *groups)[0]) == {"1 carat": ["ccarat 1"]}
    assert slots(plans("2 carat ", single("f", name="2,5 carat"))[0])["2 carat"] == ["w2+scarat", "w2+wcarat"]
