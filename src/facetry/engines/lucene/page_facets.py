"""The facets of a page: what its search has counted, and what has to be counted once more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from facetry.domain.search.query import RangesFacet
from facetry.domain.search.result import FacetResult
from facetry.engines.lucene.counting import Aggregations, Answer
from facetry.engines.lucene.facets import (
    FacetPlan,
    Range,
    histogram_aggregations,
    histogram_ranges,
    page_aggregations,
    page_of_values,
    ranges_facet,
    truncated,
    value_counts,
    values_facet,
)
from facetry.engines.lucene.histograms import Histograms
from facetry.engines.lucene.pages import PagePlan, case_answers, counting_body, facet_answers, named
from facetry.engines.lucene.queries import Query
from facetry.engines.lucene.readings import Ask, Response


class PageFacets:
    """Completes the facets of one search."""

    def __init__(self, plan: PagePlan, scored: Query, ask: Ask, histograms: Histograms) -> None:
        """Count for a page whose words are asked for so."""
        self._plan = plan
        self._scored = scored
        self._ask = ask
        self._known = histograms

    async def results(self, answer: Response) -> dict[str, FacetResult]:
        """Return the answer of each facet by its name."""
        first = facet_answers(self._plan, answer)
        ranges = [histogram_ranges(plan, found) for plan, found in zip(self._plan.facets, first, strict=True)]
        second = await self._histograms(ranges, first)
        results: dict[str, FacetResult] = {}
        for place, plan in enumerate(self._plan.facets):
            results[plan.facet.name] = await self._result(plan, first[place], second[place], ranges[place])
        return results

    async def _result(
        self, plan: FacetPlan, first: Answer, second: Answer, buckets: Sequence[Range] | None
    ) -> FacetResult:
        if buckets is not None:
            return ranges_facet(second, first, buckets)
        if isinstance(plan.facet, RangesFacet):
            return ranges_facet(first, first, plan.facet.ranges)
        return values_facet(plan, await self._counts(plan, first))

    async def _histograms(
        self, ranges: Sequence[tuple[Range, ...] | None], first: Sequence[Answer]
    ) -> Sequence[Answer]:
        """Return the counts of all histograms; those whose buckets are not what was supposed are counted now."""
        asked: Aggregations = {}
        for place, (plan, buckets) in enumerate(zip(self._plan.facets, ranges, strict=True)):
            if buckets is not None and buckets != plan.supposed:
                self._known.keep(self._plan.tenant, self._plan.query, plan, buckets)
                asked |= named(str(place), histogram_aggregations(plan, buckets))
        if not asked:
            return first
        (answer,) = await self._ask([counting_body(self._plan, self._scored, asked)])
        second = facet_answers(self._plan, answer)
        return [new or old for new, old in zip(second, first, strict=True)]

    async def _counts(self, plan: FacetPlan, found: Answer) -> Counter[str]:
        """Return the counts of all values, those that did not come at once page by page."""
        cut = truncated(found)
        counts = value_counts(plan, found, cut)
        for case in cut:
            after: str | int | None = None
            while True:
                body = counting_body(self._plan, self._scored, named("0", page_aggregations(plan, case, after)))
                (answer,) = await self._ask([body])
                page, after = page_of_values(plan, case_answers(answer, "0"))
                counts.update(page)
                if after is None:
                    break
        return counts
