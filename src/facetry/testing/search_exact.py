"""What any search index must answer to random searches over random catalogs: exactly what the definition says."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import msgspec
import pytest

from facetry.domain.change import Delta
from facetry.domain.group import ProductGroup
from facetry.domain.search.answering import answer, answer_from
from facetry.domain.search.query import Position, SearchQuery
from facetry.domain.search.result import SearchHit, SearchResult
from facetry.domain.search.text.naive import analysed
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
    """

    catalogs = 200
    queries = 50

    @pytest.mark.parametrize("chunk", range(CHUNKS))
    async def test_random_searches(self, index: SearchIndex, chunk: int) -> None:
        for seed in range(chunk, self.catalogs, CHUNKS):
            drawn = _catalog(index, seed)
            tenant = f"{TENANT}-{seed}"
            revision, held = await _changed(index, tenant, drawn)
            texts = analysed(held, "en", drawn.silent)
            for number in range(self.queries):
                query = drawn.query()
                expected = answer(query, revision, texts, EMBEDDER)
                check(index, await index.search(tenant, query), expected, f"{seed}/{number}")
            await index.forget(tenant)

    @pytest.mark.parametrize("seed", range(10))
    async def test_pages_by_cursor_are_the_whole(self, index: SearchIndex, seed: int) -> None:
        drawn = _catalog(index, 1000 + seed)
        await _changed(index, TENANT, drawn)
        for _ in range(self.queries // 5):
            query = msgspec.structs.replace(drawn.query(), offset=0, limit=1000, after=None)
            whole = await index.search(TENANT, query)
            walked = await _walk(index, msgspec.structs.replace(query, limit=3, facets=()), whole.total)
            assert [hit.key for hit in walked] == [hit.key for hit in whole.hits]
            assert len(walked) == whole.total

    async def test_answers_under_change_are_of_one_revision(self, index: SearchIndex) -> None:
        drawn = _catalog(index, 77)
        held = {one.group_id: one for one in drawn.groups(MOST_GROUPS)}
        states: dict[int, list[ProductGroup]] = {1: [*held.values()]}
        acknowledged = 1
        is_done = False

        await index.apply(TENANT, Delta(revision=1, groups=tuple(held.values())), "en", attributes=drawn.definitions)

        async def write() -> None:
            nonlocal acknowledged, is_done
            for revision in range(2, 60):
                delta = _random_delta(drawn, held, revision)
                states[revision] = [*held.values()]
                await index.apply(TENANT, delta, "en", attributes=drawn.definitions)
                acknowledged = revision
                await asyncio.sleep(0)
            is_done = True

        async def read(seed: int) -> None:
            queries = _catalog(index, seed)
            queries.definitions = drawn.definitions
            while not is_done:
                query, least = queries.query(), acknowledged
                result = await index.search(TENANT, query)
                assert result.revision >= least
                groups = states.get(result.revision, [])
                check(index, result, answer_from(query, result.revision, groups, EMBEDDER), f"{seed}")
                await asyncio.sleep(0)

        await asyncio.gather(write(), *(read(2000 + number) for number in range(READERS)))

    async def test_tenants_do_not_see_each_other(self, index: SearchIndex) -> None:
        drawn = _catalog(index, 5)
        mine, others = drawn.groups(5), drawn.groups(5)
        await index.apply(TENANT, Delta(revision=1, groups=tuple(mine)), "en", attributes=drawn.definitions)
        await index.apply(OTHER, Delta(revision=1, groups=tuple(others)), "en", attributes=drawn.definitions)
        for number in range(self.queries):
            query = drawn.query()
            check(index, await index.search(TENANT, query), answer_from(query, 1, mine, EMBEDDER), f"mine {number}")
            check(index, await index.search(OTHER, query), answer_from(query, 1, others, EMBEDDER), f"others {number}")

    async def test_an_empty_index_answers(self, index: SearchIndex) -> None:
        drawn = _catalog(index, 6)
        for number in range(self.queries):
            query = drawn.query()
            check(index, await index.search(TENANT, query), answer_from(query, 0, [], EMBEDDER), str(number))


def check(index: SearchIndex, result: SearchResult, expected: SearchResult, label: str) -> None:
    """Check an answer, part by part for the sake of who has to read a difference."""
    if not index.capabilities.exact_relevance:
        result, expected = _without_scores(result), _without_scores(expected)
    for name in ("revision", "total", "total_products", "words", "required_words", "reads", "typos", "did_you_mean"):
        assert (label, name, getattr(result, name)) == (label, name, getattr(expected, name))
    assert (label, [hit.key for hit in result.hits]) == (label, [hit.key for hit in expected.hits])
    for hit, wanted in zip(result.hits, expected.hits, strict=True):
        assert (label, hit) == (label, wanted)
    for name, facet in expected.facets.items():
        assert (label, result.facets[name]) == (label, facet)
    assert result == expected


def _without_scores(result: SearchResult) -> SearchResult:
    hits = tuple(
        msgspec.structs.replace(hit, score=0.0, explanation=(), position=_unscored(hit)) for hit in result.hits
    )
    return msgspec.structs.replace(result, hits=hits)


def _unscored(hit: SearchHit) -> Position:
    """Return a hit's position without scores, which only engines of exact relevance share."""
    values = tuple(None if isinstance(value, float) else value for value in hit.position.values)
    return msgspec.structs.replace(hit.position, values=values)


def _catalog(index: SearchIndex, seed: int) -> RandomCatalog:
    return RandomCatalog(seed, has_embedder=index.capabilities.semantic, has_silent=True)


async def _changed(index: SearchIndex, tenant: str, drawn: RandomCatalog) -> tuple[int, list[ProductGroup]]:
    """Hold a random catalog after some changes, and return its revision and what lives."""
    held = {one.group_id: one for one in drawn.groups(drawn.draw.randint(1, MOST_GROUPS))}
    await index.apply(tenant, Delta(revision=1, groups=tuple(held.values())), "en", attributes=drawn.definitions)
    revision = 1
    for _ in range(drawn.draw.choice((0, 2, 5))):
        revision += 1
        await index.apply(tenant, _random_delta(drawn, held, revision), "en", attributes=drawn.definitions)
    return revision, [*held.values()]


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
