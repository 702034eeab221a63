"""The readings of a query, in the order in which they are tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

from facetry.domain.analysis import words
from facetry.domain.search.filters import EVERYTHING, Filter
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.ranking import BEGIN_WEIGHT, BEHIND_DENIED_WEIGHT, DENIED_WEIGHT, PAIR_WEIGHT
from facetry.domain.search.result import Read
from facetry.domain.search.slots import Alternative, Bonus, Reading, Slot
from facetry.domain.search.text.documents import BEGIN_WORDS, begin_key, pair_key, place_stem
from facetry.domain.search.text.negation import negation, without_key
from facetry.domain.search.text.parts import Part, typed_parts, whole_needle, with_synonyms
from facetry.domain.search.text.slotting import Alternatives
from facetry.domain.search.text.stop_words import stop_words
from facetry.domain.search.text.synonyms import synonyms
from facetry.domain.search.text.understood import NOTHING, Understood, condition_of, understood
from facetry.domain.search.text.vocabulary import Vocabulary

MAX_SLOTS = 32


class ReadingPlan(msgspec.Struct, frozen=True):
    """One way to read a query's text.

    Attributes:
        reading: What to look up; without slots every group matches, or none: see ``finds_all``.
        condition: What was understood as a condition on products.
        reads: What was understood, for the caller.
        finds_all: Whether every group matches, because nothing is to be looked up.
    """

    reading: Reading
    condition: Filter = EVERYTHING
    reads: tuple[Read, ...] = ()
    finds_all: bool = False

    @property
    def words(self) -> int:
        """Return how many words are required."""
        return sum(slot.is_required for slot in self.reading.slots)

    @property
    def typos(self) -> bool:
        """Return whether any word is taken as misspelt."""
        return any(one.typos for slot in self.reading.slots for one in slot.alternatives)


def readings(query: SearchQuery, vocabulary: Vocabulary) -> Iterator[ReadingPlan]:
    """Yield the readings of a query, each different from those before.

    First with what is understood of the trade, unknown words as misspelt or run together; then the same without
    understanding; and last with it, all words as misspelt: that somebody asks for what is not there is likelier than
    that a word of this catalog is another one misspelt. A text of blanks has one reading, which finds all groups; one
    without a letter or digit has one that finds none.

    Args:
        query: What is asked.
        vocabulary: Asked the same again and again, so it should remember.
    """
    if not query.text.strip():
        yield ReadingPlan(Reading(()), finds_all=True)
        return
    known = understood(query)
    before: list[ReadingPlan] = []
    for meant, lenient in ((known, False), (NOTHING, False), (known, True)):
        plan = _plan(query, vocabulary, meant, lenient=lenient)
        if plan not in before:
            yield plan
        before.append(plan)


class _Place(msgspec.Struct, frozen=True):
    """A part of a query that becomes a slot.

    Attributes:
        joined: The words that it and the part before it, and it and the one behind it, are without a blank.
        is_open: Whether it may be the beginning of a longer word.
        denies: The key of what it says is not wanted; empty for most.
    """

    part: Part
    joined: tuple[str, ...]
    is_open: bool
    denies: str


def _plan(query: SearchQuery, vocabulary: Vocabulary, meant: Understood, *, lenient: bool) -> ReadingPlan:
    places = _places(query, vocabulary, meant)
    whole = whole_needle(query.text, vocabulary)
    alternatives = Alternatives(query.language, vocabulary, typos=query.typos, lenient=lenient)
    found = [alternatives.of(place.part, place.joined, whole, is_beginning=place.is_open) for place in places]
    parts = [place.part for place in places]
    reading = Reading(_slots(places, found, query.language), _bonuses(parts, query.language))
    finds_all = not parts and bool(meant.conditions)
    return ReadingPlan(reading, condition_of(meant), meant.reads, finds_all=finds_all)


def _places(query: SearchQuery, vocabulary: Vocabulary, meant: Understood) -> list[_Place]:
    """Return the distinct parts of a query without stop words; with them where nothing else is asked."""
    known = synonyms(query.rules.synonyms, query.language)
    parts = list(with_synonyms(typed_parts(query.text, meant.spans, vocabulary), known))
    last = len(parts) - 1 if _is_open(query, meant) else None
    distinct: dict[tuple[Part, str], _Place] = {}
    for at, part in enumerate(parts):
        joined = _joined(parts[max(at - 1, 0) : at], part, parts[at + 1 : at + 2])
        place = _Place(part, joined, at == last, _denied(part, parts[at + 1 :], query.language))
        distinct.setdefault((part, place.denies), place)
    stops = stop_words(query.language, query.rules)
    wanted = [place for place in distinct.values() if not _is_stop_word(place.part, stops)]
    kept = wanted if wanted or meant.conditions else list(distinct.values())
    return kept[:MAX_SLOTS]


def _is_open(query: SearchQuery, meant: Understood) -> bool:
    """Return whether the last word of a query may go on."""
    rest = query.text[meant.spans[-1].end :] if meant.spans else query.text
    return query.prefix and bool(words(rest)) and not rest[-1].isspace()


def _joined(before: Sequence[Part], part: Part, behind: Sequence[Part]) -> tuple[str, ...]:
    pairs = (*((one, part) for one in before), *((part, one) for one in behind))
    joined = (first.words[0] + second.words[0] for first, second in pairs if first.is_word and second.is_word)
    return tuple(word for word in joined if not word.isdigit())


def _is_stop_word(part: Part, stops: frozenset[str]) -> bool:
    return part.is_word and not part.meanings and part.words[0] in stops


def _denied(part: Part, following: Sequence[Part], language: str) -> str:
    """Return the key of what a word denies: the next one that does not only stand between; empty where it does not."""
    signs = negation(language)
    if not part.is_word or part.words[0] not in signs.before:
        return ""
    passed = signs.before | signs.between
    what = next((other.words[0] for other in following if not (other.is_word and other.words[0] in passed)), "")
    return without_key(what, language) if what else ""


def _slots(places: Sequence[_Place], found: Sequence[tuple[Alternative, ...]], language: str) -> tuple[Slot, ...]:
    """Return the slots of places: what is denied, and all that follows, need not be there."""
    has_others = not all(place.denies for place in places)
    slots: list[Slot] = []
    denied: set[str] = set()
    for place, alternatives in zip(places, found, strict=True):
        word = " ".join(place.part.words)
        if place.denies and has_others:
            slots.append(Slot(word, (Alternative((place.denies,)),), is_required=False))
            denied.add(place.denies)
        elif denied:
            weight = DENIED_WEIGHT if without_key(place.part.words[0], language) in denied else BEHIND_DENIED_WEIGHT
            slots.append(Slot(word, alternatives, is_required=False, weight=weight))
        else:
            slots.append(Slot(word, alternatives))
    return tuple(slots)


def _bonuses(parts: Sequence[Part], language: str) -> tuple[Bonus, ...]:
    """Return what makes a group better: that its name begins as the query, and words side by side in the name too."""
    stemmed = [[place_stem(word, language) for word in part.words] for part in parts]
    leading = [(place, stem, len(stems)) for place, stems in enumerate(stemmed) for stem in stems][:BEGIN_WORDS]
    begins = [
        Bonus(begin_key(position, stem), (place,), BEGIN_WEIGHT / size, needs_previous=position > 0)
        for position, (place, stem, size) in enumerate(leading)
    ]
    pairs = [
        Bonus(pair_key(first[-1], second[0]), (place, place + 1), PAIR_WEIGHT)
        for place, (first, second) in enumerate(pairwise(stemmed))
    ]
    return (*begins, *pairs)
