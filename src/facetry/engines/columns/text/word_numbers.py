"""The distinct words of many texts, numbered by a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from facetry.domain.analysis import words
from facetry.engines.columns.kernels.text_building import number_words
from facetry.engines.columns.segment import Ints, Longs
from facetry.engines.columns.strings import Strings


@dataclass(frozen=True, slots=True, eq=False)
class WordNumbers:
    """The words of N texts, D of them distinct.

    Attributes:
        starts: (N + 1) the words of text t are ``numbers[starts[t]:starts[t + 1]]``.
        numbers: The number of each word.
        listed: (D) the folded words.
    """

    starts: Longs
    numbers: Ints
    listed: list[str]


def numbered(texts: Sequence[str]) -> WordNumbers:
    """Return the words of texts, as ``analysis.words`` finds them."""
    plain = _plain(texts)
    most = (len(plain.blob) + len(texts)) // 2 + 1
    numbers, spans = np.empty(most, np.int32), np.empty((most, 2), np.int32)
    slots = np.full(1 << most.bit_length(), -1, np.int32)
    starts = np.zeros(len(texts) + 1, np.int64)
    distinct = number_words(plain.blob, plain.starts, slots, spans, numbers, starts[1:])
    begins, ends = spans[:distinct, 0].tolist(), spans[:distinct, 1].tolist()
    blob = plain.blob.tobytes()
    if blob.isascii():
        text = blob.decode()
        listed = [text[begin:end] for begin, end in zip(begins, ends, strict=True)]
    else:
        listed = [blob[begin:end].decode() for begin, end in zip(begins, ends, strict=True)]
    return WordNumbers(starts, numbers[: starts[-1]].copy(), listed)


def _plain(texts: Sequence[str]) -> Strings:
    """Return texts as ``number_words`` takes them."""
    joined = "".join(texts)
    if not joined.isascii():
        return Strings.of_texts([text.lower() if text.isascii() else " ".join(words(text)) for text in texts])
    starts = np.zeros(len(texts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=starts[1:])
    return Strings(np.frombuffer(joined.lower().encode(), np.uint8).copy(), starts)
