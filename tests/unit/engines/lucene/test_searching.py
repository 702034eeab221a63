from __future__ import annotations

from time import monotonic

import pytest
from msgspec import structs

from facetry.domain.errors import IndexFailedError, SearchError, SearchTimeoutError
from facetry.domain.search.answering import answer_from
from facetry.domain.search.fields import BUILT_IN
from facetry.domain.search.filters import And, AnyProduct, AnyStone, Has, Not, Or
from facetry.domain.search.query import (
    CountLevel,
    HistogramFacet,
    SearchQuery,
    SortAtRandom,
    SortByField,
    SortByRelevance,
    ValuesFacet,
)
from facetry.domain.search.result import SearchResult, ValueCount, ValuesResult
from facetry.engines.lucene import facets, falling_back, histograms, page_hits, pages
from facetry.engines.lucene.searching import Memory, check_hits, searched
from facetry.engines.lucene.slots import slot_key
from facetry.ports.search_index import Capabilities
from facetry.testing.random_catalogs import SCHEMA, RandomCatalog
from facetry.testing.search_exact import check as checked
from facetry.testing.search_samples import single
from tests.unit.engines.lucene.made_up_index import TENANT, MadeUpIndex

pytestmark = pytest.mark.anyio


class OverDocuments:
    """Searches of a tenant whose groups are documents in memory."""

    capabilities = Capabilities(exact_relevance=False, group_by=False, snapshots=False, is_shared=True)

    def __init__(self, asking: MadeUpIndex) -> None:
        self._asking = asking
        self._memory = Memory()

    async def search(self, _tenant: str, query: SearchQuery, deadline: float | None = None):
        check_hits(query)
        return await searched(self._asking, query, self._memory, deadline)


@pytest.mark.parametrize("seed", range(12))
async def test_searches_of_documents_answer_what_the_definition_does(seed):
    drawn = RandomCatalog(seed, has_silent=True)
    groups = drawn.groups(8)
    index = OverDocuments(MadeUpIndex(groups, drawn.definitions))
    for number in range(12):
        await checked(index, TENANT, drawn.query(), lambda query: answer_from(query, 1, groups), f"{seed}/{number}")


async def test_a_search_begins_again_where_the_tenant_changed():
    asking = MadeUpIndex([single("a"), single("b")])
    asking.refused = 2
    result = await searched(asking, SearchQuery(), Memory(), None)
    assert (result.total, asking.calls) == (2, 3)


async def test_a_tenant_that_changes_again_and_again_is_given_up():
    asking = MadeUpIndex([single("a")])
    asking.refused = 100
    with pytest.raises(IndexFailedError, match="again and again"):
        await searched(asking, SearchQuery(), Memory(), None)
    assert asking.calls == 10


async def test_a_search_begins_again_where_a_group_of_a_page_went_between_two_calls():
    class Changing(MadeUpIndex):
        """Loses a group in the first second call."""

        async def ask(self, bodies, seconds=None):
            if self.calls == 1:
                self.documents = [one for one in self.documents if one.get("group") != "b"]
            return await super().ask(bodies, seconds)

    asking = Changing([single("a"), single("b"), single("c")])
    result = await searched(asking, SearchQuery(sort=(SortAtRandom(1),)), Memory(), None)
    assert sorted(hit.key[0] for hit in result.hits) == ["a", "c"]
    assert (result.total, asking.calls) == (2, 4)


async def test_nobody_waits_longer_than_the_deadline():
    asking = MadeUpIndex([single("a")])
    with pytest.raises(SearchTimeoutError):
        await searched(asking, SearchQuery(), Memory(), monotonic())
    assert asking.calls == 0


async def test_other_hits_than_groups_are_refused():
    with pytest.raises(SearchError, match="product groups") as raised:
        check_hits(SearchQuery(group_by=(BUILT_IN["color"],)))
    assert raised.value.pointer == "/group_by"


GROUPS = [
    single("a", color="Red", gemstones=({"type": "Pearl"}, {"type": "Ruby"}), quantity=2),
    single("b", color="Blue", gemstones=({"type": "Ruby"},), quantity=1),
    single("c", color="Green", gemstones=({"type": "Pearl"},), quantity=3),
    single("d", color="Red", quantity=5),
]
PEARL = Has(SCHEMA.field("gemstones.type"), frozenset({"pearl"}))
RUBY = Has(SCHEMA.field("gemstones.type"), frozenset({"ruby"}))
RED = Has(BUILT_IN["color"], frozenset({"red"}))
EITHER = Or((And((AnyStone(PEARL), RUBY)), And((Not(AnyStone(PEARL)), Not(RUBY)))))
"""True of no candidate alone: two cases of products that ask for other stones."""
COLORS = ValuesFacet("colors", BUILT_IN["color"])


async def evaluated(query: SearchQuery) -> tuple[SearchResult, int]:
    """Return the answer of a search after comparing it with the definition, and how many calls it took."""
    asking = MadeUpIndex(GROUPS)
    result = await searched(asking, query, Memory(), None)
    assert result == answer_from(query, 1, GROUPS)
    return result, asking.calls


async def test_facets_of_groups_in_two_cases_are_evaluated():
    result, calls = await evaluated(SearchQuery(filter=EITHER, facets=(COLORS,), sort=(SortByField(BUILT_IN["sku"]),)))
    assert [hit.key for hit in result.hits] == [("a",), ("d",)]
    assert result.facets["colors"] == ValuesResult((ValueCount("Red", 2),), 0, 1)
    assert calls == 1


async def test_facets_of_products_in_two_cases_are_counted():
    query = SearchQuery(filter=EITHER, facets=(structs.replace(COLORS, level=CountLevel.PRODUCT),))
    result, calls = await evaluated(query)
    assert result.facets["colors"] == ValuesResult((ValueCount("Red", 2),), 0, 1)
    assert (result.total_products, calls) == (2, 1)


async def test_orders_in_two_cases_are_evaluated():
    by_quantity = (SortByField(BUILT_IN["quantity"], descending=True),)
    result, _ = await evaluated(SearchQuery(filter=EITHER, sort=by_quantity))
    assert [hit.key for hit in result.hits] == [("d",), ("a",)]


async def test_a_text_is_evaluated_by_all_its_readings():
    query = SearchQuery(text="iteem", filter=EITHER, facets=(COLORS,), sort=(SortByField(BUILT_IN["sku"]),))
    asking = MadeUpIndex(GROUPS)
    result = await searched(asking, query, Memory(), None)
    assert (result.total, result.typos, result.did_you_mean) == (2, True, "item")


async def test_groups_to_be_evaluated_come_page_by_page(monkeypatch):
    monkeypatch.setattr(falling_back, "PAGE_GROUPS", 1)
    _, calls = await evaluated(SearchQuery(filter=EITHER, facets=(COLORS,)))
    assert calls == 3


async def test_too_many_groups_are_not_evaluated(monkeypatch):
    monkeypatch.setattr(falling_back, "MOST_GROUPS", 1)
    with pytest.raises(SearchError, match="of more than 1 groups"):
        await evaluated(SearchQuery(filter=EITHER, facets=(COLORS,)))


async def test_what_has_no_room_in_documents_is_evaluated():
    query = SearchQuery(filter=Has(BUILT_IN["quantity"], ranges=((2, 4),)), sort=(SortByField(BUILT_IN["quantity"]),))
    asking = MadeUpIndex(GROUPS)
    quantity = slot_key(BUILT_IN["quantity"])
    asking.state = structs.replace(
        asking.state,
        slots=tuple(slot for slot in asking.state.slots if slot.key != quantity),
        beyond=frozenset({quantity}),
    )
    result = await searched(asking, query, Memory(), None)
    assert [hit.key for hit in result.hits] == [("a",), ("c",)]


async def test_too_many_keys_are_not_shuffled(monkeypatch):
    monkeypatch.setattr(page_hits, "MOST_SHUFFLED", 3)
    with pytest.raises(SearchError, match="at most 3 hits"):
        await evaluated(SearchQuery(sort=(SortAtRandom(1),)))


async def test_keys_to_be_shuffled_come_page_by_page(monkeypatch):
    monkeypatch.setattr(pages, "MOST_KEYS", 2)
    result, calls = await evaluated(SearchQuery(sort=(SortByField(BUILT_IN["color"]), SortAtRandom(1))))
    assert [hit.key for hit in result.hits][:2] == [("b",), ("c",)]
    assert calls == 4


async def test_values_that_do_not_come_at_once_come_page_by_page(monkeypatch):
    monkeypatch.setattr(facets, "MOST_VALUES", 2)
    either = Or((AnyProduct(RED), PEARL))
    skus = ValuesFacet("skus", BUILT_IN["sku"], size=2)
    numbers = ValuesFacet("quantities", BUILT_IN["quantity"], size=9)
    result, calls = await evaluated(SearchQuery(filter=either, facets=(skus,)))
    assert result.facets["skus"] == ValuesResult((ValueCount("a-1", 1), ValueCount("c-1", 1)), 1, 3)
    assert calls == 1
    result, calls = await evaluated(SearchQuery(facets=(skus, numbers)))
    assert result.facets["quantities"] == ValuesResult(
        tuple(ValueCount(text, 1) for text in ("1", "2", "3", "5")), 0, 4
    )
    assert calls == 7


async def test_pages_go_on_behind_a_hit():
    by_quantity = (SortByField(BUILT_IN["quantity"]), SortByRelevance())
    first, _ = await evaluated(SearchQuery(sort=by_quantity, limit=2))
    after = first.hits[-1].position
    second, _ = await evaluated(SearchQuery(sort=by_quantity, limit=2, after=after))
    third, _ = await evaluated(SearchQuery(sort=by_quantity, limit=2, after=after, offset=1))
    assert [[hit.key[0] for hit in page.hits] for page in (first, second, third)] == [["b", "a"], ["c", "d"], ["d"]]


async def test_shuffled_pages_go_on_behind_a_hit():
    at_random = (SortAtRandom(3), SortByRelevance())
    whole, _ = await evaluated(SearchQuery(sort=at_random))
    second, _ = await evaluated(SearchQuery(sort=at_random, after=whole.hits[1].position))
    assert second.hits == whole.hits[2:]


async def test_a_text_with_conditions_of_too_many_cases_is_evaluated():
    parts = tuple(AnyStone(Has(BUILT_IN["color"], frozenset({str(number)}))) for number in range(9))
    asking = MadeUpIndex(GROUPS)
    result = await searched(asking, SearchQuery(text="item", filter=Or((*parts, RED))), Memory(), None)
    assert [hit.key for hit in result.hits] == [("a",), ("d",)]


async def test_fields_are_told_apart_whatever_their_names_are():
    names = ("a", "a=b", "a.*", "a|b", 'a"<1-9>~@&#', "a\\\\", "ä")
    groups = [single(str(place), attributes={name: "b=c"}) for place, name in enumerate(names)]
    fields = [SCHEMA.field(f"attributes.{name}") for name in names]
    query = SearchQuery(facets=tuple(ValuesFacet(field.name, field) for field in fields))
    result = await searched(MadeUpIndex(groups), query, Memory(), None)
    assert [*result.facets.values()] == [ValuesResult((ValueCount("b=c", 1),), 0, 1)] * len(names)


async def test_buckets_of_a_histogram_are_counted_at_once_where_they_are_as_before():
    asking, memory = MadeUpIndex(GROUPS), Memory()
    query = SearchQuery(facets=(HistogramFacet("h", BUILT_IN["quantity"], buckets=2), COLORS))
    for calls in (2, 3, 4):
        result = await searched(asking, query, memory, None)
        assert result.facets == answer_from(query, 1, GROUPS).facets
        assert asking.calls == calls
    asking.documents = [one for one in asking.documents if one.get("group") != "d"]
    for calls in (6, 7):
        result = await searched(asking, query, memory, None)
        assert result.facets == answer_from(query, 1, GROUPS[:3]).facets
        assert asking.calls == calls


async def test_buckets_of_few_histograms_are_remembered(monkeypatch):
    monkeypatch.setattr(histograms, "MOST_KEPT", 1)
    asking, memory = MadeUpIndex(GROUPS), Memory()
    narrow, wide = (SearchQuery(facets=(HistogramFacet("h", BUILT_IN["quantity"], buckets=count),)) for count in (2, 9))
    for query, calls in ((narrow, 2), (wide, 4), (wide, 5), (narrow, 7)):
        await searched(asking, query, memory, None)
        assert asking.calls == calls
