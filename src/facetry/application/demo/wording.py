"""The words of the demo catalog: names and descriptions."""

from collections.abc import Sequence

from facetry.application.demo.designs import Design, data
from facetry.application.demo.dice import Deck, Dice
from facetry.application.demo.kinds import KINDS, STYLE_NAMES
from facetry.application.demo.materials import ALLOYS, GEMS, SHAPE_NAMES
from facetry.application.demo.prices import CUT_NAMES, Grade

_FACTS = {
    "solitaire": "ring",
    "halo": "ring",
    "trilogy": "ring",
    "pendant-halo": "pendant",
    "eternity": "row",
    "strand": "row",
    "stud": "row",
    "stud-halo": "row",
    "drop": "row",
    "hoop-pave": "row",
    "tennis": "row",
    "bracelet": "chain",
}
"""Which sentences of fact suit a kind, where they are not its own."""


class Writer:
    """Writes descriptions and takes care to vary them."""

    def __init__(self, dice: Dice) -> None:
        phrases = data("phrases")
        self._dice = dice
        self._facts = {kind: Deck(dice, lines) for kind, lines in phrases["facts"].items()}
        self._characters = {kind: Deck(dice, lines) for kind, lines in phrases["characters"].items()}
        self._closings = Deck(dice, phrases["closings"]["any"])

    def describe(self, design: Design, words: dict[str, str]) -> str:
        """Return a design's own sentence, facts, and mostly a word about its maker."""
        facts = "pearl" if design.pearl else _FACTS.get(design.kind, design.kind)
        sentences = [design.text, _filled(self._facts[facts].deal(), words)]
        if words["brand"] and self._dice.happens(60):
            sentences.append(_filled(self._closings.deal(), words))
        return " ".join(sentences)

    def describe_stone(self, facts: str, characters: Sequence[str], words: dict[str, str]) -> str:
        """Return facts about a loose stone and what gives it its character."""
        lines = [self._facts[facts].deal(), *(self._characters[character].deal() for character in characters)]
        return " ".join(_filled(line, words) for line in lines)


def _filled(line: str, words: dict[str, str]) -> str:
    """Return a sentence with its blanks filled, and a capital at its beginning."""
    text = line.format_map(words | {f"a_{key}": with_article(word) for key, word in words.items() if word})
    return text[0].upper() + text[1:]


def product_name(design: Design) -> str:
    """Return the name that all products of a design bear."""
    style = STYLE_NAMES.get((design.kind, design.style), design.style.title())
    shape = SHAPE_NAMES.get(design.shape, "")
    gem = GEMS[design.gem].name if design.gem else ""
    return KINDS[design.kind].name.format(name=design.name, style=style, shape=shape, gem=gem)


def quality(gem: str, grade: Grade, tint: str) -> str:
    """Return what there is to say about a set stone."""
    if gem == "diamond":
        return f"graded {grade.color} color, {grade.clarity} clarity, {CUT_NAMES[grade.cut]} cut"
    return tint if gem == "pearl" else f"{tint} and eye-clean"


def with_article(words: str) -> str:
    """Return words with ``a`` or ``an`` before them, as they are spoken: ``an SI1``, ``an oval``, ``a VS1``."""
    sounds_like_vowel = words[0] in "aeio" or words.startswith(("IF", "I1", "SI", "Ice", "8"))
    return f"{'an' if sounds_like_vowel else 'a'} {words}"


def listed(codes: Sequence[str]) -> str:
    """Return alloys as a list in words."""
    names = [_in_text(ALLOYS[code].name) for code in codes]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _in_text(name: str) -> str:
    """Return an alloy's name as it stands inside a sentence: ``14K yellow gold``."""
    return " ".join(word if word[0].isdigit() else word.lower() for word in name.split())


def hundredths(value: int) -> str:
    """Return hundredths as a decimal number: ``1.05``."""
    return f"{value // 100}.{value % 100:02d}"


def tenths(value: int) -> str:
    """Return tenths as a decimal number without a useless zero: ``3.5``, ``4``."""
    return f"{value // 10}.{value % 10}" if value % 10 else str(value // 10)
