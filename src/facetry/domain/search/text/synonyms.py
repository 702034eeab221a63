"""A tenant's synonyms, ready to be looked up in a query."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from facetry.domain.analysis import stems, words
from facetry.domain.search.rules import MAX_PHRASE_WORDS, Synonym
from facetry.domain.search.text.identity import Same

Phrase = tuple[str, ...]
"""Folded words."""


class Synonyms:
    """What phrases mean beside themselves; a phrase is known by the stems of its words."""

    def __init__(self, rules: Sequence[Synonym], language: str) -> None:
        """Make the rules ready."""
        self._language = language
        self._meanings: dict[Phrase, dict[Phrase, None]] = {}
        self._longest = 0
        for rule in rules:
            self._add(rule)

    def has(self, phrase: Sequence[str]) -> bool:
        """Return whether some folded words are a phrase that means something else too."""
        return len(phrase) <= self._longest and self._stemmed(phrase) in self._meanings

    def meanings(self, phrase: Sequence[str]) -> list[Phrase]:
        """Return the other phrases that a phrase is found as, in the order of the rules."""
        return [*self._meanings.get(self._stemmed(phrase), {})]

    def _add(self, rule: Synonym) -> None:
        phrases = [tuple(found) for phrase in rule.phrases if (found := words(phrase))]
        for phrase in [tuple(words(rule.source))] if rule.source else phrases:
            if not 0 < len(phrase) <= MAX_PHRASE_WORDS:
                continue
            self._longest = max(self._longest, len(phrase))
            others = self._meanings.setdefault(self._stemmed(phrase), {})
            others.update((other, None) for other in phrases if other != phrase)

    def _stemmed(self, phrase: Sequence[str]) -> Phrase:
        return tuple(stems(word, self._language)[0] for word in phrase)


def synonyms(rules: tuple[Synonym, ...], language: str) -> Synonyms:
    """Return a tenant's synonyms, made ready once as long as the rules are the same object."""
    return _ready(Same(rules), language)


@lru_cache(maxsize=256)
def _ready(rules: Same[tuple[Synonym, ...]], language: str) -> Synonyms:
    return Synonyms(rules.value, language)
