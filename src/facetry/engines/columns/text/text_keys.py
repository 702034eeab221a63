"""The keys that texts stand for, numbered: of their words, of what stands beside these, of where a name has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import attrgetter

import numpy as np

from facetry.domain.jewelry.openings import BEGINS, NAMES, begin_name
from facetry.domain.search.text.documents import (
    BEGIN_WORDS,
    PAIR_WORDS,
    begin_key,
    keys_beside,
    known_words,
    pair_key,
)
from facetry.engines.columns.kernels.text_building import place_names
from facetry.engines.columns.segment import Ints, Longs
from facetry.engines.columns.text.word_numbers import WordNumbers

_KEYS_OF, _STEM_OF, _PLACED_OF, _SIGNS_OF = map(attrgetter, ("keys", "stem", "placed", "signs"))
_BEYOND_ASCII = 1 << 8
"""Beyond all signs of words."""
Numbering = Mapping[str, int]
"""The number of each key; looking up an unknown one numbers it."""


@dataclass(frozen=True, slots=True, eq=False)
class KeyLists:
    """A list of keys for each of N things: those of thing i are ``keys[starts[i]:starts[i + 1]]``."""

    starts: Longs
    keys: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Stems:
    """The stems of words: ``of_words`` has the place in ``listed`` of each word's."""

    of_words: Ints
    listed: list[str]

    @classmethod
    def of(cls, texts: Sequence[str]) -> Stems:
        """Return these stems, one a word, of which only different ones are listed."""
        listed = [*dict.fromkeys(texts)]
        places = dict(zip(listed, range(len(listed)), strict=True))
        return cls(np.fromiter(map(places.__getitem__, texts), np.int32, len(texts)), listed)


class Words:
    """The distinct words of some texts and what is known of each, in the order of their numbers.

    Attributes:
        found: The words of each text.
        stems: See ``KnownWord``.
        placed: Likewise.
        signs: Likewise.
    """

    def __init__(self, found: WordNumbers, language: str) -> None:
        """Look up the words of texts in a language."""
        self.found = found
        known = [*map(known_words(language).__getitem__, found.listed)]
        self._keys = [*map(_KEYS_OF, known)]
        self.stems, self.placed = Stems.of([*map(_STEM_OF, known)]), Stems.of([*map(_PLACED_OF, known)])
        self.signs: Longs = np.fromiter(map(_SIGNS_OF, known), np.int64, len(known))

    def keys(self, numbering: Numbering) -> KeyLists:
        """Return the keys of each word."""
        known = self._keys
        return KeyLists(_starts(map(len, known), len(known)), _numbers(chain.from_iterable(known), numbering))


def text_keys(texts: Sequence[str], words: Words, language: str, numbering: Numbering) -> KeyLists:
    """Return the keys that each text has beside those of its words."""
    signs = _signs(texts, words)
    keys: list[str] = []
    counts = [0] * len(texts)
    for text in np.flatnonzero(signs).tolist():
        own = keys_beside(texts[text], int(signs[text]), language)
        counts[text] = len(own)
        keys += own
    return KeyLists(_starts(counts, len(texts)), _numbers(keys, numbering))


def name_places(names: Ints, words: Words, numbering: Numbering) -> KeyLists:
    """Return the keys of where in each name its words stand, see ``documents.place_keys``; names are texts."""
    found, placed = words.found, words.placed
    counts = np.diff(found.starts)[names]
    codes = np.empty(int(np.minimum(counts, PAIR_WORDS).sum() + np.minimum(counts, BEGIN_WORDS).sum()), np.int64)
    starts = np.zeros(len(names) + 1, np.int64)
    size = len(placed.listed)
    total = place_names(
        names, found.starts, found.numbers, placed.of_words, size, PAIR_WORDS, BEGIN_WORDS, codes, starts[1:]
    )
    found_codes = codes[:total].tolist()
    distinct = [*dict.fromkeys(found_codes)]
    listed = placed.listed
    places = (divmod(code, size) for code in distinct)
    keys = [
        pair_key(listed[first], listed[second]) if first < size else begin_key(first - size, listed[second])
        for first, second in places
    ]
    known = dict(zip(distinct, map(numbering.__getitem__, keys), strict=True))
    return KeyLists(starts, np.fromiter(map(known.__getitem__, found_codes), np.int32, total))


def _signs(texts: Sequence[str], words: Words) -> Longs:
    """Return what ``keys_beside`` asks of each text, and a bit beyond for texts that are not in ASCII."""
    found, of_words = words.found, words.signs
    signs = np.zeros(len(texts), np.int64)
    if not "".join(texts).isascii():
        signs[[not text.isascii() for text in texts]] = _BEYOND_ASCII
    filled = np.flatnonzero(np.diff(found.starts))
    if len(filled):
        signs[filled] |= np.bitwise_or.reduceat(of_words[found.numbers], found.starts[filled])
        signs[_beginning(found, of_words, found.starts[filled])] |= NAMES
    return signs & ~BEGINS


def _beginning(found: WordNumbers, signs: Longs, firsts: Longs) -> Longs:
    """Return which texts have two words side by side that a thing of the trade begins with.

    Args:
        found: The words.
        signs: What each distinct word may be.
        firsts: Where the words of each text begin that has any.
    """
    begins = (signs[found.numbers[:-1]] & BEGINS) != 0
    begins[firsts[1:] - 1] = False
    places = np.flatnonzero(begins)
    size = len(found.listed)
    both = found.numbers[places].astype(np.int64) * size + found.numbers[places + 1]
    pairs, kinds = np.unique(both, return_inverse=True)
    listed = found.listed
    are_names = [begin_name(listed[pair // size], listed[pair % size]) for pair in pairs.tolist()]
    hits = places[np.array(are_names, np.bool_)[kinds]]
    return np.searchsorted(found.starts, hits, side="right") - 1


def _starts(counts: Iterable[int], size: int) -> Longs:
    starts = np.zeros(size + 1, np.int64)
    np.cumsum(np.fromiter(counts, np.int64, size), out=starts[1:])
    return starts


def _numbers(keys: Iterable[str], numbering: Numbering) -> Ints:
    return np.array([*map(numbering.__getitem__, keys)], np.int32)
