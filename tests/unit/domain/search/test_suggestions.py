from __future__ import annotations

import pytest

from facetry.domain.search.suggestions import Suggestion, Suggestions, SuggestQuery, begins_words, name_key, suggest
from facetry.domain.search.text.naive import analysed
from facetry.testing.search_samples import group, product, single

RINGS = ("Jewelry > Rings", "Sale>Gold Rings")
SHOP = (
    single("a", name="Gold Ring", brand="Ringo", category=RINGS),
    single("b", name="Silver rings, old", brand="Parle Ring", category=("Jewelry>Rings",)),
    single("c", name="Gold rivet", description="Ring", active=False, brand="Rio", category=("Rivets",)),
    group(
        "d",
        product("1", name="Ring gold", brand="Ringo", category=("Jewelry>Bands",)),
        product("2", name="Other", brand="Rimini", active=False),
    ),
)


def offered(text: str, **asked: object) -> Suggestions:
    return suggest(SuggestQuery(text=text, **asked), analysed(SHOP, "en"))


def pairs(suggestions: tuple[Suggestion, ...]) -> list[tuple[str, int]]:
    return [(one.text, one.count) for one in suggestions]


def test_the_last_word_is_completed_to_words_of_groups_with_the_others():
    assert pairs(offered("ri").queries) == [("ring", 4), ("ringo", 2), ("rings", 2), ("rimini", 1), ("rio", 1)]
    assert pairs(offered("Ring").queries) == [("ringo", 2), ("rings", 2)]
    after_gold = pairs(offered("golds ri").queries)
    assert after_gold[:2] == [("golds ring", 3), ("golds ringo", 2)]
    assert after_gold[2:] == [("golds rimini", 1), ("golds rings", 1), ("golds rio", 1)]
    assert offered("ri", limit=1).queries == (Suggestion("ring", 4),)
    assert offered("silver go").queries == ()


def test_categories_are_offered_by_their_last_crumb():
    assert pairs(offered("ri").categories) == [("Jewelry > Rings", 2), ("Rivets", 1), ("Sale > Gold Rings", 1)]
    assert pairs(offered("ri go").categories) == [("Sale > Gold Rings", 1)]
    assert pairs(offered("jewel").categories) == [("Jewelry", 3)]


def test_brands_are_offered_by_how_many_groups_have_them():
    assert pairs(offered("ri").brands) == [("Ringo", 2), ("Parle Ring", 1), ("Rimini", 1), ("Rio", 1)]
    assert pairs(offered("ring pa").brands) == [("Parle Ring", 1)]


def test_products_are_offered_by_the_beginning_of_their_name():
    assert [one.group_id for one in offered("GOLD ri").products] == ["a", "c"]
    assert [one.group_id for one in offered("gold-ring").products] == ["a"]
    assert [one.group_id for one in offered("ri", limit=1).products] == ["d"]
    assert offered("silver old").products == ()


def test_what_is_not_active_is_not_offered_to_everybody():
    seen = offered("ri", active_only=True)
    assert pairs(seen.brands) == [("Ringo", 2), ("Parle Ring", 1)]
    assert pairs(seen.categories) == [("Jewelry > Rings", 2), ("Sale > Gold Rings", 1)]
    assert pairs(seen.queries)[0] == ("ring", 3)
    assert [one.group_id for one in offered("gold", active_only=True).products] == ["a"]


@pytest.mark.parametrize("text", ["", " ", "--"])
def test_without_a_word_nothing_is_offered(text):
    assert offered(text) == Suggestions()


def test_names_are_compared_by_their_folded_words():
    assert name_key(" Café-Ring  №1") == "cafe ring no1"


def test_every_typed_word_begins_a_word_of_a_value():
    assert begins_words("Sale > Gold Rings", ["ri", "g"])
    assert not begins_words("Gold > Rings", ["ri", "g"])
    assert begins_words("Parle & Co", ["co", "p"])
