"""A tenant's rules of search: what its words mean, how much fields count, what stands first for a query."""

from __future__ import annotations

from enum import Enum

import msgspec

from facetry.domain.analysis import words
from facetry.domain.errors import InvalidValueError
from facetry.domain.search.fields import MAX_NAME_LENGTH

TEXT_FIELDS = ("name", "brand", "category", "keywords", "variants", "description")
"""The texts of a group that a search looks in: see ``search.text``."""
MAX_RULES = 10_000
MAX_BOOSTS = 50
"""Each one looks at all groups found."""
MAX_PINNED = 1_000
MAX_RELAX_BELOW = 1_000_000
MIN_PHRASES, MAX_PHRASES = 2, 50
MAX_PHRASE_WORDS = 8
MAX_WEIGHT = 100.0
_MOST = {"synonyms": MAX_RULES, "stop_words": MAX_RULES, "pins": MAX_RULES, "boosts": MAX_BOOSTS}


class Synonym(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Phrases that mean the same; with ``source``, one that is also found as any of the others (one-way)."""

    phrases: tuple[str, ...]
    source: str = ""


class Boost(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Raises scores by a number of the group's products (its highest): ``weight * number / (number + pivot)``."""

    field: str
    weight: float = 1.0
    pivot: float = 1.0


class Pin(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """For a query of exactly these words: groups that stand first, in this order, and groups that are not found."""

    query: str
    first: tuple[str, ...] = ()
    hide: tuple[str, ...] = ()


class StopWords(Enum):
    """Which words need not be found."""

    LANGUAGE = "language"
    NONE = "none"


class SearchRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a tenant may tune; all of it works from the next search on.

    Attributes:
        weights: What a word counts in each of ``TEXT_FIELDS`` that is named, in place of the default; 0 leaves the
            field out.
        stop_words: Words beside those of the language, see ``language_stop_words``.
        relax_below: Where fewer groups have all words of a long query, those with fewer words are found too; short
            ones (``matching.STRICT_WORDS``) are relaxed only where nothing has all.
        understanding: Whether jewelry terms are recognised in queries.
        semantic: How much closeness in meaning counts, where it is installed; 0 for nothing.
    """

    synonyms: tuple[Synonym, ...] = ()
    stop_words: tuple[str, ...] = ()
    language_stop_words: StopWords = StopWords.LANGUAGE
    weights: dict[str, float] = {}
    boosts: tuple[Boost, ...] = ()
    pins: tuple[Pin, ...] = ()
    relax_below: int = 10
    understanding: bool = True
    semantic: float = 0.0


def check_rules(rules: SearchRules) -> None:
    """Check what a tenant wants to set.

    Raises:
        InvalidValueError: A rule is empty, too long or has a number that is not allowed; names the rule's kind.
    """
    for name, most in _MOST.items():
        if len(getattr(rules, name)) > most:
            raise InvalidValueError(name, f"must be at most {most}")
    for synonym in rules.synonyms:
        _check_synonym(synonym)
    _check_numbers(rules)
    for pin in rules.pins:
        _check_pin(pin)


def _check_synonym(synonym: Synonym) -> None:
    phrases = [phrase for phrase in (*synonym.phrases, synonym.source) if phrase]
    sizes = [len(words(phrase)) for phrase in phrases]
    if len(phrases) < MIN_PHRASES or not all(0 < size <= MAX_PHRASE_WORDS for size in sizes):
        raise InvalidValueError("synonyms", f"need two phrases of 1 to {MAX_PHRASE_WORDS} words each")
    if len(phrases) > MAX_PHRASES:
        raise InvalidValueError("synonyms", f"may have at most {MAX_PHRASES} phrases each")


def _check_pin(pin: Pin) -> None:
    if not words(pin.query):
        raise InvalidValueError("pins", "need a query of one word or more")
    if max(len(pin.first), len(pin.hide)) > MAX_PINNED:
        raise InvalidValueError("pins", f"may put first or hide at most {MAX_PINNED} groups each")


def _check_numbers(rules: SearchRules) -> None:
    for field, weight in rules.weights.items():
        if field not in TEXT_FIELDS or not 0.0 <= weight <= MAX_WEIGHT:
            raise InvalidValueError("weights", f"must be 0 to {MAX_WEIGHT:g}, of {', '.join(TEXT_FIELDS)}")
    for boost in rules.boosts:
        if not 0 < len(boost.field) <= MAX_NAME_LENGTH:
            raise InvalidValueError("boosts", f"need the name of a field, of at most {MAX_NAME_LENGTH} characters")
        if not (0.0 <= boost.weight <= MAX_WEIGHT and boost.pivot > 0.0):
            raise InvalidValueError("boosts", f"need a weight of 0 to {MAX_WEIGHT:g} and a pivot above 0")
    if not 0 <= rules.relax_below <= MAX_RELAX_BELOW:
        raise InvalidValueError("relax_below", f"must be 0 to {MAX_RELAX_BELOW}")
    if not 0.0 <= rules.semantic <= 1.0:
        raise InvalidValueError("semantic", "must be 0 to 1")
