"""What a reading looks up in an inverted index: one slot a word, with everything that may stand in its place."""

from __future__ import annotations

from enum import Enum

import msgspec

WORD, STEM, CONCEPT, PAIR, NEAR = "w", "s", "c", "p", "n"
"""First character of a key: a folded word, the stem of a word, a term of the trade, the stems of two words that stand
side by side in the name, or (in the order of the alphabet) at most ``text.NEAR_WORDS`` apart."""


class Reach(Enum):
    """What of an index an alternative stands for."""

    KEYS = "keys"
    """Groups that have all of its keys."""
    BEGINNING = "beginning"
    """Groups that have any word beginning with its only key, but the word itself; each word counts."""
    IDENTIFIER = "identifier"
    """Groups one of whose identifiers has the normalised text of its only key: as a whole, or within."""


class Alternative(msgspec.Struct, frozen=True):
    """One thing that may stand in the place of a word.

    Attributes:
        keys: What to look up.
        quality: How well it fits, 1 for the word itself.
        typos: How many letters differ.
    """

    keys: tuple[str, ...]
    quality: float = 1.0
    typos: int = 0
    reach: Reach = Reach.KEYS


class Slot(msgspec.Struct, frozen=True):
    """A word of the query, or several that are one thing.

    Attributes:
        word: As typed, folded.
        alternatives: In the order in which they are added: fewest typos first.
    """

    word: str
    alternatives: tuple[Alternative, ...]


class Bonus(msgspec.Struct, frozen=True):
    """A key that makes a group better where two words of the query stand together, and which slots they are."""

    key: str
    first: int
    second: int
    weight: float


class Reading(msgspec.Struct, frozen=True):
    """The lookups of one reading of a text."""

    slots: tuple[Slot, ...]
    bonuses: tuple[Bonus, ...] = ()
