"""How text becomes terms: folding, words, stems. The same for every engine, in documents and in queries."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[^\W_]+")
_VOICING_MARKS = "\u3099\u309a"
_FIRST_MARK, _LAST_MARK = 0x0300, 0x1FFFF
_STEMMERS = {"en": "english", "de": "german", "fr": "french", "es": "spanish", "it": "italian"}
LANGUAGES = tuple(_STEMMERS)
MAX_TERM_LENGTH = 255
"""Longest term kept, in code points; a longer word is cut, in documents and in queries alike."""
_STEMS_KEPT = 1 << 17


def fold(text: str) -> str:
    """Return the text without case and without marks above or below letters; kana keep their voicing marks."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in decomposed if c in _VOICING_MARKS or not unicodedata.combining(c))
    return unicodedata.normalize("NFKC", plain.casefold())


def words(text: str) -> list[str]:
    """Return the folded words of a text: its runs of letters, digits and vowel signs, in order."""
    folded = fold(text)
    return (_WORD if folded.isascii() else _word_with_marks()).findall(folded)


def terms(text: str, language: str) -> list[str]:
    """Return the terms of an analysed text field, in order: folded words, cut, stemmed in a known language."""
    stems = _stems(language)
    return [stems[word] for word in words(text)]


def keyword(text: str) -> str:
    """Return the form in which a keyword is compared: composed, caseless, without blanks at the ends."""
    if text.isascii():
        return text.strip().lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold()).strip()


def keyword_queries(text: str) -> list[str]:
    """Return the keywords that a query may mean: each of its words as typed, or all of it, distinct, in order."""
    whole = keyword(text)
    return list(dict.fromkeys([*whole.split(), whole])) if whole else []


class _Stems(dict[str, str]):
    """Stem of each word met; a shop's vocabulary is small, so most words are answered from memory."""

    def __init__(self, algorithm: str | None) -> None:
        super().__init__()
        # Two caches of the same words would only cost memory.
        self._stem = Stemmer.Stemmer(algorithm, 0).stemWord if algorithm else None

    def __missing__(self, word: str) -> str:
        if len(self) >= _STEMS_KEPT:
            self.clear()
        cut = word[:MAX_TERM_LENGTH]
        stem = self[word] = self._stem(cut) if self._stem else cut
        return stem


@lru_cache(maxsize=16)
def _stems(language: str) -> _Stems:
    return _Stems(_STEMMERS.get(language))


@lru_cache(maxsize=1)
def _word_with_marks() -> re.Pattern[str]:
    """Return the pattern of words in any script; the one of ASCII breaks words at the vowel signs of Indic ones."""
    marks = (chr(c) for c in range(_FIRST_MARK, _LAST_MARK) if unicodedata.category(chr(c)) in {"Mn", "Mc"})
    return re.compile(f"(?:[^\\W_]|[{''.join(marks)}])+")
