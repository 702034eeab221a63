"""Folded texts that know where each of their characters came from."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from facetry.domain.analysis import fold

FOREIGN = "\x7f"
"""Stands for a letter or digit that has no ASCII form, so that it ends no word of ours."""
WORD = f"a-z0-9{FOREIGN}"
"""The characters of words in a folded text, for use in a class of a pattern."""
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
_FRACTION_SLASH = "\u2044"
_MINUS = "\u2212"
_WIDE = frozenset("WF")
_KEPT = {"Pd": "-", "So": " ", "Sc": "", "Sm": ""}
"""What stands for a character of a category of Unicode; nothing for the character itself."""


class Folded(NamedTuple):
    """A folded text.

    Attributes:
        text: Caseless and plain: letters in ASCII, dashes as ``-``, fractions as `` 1/2``, signs of currencies kept.
        origins: Where in the original each character came from, and the original's length; empty where nothing moved.
    """

    text: str
    origins: Sequence[int] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return where a run of the folded text lies in the original; marks above its last letter belong to it."""
        if not self.origins:
            return start, end
        return self.origins[start], max(self.origins[end], self.origins[end - 1] + 1)


def folded(text: str) -> Folded:
    """Return a text folded for reading."""
    if text.isascii():
        return Folded(text.lower())
    if all(len(_plain(char)) == 1 for char in set(_NOT_ASCII.findall(text))):
        return Folded(_NOT_ASCII.sub(lambda match: _plain(match[0]), text).lower())
    parts: list[str] = []
    origins: list[int] = []
    last = 0
    for match in _NOT_ASCII.finditer(text):
        at = match.start()
        plain = _plain(match[0])
        parts += (text[last:at], plain)
        origins += range(last, at)
        origins += [at] * len(plain)
        last = at + 1
    parts.append(text[last:])
    origins += range(last, len(text) + 1)
    return Folded("".join(parts).lower(), origins)


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    if char == _MINUS:
        return "-"
    category = unicodedata.category(char)
    if category in _KEPT:
        return _KEPT[category] or char
    compatible = unicodedata.normalize("NFKD", char)
    if _FRACTION_SLASH in compatible:
        return " " + compatible.replace(_FRACTION_SLASH, "/")
    plain = fold(char)
    return plain if plain.isascii() else _stand_in(char)


def _stand_in(char: str) -> str:
    # Scripts without blanks between words: a neighbour of theirs is a neighbour of a blank.
    if not char.isalnum() or unicodedata.east_asian_width(char) in _WIDE:
        return " "
    return FOREIGN
