"""How a search read each word of its text, and as what the hits have it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum

import msgspec

from facetry.application.marked_texts import runs
from facetry.domain.analysis import stems, words
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.result import Read, SearchHit, SearchResult, WordScore
from facetry.domain.search.text.spelling import allowed_typos, distance
from facetry.domain.search.text.stop_words import stop_words
from facetry.domain.search.text.synonyms import Phrase, synonyms

MOST_FORMS = 12
"""So many forms of a word are told."""


class Role(Enum):
    """What a word of a text is to a search.

    Attributes:
        WORD: It is looked up.
        TERM: It is understood as a term of the trade, and looked up as one.
        CONDITION: It is understood as a condition, and not looked up.
        STOP_WORD: It need not be found.
    """

    WORD = "word"
    TERM = "term"
    CONDITION = "condition"
    STOP_WORD = "stop_word"


class Fit(Enum):
    """How a form in the catalog fits a word."""

    TYPED = "typed"
    STEM = "stem"
    SYNONYM = "synonym"
    BEGINNING = "beginning"
    TERM = "term"
    TYPO = "typo"


class Form(msgspec.Struct, frozen=True, order=True):
    """A word of the hits in which a word of the text was found, folded."""

    text: str
    fit: Fit


class WordReading(msgspec.Struct, frozen=True, kw_only=True):
    """How a word, or a phrase that is one thing, was read.

    Attributes:
        word: As it was looked up, folded.
        role: What it is to the search.
        term: The term of the trade that it is; empty for none.
        condition: What was understood as a condition, in the filter language; empty for none.
        stem: What is left of it without its ending; the word itself where nothing is cut.
        meanings: What else it means by the synonyms of the rules.
        groups: How many groups have it; None where it was not looked up, or nothing was found.
        forms: In which words of the hits it was found, see ``MOST_FORMS``.
    """

    word: str
    role: Role = Role.WORD
    term: str = ""
    condition: str = ""
    stem: str = ""
    meanings: tuple[str, ...] = ()
    groups: int | None = None
    forms: tuple[Form, ...] = ()


def word_readings(query: SearchQuery, result: SearchResult) -> tuple[WordReading, ...]:
    """Return how a search read the words of its text: those that it looked up, then the others, in their order.

    Args:
        query: What was asked, with explanations and highlights.
        result: What it found.
    """
    looked_up = _looked_up(query, result)
    found = _marked_words(result.hits)
    reads = {" ".join(words(read.text)): read for read in result.reads}
    readings = [_reading(query, score, reads, found) for score in looked_up]
    return (*readings, *_others(query, result.reads, [one.word for one in readings]))


def _looked_up(query: SearchQuery, result: SearchResult) -> Sequence[WordScore]:
    """Return the words that were looked up; where nothing was found, those that were typed."""
    if result.hits:
        return result.hits[0].explanation
    stops = stop_words(query.language, query.rules)
    typed = dict.fromkeys(words(query.text))
    conditions = {word for read in result.reads if read.filter for word in words(read.text)}
    return [WordScore(word, 0, 0.0, 0.0, 0) for word in typed if word not in stops and word not in conditions]


def _reading(
    query: SearchQuery, score: WordScore, reads: dict[str, Read], found: Sequence[tuple[str, ...]]
) -> WordReading:
    phrase = tuple(score.word.split())
    meanings = synonyms(query.rules.synonyms, query.language).meanings(phrase)
    read = reads.get(score.word)
    return WordReading(
        word=score.word,
        role=Role.TERM if read and read.term else Role.WORD,
        term=read.term if read else "",
        stem=" ".join(stems(word, query.language)[0] for word in phrase),
        meanings=tuple(" ".join(meaning) for meaning in meanings),
        groups=score.document_frequency,
        forms=_forms(query, phrase, meanings, found, is_term=bool(read and read.term)),
    )


def _forms(
    query: SearchQuery,
    phrase: Phrase,
    meanings: Sequence[Phrase],
    found: Sequence[tuple[str, ...]],
    *,
    is_term: bool,
) -> tuple[Form, ...]:
    """Return as what the marked texts of hits have a phrase, each form once, as often as it comes up first."""
    forms: dict[Form, None] = {}
    for marked in found:
        fit = _fit(query.language, phrase, meanings, marked)
        if fit is None and is_term and len(marked) > 1:
            fit = Fit.TERM
        if fit is not None:
            forms[Form(" ".join(marked), fit)] = None
    return tuple(forms)[:MOST_FORMS]


def _fit(language: str, phrase: Phrase, meanings: Sequence[Phrase], marked: Sequence[str]) -> Fit | None:
    """Return how a marked run of a hit fits a phrase; None where it belongs to another one."""
    if any(word in phrase for word in marked):
        return Fit.TYPED
    marked_stems = {stem for word in marked for stem in stems(word, language)}
    if not marked_stems.isdisjoint(stem for word in phrase for stem in stems(word, language)):
        return Fit.STEM
    if any(not marked_stems.isdisjoint(stems(word, language)) for meaning in meanings for word in meaning):
        return Fit.SYNONYM
    if any(word.startswith(phrase[-1]) for word in marked):
        return Fit.BEGINNING
    return Fit.TYPO if _is_near(phrase, marked) else None


def _is_near(phrase: Phrase, marked: Sequence[str]) -> bool:
    """Return whether a marked word is a word of a phrase, misspelt."""
    pairs = ((word, other) for word in phrase for other in marked)
    return any(0 < distance(word, other, allowed_typos(word)) <= allowed_typos(word) for word, other in pairs)


def _marked_words(hits: Sequence[SearchHit]) -> list[tuple[str, ...]]:
    """Return what is marked in the texts of hits, each run once, as folded words."""
    marked = (run.text for hit in hits for text in hit.highlights.values() for run in runs(text) if run.is_marked)
    return [*dict.fromkeys(tuple(words(text)) for text in marked)]


def _others(query: SearchQuery, reads: Sequence[Read], looked_up: Sequence[str]) -> Iterator[WordReading]:
    """Yield what was not looked up: conditions, and stop words."""
    for read in reads:
        if read.filter:
            yield WordReading(word=read.text, role=Role.CONDITION, condition=read.filter, term=read.term)
    known = {word for one in (*looked_up, *(" ".join(words(read.text)) for read in reads)) for word in one.split()}
    stops = stop_words(query.language, query.rules)
    for word in dict.fromkeys(words(query.text)):
        if word in stops and word not in known:
            yield WordReading(word=word, role=Role.STOP_WORD)
