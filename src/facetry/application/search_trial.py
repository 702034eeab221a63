"""Searches that are tried out: why each hit is where it is, and what other rules would change about it."""

from __future__ import annotations

import math
from enum import Enum
from time import monotonic

import msgspec

from facetry.application.search import Search
from facetry.application.search_settings import check_usable
from facetry.application.word_readings import WordReading, word_readings
from facetry.domain.search.filters import EVERYTHING
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.ranking import PIN_TIER, WORD_TIER
from facetry.domain.search.requests.search import read_search
from facetry.domain.search.result import SearchHit, SearchResult
from facetry.domain.search.rules import SearchRules
from facetry.domain.search.text.pinning import placement
from facetry.domain.tenant import TenantSettings

DEPTH = 50
"""So many hits are compared: one beyond them counts as gone."""
EXPLAINED = 10
"""So many hits are explained, which takes longer than to find them."""
SECONDS = 10.0
"""So long a trial may take."""


class Score(msgspec.Struct, frozen=True):
    """What the score of a hit is made of; a tier counts more than everything that follows it.

    Attributes:
        total: All of it.
        is_pinned: Whether a rule puts the group first.
        words: How many of the query's words it has.
        typos: How many typos these take.
        text: What its words add up to, as the explanation says it.
        extra: What is added to that: words side by side or all in the name, boosts, and closeness in meaning. None
            where the engine does not say.
    """

    total: float
    is_pinned: bool
    words: int
    typos: int
    text: float
    extra: float | None


class TrialHit(msgspec.Struct, frozen=True):
    """A hit, its place from 1 on, and its score in parts."""

    place: int
    hit: SearchHit
    score: Score

    @property
    def group_id(self) -> str:
        """Return the id of its group."""
        return self.hit.group.group_id


class Trial(msgspec.Struct, frozen=True):
    """A search that was tried out.

    Attributes:
        text: What was asked.
        result: What was answered.
        words: How each word was read, in their order.
        hits: The first hits: ``EXPLAINED`` with the parts of their scores, or ``DEPTH`` without.
        hidden: The groups that rules hide for this text.
        is_exact: Whether scores are exactly what ``docs/relevance.md`` says.
    """

    text: str
    result: SearchResult
    words: tuple[WordReading, ...]
    hits: tuple[TrialHit, ...]
    hidden: tuple[str, ...] = ()
    is_exact: bool = True


class Move(Enum):
    """What other rules do to a hit."""

    SAME = "same"
    UP = "up"
    DOWN = "down"
    NEW = "new"
    GONE = "gone"


class Moved(msgspec.Struct, frozen=True):
    """A hit, and what happens to it.

    Attributes:
        found: Where it is.
        move: What other rules do to it, or did.
        by: By how many places it moves; 0 where it does not, or is new or gone.
    """

    found: TrialHit
    move: Move
    by: int = 0


class Comparison(msgspec.Struct, frozen=True):
    """The same search with the rules as they are and as they would be, each hit with what changes.

    Attributes:
        before: With the rules as they are; hits that the others do not find are gone.
        after: With the others; hits that were not found before are new.
        was: The search with the rules as they are.
        would_be: The search with the others.
    """

    before: tuple[Moved, ...]
    after: tuple[Moved, ...]
    was: Trial
    would_be: Trial

    @property
    def changes(self) -> int:
        """Return how many hits are new, gone, or elsewhere."""
        gone = sum(one.move is Move.GONE for one in self.before)
        return gone + sum(one.move is not Move.SAME for one in self.after)


class SearchTrial:
    """The use cases of whoever tunes a search; nothing of them is kept."""

    def __init__(self, search: Search) -> None:
        """Try out what a search finds."""
        self._search = search

    @property
    def is_semantic(self) -> bool:
        """Return whether rules can look at what words mean."""
        return self._search.is_semantic

    async def run(self, tenant: str, settings: TenantSettings, text: str) -> Trial:
        """Return what a text finds, and why; the first ``EXPLAINED`` hits.

        Raises:
            SearchError: The text is too long.
            SearchTimeoutError: It took longer than ``SECONDS``.
            QuotaExceededError: The tenant searches more than it may.
        """
        return await self._tried(tenant, settings, {"q": text, "limit": EXPLAINED, "explain": True, "highlight": True})

    async def compare(self, tenant: str, settings: TenantSettings, text: str, draft: SearchRules) -> Comparison:
        """Return what a text finds with the rules as they are, and as a draft has them.

        Raises:
            InvalidValueError: A rule of the draft is not allowed, or needs an extra that is not installed.
            SearchError, SearchTimeoutError, QuotaExceededError: As ``run``.
        """
        check_usable(draft, self._search)
        asked = {"q": text, "limit": DEPTH}
        was = await self._tried(tenant, settings, asked)
        would_be = await self._tried(tenant, msgspec.structs.replace(settings, rules=draft), asked)
        return compared(was, would_be)

    async def _tried(self, tenant: str, settings: TenantSettings, asked: dict[str, object]) -> Trial:
        deadline = monotonic() + SECONDS
        context = await self._search.context(tenant, settings, EVERYTHING, deadline)
        query = read_search({"matched_products": 1, **asked}, context).query
        return self._trial(query, await self._search.search(tenant, query, deadline=deadline))

    def _trial(self, query: SearchQuery, result: SearchResult) -> Trial:
        is_exact = self._search.is_exact
        hits = [TrialHit(place, hit, score_of(hit, is_exact=is_exact)) for place, hit in enumerate(result.hits, 1)]
        hidden = placement(query.rules.pins, query.text).hidden
        return Trial(
            text=query.text,
            result=result,
            words=word_readings(query, result),
            hits=tuple(hits),
            hidden=tuple(sorted(hidden)),
            is_exact=is_exact,
        )


def compared(was: Trial, would_be: Trial) -> Comparison:
    """Return two trials of a text side by side."""
    old = {one.group_id: one.place for one in was.hits}
    new = {one.group_id: one.place for one in would_be.hits}
    before = tuple(_moved(one, one.place, new.get(one.group_id), Move.GONE) for one in was.hits)
    after = tuple(_moved(one, old.get(one.group_id), one.place, Move.NEW) for one in would_be.hits)
    return Comparison(before, after, was, would_be)


def _moved(found: TrialHit, old: int | None, new: int | None, alone: Move) -> Moved:
    if old is None or new is None:
        return Moved(found, alone)
    if old == new:
        return Moved(found, Move.SAME)
    return Moved(found, Move.UP if new < old else Move.DOWN, abs(new - old))


def score_of(hit: SearchHit, *, is_exact: bool = True) -> Score:
    """Return what the score of a hit is made of, see ``domain.search.ranking``."""
    text = math.fsum(word.weight for word in hit.explanation)
    is_pinned = hit.score >= PIN_TIER
    rest = math.fmod(hit.score, PIN_TIER) if is_pinned else hit.score
    share = rest - math.floor(rest)
    # The sum of a hit was squashed below 1, and typos taken from the tier of its words.
    extra = max(0.0, share / (1.0 - share) - text) if is_exact and rest >= 0 else None
    return Score(
        total=hit.score,
        is_pinned=is_pinned,
        words=hit.matched_words,
        typos=_typos(rest, hit.matched_words) if is_exact else sum(word.typos for word in hit.explanation),
        text=text,
        extra=extra,
    )


def _typos(rest: float, words: int) -> int:
    """Return how many typos a score says its words take."""
    return max(0, int(words * WORD_TIER - math.floor(rest)))
