"""Whether a word that somebody typed is misspelt, and which words of the tenant it may be."""

from __future__ import annotations

from facetry.domain.analysis import stems
from facetry.domain.search.slots import WORD
from facetry.domain.search.text.documents import stem_keys
from facetry.domain.search.text.spelling import allowed_typos, corrections
from facetry.domain.search.text.vocabulary import Vocabulary


def similar_words(word: str, language: str, vocabulary: Vocabulary) -> list[tuple[str, int]]:
    """Return the words that a misspelt one may be, each with its typos: the nearest that are no form of it."""
    return corrections(word, [one for one in _near(word, vocabulary) if not _is_form(one[0], word, language)])


def is_misspelling(word: str, language: str, vocabulary: Vocabulary) -> bool:
    """Return whether a word of which groups have only the stem is likelier another one misspelt.

    That is so where no form of it is as near as a typo, and one of the nearest words is in more groups than its stem:
    the stem of "earings" is "ear".
    """
    stemmed = stem_keys(word, language)
    if vocabulary.has(WORD + word) or any(_is_form(other, word, language) for other, _ in _near(word, vocabulary)):
        return False
    forms = max(map(vocabulary.frequency, stemmed), default=0)
    others = similar_words(word, language, vocabulary)
    return any(vocabulary.frequency(WORD + other) > forms > 0 for other, _ in others)


def _near(word: str, vocabulary: Vocabulary) -> list[tuple[str, int]]:
    allowed = allowed_typos(word)
    return [*vocabulary.similar(word, allowed)] if allowed else []


def _is_form(other: str, word: str, language: str) -> bool:
    """Return whether a word is found by the stem of another."""
    return stems(other, language)[0] == stems(word, language)[0]
