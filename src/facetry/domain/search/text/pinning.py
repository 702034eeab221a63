"""Which groups a tenant puts first for a query, and which it hides."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from facetry.domain.analysis import words
from facetry.domain.search.rules import Pin
from facetry.domain.search.text.identity import Same


class Placement(msgspec.Struct, frozen=True):
    """What the rules say of one query.

    Attributes:
        places: The groups that stand first, each with its place, counted from the last one up.
        hidden: The groups that are not found; of these none stands first.
    """

    places: Mapping[str, int] = {}
    hidden: frozenset[str] = frozenset()


NOWHERE = Placement()


def placement(pins: tuple[Pin, ...], text: str) -> Placement:
    """Return what the pins say of a query: those of exactly its words, folded, one after another."""
    typed = tuple(words(text))
    return _by_words(Same(pins)).get(typed, NOWHERE) if typed and pins else NOWHERE


@lru_cache(maxsize=256)
def _by_words(pins: Same[tuple[Pin, ...]]) -> dict[tuple[str, ...], Placement]:
    """Return the placements by the words of their queries, made ready once as long as the rules are the same."""
    together: dict[tuple[str, ...], list[Pin]] = {}
    for pin in pins.value:
        together.setdefault(tuple(words(pin.query)), []).append(pin)
    return {typed: _placement(found) for typed, found in together.items()}


def _placement(pins: list[Pin]) -> Placement:
    hidden = frozenset(group_id for pin in pins for group_id in pin.hide)
    first = dict.fromkeys(group_id for pin in pins for group_id in pin.first if group_id not in hidden)
    return Placement({group_id: place for place, group_id in enumerate(reversed(first))}, hidden)
