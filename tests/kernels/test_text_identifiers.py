from __future__ import annotations

from random import Random

import numpy as np
import pytest

from facetry.engines.columns.kernels.text_identifiers import (
    BEGINNING,
    BLOCK,
    COMPARED,
    INNER,
    ROWS,
    WHOLE,
    blocks_with,
    find_part,
    mark_blocks,
    normalise,
)
from facetry.engines.columns.strings import Strings


def normal(texts: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return normalised texts as kernels take them."""
    listed = Strings.of([text.encode() for text in texts])
    room, starts = np.empty(len(listed.blob) + len(texts) + 1, np.uint8), np.empty(len(texts) + 1, np.int64)
    used = normalise(listed.blob, listed.starts, room, starts)
    return room[:used].copy(), starts


def fits(texts: list[str], needle: str, *, whole_only: bool = False, room: int = 1000) -> dict[int, int]:
    """Return how a needle fits texts, by their positions."""
    blob, starts = normal(texts)
    raw = needle.encode()
    progress = np.array([0, 1, 0], np.int64)
    found, how = np.empty(room, np.int32), np.empty(room, np.uint8)
    padded = np.frombuffer(raw + bytes(COMPARED), np.uint8).copy()
    for block in range(-(-len(blob) // BLOCK)):
        own = np.array([block], np.int64)
        while not find_part(blob, starts, padded, len(raw), whole_only, own, progress, found, how):
            found, how = np.concatenate([found, found]), np.concatenate([how, how])
    return dict(zip(found[: progress[2]].tolist(), how[: progress[2]].tolist(), strict=True))


def by_definition(texts: list[str], needle: str) -> dict[int, int]:
    found = {}
    for i, text in enumerate(texts):
        plain = "".join(c for c in text.lower() if c.isalnum())
        if needle in plain:
            found[i] = WHOLE if plain == needle else BEGINNING if plain.startswith(needle) else INNER
    return found


def test_texts_are_normalised():
    blob, starts = normal(["GIA 2141-438", "", "--", "z_9é"])
    assert blob.tobytes() == b"\0gia2141438\0\0\0z9\xc3\xa9\0"
    assert starts.tolist() == [1, 12, 13, 14, 19]


def test_a_part_is_found_whole_at_the_beginning_and_within():
    texts = ["R-100", "R1000", "xr100", "r 10", "100r100r100"]
    assert fits(texts, "r100") == {0: WHOLE, 1: BEGINNING, 2: INNER, 4: INNER}
    assert fits(texts, "r100", whole_only=True) == {0: WHOLE}
    assert fits(texts, "r10", whole_only=True) == {3: WHOLE}
    assert fits(texts, "100r100r100") == {4: WHOLE}
    assert fits(texts, "100r100r1000") == {}
    assert fits([], "r100") == {}


@pytest.mark.parametrize("seed", range(8))
def test_parts_of_random_texts(seed: int):
    draw = Random(seed)

    def text(most: int) -> str:
        return "".join(draw.choice("aB1-") for _ in range(draw.randint(0, most)))

    texts = [text(12) for _ in range(draw.choice((1, 30, 1500)))]
    for _ in range(20):
        needle = "".join(draw.choice("ab1") for _ in range(draw.randint(4, 6)))
        assert fits(texts, needle, room=draw.choice((1, 5))) == by_definition(texts, needle)


def test_blocks_in_which_a_part_may_begin_are_known():
    texts = [f"a{number:05d}" for number in range(3000)]
    blob, starts = normal(texts)
    blocks = -(-len(blob) // BLOCK)
    marks = np.zeros((ROWS, -(-blocks // 8)), np.uint8)
    mark_blocks(blob, marks)
    room = np.empty(8 * marks.shape[1], np.int64)

    def known(needle: bytes) -> list[int]:
        return room[: blocks_with(marks, np.frombuffer(needle, np.uint8).copy(), len(needle), room)].tolist()

    for number in (0, 1, 584, 585, 586, 1170, 2999):
        own = int(starts[number]) // BLOCK
        assert own in known(f"a{number:05d}".encode())
        assert own in known(f"a{number:05d}\0".encode())
        assert (int(starts[number]) + 1) // BLOCK in known(f"{number:05d}\0".encode())
    assert len(known(b"a02999")) < 3
    assert known(b"zzzz") == []
    assert known(b"a02999" + b"z" * 60) == []
    # What lies across the border of two blocks belongs to the first.
    border = next(n for n in range(3000) if starts[n] // BLOCK < (starts[n + 1] - 1) // BLOCK)
    assert int(starts[border]) // BLOCK in known(f"a{border:05d}\0a{border + 1:05d}".encode())
