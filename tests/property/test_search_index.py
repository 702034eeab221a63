"""Random catalogs and queries: every engine answers exactly what a naive evaluation says, whatever changed before."""

from __future__ import annotations

import asyncio
import math
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facetry.application.calls import CALLS
from facetry.domain.analysis import keyword, terms
from facetry.domain.change import Delta
from facetry.domain.field_query import (
    FLAG_FIELDS,
    GROUP_FIELDS,
    KEYWORD_FIELDS,
    NUMBER_FIELDS,
    TEXT_FIELDS,
    FieldQuery,
    RangeFacet,
    ValueFacet,
)
from facetry.domain.field_result import FieldResult, RangeFacetResult, ValueCount, ValueFacetResult
from facetry.domain.group import ProductGroup
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.engines.columns.search_index import ColumnsSearchIndex
from facetry.engines.columns.tuning import Tuning
from facetry.engines.memory.search_index import MemorySearchIndex
from facetry.testing.search_samples import group, pages, product


@pytest.fixture(scope="module", autouse=True)
def beside_others():
    """Have changes made searchable as beside calls of other tenants: by threads."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CALLS.__class__, "had_others", lambda *_: True)
        yield


TINY = Tuning(
    tier_factor=2,
    tier_groups=1,
    inline_groups=3,
    inline_builds=1,
    build_groups=2,
    saved_groups=2,
    unsaved_groups=4,
    inline_lookups=12,
    inline_work=5,
    slice_work=2,
)
WORDS = ("ring", "Rings", "gold", "GOLD", "é", "e", "white gold", "5", "5.00", "true", "x", "straße", "💍", "")
texts = st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)
words = st.sampled_from(WORDS)
prices = st.sampled_from([None, 1, 49_999, 50_000, 50_001, 1_000_000])
products = st.builds(
    product,
    sku=st.sampled_from(["a", "A", "ring", "5", "b c", "z"]),
    name=texts,
    description=texts,
    search_keywords=st.lists(words, max_size=3).map(tuple),
    category=st.lists(words, max_size=2).map(tuple),
    color=st.none() | words,
    brand=st.none() | words,
    size=st.none() | words,
    regular_price=prices,
    promotion_price=prices,
    currency=st.sampled_from([None, "USD", "EUR"]),
    active=st.booleans(),
)
group_ids = st.sampled_from([*"abcdefgh", "Z", "é", "\U0001f48d", "5", "ring"])
groups = st.builds(
    lambda group_id, members: group(group_id, *members), group_ids, st.lists(products, min_size=1, max_size=4)
)
bounds = st.lists(st.sampled_from([0, 2, 50_000, 60_000]), min_size=1, unique=True).map(
    lambda found: tuple(sorted(found))
)
facets = st.lists(
    st.builds(ValueFacet, st.uuids().map(str), st.sampled_from(["brand", "color", "size", "none"]), st.integers(0, 4))
    | st.builds(
        RangeFacet,
        st.uuids().map(str),
        st.sampled_from([*NUMBER_FIELDS, "none"]),
        bounds,
        st.sampled_from(["USD", "EUR"]),
    ),
    max_size=4,
).map(tuple)
queries = st.builds(
    FieldQuery,
    text=texts,
    fields=st.lists(st.sampled_from([*GROUP_FIELDS, "none"]), min_size=1, max_size=6).map(tuple),
    facets=facets,
    offset=st.integers(0, 5),
    limit=st.integers(0, 6),
    explain=st.booleans(),
)
steps = st.lists(
    st.tuples(
        st.just("apply"),
        st.lists(groups, max_size=6, unique_by=lambda held: held.group_id),
        st.sets(group_ids, max_size=3),
    )
    | st.tuples(st.just("rebuild"), st.lists(groups, max_size=9, unique_by=lambda held: held.group_id), st.just(()))
    | st.tuples(st.sampled_from(["checkpoint", "reopen"]), st.just([]), st.just(())),
    max_size=10,
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(steps, st.lists(queries, min_size=1, max_size=4))
def test_every_answer_equals_the_naive_one(steps, queries):
    asyncio.run(play(steps, queries))


@pytest.mark.slow
@pytest.mark.timeout(900)
@settings(max_examples=1500, suppress_health_check=[HealthCheck.too_slow])
@given(steps, st.lists(queries, min_size=1, max_size=4))
def test_every_answer_equals_the_naive_one_for_long(steps, queries):
    asyncio.run(play(steps, queries))


async def play(steps, queries) -> None:
    with tempfile.TemporaryDirectory() as directory:
        memory = MemorySearchIndex()
        columns = ColumnsSearchIndex(Path(directory), tuning=TINY)
        catalog: dict[str, ProductGroup] = {}
        log: dict[int, Delta] = {}
        revision = 0
        for action, changed, gone in steps:
            if action == "reopen":
                await columns.close()
                columns = ColumnsSearchIndex(Path(directory), tuning=TINY)
                await catch_up(columns, log, catalog, revision)
            elif action == "checkpoint":
                covered = await columns.checkpoint("t")
                assert covered <= revision
            else:
                revision += 1
                if action == "rebuild":
                    catalog.clear()
                    log.clear()
                removed = tuple(sorted(gone - {held.group_id for held in changed})) if gone else ()
                catalog.update({held.group_id: held for held in changed})
                for group_id in removed:
                    catalog.pop(group_id, None)
                log[revision] = Delta(revision=revision, groups=tuple(changed), gone=removed)
                # No field of these searches is an attribute, so that it is the same with another one silent.
                attributes = (AttributeDefinition("x", Kind.KEYWORD, searchable=revision % 3 != 0),)
                for index in (memory, columns):
                    if action == "rebuild":
                        await index.rebuild("t", pages(*changed), revision, "en", attributes=attributes)
                    else:
                        await index.apply("t", log[revision], "en", attributes=attributes)
            for query in queries:
                expected = naive(catalog, query)
                found = await columns.match("t", query)
                assert found == await memory.match("t", query)
                assert evaluated(found) == expected
                assert found.revision == revision
            assert list(await columns.groups_after("t", "", 99)) == [catalog[name] for name in sorted(catalog)]
        await columns.close()


async def catch_up(index: ColumnsSearchIndex, log: dict[int, Delta], catalog, revision: int) -> None:
    """Do what the relay does after a start."""
    held = await index.revision("t")
    if held is None or held < min(log, default=1) - 1:
        if revision:
            await index.rebuild("t", pages(*(catalog[name] for name in sorted(catalog))), revision, "en")
        return
    later = [delta for number, delta in sorted(log.items()) if number > held]
    touched = {name for delta in later for name in (*delta.gone, *(changed.group_id for changed in delta.groups))}
    living = tuple(catalog[name] for name in sorted(touched & set(catalog)))
    await index.apply("t", Delta(revision=revision, groups=living, gone=tuple(touched - set(catalog))), "en")


def evaluated(result: FieldResult) -> tuple[object, ...]:
    hits = [(hit.group.group_id, hit.score) for hit in result.hits]
    return result.total, result.max_score, hits, result.facets


def naive(catalog: dict[str, ProductGroup], query: FieldQuery) -> tuple[object, ...]:
    """Evaluate a query once more, in another way than the engines: word by word and group by group."""
    scored = {name: value for name in catalog if (value := naive_score(catalog, catalog[name], query)) is not None}
    order = sorted(scored, key=lambda name: (-scored[name], name))
    found = [catalog[name] for name in order]
    page = [(name, scored[name]) for name in order][query.offset : query.offset + query.limit]
    facets = {facet.name: naive_facet(found, facet) for facet in query.facets}
    return len(order), scored[order[0]] if order else None, page, facets


def naive_terms(held: ProductGroup, field: str) -> list[str]:
    if field in TEXT_FIELDS:
        value = getattr(held, field)
        return terms(value if isinstance(value, str) else "\n".join(value), "en")
    value = getattr(held, field)
    return sorted({keyword(part) for part in ([value] if isinstance(value, str) else value)})


def naive_score(catalog: dict[str, ProductGroup], held: ProductGroup, query: FieldQuery) -> float | None:
    best, complete = 0.0, False
    typed = list(dict.fromkeys(keyword(query.text).split()))
    for field in set(query.fields) & set(GROUP_FIELDS):
        total, matched = 0.0, set()
        if field in NUMBER_FIELDS + FLAG_FIELDS:
            for word in typed:
                if getattr(held, field) == naive_value(word, field):
                    total, matched = total + 1.0, matched | {word}
            wanted = set(typed)
        else:
            looked_up = list(dict.fromkeys(terms(query.text, "en")))
            wanted = set(looked_up)
            if field in KEYWORD_FIELDS:
                looked_up = [word for word in dict.fromkeys([*typed, keyword(query.text)]) if word]
                wanted = set(typed)
            for word in looked_up:
                if word in naive_terms(held, field):
                    total, matched = total + naive_weight(catalog, held, field, word), matched | {word}
        if matched:
            best = max(best, total)
            whole = field in KEYWORD_FIELDS and keyword(query.text) in matched
            complete = complete or wanted <= matched or whole
    if best == 0.0:
        return None
    return best / (1.0 + best) + 1.0 if complete else best / (1.0 + best)


def naive_value(word: str, field: str) -> object:
    if field in FLAG_FIELDS:
        return {"true": True, "false": False}.get(word)
    return {"5": 50_000, "5.00": 50_000}.get(word, -1)


def naive_weight(catalog: dict[str, ProductGroup], held: ProductGroup, field: str, word: str) -> float:
    having = sum(word in naive_terms(other, field) for other in catalog.values())
    rarity = math.log(1.0 + (len(catalog) - having + 0.5) / (having + 0.5))
    if field in KEYWORD_FIELDS:
        return rarity
    lengths = [len(naive_terms(other, field)) for other in catalog.values()]
    frequency = float(Counter(naive_terms(held, field))[word])
    length = len(naive_terms(held, field)) / (sum(lengths) / len(lengths))
    return rarity * (frequency * 2.2) / (frequency + 1.2 * (1.0 - 0.75 + 0.75 * length))


def naive_facet(found: list[ProductGroup], facet: ValueFacet | RangeFacet) -> ValueFacetResult | RangeFacetResult:
    if isinstance(facet, ValueFacet):
        counts: dict[str, int] = {}
        for value in {getattr(member, facet.field, None) for held in found for member in held.products} - {None}:
            counts[value] = sum(
                any(getattr(member, facet.field) == value for member in held.products) for held in found
            )
        order = sorted(counts, key=lambda value: (-counts[value], value))
        listed = tuple(ValueCount(value, counts[value]) for value in order[: facet.size])
        return ValueFacetResult(listed, sum(counts[value] for value in order[facet.size :]))
    ends = [*facet.bounds[1:], math.inf]
    priced = [held for held in found if held.currency in {None, facet.currency}]
    amounts = [getattr(held, facet.field, None) for held in priced]
    pairs = zip(facet.bounds, ends, strict=True)
    return RangeFacetResult(tuple(sum(a is not None and low <= a < high for a in amounts) for low, high in pairs))
