"""What any search index must answer to random searches over random catalogs: exactly what the definition says."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import takewhile

import msgspec
import pytest

from facetry.domain.change import Delta
from facetry.domain.errors import SearchError
from facetry.domain.group import ProductGroup
from facetry.domain.search.answering import answer, answer_from
from facetry.domain.search.ordering import sort_keys
from facetry.domain.search.query import SearchQuery, SortByRelevance
from facetry.domain.search.result import SearchHit, SearchResult, WordScore
from facetry.domain.search.text.naive import Text, analysed
from facetry.ports.search_index import SearchIndex
from facetry.testing.made_up_embedder import MadeUpEmbedder
from facetry.testing.random_catalogs import RandomCatalog
from facetry.testing.search_samples import OTHER, TENANT

CHUNKS = 20
MOST_GROUPS = 14
READERS = 4
EMBEDDER = MadeUpEmbedder()


class ExactSearchConformance:
    """``SearchIndex.search`` against the naive evaluation: hits, order, totals, counts, matching products, pages.

    A subclass provides the fixture ``index``, with a ``MadeUpEmbedder`` where it can compare meanings; one whose engine
    is behind a network may ask for fewer catalogs and more searches in each.

    Attributes:
        catalogs: How many catalogs are drawn.
        queries: How many searches are made over each.
        revisions: How often a catalog changes while it is searched.
    """

    catalogs = 200
    queries = 50
    revisions = 60

    @pytest.mark.parametrize("chunk", range(CHUNKS))
    async def test_random_searches(self, index: SearchIndex, chunk: int) -> None:
        for seed in range(chunk, self.catalogs, CHUNKS):
            drawn = _catalog(index, seed)
            tenant = f"{TENANT}-{seed}"
            revision, held = await _changed(index, tenant, drawn)
            queries = [drawn.query() for _ in range(self.queries // 2)]
            await _check_all(index, tenant, queries, (revision, drawn, held))
            # What was asked before a change is asked again after it: whoever remembers must forget.
            revision += 1
            await index.apply(tenant, _random_delta(drawn, held, revision), "en", attributes=drawn.definitions)
            await _check_all(index, tenant, queries, (revision, drawn, held))
            await index.forget(tenant)

    @pytest.mark.parametrize("seed", range(10))
    async def test_pages_by_cursor_are_the_whole(self, index: SearchIndex, seed: int) -> None:
        drawn = _catalog(index, 1000 + seed)
        await _changed(index, TENANT, drawn)
        for _ in range(self.queries // 5):
            query = _whole(drawn.query())
            if query.group_by and not index.capabilities.group_by:
                query = msgspec.structs.replace(query, group_by=())
            whole = await index.search(TENANT, query)
            walked = await _walk(index, msgspec.structs.replace(query, limit=3, facets=()), whole.total)
            assert [hit.key for hit in walked] == [hit.key for hit in whole.hits]
            assert len(walked) == whole.total

    async def test_answers_under_change_are_of_one_revision(self, index: SearchIndex) -> None:
        if not index.capabilities.snapshots:
            pytest.skip("an answer of this engine may hold some groups of a change and lack others")
        history = _History(_catalog(index, 77), self.revisions)
        await history.begin(index)

        async def read(seed: int) -> None:
            queries = _catalog(index, seed)
            queries.definitions = history.drawn.definitions
            while not history.is_done:
                query, least = queries.query(), history.acknowledged
                result = await index.search(TENANT, query)
                assert result.revision >= least
                expected = answer_from(query, result.revision, history.groups(result.revision), EMBEDDER)
                compare(result, expected, f"{seed}")
                await asyncio.sleep(0)

        await asyncio.gather(history.write(index), *(read(2000 + number) for number in range(READERS)))

    async def test_answers_under_change_show_what_was_acknowledged(self, index: SearchIndex) -> None:
        history = _History(_catalog(index, 78), self.revisions)
        await history.begin(index)

        async def read(seed: int) -> int:
            queries, searches = _catalog(index, seed), 0
            queries.definitions = history.drawn.definitions
            while not history.is_done:
                query, least = _wordless(queries.query()), history.acknowledged
                result = await index.search(TENANT, query)
                assert result.revision >= least
                _check_states(query, result, history.states[least - 1 : history.begun])
                searches += 1
                await asyncio.sleep(0)
            return searches

        _, *searches = await asyncio.gather(history.write(index), *(read(3000 + number) for number in range(READERS)))
        assert all(searches)
        groups, last = history.groups(history.acknowledged), history.acknowledged
        for number in range(self.queries // 5):
            defined = partial(_defined, revision=last, texts=analysed(groups, "en", history.drawn.silent))
            await check(index, TENANT, history.drawn.query(), defined, f"after {number}")

    async def test_tenants_do_not_see_each_other(self, index: SearchIndex) -> None:
        drawn = _catalog(index, 5)
        held = {tenant: drawn.groups(5) for tenant in (TENANT, OTHER)}
        for tenant, groups in held.items():
            await index.apply(tenant, Delta(revision=1, groups=tuple(groups)), "en", attributes=drawn.definitions)
        for number in range(self.queries):
            query = drawn.query()
            for tenant, groups in held.items():
                defined = partial(_defined, revision=1, texts=analysed(groups, "en", drawn.silent))
                await check(index, tenant, query, defined, f"{tenant} {number}")

    async def test_an_empty_index_answers(self, index: SearchIndex) -> None:
        drawn = _catalog(index, 6)
        for number in range(self.queries):
            await check(index, TENANT, drawn.query(), partial(_defined, revision=0, texts=[]), str(number))


async def check(
    index: SearchIndex, tenant: str, query: SearchQuery, defined: Callable[[SearchQuery], SearchResult], label: str
) -> None:
    """Search and compare the answer with that of the definition, as far as the engine promises to give it.

    Where order by relevance is the engine's own, all hits are compared, and that those of a page are of these.
    """
    if query.group_by and not index.capabilities.group_by:
        with pytest.raises(SearchError):
            await index.search(tenant, query)
        return
    result, expected = await index.search(tenant, query), defined(query)
    if index.capabilities.exact_relevance:
        compare(result, expected, label)
    elif any(isinstance(key, SortByRelevance) for key in sort_keys(query.sort)):
        whole = await index.search(tenant, _whole(query))
        compare(*_by_tiers(query, whole, defined(_whole(query))), label)
        assert (label, _keys(result)) == (label, _keys(whole)[query.offset :][: query.limit])
        compare(msgspec.structs.replace(result, hits=()), msgspec.structs.replace(expected, hits=()), label)
    else:
        compare(_without_scores(result), _without_scores(expected), label)


async def _check_all(
    index: SearchIndex,
    tenant: str,
    queries: Sequence[SearchQuery],
    state: tuple[int, RandomCatalog, Mapping[str, ProductGroup]],
) -> None:
    """Check searches of a catalog, of which revision, source and groups are given."""
    revision, drawn, held = state
    defined = partial(_defined, revision=revision, texts=analysed([*held.values()], "en", drawn.silent))
    for number, query in enumerate(queries):
        await check(index, tenant, query, defined, f"{tenant} {revision}/{number}")


def compare(result: SearchResult, expected: SearchResult, label: str) -> None:
    """Compare two answers, part by part for the sake of who has to read a difference."""
    for name in ("revision", "total", "total_products", "words", "required_words", "reads", "typos", "did_you_mean"):
        assert (label, name, getattr(result, name)) == (label, name, getattr(expected, name))
    assert (label, _keys(result)) == (label, _keys(expected))
    for hit, wanted in zip(result.hits, expected.hits, strict=True):
        assert (label, hit) == (label, wanted)
    for name, facet in expected.facets.items():
        assert (label, result.facets[name]) == (label, facet)
    assert result == expected


class _History:
    """A catalog that changes, and what it was at each revision.

    Attributes:
        states: The groups at each revision from 1 on, by id.
        begun: The revision that is last being applied.
        acknowledged: The revision that was last applied.
        is_done: Whether nothing will change any more.
    """

    def __init__(self, drawn: RandomCatalog, revisions: int) -> None:
        """Begin with some groups, to be changed up to a revision."""
        self.drawn = drawn
        self._last = revisions
        self.states = [{one.group_id: one for one in drawn.groups(MOST_GROUPS)}]
        self.begun = self.acknowledged = 1
        self.is_done = False

    def groups(self, revision: int) -> list[ProductGroup]:
        """Return the groups at a revision."""
        return [*self.states[revision - 1].values()]

    async def begin(self, index: SearchIndex) -> None:
        """Apply the first revision."""
        delta = Delta(revision=1, groups=tuple(self.groups(1)))
        await index.apply(TENANT, delta, "en", attributes=self.drawn.definitions)

    async def write(self, index: SearchIndex) -> None:
        """Change the catalog again and again."""
        for revision in range(2, self._last):
            held = dict(self.states[-1])
            delta = _random_delta(self.drawn, held, revision)
            self.states.append(held)
            self.begun = revision
            await index.apply(TENANT, delta, "en", attributes=self.drawn.definitions)
            self.acknowledged = revision
            await asyncio.sleep(0)
        self.is_done = True


def _check_states(query: SearchQuery, result: SearchResult, states: Sequence[Mapping[str, ProductGroup]]) -> None:
    """Check that each group is found or not as in one of the states that the catalog had during a search."""
    found = {hit.key[0]: hit.group for hit in result.hits}
    assert len(found) == len(result.hits) == result.total
    for group_id in {group_id for state in states for group_id in state}:
        possible = [_alone(query, state.get(group_id)) for state in states]
        assert found.get(group_id) in possible


def _alone(query: SearchQuery, group: ProductGroup | None) -> ProductGroup | None:
    """Return a group as a search without words shows it, None where it does not find it."""
    hits = answer_from(query, 0, [group] if group else [], EMBEDDER).hits
    return hits[0].group if hits else None


def _defined(query: SearchQuery, revision: int, texts: Sequence[Text]) -> SearchResult:
    return answer(query, revision, texts, EMBEDDER)


def _whole(query: SearchQuery) -> SearchQuery:
    return msgspec.structs.replace(query, offset=0, limit=1000, after=None)


def _wordless(query: SearchQuery) -> SearchQuery:
    """Return a search of which each group is found or not whatever others there are."""
    return msgspec.structs.replace(_whole(query), text="", group_by=(), facets=())


def _keys(result: SearchResult) -> list[tuple[str, ...]]:
    return [hit.key for hit in result.hits]


def _by_tiers(query: SearchQuery, result: SearchResult, expected: SearchResult) -> tuple[SearchResult, SearchResult]:
    """Return two answers without what an order by relevance of the engine's own may have otherwise."""
    assert [_tier(query, hit) for hit in result.hits] == [_tier(query, hit) for hit in expected.hits]
    return _in_order_of_keys(_without_scores(result)), _in_order_of_keys(_without_scores(expected))


def _tier(query: SearchQuery, hit: SearchHit) -> tuple[object, ...]:
    """Return what of a hit's place all engines agree on: its values before relevance, and how many words it has."""
    pairs = zip(sort_keys(query.sort), hit.position.values, strict=True)
    before = takewhile(lambda pair: not isinstance(pair[0], SortByRelevance), pairs)
    return (*(value for _, value in before), hit.matched_words)


def _in_order_of_keys(result: SearchResult) -> SearchResult:
    return msgspec.structs.replace(result, hits=tuple(sorted(result.hits, key=lambda hit: hit.key)))


def _without_scores(result: SearchResult) -> SearchResult:
    return msgspec.structs.replace(result, hits=tuple(map(_unscored, result.hits)))


def _unscored(hit: SearchHit) -> SearchHit:
    """Return a hit without scores, and without what words add to them."""
    values = tuple(None if isinstance(value, float) else value for value in hit.position.values)
    explained = tuple(WordScore(one.word, 0, 0.0, 0.0, one.typos) for one in hit.explanation)
    position = msgspec.structs.replace(hit.position, values=values)
    return msgspec.structs.replace(hit, score=0.0, explanation=explained, position=position)


def _catalog(index: SearchIndex, seed: int) -> RandomCatalog:
    return RandomCatalog(seed, has_embedder=index.capabilities.semantic, has_silent=True)


async def _changed(index: SearchIndex, tenant: str, drawn: RandomCatalog) -> tuple[int, dict[str, ProductGroup]]:
    """Hold a random catalog after some changes, and return its revision and what lives."""
    held = {one.group_id: one for one in drawn.groups(drawn.draw.randint(1, MOST_GROUPS))}
    await index.apply(tenant, Delta(revision=1, groups=tuple(held.values())), "en", attributes=drawn.definitions)
    revision = 1
    for _ in range(drawn.draw.choice((0, 2, 5))):
        revision += 1
        await index.apply(tenant, _random_delta(drawn, held, revision), "en", attributes=drawn.definitions)
    return revision, held


def _random_delta(drawn: RandomCatalog, held: dict[str, ProductGroup], revision: int) -> Delta:
    """Change, add and remove some groups of ``held``, and return how."""
    ids = drawn.draw.sample(list(dict.fromkeys([*held, "new1", "new2"])), min(3, len(held)))
    gone = [one for one in ids[1:] if one in held and drawn.draw.random() < 0.3]
    changed = [drawn.group(one, revision) for one in ids if one not in gone]
    for one in gone:
        del held[one]
    held.update((one.group_id, one) for one in changed)
    return Delta(revision=revision, groups=tuple(changed), gone=tuple(gone))


async def _walk(index: SearchIndex, query: SearchQuery, total: int) -> Sequence[SearchHit]:
    """Return the hits of all pages, each asked for with the position of the last hit before."""
    walked: list[SearchHit] = []
    for _ in range(total + 1):
        result = await index.search(TENANT, query)
        if not result.hits:
            break
        walked += result.hits
        query = msgspec.structs.replace(query, after=result.hits[-1].position)
    return walked
