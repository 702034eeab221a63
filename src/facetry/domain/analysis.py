"""How text becomes terms: folding, words, stems. The same for every engine, in documents and in queries."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"\w+")
_NON_ASCII = re.compile(r"[^\x00-\x7f]+")
_VOICING_MARKS = "\u3099\u309a"
_FIRST_MARK, _LAST_COMMON_MARK, _LAST_MARK = 0x0300, 0xFFFF, 0x1FFFF
_RARE_SCRIPTS = re.compile("[\U00010000-\U0001efff]")
"""Scripts with vowel signs beyond 16 bits; emoji lie above."""
_SELECTORS = frozenset(map(chr, range(0xFE00, 0xFE10)))
"""Marks that only choose a picture for the sign before them."""
_HEBREW = "he"
_STEMMERS = {"en": "english", "de": "german", "fr": "french", "es": "spanish", "it": "italian", "hi": "hindi"}
LANGUAGES = (*_STEMMERS, _HEBREW)
_USUAL_LETTERS = str.maketrans("ךםןףץ", "כמנפצ")
"""Hebrew letters that end a word, and the same ones elsewhere."""
_PREFIXES = "והבלמשכ"
"""Hebrew letters that are written before a word: and, the, in, to, from, that, as."""
_LEAST_LETTERS = 3
"""So many must be left of a Hebrew word without its prefix."""
MAX_TERM_LENGTH = 255
"""Longest term kept, in code points; a longer word is cut, in documents and in queries alike."""
_STEMS_KEPT = 1 << 17


def fold(text: str) -> str:
    """Return the text without case and without marks above or below letters; kana keep their voicing marks."""
    lower = text.lower()
    if lower.isascii():
        return lower
    folded = _NON_ASCII.sub(_folded_match, lower)
    # What stands on both sides of a run may still compose.
    return folded if folded.isascii() else unicodedata.normalize("NFKC", folded)


def _folded_match(match: re.Match[str]) -> str:
    return _folded(match[0])


@lru_cache(maxsize=1 << 16)
def _folded(text: str) -> str:
    """Return the folded form of a run of characters, the same ones of which come again and again in a language."""
    decomposed = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in decomposed if c in _VOICING_MARKS or not unicodedata.combining(c))
    return unicodedata.normalize("NFKC", plain.casefold())


def words(text: str) -> list[str]:
    """Return the folded words of a text: its runs of letters, digits and vowel signs, in order."""
    folded = fold(text).replace("_", " ")
    return _pattern(folded).findall(folded)


def word_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where the words of a text as written begin and end; one of them may fold to several words, or to none."""
    plain = text.replace("_", " ")
    return (match.span() for match in _pattern(plain).finditer(plain))


def terms(text: str, language: str) -> list[str]:
    """Return the terms of an analysed text field, in order: folded words, cut, stemmed in a known language."""
    stems = _stems(language)
    return [stems[word] for word in words(text)]


def stems(word: str, language: str) -> tuple[str, ...]:
    """Return the stems of a folded word, cut: the one of ``terms``, then, in Hebrew, those without its prefixes.

    German compounds stay whole.
    """
    stem = _stems(language)[word]
    return (stem, *_without_prefixes(stem)) if language == _HEBREW else (stem,)


def has_digit(word: str) -> bool:
    """Return whether a text has a digit of any script."""
    return not word.isalpha() and any(map(str.isdigit, word))


def _without_prefixes(word: str) -> Iterable[str]:
    for _ in range(2):
        if word[0] not in _PREFIXES or len(word) <= _LEAST_LETTERS:
            return
        # Only "and" stands before another prefix.
        is_and, word = word[0] == _PREFIXES[0], word[1:]
        yield word
        if not is_and:
            return


def keyword(text: str) -> str:
    """Return the form in which a keyword is compared: composed, caseless, without blanks at the ends."""
    if text.isascii():
        return text.strip().lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold()).strip()


def keywords(texts: Sequence[str]) -> list[str]:
    """Return ``keyword`` of each of many texts; quicker than one by one."""
    joined = "\n".join(texts)
    if joined.isascii() and joined.count("\n") == len(texts) - 1:
        return [*map(str.strip, joined.lower().split("\n"))]
    return [*map(keyword, texts)]


def keyword_queries(text: str) -> list[str]:
    """Return the keywords that a query may mean: each of its words as typed, or all of it, distinct, in order."""
    whole = keyword(text)
    return list(dict.fromkeys([*whole.split(), whole])) if whole else []


class _Stems(dict[str, str]):
    """Stem of each word met; a shop's vocabulary is small, so most words are answered from memory."""

    def __init__(self, stem: Callable[[str], str] | None) -> None:
        super().__init__()
        self._stem = stem

    def __missing__(self, word: str) -> str:
        if len(self) >= _STEMS_KEPT:
            self.clear()
        cut = word[:MAX_TERM_LENGTH]
        stem = self[word] = self._stem(cut) if self._stem else cut
        return stem


@lru_cache(maxsize=16)
def _stems(language: str) -> _Stems:
    algorithm = _STEMMERS.get(language)
    if algorithm:
        # Two caches of the same words would only cost memory.
        return _Stems(Stemmer.Stemmer(algorithm, 0).stemWord)
    return _Stems(_without_final_letters if language == _HEBREW else None)


def _without_final_letters(word: str) -> str:
    return word.translate(_USUAL_LETTERS)


def _pattern(text: str) -> re.Pattern[str]:
    """Return the pattern of words in a text that has no underscore."""
    if text.isascii():
        return _WORD
    return _word_with_marks(_LAST_MARK if _RARE_SCRIPTS.search(text) else _LAST_COMMON_MARK)


@lru_cache(maxsize=2)
def _word_with_marks(last: int) -> re.Pattern[str]:
    """Return the pattern of words in any script; the one of ASCII breaks words at the vowel signs of Indic ones.

    It takes underscores for letters, because one set of characters is several times as fast as a choice of two; and
    a set is many times as fast where all its characters have 16 bits.
    """
    marks = (chr(c) for c in range(_FIRST_MARK, last + 1) if unicodedata.category(chr(c)) in {"Mn", "Mc"})
    return re.compile(f"[\\w{''.join(mark for mark in marks if mark not in _SELECTORS)}]+")
