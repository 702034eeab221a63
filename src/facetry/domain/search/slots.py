"""What a reading looks up in an inverted index: one slot a word, with everything that may stand in its place."""

from __future__ import annotations

from enum import Enum

import msgspec

WORD, STEM, CONCEPT, PAIR, BEGIN, WITHOUT = "w", "s", "c", "p", "b", "x"
"""First character of a key: a folded word; the stem of a word; a term of the trade; the stems of two words side by side
in the name, joined by a blank; a digit and the stem of the name's word in that position, from 0, up to
``text.documents.BEGIN_WORDS``; the stem of a word that a field denies ("without x", "x-free", "xless")."""


class Reach(Enum):
    """What of an index an alternative stands for."""

    KEYS = "keys"
    """Groups that have all of its keys; the one with the lowest frequency counts."""
    BEGINNING = "beginning"
    """Groups that have any word beginning with its only key (``WORD`` and text), but the word itself.

    Each word counts, one after another in the order of code points.
    """
    IDENTIFIER = "identifier"
    """Groups one of whose identifiers has the normalised text of its only key: see ``text.identifiers``."""


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
        is_required: Whether it counts among the words that a group should have; else it only adds to the score.
        weight: What its score is multiplied by.
    """

    word: str
    alternatives: tuple[Alternative, ...]
    is_required: bool = True
    weight: float = 1.0


class Bonus(msgspec.Struct, frozen=True):
    """A key that makes a group better, by ``weight`` times the lowest idf of some slots.

    Attributes:
        key: A pair or a word at the beginning of the name.
        slots: The slots whose words it is made of.
        needs_previous: Whether it counts only where the bonus before it does too: the run of words that a name
            begins with.
    """

    key: str
    slots: tuple[int, ...]
    weight: float
    needs_previous: bool = False


class Reading(msgspec.Struct, frozen=True):
    """The lookups of one reading of a text."""

    slots: tuple[Slot, ...]
    bonuses: tuple[Bonus, ...] = ()
