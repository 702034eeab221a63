"""The facets of a page: what its search has counted, and what has to be counted once more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from facetry.domain.search.query import RangesFacet
from facetry.domain.search.result import FacetResult
from facetry.engines.lucene.counting import Answer
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
from facetry.engines.lucene.pages import PagePlan, case_answers, counting_body, facet_answers, named
from facetry.engines.lucene.queries import Query
from facetry.engines.lucene.readings import Ask, Response


class PageFacets:
    """Completes the facets of one search."""

    def __init__(self, plan: PagePlan, scored: Query, ask: Ask) -> None:
        """Count for a page whose words are asked for so."""
        self._plan = plan
        self._scored = scored
        self._ask = ask

    async def results(self, answer: Response) -> dict[str, FacetResult]:
        """Return the answer of each facet by its name."""
        first = facet_answers(self._plan, answer)
        ranges = [histogram_ranges(plan, found) for plan, found in zip(self._plan.facets, first, strict=True)]
        second = await self._histograms(ranges)
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

    async def _histograms(self, ranges: Sequence[Sequence[Range] | None]) -> list[Answer]:
        """Return the counts of all histograms, whose buckets are known only now."""
        asked = {
            name: asked
            for place, (plan, buckets) in enumerate(zip(self._plan.facets, ranges, strict=True))
            if buckets
            for name, asked in named(str(place), histogram_aggregations(plan, buckets)).items()
        }
        if not asked:
            return [{} for _ in ranges]
        (answer,) = await self._ask([counting_body(self._plan, self._scored, asked)])
        return facet_answers(self._plan, answer)

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
