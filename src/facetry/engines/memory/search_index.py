"""The reference search index: every search looks at every group, straight from the definitions of the domain."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from time import monotonic

import msgspec

from facetry.domain.change import Delta
from facetry.domain.errors import SearchTimeoutError
from facetry.domain.field_faceting import count_facet
from facetry.domain.field_query import FieldQuery
from facetry.domain.field_ranking import (
    AnalysedGroup,
    Statistics,
    analysed,
    matching_fields,
    query_terms,
    total_score,
)
from facetry.domain.field_result import FieldResult, FieldScore, Hit
from facetry.domain.group import ProductGroup
from facetry.domain.product import AttributeValue, Product
from facetry.domain.search.answering import answer
from facetry.domain.search.fields import ATTRIBUTES, METALS, STONES, Attributes, silent_attributes
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.result import SearchResult
from facetry.domain.search.suggestions import Suggestions, SuggestQuery, suggest
from facetry.domain.search.text.naive import Text
from facetry.domain.search.text.naive import analysed as analysed_texts
from facetry.domain.search.text.semantics import Embedder
from facetry.domain.search.values import text_of
from facetry.ports.index_placements import IndexPlacements
from facetry.ports.search_index import Capabilities
from facetry.telemetry.tenant_work import TenantWork


class _TenantIndex(msgspec.Struct):
    """The groups of one tenant by id, each with what a search by fields sees of it.

    Attributes:
        silent: The attributes whose values are no words.
        texts: What a search of ``/v2`` sees of them; None until one asks.
    """

    revision: int
    language: str
    groups: dict[str, tuple[ProductGroup, AnalysedGroup]]
    silent: frozenset[str] = frozenset()
    texts: list[Text] | None = None

    def seen(self) -> list[Text]:
        """Return all groups with what a search of ``/v2`` sees of them."""
        if self.texts is None:
            groups = [group for group, _ in self.groups.values()]
            self.texts = analysed_texts(groups, self.language, self.silent)
        return self.texts


class MemorySearchIndex:
    """Keep groups in dictionaries; slow, and right by reading it."""

    placements: IndexPlacements | None = None

    def __init__(self, embedder: Embedder | None = None) -> None:
        """Keep nothing yet; the embedder is for tenants whose searches look at meanings."""
        self.capabilities = Capabilities(exact_relevance=True, semantic=embedder is not None)
        self._embedder = embedder
        self._tenants: dict[str, _TenantIndex] = {}
        self._work = TenantWork()

    async def revision(self, tenant: str) -> int | None:
        """See ``SearchIndex``."""
        held = self._tenants.get(tenant)
        return held.revision if held else None

    async def apply(self, tenant: str, delta: Delta, language: str, *, attributes: Attributes = ()) -> None:
        """See ``SearchIndex``."""
        held, silent = self._tenants.get(tenant), silent_attributes(attributes)
        if held and delta.revision <= held.revision:
            return
        is_alike = held and (held.language, held.silent) == (language, silent)
        if held and is_alike and not delta.touches_products:
            held.revision = delta.revision
            return
        groups = _in_language(held, language) if held else {}
        for group_id in delta.gone:
            groups.pop(group_id, None)
        groups.update(_with_analysis(delta.groups, language))
        self._tenants[tenant] = _TenantIndex(delta.revision, language, groups, silent)

    async def rebuild(
        self,
        tenant: str,
        groups: AsyncIterator[Sequence[ProductGroup]],
        revision: int,
        language: str,
        *,
        attributes: Attributes = (),
    ) -> None:
        """See ``SearchIndex``."""
        built: dict[str, tuple[ProductGroup, AnalysedGroup]] = {}
        async for page in groups:
            built.update(_with_analysis(page, language))
        self._tenants[tenant] = _TenantIndex(revision, language, built, silent_attributes(attributes))

    async def match(self, tenant: str, query: FieldQuery) -> FieldResult:
        """See ``SearchIndex``."""
        with self._work.counted(tenant):
            return self._matched(self._tenants.get(tenant) or _TenantIndex(0, query.language, {}), query)

    def _matched(self, held: _TenantIndex, query: FieldQuery) -> FieldResult:
        found = sorted(_found(held, query), key=lambda hit: (-hit.score, hit.group.group_id))
        page = found[query.offset : query.offset + query.limit]
        terms = query_terms(query)
        return FieldResult(
            revision=held.revision,
            total=len(found),
            max_score=found[0].score if found else None,
            hits=tuple(page if query.explain else (Hit(hit.group, hit.score) for hit in page)),
            facets={facet.name: count_facet((hit.group for hit in found), facet) for facet in query.facets},
            terms=tuple(dict.fromkeys((*terms.text, *terms.keywords))),
        )

    async def search(self, tenant: str, query: SearchQuery, deadline: float | None = None) -> SearchResult:
        """See ``SearchIndex``; a deadline that has passed is noticed before the search, not within it."""
        if deadline is not None and monotonic() >= deadline:
            raise SearchTimeoutError
        held = self._tenants.get(tenant) or _TenantIndex(0, query.language, {})
        with self._work.counted(tenant):
            return answer(query, held.revision, held.seen(), self._embedder)

    async def suggest(self, tenant: str, query: SuggestQuery) -> Suggestions:
        """See ``SearchIndex``."""
        held = self._tenants.get(tenant)
        with self._work.counted(tenant):
            return suggest(query, held.seen()) if held else Suggestions()

    def worked(self, tenant: str) -> float:
        """See ``SearchIndex``."""
        return self._work.seconds(tenant)

    async def known_fields(self, tenant: str) -> frozenset[str]:
        """See ``SearchIndex``."""
        held = self._tenants.get(tenant)
        products = (product for group, _ in held.groups.values() for product in group.products) if held else ()
        return frozenset(name for product in products for name in _given(product))

    async def group(self, tenant: str, group_id: str) -> ProductGroup | None:
        """See ``SearchIndex``."""
        held = self._tenants.get(tenant)
        return held.groups[group_id][0] if held and group_id in held.groups else None

    async def groups_after(self, tenant: str, group_id: str, limit: int) -> Sequence[ProductGroup]:
        """See ``SearchIndex``."""
        held = self._tenants.get(tenant)
        ids = sorted(known for known in held.groups if known > group_id)[:limit] if held else []
        return [held.groups[known][0] for known in ids] if held else []

    async def checkpoint(self, tenant: str) -> int:
        """See ``SearchIndex``; a restart rebuilds from the store, so it needs nothing of the change log."""
        return await self.revision(tenant) or 0

    async def forget(self, tenant: str) -> None:
        """See ``SearchIndex``."""
        self._tenants.pop(tenant, None)

    async def close(self) -> None:
        """See ``SearchIndex``."""
        self._tenants.clear()


def _with_analysis(groups: Iterable[ProductGroup], language: str) -> dict[str, tuple[ProductGroup, AnalysedGroup]]:
    return {group.group_id: (group, analysed(group, language)) for group in groups}


def _given(product: Product) -> Iterator[str]:
    """Yield the full names of the attributes and properties of parts that a product has a value of."""
    named: list[tuple[str, Mapping[str, AttributeValue]]] = [(ATTRIBUTES, product.attributes or {})]
    named += ((METALS, metal) for metal in product.metals or ())
    named += ((STONES, stone) for stone in product.gemstones or ())
    for prefix, properties in named:
        for name, value in properties.items():
            if any(text_of(one) is not None for one in (value if isinstance(value, list) else [value])):
                yield prefix + name


def _in_language(held: _TenantIndex, language: str) -> dict[str, tuple[ProductGroup, AnalysedGroup]]:
    if held.language == language:
        return dict(held.groups)
    return _with_analysis((group for group, _ in held.groups.values()), language)


def _found(held: _TenantIndex, query: FieldQuery) -> Iterator[Hit]:
    """Yield every group that matches, in no order."""
    terms = query_terms(query)
    statistics = _statistics(held)
    for group, seen in held.groups.values():
        fields: tuple[FieldScore, ...] = matching_fields(seen, terms, query.fields, statistics)
        if fields:
            yield Hit(group, total_score(fields), fields)


def _statistics(held: _TenantIndex) -> Statistics:
    """Return the statistics of all words of a tenant, counted anew."""
    lengths: Counter[str] = Counter()
    frequencies: Counter[tuple[str, str]] = Counter()
    for _, seen in held.groups.values():
        for field, terms in (*seen.texts.items(), *seen.keywords.items()):
            frequencies.update((field, term) for term in terms)
        for field, counts in seen.texts.items():
            lengths[field] += sum(counts.values())
    return Statistics(len(held.groups), lengths, frequencies)
