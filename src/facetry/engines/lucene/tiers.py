"""Readings as queries whose scores are tiers: how many words a group has, then how few typos these take, then the rest.

Every clause has a constant score: statistics of Lucene count dead documents and other tenants' words. A required word
that is found adds ``WORD_STEP`` less its typos; how well it is found (in the name or elsewhere, as it is or by its
stem, beginning or a part) and what stands together adds steps of ``STEP``, which together stay below 1. All scores are
whole numbers of steps that 24 bits hold, so that 32-bit floats add them up exactly in any order.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from facetry.domain.search.query import SearchQuery
from facetry.domain.search.ranking import EXACT_QUALITY, MAX_TYPOS, PIN_TIER, STEM_QUALITY, WORD_TIER
from facetry.domain.search.slots import BEGIN, STEM, WORD, Alternative, Bonus, Reach, Slot
from facetry.domain.search.text.documents import NAME
from facetry.domain.search.text.expansion import ReadingPlan
from facetry.domain.search.text.pinning import Placement, placement
from facetry.engines.lucene.queries import EVERYTHING, NOTHING, Query, all_of, any_of, none_of
from facetry.engines.lucene.terms import NAME_ONLY, Terms, searched_fields

WORD_STEP = 128
"""More than all typos of all words of a query, so that tiers of words never mix."""
STEP = 2.0**-11
QUALITY_STEPS, NAME_STEPS = 16, 8
"""Steps that a word of the best quality adds, and more if it is in the name."""
BEGIN_STEPS, PAIR_STEPS = 16, 8
"""Steps for a word of the name in the same place, and for two side by side."""
_RATIO = STEM_QUALITY / EXACT_QUALITY
_ANY = "any"


class _Class(msgspec.Struct, frozen=True):
    """Alternatives that count alike."""

    typos: int
    steps: int


class TextQueries:
    """Makes the queries of the readings of one search."""

    def __init__(self, query: SearchQuery, terms: Terms) -> None:
        """Make queries of a search over a tenant's terms."""
        self._terms = terms
        self._fields = searched_fields(query)
        self._boosts: list[Query] = []
        self.placed: Placement = placement(query.rules.pins, query.text)

    def boost(self, queries: Sequence[Query]) -> None:
        """Let queries add their scores, see ``boosting``."""
        self._boosts = [*queries]

    @property
    def is_pinned(self) -> bool:
        """Return whether any group is found because a rule puts it first."""
        return bool(self.placed.places)

    @property
    def allowed(self) -> Query:
        """Return the query of groups that no rule hides."""
        return none_of(_groups(self.placed.hidden)) if self.placed.hidden else EVERYTHING

    def found(self, plan: ReadingPlan, required: int) -> Query:
        """Return the query of groups that a reading finds, without scores.

        Args:
            plan: The reading.
            required: How many of its required words they must have.
        """
        found = self._matching(plan, required)
        return all_of([self.allowed, any_of([found, *([_groups(self.placed.places)] if self.is_pinned else [])])])

    def scored(self, plan: ReadingPlan, required: int) -> Query:
        """Return the query of the same groups whose score is their tier; pinned ones stand above all others."""
        scored = self._scored(plan, required)
        pins = [
            _constant({"term": {"group": group_id}}, (place + 1) * PIN_TIER)
            for group_id, place in self.placed.places.items()
        ]
        if pins:
            scored = {"bool": {"should": [scored, *pins], "minimum_should_match": 1}}
        return scored if self.allowed == EVERYTHING else {"bool": {"must": [scored], "filter": [self.allowed]}}

    def counts_body(self, plan: ReadingPlan, passing: Query) -> dict[str, Any]:
        """Return the search that counts the groups with so many words of a reading; pinned ones do not count.

        Args:
            plan: The reading.
            passing: The query of groups that pass the filters.
        """
        tenant = {"term": {"tenant": self._terms.tenant}}
        unpinned = none_of(_groups(self.placed.places)) if self.is_pinned else EVERYTHING
        filters = {str(words): self._matching(plan, words) for words in range(1, plan.words + 1)}
        filters[_ANY] = self._any(plan)
        return {
            "query": all_of([tenant, self.allowed, unpinned, passing, self._any(plan)]),
            "size": 0,
            "track_total_hits": False,
            "aggs": {"words": {"filters": {"filters": filters}}},
        }

    def _any(self, plan: ReadingPlan) -> Query:
        if plan.finds_all:
            return EVERYTHING
        return any_of([self._slot(slot) for slot in plan.reading.slots])

    def _matching(self, plan: ReadingPlan, required: int) -> Query:
        if not required:
            return self._any(plan)
        slots = [self._slot(slot) for slot in plan.reading.slots if slot.is_required]
        if required == 1 or required >= len(slots):
            return any_of(slots) if required == 1 else all_of(slots)
        return {"bool": {"should": slots, "minimum_should_match": required}}

    def _scored(self, plan: ReadingPlan, required: int) -> Query:
        if not plan.reading.slots:
            return _must(_constant(EVERYTHING, 0.0), self._boosts) if plan.finds_all else NOTHING
        wanted = [self._scored_slot(slot) for slot in plan.reading.slots if slot.is_required]
        optional = [self._scored_slot(slot) for slot in plan.reading.slots if not slot.is_required]
        better = [*self._bonuses(plan.reading.bonuses), *self._boosts]
        if not required:
            return _must(_any_score([*wanted, *optional], 1), better)
        return _must(_any_score(wanted, required), [*optional, *better])

    def _slot(self, slot: Slot) -> Query:
        """Return the query of groups that have a slot."""
        keys = [one.keys[0] for one in slot.alternatives if one.reach is Reach.KEYS and len(one.keys) == 1]
        others = [one for one in slot.alternatives if one.reach is not Reach.KEYS or len(one.keys) > 1]
        return any_of(
            [self._terms.any_key(keys, self._fields), *(self._alternative(one, self._fields) for one in others)]
        )

    def _scored_slot(self, slot: Slot) -> Query:
        scored = [
            _constant(query, _slot_score(slot, one))
            for one, query in self._classes(slot)
            if query != NOTHING and (slot.is_required or slot.weight > 0.0)
        ]
        found = scored or [_constant(self._slot(slot), 0.0)]
        return {"dis_max": {"queries": found}} if len(found) > 1 else found[0]

    def _classes(self, slot: Slot) -> list[tuple[_Class, Query]]:
        """Return the queries of the alternatives of a slot, those together that count alike."""
        single: dict[_Class, list[str]] = {}
        found: list[tuple[_Class, Query]] = []
        for one in slot.alternatives:
            steps = _steps(one, slot)
            if one.reach is Reach.IDENTIFIER:
                found += self._identifiers(one)
            elif one.reach is Reach.KEYS and len(one.keys) == 1:
                single.setdefault(_Class(one.typos, steps), []).append(one.keys[0])
            else:
                found += self._with_name(_Class(one.typos, steps), partial(self._alternative, one))
        for same, keys in single.items():
            found += self._with_name(same, partial(self._terms.any_key, keys))
        return found

    def _with_name(self, same: _Class, query: Callable[[Sequence[int]], Query]) -> list[tuple[_Class, Query]]:
        found = [(same, query(self._fields))]
        if NAME in self._fields:
            found.append((_Class(same.typos, same.steps + NAME_STEPS), query(NAME_ONLY)))
        return found

    def _identifiers(self, one: Alternative) -> list[tuple[_Class, Query]]:
        needle = one.keys[0]
        queries = (
            self._terms.identifier(needle),
            self._terms.beginning_of_identifier(needle),
            self._terms.part_of_identifier(needle),
        )
        best = QUALITY_STEPS + NAME_STEPS
        return [(_Class(one.typos, best - worse), query) for worse, query in enumerate(queries)]

    def _alternative(self, one: Alternative, fields: Sequence[int]) -> Query:
        match one.reach:
            case Reach.KEYS:
                return all_of([self._terms.any_key([key], fields) for key in one.keys])
            case Reach.BEGINNING:
                return self._terms.longer_words(one.keys[0][len(WORD) :], fields)
            case Reach.IDENTIFIER:
                return self._terms.identified(one.keys[0])

    def _bonuses(self, bonuses: Sequence[Bonus]) -> list[Query]:
        found: list[Query] = []
        run: list[Query] = []
        for bonus in bonuses:
            key = self._terms.any_key([bonus.key], NAME_ONLY)
            if bonus.key.startswith(BEGIN):
                run.append(key)
                found.append(_constant(all_of(run), BEGIN_STEPS * STEP))
            else:
                found.append(_constant(key, PAIR_STEPS * STEP))
        return found


def word_counts(response: Mapping[str, Any], words: int) -> Counter[int]:
    """Return how many groups have exactly so many of the words of a reading, from the answer to ``counts_body``."""
    buckets = response["aggregations"]["words"]["buckets"]
    least = [buckets[_ANY]["doc_count"], *(buckets[str(place)]["doc_count"] for place in range(1, words + 1)), 0]
    exactly = {place: least[place] - least[place + 1] for place in range(words + 1)}
    return Counter({place: count for place, count in exactly.items() if count > 0})


def domain_score(score: float) -> float:
    """Return a score of these queries on the scale of ``ranking.final_score``, or as it is where it is of a pin."""
    if score >= PIN_TIER:
        return score
    words = math.floor((score + WORD_STEP / 2) / WORD_STEP)
    whole = math.floor(score)
    typos = min(words * WORD_STEP - whole, MAX_TYPOS)
    return words * WORD_TIER - typos + (score - whole)


def matched_words(score: float) -> int:
    """Return how many required words an unpinned group has, from its ``domain_score``."""
    return math.ceil(math.floor(score) / WORD_TIER)


def _steps(alternative: Alternative, slot: Slot) -> int:
    """Return how many steps an alternative is worth; a word as it is has its stem too, where there is one."""
    quality = alternative.quality
    if alternative.keys[0].startswith(WORD) and alternative.reach is Reach.KEYS:
        quality += max((one.quality for one in slot.alternatives if _is_stem_of(one, alternative)), default=0.0)
    return max(1, min(QUALITY_STEPS, round(quality * QUALITY_STEPS)))


def _is_stem_of(one: Alternative, word: Alternative) -> bool:
    is_alike = math.isclose(one.quality, word.quality * _RATIO) and one.typos == word.typos
    return is_alike and one.keys[0].startswith((STEM, WORD)) and len(one.keys) == len(word.keys)


def _slot_score(slot: Slot, one: _Class) -> float:
    if slot.is_required:
        return WORD_STEP - one.typos + one.steps * STEP
    return round(one.steps * slot.weight) * STEP


def _must(query: Query, better: Sequence[Query]) -> Query:
    return {"bool": {"must": [query], "should": [*better]}} if better else query


def _any_score(scored: Sequence[Query], required: int) -> Query:
    """Return the query of what at least so many of some find, whose score is the sum of theirs."""
    return {"bool": {"should": [*scored], "minimum_should_match": required}} if len(scored) > 1 else scored[0]


def _constant(query: Query, score: float) -> Query:
    return {"constant_score": {"filter": query, "boost": score}}


def _groups(group_ids: Mapping[str, int] | frozenset[str]) -> Query:
    return {"terms": {"group": sorted(group_ids)}}
