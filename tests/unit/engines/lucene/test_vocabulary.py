from __future__ import annotations

import pytest

from facetry.domain.search.fields import Schema
from facetry.domain.search.slots import WORD, Alternative, Reach
from facetry.domain.search.text.naive import WordList, analysed
from facetry.domain.search.text.viewing import text_view
from facetry.engines.lucene.terms import Terms
from facetry.engines.lucene.vocabulary import (
    MOST_FACTS,
    About,
    KnownWords,
    NotingVocabulary,
    Question,
    answers,
    is_dead,
    question_bodies,
)
from facetry.testing.random_catalogs import TYPED, RandomCatalog
from facetry.testing.search_samples import single
from tests.unit.engines.lucene.made_up_lucene import MadeUpLucene

pytestmark = pytest.mark.anyio

GROUPS = Question(About.GROUPS, f"{WORD}ring")


async def learnt(lucene, ask, *, active_only):
    """Return what a function gets from a vocabulary, after all that it asks was answered."""
    facts, terms = {}, Terms("one", active_only=active_only)
    while True:
        vocabulary = NotingVocabulary(facts)
        found = ask(vocabulary)
        if not vocabulary.unknown:
            return found
        asked = vocabulary.unknown
        facts |= answers(asked, await lucene.ask(question_bodies(asked, terms)), "one")


@pytest.mark.parametrize("active_only", [False, True])
@pytest.mark.parametrize("seed", range(2))
async def test_it_says_what_the_groups_of_the_tenant_say(seed, active_only):
    drawn = RandomCatalog(seed)
    groups, lucene = drawn.groups(10), MadeUpLucene()
    lucene.put("one", *groups, attributes=drawn.definitions)
    lucene.put("other", *RandomCatalog(99).groups(3))
    lucene.put("one", single("gone", name="Ringt solitairy"))
    lucene.remove("one", "gone")
    schema = Schema(drawn.definitions)
    fields = [schema.field(name) for name in sorted(schema.identifiers)]
    views = [text_view(one, text, fields, active_only=active_only) for one, text in analysed(groups, "en")]
    wanted = WordList(views)

    def ask(vocabulary):
        return [
            (
                typed,
                vocabulary.has(WORD + typed),
                vocabulary.frequency(WORD + typed),
                vocabulary.beginning(typed[:3]),
                vocabulary.identified(typed.replace("-", "").lower()),
                [*vocabulary.similar(typed, 2)],
                [*vocabulary.similar(typed, 1)],
            )
            for typed in ("rings", "neckl", "nekclace", "saphire", "zzz", "R-10", "ST100", "1100", *TYPED[:8])
        ]

    # Words with a digit or of less than three letters are near nobody's misspelt words.
    expected = [
        (*rest, *([one for one in near if one[0].isalpha() and len(one[0]) > 2] for near in (two, single)))
        for *rest, two, single in ask(wanted)
    ]
    assert await learnt(lucene, ask, active_only=active_only) == expected


def test_what_is_not_known_is_supposed_and_noted():
    vocabulary = NotingVocabulary({GROUPS: 0})
    assert not vocabulary.has(f"{WORD}ring")
    assert vocabulary.has(f"{WORD}gold")
    assert vocabulary.beginning("go")
    assert not vocabulary.identified("r10")
    assert vocabulary.similar("rign", 1) == []
    assert vocabulary.unknown == [
        Question(About.GROUPS, f"{WORD}gold"),
        Question(About.BEGINNING, "go"),
        Question(About.IDENTIFIED, "r10"),
        Question(About.NEAR, "rign", 1),
    ]


def test_a_near_word_is_near_enough_and_lives():
    near = Question(About.NEAR, "rign", 1)
    facts = {near: ("ring", "rain", "rigs"), Question(About.GROUPS, f"{WORD}rigs"): 0}
    assert NotingVocabulary(facts).similar("rign", 1) == [("ring", 1)]


@pytest.mark.parametrize(
    ("alternative", "dead"),
    [
        (Alternative((f"{WORD}gold", f"{WORD}ring")), True),
        (Alternative((f"{WORD}gold",)), False),
        (Alternative((f"{WORD}ri",), reach=Reach.BEGINNING), True),
        (Alternative((f"{WORD}go",), reach=Reach.BEGINNING), False),
        (Alternative(("r10",), reach=Reach.IDENTIFIER), False),
    ],
)
def test_an_alternative_is_dead_if_no_group_has_it(alternative, dead):
    assert is_dead(alternative, {GROUPS: 0, Question(About.BEGINNING, "ri"): 0}) is dead


def test_words_of_a_tenant_are_remembered_apart_by_who_sees_them():
    known = KnownWords()
    known.of("one", active_only=False)[GROUPS] = 1
    known.of("one", active_only=True)[GROUPS] = 2
    assert known.of("one", active_only=False) == {GROUPS: 1}
    assert known.of("other", active_only=False) == {}
    known.forget("one")
    assert known.of("one", active_only=False) == {}
    assert known.of("one", active_only=True) == {}


def test_tenants_asked_about_long_ago_and_too_many_words_are_forgotten():
    known = KnownWords(most_tenants=2)
    for tenant in ("one", "two", "one", "three"):
        known.of(tenant, active_only=False)[GROUPS] = 1
    assert known.of("one", active_only=False) == {GROUPS: 1}
    assert known.of("two", active_only=False) == {}
    known.of("one", active_only=False).update({Question(About.NEAR, str(n)): () for n in range(MOST_FACTS)})
    assert known.of("one", active_only=False) == {}
