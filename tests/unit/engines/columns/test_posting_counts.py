from __future__ import annotations

from random import Random

import numpy as np
import pytest

from facetry.engines.columns import posting_counts as module
from facetry.engines.columns.kernels.posting_counts import RARE, count_at
from facetry.engines.columns.posting_counts import packed_counts, plain_counts

KERNELS = [count_at, getattr(count_at, "py_func", count_at)]


def drawn(seed: int) -> list[int]:
    """Return counts, of which few or nearly all are distinct."""
    draw = Random(seed)
    most = draw.choice((1, 3, 100, 300, 2**31 - 1))
    return [draw.randrange(most) for _ in range(draw.choice((1, 10, 3000)))]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("sample", [1, 1 << 16])
def test_packed_counts_are_what_they_were(monkeypatch: pytest.MonkeyPatch, seed: int, sample: int):
    monkeypatch.setattr(module, "_SAMPLE", sample)
    counts, draw = drawn(seed), Random(seed)
    packed = packed_counts(np.array(counts, np.int32))
    assert plain_counts(packed).tolist() == counts
    assert [count_at(packed, i) for i in range(len(counts))] == counts
    first, last = sorted(draw.choices(range(len(counts) + 1), k=2))
    assert plain_counts(packed, first, last).tolist() == counts[first:last]
    assert plain_counts(packed, first, last).dtype == np.int32


@pytest.mark.parametrize("at", KERNELS)
def test_counts_beyond_those_that_a_byte_names_are_found_by_their_places(at):
    counts = [*range(RARE), 7, 1000, 3, 1001, 1000]
    packed = packed_counts(np.array([*counts, *range(RARE)], np.int32))
    assert packed.codes.dtype == np.uint8
    assert packed.rare_places.tolist() == [RARE + 1, RARE + 3, RARE + 4]
    assert packed.rare_counts.tolist() == [1000, 1001, 1000]
    assert [at(packed, i) for i in range(len(counts))] == counts


def test_common_counts_are_those_of_most_postings():
    packed = packed_counts(np.array([*range(300), *range(200, 300)], np.int32))
    assert len(packed.rare_places) == 300 - RARE
    assert packed.rare_counts.max() < 200


def test_no_counts_are_packed_too():
    packed = packed_counts(np.empty(0, np.int32))
    assert [len(part) for part in packed] == [0, RARE + 1, 0, 0]
    assert plain_counts(packed).tolist() == []
