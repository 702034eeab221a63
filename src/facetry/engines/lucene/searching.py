"""One search of ``/v2``: what documents answer, and what the definition makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic

from msgspec import structs

from facetry.domain.errors import IndexFailedError, SearchError, SearchTimeoutError
from facetry.domain.search.evaluation import hits_among
from facetry.domain.search.filters import Filter
from facetry.domain.search.query import HistogramFacet, SearchQuery
from facetry.domain.search.result import SearchHit, SearchResult
from facetry.domain.search.text.expansion import ReadingPlan
from facetry.engines.lucene.answerable import is_answerable
from facetry.engines.lucene.asking import Asking
from facetry.engines.lucene.conditions import Homes, cases_of
from facetry.engines.lucene.driver import Json
from facetry.engines.lucene.facets import FacetPlan
from facetry.engines.lucene.falling_back import evaluated
from facetry.engines.lucene.histograms import Histograms
from facetry.engines.lucene.page_facets import PageFacets
from facetry.engines.lucene.page_hits import ScoredGroups, page_groups
from facetry.engines.lucene.pages import PagePlan, page_body, plan_page, total_products
from facetry.engines.lucene.queries import Query
from facetry.engines.lucene.readings import Chosen, Outcomes, Response, Searches, TextReader
from facetry.engines.lucene.telling import told_of
from facetry.engines.lucene.vocabulary import KnownWords

_ATTEMPTS = 10


class Memory:
    """What searches of all tenants have learnt, so that the next ones are one call.

    Attributes:
        words: Of what words there are.
        outcomes: Of which readings were answered.
        histograms: Of what buckets there were.
    """

    def __init__(self) -> None:
        """Have learnt nothing yet."""
        self.words = KnownWords()
        self.outcomes = Outcomes()
        self.histograms = Histograms()


class ChangedError(Exception):
    """Say that a tenant's index changed so between two calls of a search that the search has to begin again."""


class BeyondDocumentsError(Exception):
    """Say that documents cannot answer a search exactly."""


def check_hits(query: SearchQuery) -> None:
    """Check that hits are groups.

    Raises:
        SearchError: They are to be made of other fields.
    """
    if query.group_by:
        raise SearchError("/group_by", "is not known to this search engine: hits are product groups")


async def searched(asking: Asking, query: SearchQuery, memory: Memory, deadline: float | None) -> SearchResult:
    """Return the answer of a search.

    Raises:
        SearchError: More is asked than can be answered exactly.
        SearchTimeoutError: The deadline passed first.
        IndexDamagedError: The tenant's part of the index is gone.
        IndexFailedError: The engine cannot answer.
    """
    for _ in range(_ATTEMPTS):
        search = _Search(asking, query, memory, deadline)
        try:
            return await search.answer()
        except ChangedError:
            continue
    raise IndexFailedError("the tenant's part of the search index changes again and again")


class _Search:
    """One search, built by one state of its tenant."""

    def __init__(self, asking: Asking, query: SearchQuery, memory: Memory, deadline: float | None) -> None:
        self._asking = asking
        self._query = query
        self._memory = memory
        self._deadline = deadline
        self._state = asking.state
        self._homes = Homes(asking.state.homes(), query.currency, query.default_currency)
        self._plans: dict[Filter, PagePlan] = {}

    async def answer(self) -> SearchResult:
        """Return its answer, from documents where they can give it."""
        try:
            return await self._answered()
        except BeyondDocumentsError:
            return await evaluated(self._query, self._asking.tenant, self._state, self._ask)

    async def _answered(self) -> SearchResult:
        query = self._query
        reader = TextReader(self._asking.tenant, query, self._memory.words, self._memory.outcomes)
        read = await reader.read(self._ask, Searches(self._passing, lambda one: [self._body(reader, one)]))
        chosen, (answer, *_) = read.chosen, read.responses
        plan, scored = self._plan(chosen.plan.condition), reader.queries.scored(chosen.plan, chosen.required)
        page = await page_groups(plan, scored, answer, self._ask)
        hits = self._hits(chosen.plan, page)
        return SearchResult(
            revision=self._state.revision,
            total=answer["hits"]["total"]["value"],
            total_products=total_products(answer),
            hits=hits,
            facets=await PageFacets(plan, scored, self._ask, self._memory.histograms).results(answer),
            words=chosen.plan.words,
            required_words=chosen.required,
            reads=chosen.plan.reads,
            did_you_mean=read.did_you_mean,
            typos=chosen.plan.typos,
        )

    def _hits(self, plan: ReadingPlan, page: ScoredGroups) -> tuple[SearchHit, ...]:
        attempt, told = told_of(self._query, plan, page.groups, page.scores)
        hits = hits_among(self._query, attempt, page.groups, told)
        if len(hits) != page.hits:
            raise ChangedError
        return hits

    def _body(self, reader: TextReader, chosen: Chosen) -> Json:
        return page_body(self._plan(chosen.plan.condition), reader.queries.scored(chosen.plan, chosen.required))

    def _plan(self, condition: Filter) -> PagePlan:
        """Return how the search is asked for with what was understood of its text."""
        plan = self._plans.get(condition)
        if plan is None:
            is_able = is_answerable(self._query, condition, self._state)
            plan = plan_page(self._query, self._asking.tenant, condition, self._homes) if is_able else None
            if plan is None:
                raise BeyondDocumentsError
            plan = self._plans[condition] = structs.replace(plan, facets=tuple(map(self._supposed, plan.facets)))
        return plan

    def _supposed(self, plan: FacetPlan) -> FacetPlan:
        if not isinstance(plan.facet, HistogramFacet):
            return plan
        last = self._memory.histograms.last(self._asking.tenant, self._query, plan.facet)
        return structs.replace(plan, supposed=last)

    def _passing(self, condition: Filter) -> Query:
        cases = cases_of(condition, self._homes)
        if cases is None:
            raise BeyondDocumentsError
        return cases.documents

    async def _ask(self, bodies: Sequence[Json]) -> Sequence[Response]:
        left = None if self._deadline is None else self._deadline - monotonic()
        if left is not None and left <= 0:
            raise SearchTimeoutError
        answers = await self._asking.ask(bodies, left)
        if answers is None:
            raise ChangedError
        return answers
