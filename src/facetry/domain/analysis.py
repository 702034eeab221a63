"""How text becomes terms: folding, words, stems. The same for every engine, in documents and in queries."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[^\W_]+")
_STEMMERS = {"en": "english", "de": "german", "fr": "french", "es": "spanish", "it": "italian"}
LANGUAGES = tuple(_STEMMERS)
MAX_TERM_LENGTH = 255
"""Longest term kept, in code points; a longer word is cut, in documents and in queries alike."""


def fold(text: str) -> str:
    """Return the text without case and without marks above or below letters."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c))
    return unicodedata.normalize("NFKC", plain.casefold())


def words(text: str) -> list[str]:
    """Return the folded words of a text: its runs of letters and digits, in order."""
    return _WORD.findall(fold(text))


def terms(text: str, language: str) -> list[str]:
    """Return the terms of an analysed text field, in order: folded words, cut, stemmed in a known language."""
    stem = _stemmer(language)
    return [stem(word) for word in words(text)]


def keyword(text: str) -> str:
    """Return the form in which a keyword is compared: composed, caseless, without blanks at the ends."""
    return unicodedata.normalize("NFC", text.strip()).casefold()


def keyword_queries(text: str) -> list[str]:
    """Return the keywords that a query may mean: each of its words as typed, or all of it, distinct, in order."""
    whole = keyword(text)
    return list(dict.fromkeys([*whole.split(), whole])) if whole else []


class _CachedStemmer:
    """Stem one word at a time; a shop's vocabulary is small, so most words are answered from memory."""

    def __init__(self, algorithm: str | None) -> None:
        self._stem = Stemmer.Stemmer(algorithm).stemWord if algorithm else None

    @lru_cache(maxsize=1 << 17)  # noqa: B019 - the few instances live as long as the process
    def __call__(self, word: str) -> str:
        cut = word[:MAX_TERM_LENGTH]
        return self._stem(cut) if self._stem else cut


@lru_cache(maxsize=16)
def _stemmer(language: str) -> _CachedStemmer:
    return _CachedStemmer(_STEMMERS.get(language))
