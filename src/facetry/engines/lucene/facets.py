"""Facets as aggregations, and their answers as the definition of counts has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import cast

import msgspec

from facetry.domain.search.counting import facet_field, shown_number, tree_result, values_result
from facetry.domain.search.filters import NUMBER_FIELDS
from facetry.domain.search.histogram import buckets
from facetry.domain.search.query import CountLevel, Facet, HistogramFacet, RangesFacet, TreeFacet, ValuesFacet
from facetry.domain.search.result import FacetResult, RangeCount, RangesResult
from facetry.engines.lucene.conditions import Cases, Homes
from facetry.engines.lucene.counting import Aggregations, Answer, counted, innermost, over_candidates, units
from facetry.engines.lucene.facts import beginning
from facetry.engines.lucene.queries import VALUES, between

Range = tuple[int, int]
MOST_VALUES = 10_000
"""So many values of a field come at once; those of a field that has more come page by page."""
_VALUES, _RANGES, _LOWEST, _HIGHEST, _KEY = "values", "ranges", "lowest", "highest", "key"
_LAST_CHARACTER = "\U0010ffff"


class FacetPlan(msgspec.Struct, frozen=True):
    """A facet with what it counts.

    Attributes:
        facet: What is asked.
        cases: Of the candidates that it counts.
        path: Where its numbers are, or its values; empty where no product has a number.
        supposed: What the buckets of a histogram probably are, to be counted at once.
    """

    facet: Facet
    cases: Cases
    path: str
    supposed: tuple[Range, ...] = ()

    @property
    def is_of_facts(self) -> bool:
        """Return whether its values are among those of other fields."""
        return self.path == VALUES


def planned(facet: Facet, cases: Cases, homes: Homes) -> FacetPlan | None:
    """Return how a facet is asked, None where documents cannot answer it exactly."""
    field = facet_field(facet)
    has_numbers = isinstance(facet, RangesFacet | HistogramFacet) or field.name in NUMBER_FIELDS
    if facet.level is CountLevel.GROUP and not cases.are_of_groups:
        return None
    if not has_numbers:
        return FacetPlan(facet, cases, VALUES)
    slot = homes.of(field)
    return FacetPlan(facet, cases.also(homes.counting(field)), slot.numbers if slot else "")


def aggregations(plan: FacetPlan, facets: int) -> Aggregations:
    """Return what a facet asks first; a histogram asks between which numbers all lie, and counts what it supposes.

    Args:
        plan: How it is asked.
        facets: How many facets there are, which share what may come at once.
    """
    if not plan.path:
        return {}
    match plan.facet:
        case ValuesFacet() | TreeFacet():
            asked = {_VALUES: {"terms": _terms(plan, MOST_VALUES // facets), "aggs": units(plan.facet.level)}}
        case RangesFacet(ranges=ranges):
            asked = _counted_ranges(plan, ranges) | _ends(plan.path)
        case HistogramFacet():
            asked = _counted_ranges(plan, plan.supposed) | _ends(plan.path)
    return over_candidates(plan.cases, asked)


def histogram_ranges(plan: FacetPlan, answers: Answer) -> tuple[Range, ...] | None:
    """Return the buckets of a histogram from its first answers, None of any other facet.

    Raises:
        SearchError: The facet's interval makes too many.
    """
    if not isinstance(plan.facet, HistogramFacet):
        return None
    lowest, highest = _found_ends(answers)
    return () if lowest is None or highest is None else buckets(plan.facet, lowest, highest)


def histogram_aggregations(plan: FacetPlan, ranges: Sequence[Range]) -> Aggregations:
    """Return what a histogram asks when its buckets are known."""
    return over_candidates(plan.cases, _counted_ranges(plan, ranges))


def truncated(answers: Answer) -> list[str]:
    """Return in which cases a facet has more values than came at once."""
    return [name for name, answer in _named(answers) if answer.get(_VALUES, {}).get("sum_other_doc_count")]


def page_aggregations(plan: FacetPlan, case: str, after: str | int | None) -> Aggregations:
    """Return what asks for the next values of a facet in one case, in their order, behind one; None for the first."""
    start = _name_of(plan)[:-1] + "<" + _LAST_CHARACTER if plan.is_of_facts else None
    known = start if after is None else after
    pages = {
        "size": MOST_VALUES,
        "sources": [{_KEY: {"terms": {"field": plan.path}}}],
        **({} if known is None else {"after": {_KEY: known}}),
    }
    asked = {_VALUES: {"composite": pages, "aggs": units(plan.facet.level)}}
    return {case: over_candidates(plan.cases, asked)[case]}


def page_of_values(plan: FacetPlan, answers: Answer) -> tuple[Counter[str], str | int | None]:
    """Return the counts of a page of values, and the last of these where there may be more."""
    (answer,) = innermost(answers)
    found = [(bucket[_KEY][_KEY], counted(bucket)) for bucket in answer[_VALUES]["buckets"]]
    own = [(key, count) for key, count in found if not plan.is_of_facts or key.startswith(_name_of(plan))]
    is_last = len(found) < MOST_VALUES or len(own) < len(found)
    return Counter({_shown(plan, key): count for key, count in own}), None if is_last else own[-1][0]


def value_counts(plan: FacetPlan, answers: Answer, without: Iterable[str] = ()) -> Counter[str]:
    """Return the counts of the values of a facet that came at once, ``without`` those of some cases."""
    counts: Counter[str] = Counter()
    for name, answer in _named(answers):
        if name not in without:
            counts.update({_shown(plan, one["key"]): counted(one) for one in answer[_VALUES]["buckets"]})
    return counts


def values_facet(plan: FacetPlan, counts: Mapping[str, int]) -> FacetResult:
    """Return the answer of a facet of values or of a tree from the counts of all values."""
    if isinstance(plan.facet, TreeFacet):
        return tree_result(plan.facet, counts)
    return values_result(cast("ValuesFacet", plan.facet), counts)


def ranges_facet(answers: Answer, ends: Answer, ranges: Sequence[Range]) -> FacetResult:
    """Return the answer of a facet of ranges.

    Args:
        answers: To what counts them.
        ends: To what asks between which numbers all lie, of a histogram the first ones.
        ranges: What was counted.
    """
    counts = Counter[str]()
    for answer in innermost(answers):
        counts.update({name: counted(one) for name, one in answer.get(_RANGES, {}).get("buckets", {}).items()})
    found = tuple(RangeCount(first, last, counts[str(number)]) for number, (first, last) in enumerate(ranges))
    return RangesResult(found, *_found_ends(ends))


def _named(answers: Answer) -> Iterator[tuple[str, Answer]]:
    return zip(answers, innermost(answers), strict=True)


def _name_of(plan: FacetPlan) -> str:
    """Return what all values of a facet's field begin with."""
    return beginning(facet_field(plan.facet).name)


def _shown(plan: FacetPlan, key: str | int) -> str:
    """Return a counted term or number as it is shown."""
    if isinstance(key, str):
        return key[len(_name_of(plan)) :]
    return shown_number(facet_field(plan.facet), key)


def _terms(plan: FacetPlan, size: int) -> Aggregations:
    only = {"include": _escaped(_name_of(plan)) + ".*"} if plan.is_of_facts else {}
    return {"field": plan.path, "size": size, **only}


def _escaped(text: str) -> str:
    """Return the regular expression of Lucene that finds a text."""
    return "".join(sign if sign.isalnum() else f"\\{sign}" for sign in text)


def _counted_ranges(plan: FacetPlan, ranges: Sequence[Range]) -> Aggregations:
    filters = {str(number): between(plan.path, first, last) for number, (first, last) in enumerate(ranges)}
    return {_RANGES: {"filters": {"filters": filters}, "aggs": units(plan.facet.level)}} if filters else {}


def _ends(path: str) -> Aggregations:
    # Lowest and highest as such would come as float64, which is not exact.
    orders = ((_LOWEST, "asc"), (_HIGHEST, "desc"))
    return {name: {"terms": {"field": path, "size": 1, "order": {"_key": order}}} for name, order in orders}


def _found_ends(answers: Answer) -> tuple[int | None, int | None]:
    ends: dict[str, list[int]] = {_LOWEST: [], _HIGHEST: []}
    for answer in innermost(answers):
        for name, found in ends.items():
            found += [bucket["key"] for bucket in answer[name]["buckets"]]
    return min(ends[_LOWEST], default=None), max(ends[_HIGHEST], default=None)
