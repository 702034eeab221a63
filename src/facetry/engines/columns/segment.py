"""The segment: some groups of one tenant as arrays, never changed once it is built."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar, TypeVar

import msgspec
import numpy as np
import zstandard
from numpy.typing import NDArray

from facetry.domain.field_query import FLAG_FIELDS, KEYWORD_FIELDS, NUMBER_FIELDS, TEXT_FIELDS, VALUE_FIELDS
from facetry.domain.group import ProductGroup
from facetry.engines.columns.kernels.ordering import first_not_below

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Flags = NDArray[np.uint8]
Whole = TypeVar("Whole", np.int32, np.int64)

TERM_FIELDS = TEXT_FIELDS + KEYWORD_FIELDS
"""Fields with an inverted index; a term's key in the vocabulary begins with the character of its field."""
NUMBERS = NUMBER_FIELDS + FLAG_FIELDS
"""Rows of ``Segment.numbers``; a flag is 0 or 1."""
COLUMNS = VALUE_FIELDS
"""Product fields that are kept as columns of values."""
CURRENCY = "currency"
"""Name of the dictionary of the groups' currencies."""
MISSING = -(2**63)
"""Stands for a number that is not given; lies below every other."""

_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
_GROUPS = msgspec.json.Decoder(ProductGroup)


def term_key(field_name: str, term: str) -> str:
    """Return the text under which a term of a field stands in the vocabulary."""
    return chr(TERM_FIELDS.index(field_name)) + term


def encoded(text: str) -> bytes:
    """Return UTF-8, also of text that has lone surrogates, so that a query with one finds nothing."""
    return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True, eq=False)
class Strings:
    """A list of byte strings, see ``kernels.ordering``."""

    blob: Bytes
    starts: Longs

    @classmethod
    def of(cls, items: list[bytes]) -> Strings:
        """Return a list of these strings."""
        starts = np.zeros(len(items) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, items), np.int64, len(items)), out=starts[1:])
        # A copy, because kernels are compiled for arrays that may be written.
        return cls(np.frombuffer(b"".join(items), np.uint8).copy(), starts)

    @classmethod
    def stacked(cls, lists: Sequence[Strings]) -> Strings:
        """Return the strings of several lists, one after another."""
        blobs = [strings.blob for strings in lists] or [np.empty(0, np.uint8)]
        return cls(np.concatenate(blobs), stacked_starts([strings.starts for strings in lists], np.int64))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, position: int) -> bytes:
        return self.blob[self.starts[position] : self.starts[position + 1]].tobytes()

    def after(self, key: bytes) -> int:
        """Return the position of the first string of this sorted list that is greater than the key."""
        # No string lies between a key and the same with a zero byte at its end.
        above = np.frombuffer(key + b"\0", np.uint8).copy()
        return first_not_below(self.blob, self.starts, above, 0, len(above))


@dataclass(frozen=True, slots=True, eq=False)
class ValueColumn:
    """The values of one product field: product p has ``codes[starts[p]:starts[p + 1]]`` of the tenant's dictionary."""

    starts: Ints
    codes: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """G groups, ascending by id, so that a group's ordinal is its rank; P products; T terms; M postings.

    Attributes:
        after: The revision after which the changes lie that this segment holds.
        ids: Ids of the groups.
        vocabulary: Keys of the terms, ascending; see ``term_key``.
        posting_starts: (T + 1) postings of term t are ``posting_starts[t]:posting_starts[t + 1]``.
        posting_groups: (M) ordinals, ascending within a term.
        posting_counts: (M) how often the term stands in the field.
        lengths: (text fields x G) terms in each text field.
        numbers: (``NUMBERS`` x G) group numbers or MISSING.
        currencies: (G) codes of the groups' currencies, -1 for the tenant's default.
        product_starts: (G + 1) products of group g are ``product_starts[g]:product_starts[g + 1]``.
        columns: Values of products, by name of the field.
        documents: The groups as JSON, each plain or as a zstandard frame.
    """

    STRINGS: ClassVar = ("ids", "vocabulary", "documents")
    """Attributes that are lists of strings."""
    ARRAYS: ClassVar = (
        "posting_starts",
        "posting_groups",
        "posting_counts",
        "lengths",
        "numbers",
        "currencies",
        "product_starts",
    )
    """Attributes that are arrays."""

    after: int
    ids: Strings
    vocabulary: Strings
    posting_starts: Longs
    posting_groups: Ints
    posting_counts: Ints
    lengths: Ints
    numbers: Longs
    currencies: Ints
    product_starts: Ints
    columns: dict[str, ValueColumn]
    documents: Strings
    file_name: str | None = None
    """Name of the file that holds it; None for a segment in memory only."""
    all_live: Flags = field(init=False)
    """(G) ones."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "all_live", np.ones(len(self.ids), np.uint8))

    def __len__(self) -> int:
        return len(self.ids)

    def group(self, ordinal: int) -> ProductGroup:
        """Return a group as it was when the segment was built."""
        return _GROUPS.decode(plain_document(self.documents[ordinal]))


def stacked_starts(starts: Sequence[NDArray[Whole]], dtype: type[Whole]) -> NDArray[Whole]:
    """Return the starts of lists that are put one after another."""
    stacked = np.zeros(sum(len(part) - 1 for part in starts) + 1, dtype)
    position = 0
    for part in starts:
        end = position + len(part)
        np.add(part, stacked[position], out=stacked[position:end])
        position = end - 1
    return stacked


def plain_document(document: bytes) -> bytes:
    """Return a document's JSON."""
    if document[:4] != _ZSTD_MAGIC:
        return document
    return _decompressor(threading.get_ident()).decompress(document)


def packed_document(document: bytes, compressor: zstandard.ZstdCompressor) -> bytes:
    """Return a document as a zstandard frame."""
    return document if document[:4] == _ZSTD_MAGIC else compressor.compress(document)


@lru_cache(maxsize=16)
def _decompressor(_thread: int) -> zstandard.ZstdDecompressor:
    """Return the thread's own decompressor: making one costs more than what it does here."""
    return zstandard.ZstdDecompressor()
