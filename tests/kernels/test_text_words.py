from __future__ import annotations

from random import Random

import numpy as np
import pytest

from facetry.domain.search.text.spelling import distance
from facetry.engines.columns.kernels.text_words import LETTERS, bits_of, decode, sign, similar_words
from facetry.engines.columns.strings import Strings, encoded

LONGEST = 12
WORDS = sorted(
    {
        *("ring", "rings", "rnig", "grin", "rig", "ringing", "r", "ri", "necklace", "neckalce", "ncklace", "lace"),
        *("straße", "strasse", "ръка", "рука", "金の指輪", "金指輪", "💍ring", "💍rign", "a" * 12, "a" * 13, "a" * 40),
    }
)


def like(words: list[str], word: str, most: int, room: int = 100) -> dict[str, int]:
    """Return what the kernel finds among sorted words, with distances; all words have one byte in front."""
    listed = Strings.of([encoded("w" + other) for other in words])
    signed = sign(listed.blob, listed.starts, 0, len(listed), 1, LONGEST)
    found, distances = np.empty(room, np.int64), np.empty(room, np.int64)
    letters = np.array([ord(letter) for letter in word], np.int32)
    count = similar_words(listed.blob, listed.starts, 1, *signed, letters, most, found, distances)
    return {words[found[i]]: int(distances[i]) for i in range(min(count, room))}


def by_definition(words: list[str], word: str, most: int) -> dict[str, int]:
    return {other: apart for other in words if (apart := distance(word, other, most)) <= most}


@pytest.mark.parametrize(
    "word", ["ring", "rnig", "r", "necklace", "neklcae", "strase", "рка", "金指", "💍rin", "a" * 12]
)
@pytest.mark.parametrize("most", [0, 1, 2])
def test_similar_words_are_those_within_the_distance(word: str, most: int):
    assert like(WORDS, word, most) == by_definition(WORDS, word, most)


@pytest.mark.parametrize("seed", range(10))
def test_similar_words_of_random_ones(seed: int):
    draw = Random(seed)

    def word() -> str:
        return "".join(draw.choice("abé") for _ in range(draw.randint(1, 10)))

    words = sorted({word() for _ in range(120)})
    for _ in range(20):
        typed, most = word(), draw.choice((1, 2))
        assert like(words, typed, most) == by_definition(words, typed, most)


def test_what_does_not_fit_into_the_room_is_counted_only():
    assert len(like(WORDS, "ring", 2, room=2)) == 2
    assert len(like(WORDS, "ring", 2)) > 2


def test_utf_8_becomes_code_points_as_many_as_fit():
    text = "aé金💍"
    raw = np.frombuffer(text.encode(), np.uint8).copy()
    letters = np.zeros(4, np.int32)
    assert decode(raw, 0, len(raw), letters) == 4
    assert letters.tolist() == [ord(letter) for letter in text]
    few = np.zeros(2, np.int32)
    assert decode(raw, 0, len(raw), few) == 4
    assert few.tolist() == [ord("a"), ord("é")]


def test_bits_are_counted():
    numbers = [0, 1, 0b1011, 2**61, 2**62 - 1, 2 ** (2 * LETTERS) - 1, 0x5555555555555555]
    assert [bits_of(number) for number in numbers] == [number.bit_count() for number in numbers]
