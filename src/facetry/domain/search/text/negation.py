"""Words that deny what follows: "without nickel", "nickel free", "strapless"."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from facetry.domain.analysis import stems
from facetry.domain.search.slots import WITHOUT


class Negation(msgspec.Struct, frozen=True):
    """How a language denies.

    Attributes:
        before: Words before what they deny, folded.
        between: Words that may stand between.
        behind: Words behind what they deny.
        endings: Ends of words that deny the rest of it.
    """

    before: frozenset[str] = frozenset()
    between: frozenset[str] = frozenset()
    behind: frozenset[str] = frozenset()
    endings: tuple[str, ...] = ()


_NONE = Negation()
_LEAST_LETTERS = 3
"""So many must be left of a word without an ending that denies."""
NEGATIONS: Mapping[str, Negation] = {
    "en": Negation(
        frozenset({"without", "not", "no", "non"}),
        frozenset({"a", "an", "the", "any", "is", "for"}),
        frozenset({"free"}),
        ("less",),
    ),
    "de": Negation(
        frozenset({"ohne", "nicht", "kein", "keine", "keinen", "keinem", "keiner"}),
        frozenset({"der", "die", "das", "den", "ein", "eine", "einen", "jede", "jeden", "fur"}),
        frozenset({"frei"}),
        ("los", "frei", "freie", "freier", "freies"),
    ),
    "fr": Negation(frozenset({"sans", "pas", "non"}), frozenset({"de", "d", "le", "la", "les", "un", "une", "aucun"})),
    "es": Negation(frozenset({"sin", "no"}), frozenset({"el", "la", "los", "las", "un", "una", "ningun"})),
    "it": Negation(frozenset({"senza", "non", "no"}), frozenset({"il", "lo", "la", "i", "gli", "le", "un", "una"})),
    "he": Negation(frozenset({"ללא", "בלי", "לא"})),
    "hi": Negation(frozenset({"बिना", "नहीं"})),
}
"""By language; words folded."""


def negation(language: str) -> Negation:
    """Return how a language denies; one that is not known does not."""
    return NEGATIONS.get(language, _NONE)


def without_key(word: str, language: str) -> str:
    """Return the key of what is denied by a folded word."""
    return WITHOUT + stems(word, language)[0]


def denied_by_ending(word: str, language: str) -> str | None:
    """Return the key of what a word itself denies, None for most words."""
    for ending in negation(language).endings:
        if word.endswith(ending) and len(word) >= len(ending) + _LEAST_LETTERS:
            return without_key(word[: -len(ending)], language)
    return None


def is_sign(word: str, language: str) -> bool:
    """Return whether a folded word denies a word beside it."""
    signs = negation(language)
    return word in signs.before or word in signs.behind


def denied(words: Sequence[str], language: str) -> list[str]:
    """Return the keys of what words beside others deny in a text: the next word or the one after it, or the last."""
    signs = negation(language)
    if signs.before.isdisjoint(words) and signs.behind.isdisjoint(words):
        return []
    found: list[str] = []
    for place, word in enumerate(words):
        if word in signs.before:
            found += words[place + 1 : place + 3]
        elif word in signs.behind and place:
            found.append(words[place - 1])
    return [without_key(word, language) for word in found]
