"""Where keys stand in the vocabulary of one part, and which of its words are like another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from facetry.domain.analysis import MAX_TERM_LENGTH
from facetry.domain.search.slots import WORD
from facetry.engines.columns.kernels.ordering import first_not_below
from facetry.engines.columns.kernels.searching import count_live, count_shown, look_up
from facetry.engines.columns.kernels.text_words import sign, similar_words
from facetry.engines.columns.segment import Ints, Longs, Segment
from facetry.engines.columns.snapshot import Part
from facetry.engines.columns.strings import Strings, encoded

SIGNED_WORDS = "signed words"
"""Under which a segment keeps them."""
_FEW_KEYS = 4096
"""A vocabulary of fewer keys is also kept as a dictionary, which is quicker to ask."""
_ROOM = 256
_NOWHERE = (0, 0)


@dataclass(frozen=True, slots=True, eq=False)
class SignedWords:
    """The words of a vocabulary by length, see ``kernels.text_words.sign``."""

    bounds: Longs
    signatures: Longs
    positions: Ints


def postings(segment: Segment, key: str) -> tuple[int, int]:
    """Return first and last + 1 posting of a key; equal where it is not there."""
    raw = encoded(key)
    known = few_postings(segment)
    if known is not None:
        return known.get(raw, _NOWHERE)
    first, last = postings_of(segment, Strings.of([raw]))[0].tolist()
    return first, last


def few_postings(segment: Segment) -> dict[bytes, tuple[int, int]] | None:
    """Return first and last + 1 posting of all keys of a segment that has not many; None of a larger one."""
    if len(segment.vocabulary) >= _FEW_KEYS:
        return None
    return segment.cached("few postings", lambda: _few_postings(segment))


def postings_of(segment: Segment, keys: Strings) -> Longs:
    """Return first and last + 1 posting of each key (keys x 2); equal where it is not there."""
    bounds = np.empty((len(keys), 2), np.int64)
    own = segment.vocabulary
    look_up(own.blob, own.starts, segment.posting_starts, keys.blob, keys.starts, bounds)
    return bounds


def continued(segment: Segment, key: str) -> tuple[int, int]:
    """Return first and last + 1 posting of the keys that begin with a key and are longer, which lie together."""
    first = segment.vocabulary.after(encoded(key))
    last = first_from(segment.vocabulary, behind(key))
    return int(segment.posting_starts[first]), int(segment.posting_starts[last])


def behind(key: str) -> bytes:
    """Return what lies behind every continuation of a key, and before all else that lies behind it."""
    # No UTF-8 has this byte.
    return encoded(key) + b"\xff"


def first_from(keys: Strings, key: bytes) -> int:
    """Return the position of the first of some sorted strings that is not below a key."""
    letters = np.frombuffer(key, np.uint8).copy()
    return first_not_below(keys.blob, keys.starts, letters, 0, len(letters))


def live_postings(part: Part, bounds: tuple[int, int], hidden: int = 0) -> int:
    """Return how many postings of a range are of live groups and have no bit of ``hidden`` in their counts."""
    start, end = bounds
    segment = part.segment
    if hidden and segment.has_inactive:
        return count_shown(segment.posting_groups, segment.posting_counts, start, end, hidden, part.live)
    if end <= start or not part.has_dead:
        return end - start
    return count_live(segment.posting_groups, start, end, part.live)


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
        if live_postings(part, (int(starts[term]), int(starts[term + 1])), hidden)
    }


def _few_postings(segment: Segment) -> dict[bytes, tuple[int, int]]:
    starts = segment.posting_starts.tolist()
    keys = (segment.vocabulary[term] for term in range(len(segment.vocabulary)))
    return {key: (starts[term], starts[term + 1]) for term, key in enumerate(keys)}


def _signed(segment: Segment) -> SignedWords:
    own = segment.vocabulary
    first, last = first_from(own, encoded(WORD)), first_from(own, behind(WORD))
    return SignedWords(*sign(own.blob, own.starts, first, last, len(WORD), MAX_TERM_LENGTH))
