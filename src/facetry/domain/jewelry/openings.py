"""Which words a thing of the trade may begin with: a look that spares most texts the search for one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate

from facetry.domain.jewelry.vocabulary import spellings

_NOTHING, BEGINS, NAMES = range(3)
"""What a word may be of a thing: nothing, its beginning, all of it; each but the first a bit."""
_PARTS = re.compile(r"[a-z0-9]+")
# Every run with a number in it has a word like one of these, see ``vocabulary.pattern``.
_NUMBERS = re.compile(
    r"\d{3}|\d+[a-z].*|(?:carat|karat|quilate|pointer|ct|tcw).*|k|kts?|c"
    r"|(?:au|pt|pd|plat|hallmark(?:ed)?|fineness)\d{3}"
)
_DIGITS_OF_MARKS = 3
_WORDS_KEPT = 1 << 17


def may_name(words: Sequence[str]) -> bool:
    """Return whether a text may name a thing of the trade, by the folded words of a text in ASCII.

    False only of texts in which ``concepts`` finds nothing.
    """
    kinds = [*map(_kinds().__getitem__, words)]
    if NAMES in kinds:
        return True
    if BEGINS not in kinds:
        return False
    beginnings = _beginnings()
    following = zip(kinds, words, words[1:], strict=False)
    return any(kind and word + after in beginnings for kind, word, after in following)


def kind(word: str) -> int:
    """Return what a folded word may be of a thing of the trade: 0, ``BEGINS`` or ``NAMES``."""
    return _kinds()[word]


def begin_name(word: str, after: str) -> bool:
    """Return whether two folded words, one after the other, are the beginning of a thing of the trade, or all of it."""
    return word + after in _beginnings()


class _Kinds(dict[str, int]):
    """What each word met may be of a thing: nothing, its beginning, all of it."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _WORDS_KEPT:
            self.clear()
        is_whole = _beginnings().get(word)
        if is_whole is None and word.isdecimal():
            # As the pattern says, but numbers, of which a catalog may have one a product, are told at a glance.
            kind = NAMES if len(word) == _DIGITS_OF_MARKS else _NOTHING
        else:
            kind = NAMES if is_whole or _NUMBERS.fullmatch(word) else _NOTHING if is_whole is None else BEGINS
        self[word] = kind
        return kind


@cache
def _kinds() -> Mapping[str, int]:
    return _Kinds()


@cache
def _beginnings() -> Mapping[str, bool]:
    """Return the first words of every spelling, one or several, run together, and whether they are all of one."""
    found: dict[str, bool] = {}
    for spelling in spellings():
        *some, whole = accumulate(_PARTS.findall(spelling))
        found |= {beginning: found.get(beginning, False) for beginning in some}
        found[whole] = True
    return found
