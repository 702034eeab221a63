"""What is told of the groups of a page: how well they answer the text, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from facetry.domain.group import ProductGroup
from facetry.domain.product import Product
from facetry.domain.search.fields import Schema
from facetry.domain.search.matching import Attempt, Explaining, TextMatch
from facetry.domain.search.query import SearchQuery, SortAtRandom
from facetry.domain.search.ranking import PIN_TIER
from facetry.domain.search.result import WordScore
from facetry.domain.search.text.expansion import ReadingPlan
from facetry.domain.search.text.naive import Matching, analysed
from facetry.engines.lucene.tiers import matched_words

_NO_WORDS = TextMatch(0.0, 0)


def told_of(
    query: SearchQuery, plan: ReadingPlan, groups: Sequence[ProductGroup], scores: Mapping[str, float]
) -> tuple[Attempt, Explaining]:
    """Return what a reading finds among the groups of a page, and what explains it.

    Args:
        query: What is asked.
        plan: The reading that is answered.
        groups: The groups.
        scores: What each scores, by its id.
    """
    if not plan.reading.slots:
        return _attempt(plan, {group.group_id: _NO_WORDS for group in groups}, scores), _Wordless()
    # Only what the engine does not say is looked for in the groups themselves: nearly all of a search went into that.
    said = {} if _is_looked_at(query) else {group.group_id: scores.get(group.group_id, PIN_TIER) for group in groups}
    counted = {one: TextMatch(score, matched_words(score)) for one, score in said.items() if score < PIN_TIER}
    left = [group for group in groups if group.group_id not in counted]
    matching = Matching(query, analysed(left, query.language, Schema(query.attributes).silent))
    # Statistics of a page say nothing of the catalog, so scores are those of the engine.
    found = matching.attempt(plan)
    return _attempt(plan, counted | dict(found.matches), scores), _OfPage(matching, found)


def _is_looked_at(query: SearchQuery) -> bool:
    """Return whether all groups of a page are compared with the text; at random they come later than their scores."""
    return query.explain or query.highlight or any(isinstance(key, SortAtRandom) for key in query.sort)


def _attempt(plan: ReadingPlan, matches: Mapping[str, TextMatch], scores: Mapping[str, float]) -> Attempt:
    scored = {
        group_id: msgspec.structs.replace(match, score=scores[group_id])
        for group_id, match in matches.items()
        if group_id in scores
    }
    return Attempt(words=plan.words, matches=scored, condition=plan.condition, reads=plan.reads, typos=plan.typos)


class _Wordless:
    """Explains hits of a search without words: there is nothing to say."""

    def fit(self, _attempt: Attempt, _product: Product) -> int:
        """See ``Explaining``."""
        return 0

    def explanation(self, _attempt: Attempt, _group_id: str) -> tuple[WordScore, ...]:
        """See ``Explaining``."""
        return ()

    def highlights(self, _attempt: Attempt, _group_id: str) -> dict[str, str]:
        """See ``Explaining``."""
        return {}


class _OfPage:
    """Explains the hits of a page by what the definition finds among them."""

    def __init__(self, matching: Matching, found: Attempt) -> None:
        self._matching = matching
        self._found = found

    def fit(self, _attempt: Attempt, product: Product) -> int:
        """See ``Explaining``."""
        return self._matching.fit(self._found, product)

    def explanation(self, _attempt: Attempt, group_id: str) -> tuple[WordScore, ...]:
        """See ``Explaining``."""
        return self._matching.explanation(self._found, group_id)

    def highlights(self, _attempt: Attempt, group_id: str) -> dict[str, str]:
        """See ``Explaining``."""
        return self._matching.highlights(self._found, group_id)
