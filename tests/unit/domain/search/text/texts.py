"""Short ways to search a few groups by their texts."""

from __future__ import annotations

from typing import Any

from facetry.domain.group import ProductGroup
from facetry.domain.search.answering import answer_from
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.result import SearchResult
from facetry.domain.search.slots import Reach
from facetry.domain.search.text.expansion import ReadingPlan, readings
from facetry.domain.search.text.naive import Matching, WordList, analysed


def answered(text: str, *groups: ProductGroup, **asked: Any) -> SearchResult:
    """Return the answer of a search among these groups."""
    return answer_from(SearchQuery(text=text, **asked), 1, groups)


def found(text: str, *groups: ProductGroup, **asked: Any) -> list[str]:
    """Return the ids of the groups found, in order."""
    return [hit.group.group_id for hit in answered(text, *groups, **asked).hits]


def vocabulary(*groups: ProductGroup, language: str = "en") -> WordList:
    """Return the vocabulary of groups."""
    return Matching(SearchQuery(language=language), analysed(groups, language)).vocabulary


def plans(text: str, *groups: ProductGroup, **asked: Any) -> list[ReadingPlan]:
    """Return the readings of a text among these groups."""
    query = SearchQuery(text=text, **asked)
    return list(readings(query, vocabulary(*groups, language=query.language)))


def slots(plan: ReadingPlan) -> dict[str, list[str]]:
    """Return the alternatives of each slot of a plan in a short form: keys joined by ``+``, typos behind ``~``."""
    signs = {Reach.KEYS: "", Reach.BEGINNING: "*", Reach.IDENTIFIER: "#"}
    return {
        slot.word: [
            "+".join(one.keys) + signs[one.reach] + (f"~{one.typos}" if one.typos else "") for one in slot.alternatives
        ]
        for slot in plan.reading.slots
    }
