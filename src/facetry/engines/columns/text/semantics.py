"""What the groups of a segment mean, and raising scores by how close that is to a query.

Meanings are computed when a tenant's first search asks for them, and kept in memory with the segment: 257 bytes or so a
group with vectors of 256 numbers, nothing for tenants that do not use them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from facetry.domain.search.slots import WORD
from facetry.domain.search.text.semantics import FULL_SCALE, SEMANTIC_FIELDS, Embedder, Semantics
from facetry.engines.columns.kernels.semantics import add_vectors, find_terms, raise_scores, scale_down
from facetry.engines.columns.segment import Ints, Segment
from facetry.engines.columns.strings import encoded

_NAME = "meanings of groups"
"""What is kept with a segment."""
_BEHIND = b"\xff"
"""Lies behind every continuation of a key, as no UTF-8 has this byte."""
_WORDS = 1 << 9
_GROUPS = 1 << 10
_RAISED = 1 << 15
"""So many are dealt with in one go: a few milliseconds."""


@dataclass(frozen=True, slots=True, eq=False)
class Meanings:
    """The meanings of the groups of a segment, see ``kernels.semantics``."""

    numbers: NDArray[np.int8]
    squares: Ints


class _Computation:
    """Computes the meanings of a segment, in as many searches as it takes.

    Attributes:
        embedder: Knows the words.
    """

    def __init__(self, segment: Segment, embedder: Embedder) -> None:
        self.embedder = embedder
        shape = (len(segment), embedder.dimensions)
        self._meanings = Meanings(np.zeros(shape, np.int8), np.zeros(len(segment), np.int32))
        self._steps = _compute(segment, embedder, self._meanings)
        self._lock = Lock()

    def finish(self, check: Callable[[], None]) -> Meanings:
        """Compute what is left; where ``check`` raises, the next call goes on from there."""
        with self._lock:
            for _ in self._steps:
                check()
        return self._meanings


def meanings(segment: Segment, embedder: Embedder, check: Callable[[], None]) -> Meanings:
    """Return the meanings of a segment's groups.

    Args:
        segment: Whose.
        embedder: Always the same for a segment.
        check: Called between slices of the work; what it raises ends the call, but what was done is kept.
    """
    return segment.cached(_NAME, lambda: _Computation(segment, embedder)).finish(check)


def carry_over(sources: Iterable[Segment], merged: Segment) -> None:
    """Compute the meanings of a merged segment at once, not in a search, where those of a source were asked for."""
    kept = (source.kept(_NAME) for source in sources)
    computation = next((one for one in kept if isinstance(one, _Computation)), None)
    if computation:
        meanings(merged, computation.embedder, _go_on)


def raise_by_closeness(
    segment: Segment, ordinals: Ints, scores: NDArray[np.float64], semantics: Semantics, check: Callable[[], None]
) -> None:
    """Raise final scores of groups that are not pinned, in place, as ``Semantics.raised`` does.

    Args:
        segment: Whose groups.
        ordinals: Which of them.
        scores: Theirs.
        semantics: How closeness counts.
        check: Called between slices of the work; what it raises ends the call.
    """
    if not len(ordinals):
        return
    known = meanings(segment, semantics.embedder, check)
    query = np.array(semantics.query.numbers, np.int32)
    for first in range(0, len(ordinals), _RAISED):
        part = slice(first, first + _RAISED)
        raise_scores(
            ordinals[part],
            scores[part],
            known.numbers,
            known.squares,
            query,
            semantics.query.square,
            semantics.weight,
        )
        check()


def _go_on() -> None:
    """Never end the work."""


def _compute(segment: Segment, embedder: Embedder, result: Meanings) -> Iterator[None]:
    """Write the meanings of a segment, a slice a step."""
    terms = _terms(segment)
    vectors = np.zeros((len(terms), embedder.dimensions), np.int16)
    start = len(WORD)
    for first in range(0, len(terms), _WORDS):
        part = slice(first, first + _WORDS)
        found = [segment.vocabulary[term][start:].decode(errors="surrogatepass") for term in terms[part].tolist()]
        vectors[part] = np.frombuffer(embedder.vectors(found), np.int16).reshape(-1, embedder.dimensions)
        yield
    nexts, ends = segment.posting_starts[terms], segment.posting_starts[terms + 1]
    for first in range(0, len(segment), _GROUPS):
        sums = np.zeros((min(_GROUPS, len(segment) - first), embedder.dimensions), np.int64)
        add_vectors(segment.posting_groups, segment.posting_counts, nexts, ends, vectors, SEMANTIC_FIELDS, first, sums)
        scale_down(sums, FULL_SCALE, first, result.numbers, result.squares)
        yield


def _terms(segment: Segment) -> Ints:
    """Return the words that count for the meaning of any group, by their positions in the vocabulary."""
    own = segment.vocabulary
    first, last = own.after(WORD.encode()), own.after(encoded(WORD) + _BEHIND)
    found = np.empty(last - first, np.int32)
    count = find_terms(segment.posting_starts, segment.posting_counts, first, last, SEMANTIC_FIELDS, found)
    return found[:count].copy()
