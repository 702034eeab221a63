"""Searches of /v2 on OpenSearch and Elasticsearch against their definition, and what they cost in calls."""

from __future__ import annotations

from collections.abc import AsyncIterator
from time import monotonic

import msgspec
import pytest

from facetry.domain.change import Delta
from facetry.domain.errors import SearchTimeoutError
from facetry.domain.group import ProductGroup
from facetry.domain.search.answering import answer_from
from facetry.domain.search.fields import Schema
from facetry.domain.search.filters import And, AnyProduct, AnyStone, Has, Not, Or
from facetry.domain.search.query import (
    HistogramFacet,
    RangesFacet,
    SearchQuery,
    SortAtRandom,
    SortByField,
    TreeFacet,
    ValueOrder,
    ValuesFacet,
)
from facetry.domain.search.result import SearchResult
from facetry.engines.lucene.search_index import LuceneSearchIndex
from facetry.testing.search_exact import ExactSearchConformance, compare
from facetry.testing.search_samples import TENANT, group, product, single
from tests.engines.lucene_indexes import an_index, new_prefix

pytestmark = pytest.mark.anyio

FIELD = Schema().field
PEARL = Has(FIELD("gemstones.type"), frozenset({"pearl"}))
CLEAR = Has(FIELD("gemstones.clarity"), frozenset({"fl"}))
RED = Has(FIELD("color"), frozenset({"red"}))


@pytest.fixture
async def index(opensearch_url) -> AsyncIterator[LuceneSearchIndex]:
    async with an_index(opensearch_url) as index:
        yield index


class TestOpenSearch(ExactSearchConformance):
    catalogs = 20
    queries = 40
    revisions = 20


class TestElasticsearch(ExactSearchConformance):
    catalogs = 20
    queries = 5
    revisions = 10

    @pytest.fixture
    async def index(self, elasticsearch_url) -> AsyncIterator[LuceneSearchIndex]:
        async with an_index(elasticsearch_url) as index:
            yield index


@pytest.mark.slow
class TestOpenSearchAtLength(ExactSearchConformance):
    catalogs = 200
    queries = 150


def stones(*types: str) -> tuple[dict[str, str], ...]:
    return tuple({"type": name, "clarity": "FL"} if name == "Pearl" else {"type": name} for name in types)


GROUPS = (
    single("a", color="Red", regular_price=30_000, gemstones=stones("Pearl", "Ruby"), category=("Jewelry>Rings",)),
    single("b", color="Blue", regular_price=10_000, gemstones=stones("Ruby"), category=("Jewelry>Chains",)),
    group(
        "c",
        product("c-1", color="Red", regular_price=20_000, gemstones=stones("Pearl")),
        product("c-2", color="Green", regular_price=40_000, currency="EUR", category=("Watches",)),
    ),
)
PRICE = FIELD("price")
RICH = SearchQuery(
    text="item",
    filter=Has(FIELD("color"), frozenset({"red", "blue"})),
    facets=(
        ValuesFacet("color", FIELD("color")),
        ValuesFacet("stone", FIELD("gemstones.type"), own_filter=True, order=ValueOrder.VALUE),
        RangesFacet("price", PRICE, ((0, 15_000), (10_000, 30_000))),
        TreeFacet("tree"),
    ),
    sort=(SortByField(PRICE, descending=True), SortByField(FIELD("color"))),
)


async def hold(index: LuceneSearchIndex, *groups: ProductGroup, revision: int = 1) -> None:
    await index.apply(TENANT, Delta(revision=revision, groups=groups), "en")


async def asked(index: LuceneSearchIndex, query: SearchQuery) -> tuple[SearchResult, int]:
    """Return what a search answers, and how many calls that took."""
    before = index._driver.calls
    result = await index.search(TENANT, query)
    return result, index._driver.calls - before


async def check(index: LuceneSearchIndex, query: SearchQuery, groups: tuple[ProductGroup, ...] = GROUPS) -> int:
    """Check an answer whose order says all, but for scores, and return how many calls it took."""
    result, calls = await asked(index, query)
    expected = answer_from(query, result.revision, groups)
    without = [msgspec.structs.replace(hit, score=0.0) for hit in expected.hits]
    found = [msgspec.structs.replace(hit, score=0.0) for hit in result.hits]
    compare(
        msgspec.structs.replace(result, hits=tuple(found)), msgspec.structs.replace(expected, hits=tuple(without)), ""
    )
    return calls


async def test_a_search_with_facets_and_order_is_one_call(index):
    await hold(index, *GROUPS)
    await check(index, msgspec.structs.replace(RICH, text="ruby item"))
    assert await check(index, RICH) == 1
    assert await check(index, msgspec.structs.replace(RICH, text="", limit=1)) == 1
    assert await check(index, msgspec.structs.replace(RICH, text="", limit=0)) == 1


async def test_a_next_page_is_one_call(index):
    await hold(index, *GROUPS)
    query = msgspec.structs.replace(RICH, filter=And(()), limit=1)
    keys = []
    while True:
        result, calls = await asked(index, query)
        if not result.hits:
            break
        keys += [hit.key for hit in result.hits]
        query = msgspec.structs.replace(query, after=result.hits[-1].position)
    assert keys == [("a",), ("c",), ("b",)]
    assert calls == 1


async def test_a_page_behind_a_hit_can_skip_some(index):
    await hold(index, *GROUPS)
    first, _ = await asked(index, SearchQuery(sort=(SortByField(PRICE),), limit=1))
    after = first.hits[-1].position
    assert await check(index, SearchQuery(sort=(SortByField(PRICE),), after=after, offset=1)) == 1


async def test_order_at_random_is_two_calls(index):
    await hold(index, *GROUPS)
    query = SearchQuery(sort=(SortByField(FIELD("color")), SortAtRandom(7)), limit=2)
    assert await check(index, query) == 2
    first, _ = await asked(index, SearchQuery(sort=(SortAtRandom(7),), limit=2))
    after = SearchQuery(sort=(SortAtRandom(7),), after=first.hits[-1].position)
    assert await check(index, after) == 2
    assert await check(index, msgspec.structs.replace(after, offset=5)) == 1


async def test_conditions_that_no_facet_of_documents_can_count_are_evaluated(index):
    await hold(index, *GROUPS)
    either = Or((And((AnyStone(PEARL), CLEAR)), And((Not(AnyStone(PEARL)), Not(CLEAR)))))
    query = SearchQuery(filter=either, facets=(ValuesFacet("color", FIELD("color")),), sort=(SortByField(PRICE),))
    assert await check(index, query) == 1
    assert await check(index, msgspec.structs.replace(query, facets=())) == 1
    assert await check(index, msgspec.structs.replace(query, text="item")) == 2


async def test_an_order_that_differs_by_case_is_evaluated(index):
    await hold(index, *GROUPS)
    query = SearchQuery(filter=Or((AnyProduct(RED), PEARL, Not(RED))), sort=(SortByField(PRICE),))
    one = SearchQuery(filter=Or((And((AnyProduct(RED), PEARL)), Not(RED))), sort=(SortByField(PRICE),))
    assert await check(index, query) == 1
    assert await check(index, one) == 1


async def test_facets_of_very_many_values_come_page_by_page(index):
    codes = [f"code {number}" for number in range(12_000)]
    groups = (*GROUPS, single("d", attributes={"code": codes, "coda": "x", "codf": ["y", "z"]}))
    await hold(index, *groups)
    query = SearchQuery(
        facets=(
            ValuesFacet("code", FIELD("code"), size=3, order=ValueOrder.VALUE),
            ValuesFacet("color", FIELD("color")),
            ValuesFacet("some", FIELD("code"), search="11999"),
        ),
        sort=(SortByField(PRICE),),
    )
    assert await check(index, query, groups) == 5


async def test_fields_are_told_apart_whatever_their_names_are(index):
    names = ("a", "a=b", "a.*", "a|b", 'a"<1-9>~@&#', "a\\", "ä", "a\nb", "💍")
    groups = [single(str(place), attributes={name: "b=c"}) for place, name in enumerate(names)]
    await hold(index, *groups)
    fields = [FIELD(f"attributes.{name}") for name in names]
    query = SearchQuery(facets=tuple(ValuesFacet(field.name, field) for field in fields), sort=(SortByField(PRICE),))
    await check(index, query, tuple(groups))


async def test_a_histogram_is_counted_when_its_ends_are_known(index):
    await hold(index, *GROUPS)
    facets = (HistogramFacet("price", PRICE), HistogramFacet("none", FIELD("nothing")))
    query = SearchQuery(facets=facets, sort=(SortByField(PRICE),))
    assert await check(index, query) == 2
    assert await check(index, query) == 1
    dear = single("f", regular_price=9_000_000)
    await hold(index, dear, revision=2)
    assert await check(index, query, (*GROUPS, dear)) == 2
    assert await check(index, query, (*GROUPS, dear)) == 1


async def test_a_deadline_that_has_passed_ends_a_search(index):
    await hold(index, *GROUPS)
    with pytest.raises(SearchTimeoutError):
        await index.search(TENANT, SearchQuery(), monotonic())
    with pytest.raises(SearchTimeoutError):
        await index.search(TENANT, RICH, monotonic() + 0.0005)


async def test_what_another_process_has_met_is_found_and_sorted_at_once(opensearch_url):
    prefix = new_prefix()
    async with an_index(opensearch_url, prefix) as mine, an_index(opensearch_url, prefix) as others:
        await hold(mine, *GROUPS)
        await check(mine, RICH)
        new = single("e", attributes={"height": 7}, color="Red", regular_price=1)
        await hold(others, new, revision=2)
        height = SearchQuery(filter=Has(FIELD("height"), ranges=((0, 2**62),)), sort=(SortByField(FIELD("height")),))
        assert await check(mine, height, (*GROUPS, new)) > 1
        assert await check(mine, height, (*GROUPS, new)) == 1
