"""What readings of texts ask of a tenant's words, noted and asked of the index all at once.

Readings are worked out in one go, while the index is asked over a network. So they ask a vocabulary that answers what
was last known, supposes what was not, and notes every question; the questions are then asked together, and the
readings are worked out again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

import msgspec

from facetry.domain.search.slots import WORD, Alternative, Reach
from facetry.domain.search.text.spelling import distance
from facetry.engines.lucene.queries import Query
from facetry.engines.lucene.terms import Terms
from facetry.engines.lucene.texts import tenant_mark

MOST_NEAR = 10_000
"""So many near words are looked at; a word has a few dozen."""
MOST_FACTS = 20_000
"""So many answers of a tenant are remembered."""


class About(Enum):
    """What is asked."""

    GROUPS = "groups"
    """How many groups have a key."""
    BEGINNING = "beginning"
    """How many groups have a word that begins with a text and is longer."""
    IDENTIFIED = "identified"
    """How many groups have an identifier that a normalised text matches."""
    NEAR = "near"
    """Which words of past and present are near a text."""


class Question(msgspec.Struct, frozen=True):
    """One question.

    Attributes:
        text: A key, the beginning of a word, a normalised text or a word.
        distance: How far words may be apart.
    """

    about: About
    text: str
    distance: int = 0


Answer = int | tuple[str, ...]
Facts = dict[Question, Answer]
_SUPPOSED: Mapping[About, Answer] = {About.GROUPS: 1, About.BEGINNING: 1, About.IDENTIFIED: 0, About.NEAR: ()}
"""What is supposed of what is not known: words that are typed mostly are words of the catalog."""


class NotingVocabulary:
    """Answers from facts, see ``vocabulary.Vocabulary``, and notes what was asked."""

    def __init__(self, facts: Mapping[Question, Answer]) -> None:
        """Know these facts."""
        self._facts = facts
        self.asked: dict[Question, None] = {}
        """All questions, in their order."""

    @property
    def unknown(self) -> list[Question]:
        """Return the questions whose answers were supposed."""
        return [question for question in self.asked if question not in self._facts]

    def has(self, key: str) -> bool:
        """See ``Vocabulary``."""
        return self.frequency(key) > 0

    def frequency(self, key: str) -> int:
        """See ``Vocabulary``."""
        return self._number(Question(About.GROUPS, key))

    def beginning(self, prefix: str) -> bool:
        """See ``Vocabulary``."""
        return self._number(Question(About.BEGINNING, prefix)) > 0

    def similar(self, word: str, distance_at_most: int) -> Sequence[tuple[str, int]]:
        """See ``Vocabulary``; a near word counts if it is still in any group."""
        near = self._answer(Question(About.NEAR, word, distance_at_most))
        words = near if isinstance(near, tuple) else ()
        found = ((other, distance(word, other, distance_at_most)) for other in words)
        near_enough = [(other, apart) for other, apart in found if apart <= distance_at_most]
        return sorted((one for one in near_enough if self.has(WORD + one[0])), key=lambda one: (one[1], one[0]))

    def identified(self, needle: str) -> bool:
        """See ``Vocabulary``."""
        return self._number(Question(About.IDENTIFIED, needle)) > 0

    def _number(self, question: Question) -> int:
        answer = self._answer(question)
        return answer if isinstance(answer, int) else 0

    def _answer(self, question: Question) -> Answer:
        self.asked[question] = None
        return self._facts.get(question, _SUPPOSED[question.about])


def is_dead(alternative: Alternative, facts: Mapping[Question, Answer]) -> bool:
    """Return whether no group has an alternative, so that a search finds the same with and without it."""
    match alternative.reach:
        case Reach.KEYS:
            return any(facts.get(Question(About.GROUPS, key)) == 0 for key in alternative.keys)
        case Reach.BEGINNING:
            return facts.get(Question(About.BEGINNING, alternative.keys[0][len(WORD) :])) == 0
        case Reach.IDENTIFIER:
            return False


def question_bodies(questions: Sequence[Question], terms: Terms) -> list[dict[str, Any]]:
    """Return the searches that answer questions: one counts, and one finds words for each text that they are near."""
    counted = [question for question in questions if question.about is not About.NEAR]
    near = [question for question in questions if question.about is About.NEAR]
    filters = {str(place): _counting(question, terms) for place, question in enumerate(counted)}
    counts = {
        "query": {"term": {"tenant": terms.tenant}},
        "size": 0,
        "track_total_hits": False,
        "aggs": {"facts": {"filters": {"filters": filters}}},
    }
    return [*([counts] if counted else []), *(_near_body(question, terms.tenant) for question in near)]


def answers(questions: Sequence[Question], responses: Sequence[Mapping[str, Any]], tenant: str) -> Facts:
    """Return what the responses to ``question_bodies`` say, in the same order."""
    counted = [question for question in questions if question.about is not About.NEAR]
    near = [question for question in questions if question.about is About.NEAR]
    found: Facts = {}
    if counted:
        buckets = responses[0]["aggregations"]["facts"]["buckets"]
        found |= {question: buckets[str(place)]["doc_count"] for place, question in enumerate(counted)}
    start = len(tenant_mark(tenant))
    for question, response in zip(near, responses[len(responses) - len(near) :], strict=True):
        found[question] = tuple(hit["fields"]["word"][0][start:] for hit in response["hits"]["hits"])
    return found


def _counting(question: Question, terms: Terms) -> Query:
    match question.about:
        case About.BEGINNING:
            return terms.longer_words(question.text)
        case About.IDENTIFIED:
            return terms.identified(question.text)
        case _:
            return terms.any_key([question.text])


def _near_body(question: Question, tenant: str) -> dict[str, Any]:
    mark = tenant_mark(tenant)
    near = {
        "value": mark + question.text,
        "fuzziness": question.distance,
        "prefix_length": len(mark),
        "transpositions": True,
        "rewrite": "constant_score",
    }
    return {
        "query": {"bool": {"filter": [{"term": {"word_of": tenant}}, {"fuzzy": {"word": near}}]}},
        "size": MOST_NEAR,
        "_source": False,
        "docvalue_fields": ["word"],
        "track_total_hits": False,
    }


class KnownWords:
    """Remembers what was last known of the words of tenants, so that readings need not be worked out twice."""

    def __init__(self, most_tenants: int = 256) -> None:
        """Remember the words of so many tenants."""
        self._most = most_tenants
        self._facts: dict[tuple[str, bool], Facts] = {}

    def of(self, tenant: str, *, active_only: bool) -> Facts:
        """Return what is known of a tenant's words, of all or of those of active products; it is added to in place."""
        key = (tenant, active_only)
        facts = self._facts.pop(key, {})
        if len(facts) > MOST_FACTS:
            facts = {}
        self._facts[key] = facts
        if len(self._facts) > self._most:
            self._facts.pop(next(iter(self._facts)))
        return facts

    def forget(self, tenant: str) -> None:
        """Remember nothing of a tenant."""
        for active_only in (False, True):
            self._facts.pop((tenant, active_only), None)
