from __future__ import annotations

import asyncio

import msgspec
import pytest

from facetry.domain.search.answering import answer
from facetry.domain.search.evaluation import passing
from facetry.domain.search.filters import And
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.text.naive import analysed
from facetry.engines.lucene.queries import all_of
from facetry.engines.lucene.readings import MOST_OUTCOMES, Outcome, Outcomes, Searches, TextReader
from facetry.engines.lucene.vocabulary import KnownWords
from facetry.testing.random_catalogs import RandomCatalog
from facetry.testing.search_samples import single
from tests.unit.engines.lucene.made_up_lucene import MadeUpLucene

pytestmark = pytest.mark.anyio


class Catalog:
    """Groups of one tenant, and what searches for their texts have learnt."""

    def __init__(self, *groups, attributes=()):
        self.lucene, self.known, self.outcomes = MadeUpLucene(), KnownWords(), Outcomes()
        self.groups = {one.group_id: one for one in groups}
        self.lucene.put("one", *groups, attributes=attributes)

    def put(self, one):
        self.groups[one.group_id] = one
        self.lucene.put("one", one)

    def remove(self, group_id):
        del self.groups[group_id]
        self.lucene.remove("one", group_id)

    async def read(self, query, *, has_bodies=True):
        """Search for a text; conditions are worked out here."""
        reader = TextReader("one", query, self.known, self.outcomes)

        def passing_ids(condition):
            return {
                "terms": {"group": [one.group_id for one in self.groups.values() if [*passing(query, one, condition)]]}
            }

        def bodies(chosen):
            condition = And((query.scope, query.filter, chosen.plan.condition))
            found = all_of([{"term": {"tenant": "one"}}, passing_ids(condition)])
            scored = reader.queries.scored(chosen.plan, chosen.required)
            body = {
                "query": {"bool": {"must": [scored], "filter": [found]}},
                "size": 1000,
                "docvalue_fields": ["group"],
            }
            return [body] if has_bodies else []

        return await reader.read(self.lucene.ask, Searches(passing_ids, bodies))

    async def calls(self, query):
        """Return how many calls a search takes."""
        before = self.lucene.calls
        await self.read(query)
        return self.lucene.calls - before


def found(read):
    return {hit["fields"]["group"][0] for hit in read.responses[0]["hits"]["hits"]}


@pytest.mark.parametrize("seed", range(6))
async def test_the_reading_that_is_answered_is_that_of_the_definition(seed):
    drawn = RandomCatalog(seed, has_silent=True)
    catalog = Catalog(*drawn.groups(10), attributes=drawn.definitions)
    seen = analysed([*catalog.groups.values()], "en", drawn.silent)
    for number in range(12):
        query = msgspec.structs.replace(drawn.query(), group_by=(), facets=(), sort=(), offset=0, limit=1000)
        expected, read = answer(query, 1, seen), await catalog.read(query)
        plan, label = read.chosen.plan, f"{seed}/{number}"
        assert (label, found(read)) == (label, {hit.key[0] for hit in expected.hits})
        assert (label, plan.words, read.chosen.required) == (label, expected.words, expected.required_words)
        assert (label, plan.reads, plan.typos) == (label, expected.reads, expected.typos)
        assert (label, read.did_you_mean) == (label, expected.did_you_mean)
        assert (label, await catalog.calls(query)) == (label, 1)


@pytest.mark.parametrize(
    ("typed", "calls"),
    [("", 1), ("gold rings", 1), ("goldring", 3), ("gold rnigs", 2), ("gold ring lost", 3), ("-", 1)],
)
async def test_a_first_search_for_a_text_takes_few_calls(typed, calls):
    catalog = Catalog(single("1", name="Gold ring"), single("2", name="Rings of gold"))
    query = SearchQuery(text=typed, understand=False)
    assert await catalog.calls(query) == calls
    assert await catalog.calls(query) == 1


async def test_a_catalog_that_changed_is_noticed():
    catalog = Catalog(single("1", name="Gold ring"))
    query = SearchQuery(text="gold rnig", understand=False)
    assert found(await catalog.read(query)) == {"1"}
    catalog.put(single("2", name="Gold rnig"))
    assert found(await catalog.read(query)) == {"2"}
    catalog.remove("2")
    read = await catalog.read(query)
    assert (found(read), read.did_you_mean) == ({"1"}, "gold ring")
    catalog.remove("1")
    read = await catalog.read(query)
    assert (found(read), read.did_you_mean) == (set(), "")


async def test_searches_at_once_learn_from_each_other_and_answer_right():
    catalog = Catalog(single("1", name="Gold ring"), single("2", name="Silver necklace"))
    queries = [SearchQuery(text=text) for text in ("gold rnig", "silvre", "necklase gold", "ring") * 3]
    reads = await asyncio.gather(*map(catalog.read, queries))
    assert [found(read) for read in reads] == [{"1"}, {"2"}, {"1", "2"}, {"1"}] * 3


async def test_the_reading_alone_can_be_asked_for():
    catalog = Catalog(single("1", name="Gold ring"))
    read = await catalog.read(SearchQuery(text="gold rnig"), has_bodies=False)
    assert ([slot.word for slot in read.chosen.plan.reading.slots], read.chosen.required) == (["gold", "rnig"], 2)
    assert read.responses == []


def test_only_answers_unlike_most_are_remembered_and_not_too_many():
    outcomes = Outcomes()
    query, relaxed = SearchQuery(text="a b"), Outcome(0, 1, is_wide=True)
    outcomes.put("one", query, relaxed)
    assert outcomes.last("one", query) == relaxed
    assert outcomes.last("other", query) == Outcome()
    outcomes.put("one", query, Outcome())
    assert outcomes.last("one", query) == Outcome()
    outcomes.put("one", query, relaxed)
    for number in range(MOST_OUTCOMES):
        outcomes.put("one", SearchQuery(text=str(number)), relaxed)
    assert outcomes.last("one", query) == Outcome()
    assert outcomes.last("one", SearchQuery(text="0")) == relaxed
