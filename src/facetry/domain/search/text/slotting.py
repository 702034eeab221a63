"""What may stand in the place of a part of a query: the alternatives of its slot."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from facetry.domain.analysis import has_digit, stems
from facetry.domain.jewelry.concepts import INSEPARABLE
from facetry.domain.search.ranking import (
    CONCEPT_QUALITY,
    CONCEPT_WORDS_QUALITY,
    EXACT_QUALITY,
    JOINED_QUALITY,
    PREFIX_QUALITY,
    SPLIT_QUALITY,
    STEM_QUALITY,
    SYNONYM_QUALITY,
    TYPO_QUALITIES,
)
from facetry.domain.search.slots import CONCEPT, STEM, WORD, Alternative, Reach
from facetry.domain.search.text.documents import stem_keys
from facetry.domain.search.text.misspelling import is_misspelling, similar_words
from facetry.domain.search.text.parts import Part
from facetry.domain.search.text.spelling import best_halves
from facetry.domain.search.text.synonyms import Phrase
from facetry.domain.search.text.vocabulary import Vocabulary

MAX_ALTERNATIVES = 64
MAX_CORRECTIONS = 24
LEAST_BEGINNING = 3
"""A known word of fewer letters is not also taken as the beginning of others."""


class Alternatives:
    """Finds the alternatives of parts; only what live groups have."""

    def __init__(self, language: str, vocabulary: Vocabulary, *, typos: bool, lenient: bool) -> None:
        """Look up in a vocabulary.

        Args:
            language: That of the words.
            vocabulary: Of the tenant.
            typos: Whether words may be misspelt.
            lenient: Whether those that are known may be so too; else only unknown ones.
        """
        self._language = language
        self._vocabulary = vocabulary
        self._typos = typos
        self._lenient = lenient

    def of(self, part: Part, joined: Sequence[str], whole: str, *, is_beginning: bool) -> tuple[Alternative, ...]:
        """Return what may stand in the place of a part, in order: fewest typos, best, by key.

        Args:
            part: A part of the query.
            joined: What it is as one word with the part before it, and with the one behind it.
            whole: The normalised text of the query where it is an identifier, else empty.
            is_beginning: Whether it may be the beginning of a longer word.
        """
        found = [*_identifiers(part.needle, whole)]
        found += self._live(_phrases(part.meanings, SYNONYM_QUALITY, self._language))
        found += self._live(_phrases([(word,) for word in joined], JOINED_QUALITY, self._language))
        if found or not self._is_misspelling(part, is_beginning=is_beginning):
            found += self._as_typed(part)
        if part.is_word:
            (word,) = part.words
            if is_beginning and self._begins(word, known=bool(found)):
                found.append(Alternative((WORD + word,), PREFIX_QUALITY, reach=Reach.BEGINNING))
            if self._lenient or not found:
                found += self._misspelt(word)
        return _in_order(found)

    def _begins(self, word: str, *, known: bool) -> bool:
        return (len(word) >= LEAST_BEGINNING or not known) and self._vocabulary.beginning(word)

    def _is_misspelling(self, part: Part, *, is_beginning: bool) -> bool:
        if not (self._typos and part.is_word) or (is_beginning and self._vocabulary.beginning(part.words[0])):
            return False
        return is_misspelling(part.words[0], self._language, self._vocabulary)

    def _misspelt(self, word: str) -> Iterator[Alternative]:
        halves = best_halves(word, lambda half: self._vocabulary.frequency(WORD + half))
        if halves:
            yield from self._live(_phrase(halves, SPLIT_QUALITY, 0, self._language))
        if self._typos:
            # Other forms of the word itself are found by its stem.
            for other, typos in similar_words(word, self._language, self._vocabulary)[:MAX_CORRECTIONS]:
                yield from self._live(_correction(other, typos, self._language))

    def _as_typed(self, part: Part) -> list[Alternative]:
        """Return the term that a part is, and its words where they may stand apart.

        Those of a measure may be of others (1.5 carat has a 1), and white beside gold is not white gold.
        """
        found = [*self._live(_term(part))]
        is_measure = len(part.words) > 1 and any(map(has_digit, part.words))
        if not (found and (is_measure or part.term in INSEPARABLE)):
            quality = CONCEPT_WORDS_QUALITY if part.term else 1.0
            found += self._live(_phrase(part.words, quality, 0, self._language))
        return found

    def _live(self, found: Iterable[Alternative]) -> Iterator[Alternative]:
        has = self._vocabulary.has
        return (alternative for alternative in found if all(map(has, alternative.keys)))


def _term(part: Part) -> Iterator[Alternative]:
    if part.term:
        yield Alternative((CONCEPT + part.term,), CONCEPT_QUALITY)


def _identifiers(*needles: str) -> Iterator[Alternative]:
    return (Alternative((needle,), reach=Reach.IDENTIFIER) for needle in needles if needle)


def _phrases(phrases: Iterable[Phrase], quality: float, language: str) -> Iterator[Alternative]:
    return (one for phrase in phrases for one in _phrase(phrase, quality, 0, language))


def _phrase(phrase: Phrase, quality: float, typos: int, language: str) -> Iterator[Alternative]:
    """Yield the words of a phrase as they are, and their stems; what has no stems counts as both."""
    stemmed: list[Phrase]
    as_they_are = tuple(WORD + word for word in phrase)
    if len(phrase) == 1:
        stemmed = [(key,) for key in stem_keys(phrase[0], language)]
    elif all(map(has_digit, phrase)):
        stemmed = []
    else:
        stemmed = [tuple(WORD + w if has_digit(w) else STEM + stems(w, language)[0] for w in phrase)]
    yield Alternative(as_they_are, quality * (EXACT_QUALITY if stemmed else EXACT_QUALITY + STEM_QUALITY), typos)
    yield from (Alternative(keys, quality * STEM_QUALITY, typos) for keys in stemmed)


def _correction(word: str, typos: int, language: str) -> Iterator[Alternative]:
    """Yield a word that a misspelt one may be; here its other forms count little, because they are one guess more."""
    stemmed = stem_keys(word, language)
    yield Alternative((WORD + word,), TYPO_QUALITIES[typos] * (STEM_QUALITY if stemmed else 1.0), typos)
    yield from (Alternative((key,), TYPO_QUALITIES[typos] * EXACT_QUALITY, typos) for key in stemmed)


def _in_order(found: Iterable[Alternative]) -> tuple[Alternative, ...]:
    """Return alternatives in the order in which they are added up, the best of those with the same keys."""
    ordered = sorted(found, key=lambda one: (one.typos, -one.quality, one.reach.value, one.keys))
    distinct = {(one.reach, one.keys): one for one in reversed(ordered)}
    kept = [one for one in ordered if distinct[one.reach, one.keys] is one]
    return tuple(kept[:MAX_ALTERNATIVES])
