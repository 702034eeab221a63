"""The parts that a typed text falls into: runs that were understood, identifiers, phrases with synonyms, words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from facetry.domain.analysis import MAX_TERM_LENGTH, has_digit, words
from facetry.domain.search.rules import MAX_PHRASE_WORDS
from facetry.domain.search.text.identifiers import SHORTEST, normalised
from facetry.domain.search.text.synonyms import Phrase, Synonyms
from facetry.domain.search.text.vocabulary import Vocabulary


class Span(msgspec.Struct, frozen=True):
    """A run of the text that is a term of the trade, or, without one, a condition; then it is not looked up."""

    start: int
    end: int
    term: str = ""


class Part(msgspec.Struct, frozen=True):
    """What becomes one slot.

    Attributes:
        words: Folded and cut; several where they are one thing.
        term: The term of the trade that they are.
        needle: The normalised text of an identifier.
        meanings: Other phrases for them.
    """

    words: tuple[str, ...]
    term: str = ""
    needle: str = ""
    meanings: tuple[Phrase, ...] = ()

    @property
    def is_word(self) -> bool:
        """Return whether it is one word and nothing else is known of it."""
        return len(self.words) == 1 and not (self.term or self.needle)


def typed_parts(text: str, spans: Sequence[Span], vocabulary: Vocabulary) -> list[Part]:
    """Return the parts of a text in their order; what was understood as a condition is none.

    Args:
        text: As typed.
        spans: In order, not overlapping.
        vocabulary: Knows the identifiers.
    """
    parts: list[Part] = []
    done = 0
    for span in spans:
        parts += _plain(text[done : span.start], vocabulary)
        if span.term:
            parts.append(Part(cut_words(text[span.start : span.end]), span.term))
        done = span.end
    parts += _plain(text[done:], vocabulary)
    return parts


def with_synonyms(parts: Sequence[Part], known: Synonyms) -> Iterator[Part]:
    """Yield the parts, those that together are the longest phrase with synonyms as one."""
    place = 0
    while place < len(parts):
        taken = _phrase(parts[place:], known)
        together = parts[place : place + taken]
        found = tuple(word for part in together for word in part.words)
        meanings = tuple(known.meanings(found))
        first = together[0]
        if taken == 1:
            yield msgspec.structs.replace(first, meanings=meanings) if meanings else first
        else:
            yield Part(found, meanings=meanings)
        place += taken


def cut_words(text: str) -> tuple[str, ...]:
    """Return the folded words of a text, cut."""
    return tuple(word[:MAX_TERM_LENGTH] for word in words(text))


def whole_needle(text: str, vocabulary: Vocabulary) -> str:
    """Return the normalised text of a query of several chunks that is one identifier; empty where it is none."""
    needle = normalised(text)
    several = len(text.split()) > 1
    return needle if several and has_digit(needle) and vocabulary.identified(needle) else ""


def _plain(text: str, vocabulary: Vocabulary) -> Iterator[Part]:
    for chunk in text.split():
        found = cut_words(chunk)
        needle = normalised(chunk) if has_digit(chunk) else ""
        if found and len(needle) >= SHORTEST and has_digit(needle) and vocabulary.identified(needle):
            yield Part(found, needle=needle)
        else:
            yield from (Part((word,)) for word in found)


def _phrase(parts: Sequence[Part], known: Synonyms) -> int:
    """Return how many of the first parts are together the longest phrase that has synonyms; 1 where none is."""
    sizes = range(min(len(parts), MAX_PHRASE_WORDS), 1, -1)
    return next((size for size in sizes if known.has([word for part in parts[:size] for word in part.words])), 1)
