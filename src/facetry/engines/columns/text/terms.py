"""What one part has of a key, and which of its words are like another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facetry.domain.analysis import MAX_TERM_LENGTH
from facetry.domain.search.slots import WORD
from facetry.engines.columns.kernels.searching import count_live, count_shown
from facetry.engines.columns.kernels.text_words import sign, similar_words
from facetry.engines.columns.segment import Ints, Longs, Segment
from facetry.engines.columns.snapshot import Part
from facetry.engines.columns.strings import encoded
from facetry.engines.columns.text.key_postings import behind, first_from, key_postings

SIGNED_WORDS = "signed words"
"""Under which a segment keeps them."""
_ROOM = 256
_FEW = 64


@dataclass(frozen=True, slots=True, eq=False)
class SignedWords:
    """The words of a vocabulary by length, see ``kernels.text_words.sign``."""

    bounds: Longs
    signatures: Longs
    positions: Ints


def postings(segment: Segment, key: str) -> tuple[int, int]:
    """Return first and last + 1 posting of a key; equal where it is not there."""
    return key_postings(segment).one(encoded(key))


def live_postings(part: Part, bounds: tuple[int, int], hidden: int = 0) -> int:
    """Return how many postings of a range are of live groups and have no bit of ``hidden`` in their counts."""
    start, end = bounds
    if end <= start:
        return 0
    segment = part.segment
    if hidden and segment.has_inactive:
        return count_shown(segment.posting_groups, segment.posting_counts, start, end, hidden, part.live)
    if not part.has_dead:
        return end - start
    return count_live(segment.posting_groups, start, end, part.live)


def has_live_posting(part: Part, bounds: tuple[int, int], hidden: int = 0) -> bool:
    """Return whether ``live_postings`` counts any, mostly after a look at the first few."""
    start, end = bounds
    middle = min(start + _FEW, end)
    ranges = ((start, middle), (middle, end))
    return any(live_postings(part, one, hidden) for one in ranges)


def signed_words(segment: Segment) -> SignedWords:
    """Return what finds similar words of a segment."""
    return segment.cached(SIGNED_WORDS, lambda: _signed(segment))


def similar(part: Part, word: str, distance: int, hidden: int = 0) -> dict[str, int]:
    """Return the words of live groups within a distance of a word, with their distances.

    A group that has the bit ``hidden`` in its counts of a word has not the word.
    """
    segment = part.segment
    signed = signed_words(segment)
    letters = np.fromiter(map(ord, word), np.int32, len(word))
    room = _ROOM
    while True:
        found, distances = np.empty(room, np.int64), np.empty(room, np.int64)
        own = segment.vocabulary
        count = similar_words(
            own.blob,
            own.starts,
            len(WORD),
            signed.bounds,
            signed.signatures,
            signed.positions,
            letters,
            distance,
            found,
            distances,
        )
        if count <= room:
            break
        room = count
    starts = segment.posting_starts
    return {
        own[term][len(WORD) :].decode(errors="surrogatepass"): apart
        for term, apart in zip(found[:count].tolist(), distances[:count].tolist(), strict=True)
        if has_live_posting(part, (int(starts[term]), int(starts[term + 1])), hidden)
    }


def _signed(segment: Segment) -> SignedWords:
    own = segment.vocabulary
    first, last = first_from(own, encoded(WORD)), first_from(own, behind(WORD))
    return SignedWords(*sign(own.blob, own.starts, first, last, len(WORD), MAX_TERM_LENGTH))
