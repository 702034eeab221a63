"""What people type, on a real OpenSearch: the same groups, words, typos and suggestions as the definition finds."""

from __future__ import annotations

from random import Random

import msgspec
import pytest

from bench.typos import misspelt
from facetry.application.demo.catalog import demo_products
from facetry.application.interchange.values import read_content
from facetry.domain.change import Delta
from facetry.domain.group import GroupIdentity, derive_group
from facetry.domain.product import Product, ProductContent, stored
from facetry.domain.search.answering import answer
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.ranking import PIN_TIER
from facetry.domain.search.suggestions import Suggestions, SuggestQuery, suggest
from facetry.domain.search.text.naive import analysed
from facetry.engines.columns.search_index import ColumnsSearchIndex
from facetry.engines.lucene.tiers import domain_score
from facetry.testing.random_catalogs import RandomCatalog
from facetry.testing.search_samples import group, product
from tests.engines.lucene_texts import LuceneTexts, hits
from tests.support import ROOT

pytestmark = pytest.mark.anyio

CATALOGS, QUERIES = 12, 40
GOLDEN = [
    line.split("\t")[0]
    for line in (ROOT / "tests" / "golden" / "jewelry_queries.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.fixture
async def texts(opensearch_url):
    held = LuceneTexts(opensearch_url)
    await held.open()
    yield held
    await held.close()


@pytest.fixture(scope="module")
def demo():
    """Return the groups of the demo catalog."""
    groups: dict[str, list[Product]] = {}
    for number, values in enumerate(demo_products()):
        content = read_content(values)
        assert isinstance(content, ProductContent)
        groups.setdefault(content.group_id, []).append(stored(content, "0" * 24, number + 1))
    return [derive_group(GroupIdentity(one, "0" * 24, 1), held) for one, held in groups.items()]


@pytest.fixture
async def columns(demo, tmp_path):
    """Return the demo catalog in the index that answers exactly as the definition, and quicker."""
    index = ColumnsSearchIndex(tmp_path)
    await index.apply("one", Delta(revision=1, groups=tuple(demo)), "en")
    yield index
    await index.close()


def tier(score: float) -> float:
    """Return words and typos of a score, or the place of a pin."""
    return score // PIN_TIER if score >= PIN_TIER else score // 1


def check(read, expected, label):
    """Check that a search for a text found what the definition finds."""
    plan = read.chosen.plan
    assert (label, plan.words) == (label, expected.words)
    assert (label, read.chosen.required) == (label, expected.required_words)
    assert (label, plan.reads, plan.typos) == (label, expected.reads, expected.typos)
    assert (label, read.did_you_mean) == (label, expected.did_you_mean)
    assert (label, read.responses[0]["hits"]["total"]["value"]) == (label, expected.total)
    wanted = {hit.key[0]: tier(hit.score) for hit in expected.hits}
    assert (label, {group_id: tier(domain_score(score)) for group_id, score in hits(read)}) == (label, wanted)


@pytest.mark.parametrize("seed", range(CATALOGS))
async def test_random_texts_find_what_the_definition_finds(texts, seed):
    drawn = RandomCatalog(seed, has_silent=True)
    await texts.write("one", drawn.groups(14), drawn.definitions)
    seen = analysed(texts.groups("one"), "en", drawn.silent)
    for number in range(QUERIES):
        query = msgspec.structs.replace(drawn.query(), group_by=(), facets=(), sort=(), offset=0, limit=1000)
        check(await texts.read("one", query), answer(query, 1, seen), f"{seed}/{number}")


async def test_what_is_typed_into_a_jewelry_catalog_finds_what_it_finds_on_one_machine(texts, demo, columns):
    await texts.write("one", demo)
    for typed in GOLDEN[::3]:
        query = SearchQuery(text=typed, limit=1000)
        check(await texts.read("one", query), await columns.search("one", query), typed)


async def test_names_with_a_typo_find_their_groups(texts, demo, columns):
    await texts.write("one", demo)
    draw = Random(7)
    names = {group.group_id: group.name for group in draw.sample(demo, 80)}
    first = 0
    for group_id, name in names.items():
        query = SearchQuery(text=misspelt(name, draw), limit=1000)
        read = await texts.read("one", query)
        check(read, await columns.search("one", query), query.text)
        first += group_id in [found for found, _ in hits(read)[:5]]
    assert first >= 0.95 * len(names)


async def test_no_tenant_is_told_words_of_others(texts):
    await texts.write("one", [group("1", product("1", name="Golden locket"))])
    await texts.write("other", [group("1", product("1", name="Silver lockett"))])
    for tenant, typed, meant in (
        ("one", "lockett", "locket"),
        ("other", "lokcett", "lockett"),
        ("other", "lockt", ""),
        ("one", "silvre", ""),
        ("other", "goldne", ""),
    ):
        read = await texts.read(tenant, SearchQuery(text=typed, understand=False))
        assert (typed, read.did_you_mean) == (typed, meant)
        assert (typed, len(hits(read))) == (typed, bool(meant))
    assert await texts.suggest("other", SuggestQuery(text="gol")) == Suggestions()


async def test_a_word_that_died_is_nobodys_correction(texts):
    await texts.write("one", [group("1", product("1", name="Sapphire")), group("2", product("2", name="Emerald"))])
    query = SearchQuery(text="saphire", understand=False)
    assert (await texts.read("one", query)).did_you_mean == "sapphire"
    await texts.remove("one", "1")
    read = await texts.read("one", query)
    assert (read.did_you_mean, hits(read)) == ("", [])


@pytest.mark.parametrize(
    ("typed", "first", "again"), [("", 1, 1), ("gold rings", 1, 1), ("gold rnigs", 2, 1), ("gold ring lost", 3, 1)]
)
async def test_a_text_takes_few_calls(texts, typed, first, again):
    await texts.write(
        "one", [group("1", product("1", name="Gold ring")), group("2", product("2", name="Rings of gold"))]
    )
    query = SearchQuery(text=typed, understand=False)
    for calls in (first, again):
        before = texts.driver.calls
        read = await texts.read("one", query)
        assert (len(hits(read)), texts.driver.calls - before) == (2, calls)


async def test_what_was_known_and_is_no_longer_true_is_noticed(texts):
    query = SearchQuery(text="gold ring", understand=False)
    await texts.write("one", [group("1", product("1", name="Gold ring"))])
    assert len(hits(await texts.read("one", query))) == 1
    await texts.write("one", [group("2", product("2", name="Goldring"))])
    assert {found for found, _ in hits(await texts.read("one", query))} == {"1", "2"}
    await texts.remove("one", "1")
    assert {found for found, _ in hits(await texts.read("one", query))} == {"2"}


BEGUN = ("r", "ri", "rin", "w", "white g", "gold", "gold r", "halo", "neck", "rings", "red", "j", "jewelry", "é", "6")
LONG = "x" * 600


@pytest.mark.parametrize("seed", range(3))
async def test_suggestions_are_those_of_the_definition(texts, seed):
    drawn = RandomCatalog(seed, has_silent=True)
    await texts.write("one", drawn.groups(30), drawn.definitions)
    await texts.write("other", RandomCatalog(99).groups(5))
    seen = analysed(texts.groups("one"), "en", drawn.silent)
    for typed in (*BEGUN, " ", "-", LONG):
        for active_only in (False, True):
            query = SuggestQuery(text=typed, limit=drawn.draw.choice((1, 3, 20)), active_only=active_only)
            assert (typed, await texts.suggest("one", query)) == (typed, suggest(query, seen))


async def test_suggestions_are_one_call(texts):
    await texts.write("one", RandomCatalog(1).groups(5))
    before = texts.driver.calls
    assert await texts.suggest("one", SuggestQuery(text="r")) != Suggestions()
    assert texts.driver.calls == before + 1
