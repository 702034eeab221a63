"""Texts of a hit in which the words that were found are marked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape

import msgspec

from facetry.domain.analysis import MAX_TERM_LENGTH, word_spans, words
from facetry.domain.group import ProductGroup
from facetry.domain.jewelry.concepts import concepts
from facetry.domain.search.slots import CONCEPT, STEM, WORD, Reach, Reading
from facetry.domain.search.text.documents import GroupText, stem_keys

SNIPPET_WORDS = 30
WORDS_BEFORE = 5
"""So many words of a snippet stand before the first one that is marked."""
OPENING, CLOSING, CUT = "<mark>", "</mark>", "…"
_Run = tuple[int, int]


class _Wanted(msgspec.Struct, frozen=True):
    """What is marked: words with any of some keys or beginnings, and terms of the trade."""

    keys: frozenset[str]
    beginnings: tuple[str, ...]
    language: str

    def has(self, text: str) -> bool:
        """Return whether a run of letters and digits is to be marked."""
        return any(self._has(word[:MAX_TERM_LENGTH]) for word in words(text))

    def _has(self, word: str) -> bool:
        key = WORD + word
        return key in self.keys or key.startswith(self.beginnings) or not self.keys.isdisjoint(self._stems(word))

    def _stems(self, word: str) -> tuple[str, ...]:
        return stem_keys(word, self.language)


def highlighted(group: ProductGroup, text: GroupText, reading: Reading, language: str) -> dict[str, str]:
    """Return the texts of a group in which words of a reading stand, HTML-escaped, by field; others are left out.

    Name, the first brand and category that have any, and about ``SNIPPET_WORDS`` words of the description.
    """
    wanted = _wanted(text, reading, language)
    found = {
        "name": _first_marked((group.name,), wanted, _whole),
        "brand": _first_marked(group.brands, wanted, _whole),
        "category": _first_marked(group.category, wanted, _whole),
        "description": _first_marked((group.description,), wanted, _snippet),
    }
    return {field: marked for field, marked in found.items() if marked}


def _wanted(text: GroupText, reading: Reading, language: str) -> _Wanted:
    """Return what a group has of a reading."""
    keys: set[str] = set()
    beginnings: list[str] = []
    for slot in reading.slots:
        for alternative in slot.alternatives:
            if alternative.reach is Reach.BEGINNING:
                beginnings += alternative.keys
            elif alternative.reach is Reach.KEYS and all(key in text.counts for key in alternative.keys):
                keys.update(key for key in alternative.keys if key[0] in WORD + STEM + CONCEPT)
    return _Wanted(frozenset(keys), tuple(beginnings), language)


def _first_marked(
    texts: Iterable[str], wanted: _Wanted, cut: Callable[[str, Sequence[_Run], Sequence[_Run]], str]
) -> str:
    for text in texts:
        spans = list(word_spans(text))
        runs = _runs(text, spans, wanted)
        if runs:
            return cut(text, spans, runs)
    return ""


def _runs(text: str, spans: Sequence[_Run], wanted: _Wanted) -> list[_Run]:
    """Return the runs of a text that are marked: in order, apart."""
    terms = [(one.start, one.end) for one in concepts(text) if CONCEPT + one.term in wanted.keys]
    found = sorted([*terms, *(span for span in spans if wanted.has(text[slice(*span)]))])
    runs: list[_Run] = []
    for start, end in found:
        if runs and start < runs[-1][1]:
            runs[-1] = (runs[-1][0], max(end, runs[-1][1]))
        else:
            runs.append((start, end))
    return runs


def _whole(text: str, _: Sequence[_Run], runs: Sequence[_Run]) -> str:
    return "".join(_marked(text, runs, 0, len(text)))


def _snippet(text: str, spans: Sequence[_Run], runs: Sequence[_Run]) -> str:
    """Return the part of a text around the first marked runs."""
    first = sum(end <= runs[0][0] for _, end in spans)
    chosen = spans[max(first - WORDS_BEFORE, 0) :][:SNIPPET_WORDS]
    is_start, is_end = chosen[0] == spans[0], chosen[-1] == spans[-1]
    start, end = 0 if is_start else chosen[0][0], len(text) if is_end else chosen[-1][1]
    marked = "".join(_marked(text, runs, start, end))
    return f"{'' if is_start else CUT}{marked}{'' if is_end else CUT}"


def _marked(text: str, runs: Sequence[_Run], start: int, end: int) -> Iterator[str]:
    done = start
    for first, last in runs:
        if first >= end or last <= start:
            continue
        yield escape(text[done : max(first, start)])
        yield f"{OPENING}{escape(text[max(first, start) : min(last, end)])}{CLOSING}"
        done = min(last, end)
    yield escape(text[done:end])
