import msgspec
import pytest

from facetry.application.search_trial import DEPTH, EXPLAINED, Move, Score, SearchTrial, score_of
from facetry.application.word_readings import Fit, Form, Role, WordReading
from facetry.domain.errors import InvalidValueError, SearchError
from facetry.domain.search.ranking import PIN_TIER
from facetry.domain.search.rules import Boost, Pin, SearchRules, Synonym
from facetry.domain.tenant import TenantSettings
from facetry.ports.search_index import Capabilities
from tests.unit.application.shop import content

pytestmark = pytest.mark.anyio

NAMES = {
    "band": "Gold wedding band",
    "bands": "Two silver bands",
    "ring": "Gold ring",
    "rings": "Rings for a queen",
    "brooch": "Brooch <b>&",
}
SETTINGS = TenantSettings()


@pytest.fixture
async def trial(shop):
    for group_id, name in NAMES.items():
        priced = {"regular_price": 100_0000, "attributes": {"sold": len(group_id)}}
        await shop.catalog.add_product("t", content(group_id.upper(), name=name, group_id=group_id, **priced))
    return SearchTrial(shop.search)


def found(trial):
    return [hit.group_id for hit in trial.hits]


def ruled(**rules):
    return msgspec.structs.replace(SETTINGS, rules=SearchRules(**rules))


async def test_each_word_is_told_with_the_forms_in_which_hits_have_it(trial):
    tried = await trial.run("t", SETTINGS, "the bands")
    assert tried.words == (
        WordReading(
            word="bands",
            stem="band",
            groups=2,
            forms=(Form("bands", Fit.TYPED), Form("band", Fit.STEM)),
        ),
        WordReading(word="the", role=Role.STOP_WORD),
    )
    assert found(tried) == ["bands", "band"]
    assert (tried.is_exact, tried.hidden) == (True, ())


@pytest.mark.parametrize(
    ("text", "rules", "form"),
    [
        ("broohc", {}, Form("brooch", Fit.TYPO)),
        ("broo", {}, Form("brooch", Fit.BEGINNING)),
        ("pin", {"synonyms": (Synonym(("brooch",), source="pin"),)}, Form("brooch", Fit.SYNONYM)),
        ("clasp pin", {"synonyms": (Synonym(("clasp pin", "brooch")),)}, Form("brooch", Fit.SYNONYM)),
    ],
)
async def test_a_word_is_found_as_another_one(trial, text, rules, form):
    tried = await trial.run("t", ruled(**rules), text)
    assert found(tried) == ["brooch"]
    assert tried.words[0].forms == (form,)
    assert tried.words[0].word == text


async def test_synonyms_are_told_with_the_word_that_has_them(trial):
    tried = await trial.run("t", ruled(synonyms=(Synonym(("brooch", "clasp pin"), source="pin"),)), "pin")
    assert tried.words[0].meanings == ("brooch", "clasp pin")


async def test_what_the_trade_knows_is_told_as_such(trial, shop):
    await shop.catalog.add_product("t", content("RG", name="Rose gold ring", group_id="rose", regular_price=1_0000))
    tried = await trial.run("t", SETTINGS, "rose gold ring under 500 usd")
    gold, ring, limit = tried.words
    assert (gold.word, gold.role, gold.term, gold.groups) == ("rose gold", Role.TERM, "rose gold", 1)
    assert (ring.word, ring.role) == ("ring", Role.WORD)
    assert limit == WordReading(word="under 500 usd", role=Role.CONDITION, condition="price < 500")
    literal = await trial.run("t", ruled(understanding=False), "gold ring")
    assert [(word.word, word.role) for word in literal.words] == [("gold", Role.WORD), ("ring", Role.WORD)]


async def test_a_term_is_found_as_what_says_the_same(trial, shop):
    await shop.catalog.add_product("t", content("N", name="Necklace, 18 karat", group_id="chain"))
    tried = await trial.run("t", SETTINGS, "750 gold necklace")
    assert found(tried)[0] == "chain"
    assert (tried.words[0].role, tried.words[0].forms) == (Role.TERM, (Form("18 karat", Fit.TERM),))


async def test_without_hits_the_words_are_told_as_they_were_typed(trial):
    tried = await trial.run("t", SETTINGS, "the zzzzz qqqqq")
    assert [(word.word, word.role, word.groups, word.forms) for word in tried.words] == [
        ("zzzzz", Role.WORD, 0, ()),
        ("qqqqq", Role.WORD, 0, ()),
        ("the", Role.STOP_WORD, None, ()),
    ]
    assert tried.hits == ()


async def test_an_empty_text_finds_everything_and_has_no_words(trial):
    tried = await trial.run("t", SETTINGS, "")
    assert (len(tried.hits), tried.words) == (5, ())
    assert tried.hits[0].score == Score(total=0.0, is_pinned=False, words=0, typos=0, text=0.0, extra=0.0)


async def test_the_parts_of_a_score_add_up_to_it(trial):
    hit = (await trial.run("t", SETTINGS, "golde rings")).hits[0]
    score = hit.score
    raw = score.text + score.extra
    assert score.total == pytest.approx(score.words * 32 - score.typos + raw / (1 + raw))
    assert (score.words, score.is_pinned) == (2, False)
    assert score.extra > 0
    assert score.text == pytest.approx(sum(word.weight for word in hit.hit.explanation))


async def test_a_misspelt_word_costs_its_typos(trial):
    assert (await trial.run("t", SETTINGS, "broohc")).hits[0].score.typos == 1


async def test_a_pinned_hit_is_told_as_such_with_the_rest_of_its_score(trial):
    rules = ruled(pins=(Pin("ring", first=("brooch", "rings"), hide=("ring",)),))
    tried = await trial.run("t", rules, "Ring")
    assert found(tried)[:2] == ["brooch", "rings"]
    assert [hit.score.is_pinned for hit in tried.hits[:2]] == [True, True]
    assert [hit.score.words for hit in tried.hits[:2]] == [0, 1]
    assert tried.hits[0].score.total >= 2 * PIN_TIER
    assert tried.hits[1].score.text == pytest.approx(sum(word.weight for word in tried.hits[1].hit.explanation))
    assert tried.hidden == ("ring",)


async def test_of_an_engine_without_exact_scores_only_the_words_are_told(trial, shop):
    shop.index.capabilities = Capabilities(exact_relevance=False)
    tried = await trial.run("t", SETTINGS, "broohc")
    assert not tried.is_exact
    assert (tried.hits[0].score.extra, tried.hits[0].score.typos) == (None, 1)


async def test_boosts_are_in_what_a_score_has_beside_its_words(trial):
    plain = (await trial.run("t", SETTINGS, "brooch")).hits[0].score
    boosted = (await trial.run("t", ruled(boosts=(Boost("sold", 2.0, 6.0),)), "brooch")).hits[0].score
    assert boosted.text == plain.text
    assert boosted.text + boosted.extra == pytest.approx(2 * (plain.text + plain.extra))


async def test_each_hit_tells_what_other_rules_do_to_it(trial):
    draft = SearchRules(pins=(Pin("ring", first=("brooch", "rings"), hide=("ring",)),))
    compared = await trial.compare("t", SETTINGS, "ring", draft)
    assert [(one.found.group_id, one.move, one.by) for one in compared.before] == [
        ("rings", Move.DOWN, 1),
        ("ring", Move.GONE, 0),
    ]
    assert [(one.found.group_id, one.move, one.by) for one in compared.after] == [
        ("brooch", Move.NEW, 0),
        ("rings", Move.DOWN, 1),
    ]
    assert compared.changes == 3


async def test_hits_that_move_tell_by_how_much(trial):
    was = found(await trial.run("t", SETTINGS, "gold"))
    draft = SearchRules(pins=(Pin("gold", first=(was[1],)),))
    compared = await trial.compare("t", SETTINGS, "gold", draft)
    assert [(one.found.group_id, one.move, one.by) for one in compared.after] == [
        (was[1], Move.UP, 1),
        (was[0], Move.DOWN, 1),
    ]
    assert [one.move for one in compared.before] == [Move.DOWN, Move.UP]
    assert compared.changes == 2


async def test_the_same_rules_change_nothing(trial):
    compared = await trial.compare("t", SETTINGS, "ring", SETTINGS.rules)
    assert compared.changes == 0
    assert compared.was == compared.would_be


async def test_a_draft_is_not_kept(trial, shop):
    await trial.compare("t", SETTINGS, "ring", SearchRules(synonyms=(Synonym(("ring", "brooch")),)))
    record = await shop.settings.get("t")
    assert (record.settings.rules, record.version) == (SearchRules(), 1)
    assert found(await trial.run("t", record.settings, "ring")) == ["rings", "ring"]


async def test_a_draft_that_is_not_allowed_is_refused(trial):
    with pytest.raises(InvalidValueError) as refused:
        await trial.compare("t", SETTINGS, "ring", SearchRules(weights={"name": 101.0}))
    assert refused.value.field == "weights"
    assert not trial.is_semantic
    with pytest.raises(InvalidValueError) as refused:
        await trial.compare("t", SETTINGS, "ring", SearchRules(semantic=0.5))
    assert refused.value.field == "semantic"


async def test_a_text_that_is_too_long_is_refused(trial):
    with pytest.raises(SearchError):
        await trial.run("t", SETTINGS, "x" * 513)


async def test_only_the_first_hits_are_compared(trial, shop):
    for number in range(DEPTH + 1):
        await shop.catalog.add_product("t", content(f"C{number:02}", name="charm", group_id=f"charm{number:02}"))
    tried = await trial.run("t", SETTINGS, "charm")
    assert (len(tried.hits), tried.result.total) == (EXPLAINED, DEPTH + 1)
    compared = await trial.compare("t", SETTINGS, "charm", SearchRules(pins=(Pin("charm", ("charm50",)),)))
    assert (len(compared.before), len(compared.after)) == (DEPTH, DEPTH)
    assert (compared.before[-1].move, compared.after[0].move) == (Move.GONE, Move.NEW)


def test_a_score_without_a_hit_that_matches_is_no_trouble():
    class Nothing(msgspec.Struct):
        score: float = 0.0
        matched_words: int = 0
        explanation: tuple = ()

    assert score_of(Nothing()).extra == 0.0
