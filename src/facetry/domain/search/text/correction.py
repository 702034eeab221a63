"""What someone may have meant to type: words that no group has, put right by words of the tenant's own catalog."""

from __future__ import annotations

from collections.abc import Iterator

from facetry.domain.analysis import MAX_TERM_LENGTH, word_spans, words
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.slots import WORD
from facetry.domain.search.text.documents import stem_keys
from facetry.domain.search.text.misspelling import is_misspelling, similar_words
from facetry.domain.search.text.spelling import best_halves
from facetry.domain.search.text.stop_words import stop_words
from facetry.domain.search.text.understood import understood
from facetry.domain.search.text.vocabulary import Vocabulary


def did_you_mean(query: SearchQuery, vocabulary: Vocabulary) -> str:
    """Return a query's text with its unknown words put right; empty where none is, or nothing is near enough.

    A word is replaced by the nearest word of any group, of several by the one that most groups have. What was
    understood of the trade stays, and so do stop words, words that are two known ones, and the beginning of a known
    word at the end.
    """
    if not query.typos:
        return ""
    replaced = dict(_replacements(query, vocabulary))
    if not replaced:
        return ""
    text, done = "", 0
    for (start, end), word in sorted(replaced.items()):
        text += query.text[done:start] + word
        done = end
    return text + query.text[done:]


def _replacements(query: SearchQuery, vocabulary: Vocabulary) -> Iterator[tuple[tuple[int, int], str]]:
    spans = understood(query).spans
    stops = stop_words(query.language, query.rules)
    for start, end in word_spans(query.text):
        found = words(query.text[start:end])
        is_read = any(span.start < end and start < span.end for span in spans)
        if is_read or len(found) != 1 or found[0] in stops:
            continue
        is_open = query.prefix and end == len(query.text)
        word = _nearest(found[0][:MAX_TERM_LENGTH], vocabulary, query.language, is_open=is_open)
        if word:
            yield (start, end), word


def _nearest(word: str, vocabulary: Vocabulary, language: str, *, is_open: bool) -> str:
    """Return what an unknown word may be; empty where it is known or nothing is near enough."""

    def frequency(one: str) -> int:
        return vocabulary.frequency(WORD + one)

    if is_open and vocabulary.beginning(word):
        return ""
    known = any(vocabulary.has(key) for key in (WORD + word, *stem_keys(word, language)))
    if (known and not is_misspelling(word, language, vocabulary)) or best_halves(word, frequency):
        return ""
    near = similar_words(word, language, vocabulary)
    return min((other for other, _ in near), key=lambda other: (-frequency(other), other), default="")
