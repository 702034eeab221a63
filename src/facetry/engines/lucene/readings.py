"""Which reading of a text is answered, as ``evaluation`` chooses it, in as few calls as there can be.

What readings ask of the tenant's words, how many groups have how many words, and the search itself, all go in one
call, made of what was last known. Where an answer is another one than was supposed, the rest is made anew.
"""

from __future__ import annotations

from collections import ChainMap, Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec

from facetry.domain.search.filters import And, Filter
from facetry.domain.search.matching import enough_groups, relaxed_to
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.slots import WORD
from facetry.domain.search.text.correction import did_you_mean
from facetry.domain.search.text.expansion import ReadingPlan, readings
from facetry.domain.search.text.parts import cut_words
from facetry.domain.search.text.spelling import allowed_typos
from facetry.engines.lucene.boosting import boost_queries
from facetry.engines.lucene.queries import Query
from facetry.engines.lucene.terms import Terms
from facetry.engines.lucene.tiers import STEP, TextQueries, word_counts
from facetry.engines.lucene.vocabulary import (
    About,
    Facts,
    KnownWords,
    NotingVocabulary,
    Question,
    answers,
    is_dead,
    question_bodies,
)

MOST_READINGS = 3
MOST_OUTCOMES = 5_000
"""So many texts are remembered with the reading that was answered."""
Body = dict[str, Any]
Response = Mapping[str, Any]
Ask = Callable[[Sequence[Body]], Awaitable[Sequence[Response]]]
"""Carries several searches of a tenant's groups to the index in one call, and returns the answers in their order."""


class Chosen(msgspec.Struct, frozen=True):
    """What is answered.

    Attributes:
        plan: The reading.
        required: How many of its words a hit must have.
    """

    plan: ReadingPlan
    required: int


class Read(msgspec.Struct, frozen=True):
    """A text that was read.

    Attributes:
        chosen: What is answered.
        did_you_mean: The text with unknown words put right.
        responses: The answers to the searches of what is answered.
    """

    chosen: Chosen
    did_you_mean: str
    responses: Sequence[Response]


class Searches(msgspec.Struct, frozen=True):
    """What a caller makes of conditions and readings.

    Attributes:
        passing: Returns the query of groups any product of which fulfils a condition.
        bodies: Returns the searches that answer, of which the first counts all hits (``track_total_hits``); none
            where only the reading is asked for.
    """

    passing: Callable[[Filter], Query]
    bodies: Callable[[Chosen], Sequence[Body]]


class _Round(msgspec.Struct, frozen=True):
    """What the readings are if all is as it is supposed to be.

    Attributes:
        plans: The readings that are looked at.
        settled: So many of the first ones depend on no words whose neighbours are unknown: others surely change.
        asked: The questions they depend on.
        meant: What may have been meant.
    """

    plans: tuple[ReadingPlan, ...]
    settled: int
    asked: tuple[Question, ...]
    meant: str


class Outcome(msgspec.Struct, frozen=True):
    """How a text was answered.

    Attributes:
        place: Of the reading among all.
        missing: How many of its words hits need not have.
        is_wide: Whether more than the number of hits with all words of the first reading was to be known.
    """

    place: int = 0
    missing: int = 0
    is_wide: bool = False


class Outcomes:
    """Remembers how texts were answered: the next search for the same one begins there."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._found: dict[tuple[Any, ...], Outcome] = {}

    def last(self, tenant: str, query: SearchQuery) -> Outcome:
        """Return how a text was answered last, or how most are."""
        return self._found.get(_text_key(tenant, query), Outcome())

    def put(self, tenant: str, query: SearchQuery, outcome: Outcome) -> None:
        """Remember an answer; how most are answered is not worth it."""
        key = _text_key(tenant, query)
        self._found.pop(key, None)
        if outcome != Outcome():
            self._found[key] = outcome
        if len(self._found) > MOST_OUTCOMES:
            self._found.pop(next(iter(self._found)))


class TextReader:
    """Reads the text of one search."""

    def __init__(self, tenant: str, query: SearchQuery, known: KnownWords, outcomes: Outcomes) -> None:
        """Read with what is known of a tenant, and add to it."""
        self._query = query
        self._tenant = tenant
        self._outcomes = outcomes
        self._known = known.of(tenant, active_only=query.active_only)
        self._true: Facts = {}
        self._terms = Terms(tenant, active_only=query.active_only)
        self.queries = TextQueries(query, self._terms)
        self._counts: dict[ReadingPlan, Counter[int]] = {}
        self._answered: dict[Chosen, Sequence[Response]] = {}
        self._last = outcomes.last(tenant, query)
        self._depth = 1 if query.text.strip() and not self._last.is_wide else MOST_READINGS
        self._is_counting = self.queries.is_pinned or self._last.is_wide

    async def read(self, ask: Ask, searches: Searches) -> Read:
        """Choose the reading that is answered, and answer it."""
        self.queries.boost(boost_queries(self._query, searches.passing, STEP))
        while True:
            supposed = self._round()
            is_as_supposed = await self._ask(supposed, ask, searches)
            true = supposed if is_as_supposed else self._round()
            if any(question not in self._true for question in true.asked):
                continue
            chosen = self._decided(true.plans)
            if chosen is None:
                self._depth, self._is_counting = MOST_READINGS, True
            elif chosen in self._answered:
                place = true.plans.index(chosen.plan)
                missing = chosen.plan.words - chosen.required
                self._outcomes.put(self._tenant, self._query, Outcome(place, missing, is_wide=self._is_wide))
                return Read(chosen, true.meant, self._answered[chosen])

    async def _ask(self, supposed: _Round, ask: Ask, searches: Searches) -> bool:
        """Make one call for all that is not known, and for what seems to be the answer.

        Returns:
            Whether all is as it was supposed to be.
        """
        asked = [question for question in (*supposed.asked, *self._beside()) if question not in self._true]
        questions = question_bodies(asked, self._terms)
        guess = self._guess(supposed)
        main = [*searches.bodies(guess)] if guess else []
        counted = self._to_count(supposed)
        counts = [self.queries.counts_body(plan, searches.passing(self._condition(plan))) for plan in counted]
        bodies = [*questions, *counts, *main]
        responses = await ask(bodies) if bodies else []
        found = answers(asked, responses[: len(questions)], self._tenant)
        is_as_supposed = all(self._known.get(question) == answer for question, answer in found.items())
        self._true |= found
        self._known |= found
        for plan, response in zip(counted, responses[len(questions) :], strict=False):
            self._counts[plan] = self._counts[self._living(plan)] = word_counts(response, plan.words)
        if guess:
            self._learn(guess, responses[len(questions) + len(counts) :])
        return is_as_supposed

    def _beside(self) -> Iterator[Question]:
        """Yield what else is asked of typed words when they are met first: what they may be if no group has them."""
        for word in dict.fromkeys(cut_words(self._query.text)):
            near = Question(About.NEAR, word, allowed_typos(word))
            if near.distance and self._query.typos and Question(About.GROUPS, WORD + word) not in self._known:
                yield near

    def _learn(self, answered: Chosen, responses: Sequence[Response]) -> None:
        """Keep what a reading found; the number of all hits often says that no other reading is needed."""
        plan, words = self._living(answered.plan), answered.plan.words
        self._answered[answered] = self._answered[Chosen(plan, answered.required)] = responses
        if responses and answered.required == words and not self.queries.is_pinned:
            total = responses[0]["hits"]["total"]["value"]
            if not words or total >= enough_groups(words, self._query.rules.relax_below):
                self._counts[answered.plan] = self._counts[plan] = Counter({words: total} if total else {})

    def _round(self) -> _Round:
        vocabulary = NotingVocabulary(ChainMap(self._true, self._known))
        plans: list[ReadingPlan] = []
        settled = 0
        for plan in islice(readings(self._query, vocabulary), self._depth):
            plans.append(plan)
            settled += not any(question.about is About.NEAR for question in vocabulary.unknown)
        meant = did_you_mean(self._query, vocabulary)
        return _Round(tuple(plans), settled, tuple(vocabulary.asked), meant)

    def _guess(self, supposed: _Round) -> Chosen | None:
        """Return what seems to be the answer, None where that was asked already or is not worth asking yet."""
        if self._counts:
            guess = self._decided(supposed.plans, is_supposing=True)
        else:
            plan = supposed.plans[min(self._last.place, len(supposed.plans) - 1)]
            guess = Chosen(plan, max(plan.words - self._last.missing, min(plan.words, 1)))
        is_settled = guess and guess.plan in supposed.plans[: supposed.settled]
        return guess if is_settled and guess not in self._answered else None

    def _to_count(self, supposed: _Round) -> list[ReadingPlan]:
        """Return the readings of which is to be counted how many groups have how many words."""
        if not self._is_counting:
            return []
        return [plan for plan in supposed.plans[: supposed.settled] if plan not in self._counts]

    def _decided(self, plans: Sequence[ReadingPlan], *, is_supposing: bool = False) -> Chosen | None:
        """Return what is answered, see ``evaluation``; None where that is not known yet.

        Args:
            plans: The readings.
            is_supposing: Whether readings not counted are taken to find nothing.
        """
        partial: Chosen | None = None
        last: Chosen | None = None
        for plan in plans:
            counts = self._counts.get(plan)
            if counts is None:
                if not is_supposing:
                    return None
                continue
            enough = enough_groups(plan.words, self._query.rules.relax_below)
            last = Chosen(plan, relaxed_to(counts, plan.words, enough))
            if counts[plan.words]:
                return last
            partial = partial or (last if counts else None)
        return (partial or last) if is_supposing or self._depth == MOST_READINGS else None

    def _living(self, plan: ReadingPlan) -> ReadingPlan:
        """Return a reading without alternatives that no group has: it finds the same."""
        slots = [
            msgspec.structs.replace(
                slot, alternatives=tuple(one for one in slot.alternatives if not is_dead(one, self._true))
            )
            for slot in plan.reading.slots
        ]
        reading = msgspec.structs.replace(plan.reading, slots=tuple(slots))
        return msgspec.structs.replace(plan, reading=reading)

    @property
    def _is_wide(self) -> bool:
        return bool(self._query.text.strip()) and self._depth == MOST_READINGS

    def _condition(self, plan: ReadingPlan) -> Filter:
        return And((self._query.scope, self._query.filter, plan.condition))


def _text_key(tenant: str, query: SearchQuery) -> tuple[Any, ...]:
    return (tenant, query.text, query.prefix, query.typos, query.understand, query.active_only)
