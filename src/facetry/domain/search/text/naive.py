"""The definition of what a query's text finds, by looking at every group; engines find exactly this."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property

import msgspec

from facetry.domain.group import ProductGroup
from facetry.domain.product import Product
from facetry.domain.search.fields import Schema
from facetry.domain.search.matching import Attempt, TextMatch
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.ranking import boosted, field_weights, final_score, pinned_score
from facetry.domain.search.result import WordScore
from facetry.domain.search.rules import TEXT_FIELDS
from facetry.domain.search.slots import WORD
from facetry.domain.search.text.boosting import boost_sum
from facetry.domain.search.text.documents import GroupText, group_text
from facetry.domain.search.text.expansion import ReadingPlan, readings
from facetry.domain.search.text.fitting import Fitting
from facetry.domain.search.text.highlighting import highlighted
from facetry.domain.search.text.identifiers import quality
from facetry.domain.search.text.pinning import placement
from facetry.domain.search.text.scoring import (
    SlotMatch,
    Statistics,
    TextView,
    explanation,
    reading_score,
    slot_match,
)
from facetry.domain.search.text.semantics import Embedder, Semantics, semantics_of
from facetry.domain.search.text.silencing import heard
from facetry.domain.search.text.spelling import distance
from facetry.domain.search.text.viewing import text_view
from facetry.domain.search.text.vocabulary import RememberedVocabulary

Text = tuple[ProductGroup, GroupText]


def attempts(query: SearchQuery, groups: Sequence[ProductGroup]) -> Iterator[Attempt]:
    """Yield what the text of a query finds among all groups of a tenant, reading by reading."""
    return Matching(query, analysed(groups, query.language, Schema(query.attributes).silent)).attempts()


def analysed(groups: Sequence[ProductGroup], language: str, silent: frozenset[str] = frozenset()) -> list[Text]:
    """Return groups with what a search sees of their texts; for ``silent`` see ``silencing.heard``."""
    return [(group, group_text(heard(group, silent), language)) for group in groups]


class WordList:
    """The vocabulary of some groups; see ``vocabulary.Vocabulary``."""

    def __init__(self, views: Sequence[TextView]) -> None:
        """Count the keys of groups."""
        self._frequencies = Counter(key for view in views for key in view.text.counts)
        self._words = sorted(key[1:] for key in self._frequencies if key.startswith(WORD))
        self._identifiers = [view.identifiers for view in views]

    def has(self, key: str) -> bool:
        """See ``Vocabulary``."""
        return key in self._frequencies

    def frequency(self, key: str) -> int:
        """See ``Vocabulary``."""
        return self._frequencies[key]

    def beginning(self, prefix: str) -> bool:
        """See ``Vocabulary``."""
        return any(word.startswith(prefix) and word != prefix for word in self._words)

    def similar(self, word: str, distance_at_most: int) -> list[tuple[str, int]]:
        """See ``Vocabulary``."""
        found = ((other, distance(word, other, distance_at_most)) for other in self._words)
        return sorted((one for one in found if one[1] <= distance_at_most), key=lambda one: (one[1], one[0]))

    def identified(self, needle: str) -> bool:
        """See ``Vocabulary``."""
        return any(quality(identifiers, needle) for identifiers in self._identifiers)


class _Found(msgspec.Struct, frozen=True):
    """A plan with what each group has of its slots."""

    plan: ReadingPlan
    matches: dict[str, list[SlotMatch]]
    statistics: Statistics
    semantics: Semantics | None
    fitting: Fitting


class Matching:
    """Matches the text of one query with groups, and explains hits."""

    def __init__(self, query: SearchQuery, texts: Sequence[Text], embedder: Embedder | None = None) -> None:
        """Look at all groups of a tenant, each with what a search sees of it in the query's language."""
        self._query = query
        self._embedder = embedder
        self._schema = Schema(query.attributes)
        fields = [self._schema.field(name) for name in sorted(self._schema.identifiers)]
        self._groups = {group.group_id: group for group, _ in texts}
        self._texts = {group.group_id: text for group, text in texts}
        self._views = {
            group.group_id: text_view(group, text, fields, active_only=query.active_only) for group, text in texts
        }
        self._found: list[tuple[Attempt, _Found]] = []

    @cached_property
    def vocabulary(self) -> RememberedVocabulary:
        """Return the keys of all groups."""
        return RememberedVocabulary(WordList(list(self._views.values())))

    def attempts(self) -> Iterator[Attempt]:
        """Yield what the readings find, in the order in which they are tried."""
        for plan in readings(self._query, self.vocabulary):
            yield self.attempt(plan)

    def attempt(self, plan: ReadingPlan) -> Attempt:
        """Return what one reading finds; from then on hits of it are explained."""
        found = self._look_up(plan)
        attempt = Attempt(
            words=plan.words,
            matches=self._matches(found),
            condition=plan.condition,
            reads=plan.reads,
            typos=plan.typos,
        )
        self._found.append((attempt, found))
        return attempt

    def fit(self, attempt: Attempt, product: Product) -> int:
        """See ``Explaining``."""
        return self._of(attempt).fitting.product(product)

    def explanation(self, attempt: Attempt, group_id: str) -> tuple[WordScore, ...]:
        """See ``Explaining``."""
        found = self._of(attempt)
        return explanation(found.plan.reading, found.matches[group_id], found.statistics)

    def highlights(self, attempt: Attempt, group_id: str) -> dict[str, str]:
        """See ``Explaining``."""
        reading = self._of(attempt).plan.reading
        return highlighted(self._groups[group_id], self._views[group_id].text, reading, self._query.language)

    def _of(self, attempt: Attempt) -> _Found:
        return next(found for known, found in self._found if known is attempt)

    def _look_up(self, plan: ReadingPlan) -> _Found:
        views = self._views.values()
        sums = [sum(view.text.lengths[field] for view in views) for field in range(len(TEXT_FIELDS))]
        weights = field_weights(self._query.rules.weights, sums, len(views))
        slots = plan.reading.slots
        matches = {known: [slot_match(slot, view, weights) for slot in slots] for known, view in self._views.items()}
        counts = tuple(sum(found[place].frequency > 0 for found in matches.values()) for place in range(len(slots)))
        semantics = semantics_of(self._query.rules.semantic, plan.reading, self._embedder)
        schema = self._schema
        fitting = Fitting(plan.reading, schema.identifiers, self._query.language, schema.silent)
        return _Found(plan, matches, Statistics(weights, len(views), counts), semantics, fitting)

    def _matches(self, found: _Found) -> dict[str, TextMatch]:
        placed = placement(self._query.rules.pins, self._query.text)
        matched: dict[str, TextMatch] = {}
        for group_id, slots in found.matches.items():
            has_any = found.plan.finds_all or any(slot.frequency for slot in slots)
            if group_id in placed.hidden or not (has_any or group_id in placed.places):
                continue
            match = self._match(found, group_id, slots)
            place = placed.places.get(group_id)
            if place is not None:
                match = TextMatch(pinned_score(match.score, place), match.matched_words, is_pinned=True)
            matched[group_id] = match
        return matched

    def _match(self, found: _Found, group_id: str, slots: Sequence[SlotMatch]) -> TextMatch:
        reading = found.plan.reading
        score = reading_score(reading, slots, found.statistics.idfs(reading.slots), self._views[group_id].text)
        boost = boost_sum(self._query, self._schema, self._groups[group_id])
        required = [slot for asked, slot in zip(reading.slots, slots, strict=True) if asked.is_required]
        matched_words = sum(slot.frequency > 0 for slot in required)
        typos = sum(slot.typos for slot in required)
        total = boosted(score, boost, has_words=bool(reading.slots))
        final = final_score(total, matched_words, typos)
        if found.semantics:
            final = found.semantics.raised(final, self._texts[group_id])
        return TextMatch(final, matched_words)
