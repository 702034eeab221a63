"""The segment: some groups of one tenant as arrays, never changed once it is built.

To keep more in a segment: an array is named in ``Segment.ARRAYS``, a list of strings in ``Segment.STRINGS``, a table in
``Segment.TABLES``; files take all of them by these names. ``builder`` makes it, ``merging`` makes one of several, and
``files.VERSION`` is raised. What can be computed from a segment and is worth keeping is made by ``Segment.cached``.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import ClassVar, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from facetry.domain.field_query import FLAG_FIELDS, KEYWORD_FIELDS, NUMBER_FIELDS, TEXT_FIELDS
from facetry.domain.group import ProductGroup
from facetry.domain.search.fields import ATTRIBUTES, METALS, STONES
from facetry.domain.search.values import LOWEST
from facetry.engines.columns.documents import Documents, block_starts
from facetry.engines.columns.kernels.posting_counts import PostingCounts
from facetry.engines.columns.packing import opened_template
from facetry.engines.columns.strings import Strings
from facetry.engines.columns.table import Table

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Flags = NDArray[np.uint8]
Shorts = NDArray[np.uint16]
_T = TypeVar("_T")

TERM_FIELDS = TEXT_FIELDS + KEYWORD_FIELDS
"""Fields with an inverted index; a term's key in the vocabulary begins with the character of its field."""
NUMBERS = NUMBER_FIELDS + FLAG_FIELDS
"""Rows of ``Segment.numbers``; a flag is 0 or 1."""
NAME_KEY = "n"
WHOLE_NAME, SHOWN_NAME = 1, 2
"""Bits of the counts of names: the group's own, and the one that it has for callers who see active products only."""
"""First character of a key that is the whole name of groups, see ``domain.search.suggestions.name_key``."""
CURRENCY = "currency"
"""Name of the dictionary of currencies, of products and of groups."""
GROUP_ID = "group_id"
"""Name of the dictionary of the groups' ids."""
MISSING = LOWEST
"""Stands for a number that is not given; lies below every other."""


def term_key(field_name: str, term: str) -> str:
    """Return the text under which a term of a field stands in the vocabulary."""
    return chr(TERM_FIELDS.index(field_name)) + term


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """G groups, ascending by id, so that a group's ordinal is its rank; P products; S stones; T terms; M postings.

    Attributes:
        after: The revision after which the changes lie that this segment holds.
        ids: Ids of the groups.
        vocabulary: Keys, ascending: those of ``term_key``, of ``domain.search.slots``, and names behind ``NAME_KEY``.
        posting_starts: (T + 1) postings of term t are ``posting_starts[t]:posting_starts[t + 1]``.
        posting_groups: (M) ordinals, ascending within a term.
        posting_counts: (M) how often the term stands in the field; for a key of ``slots`` see ``GroupText.counts``.
        lengths: (text fields x G) terms in each text field of ``term_key``.
        text_lengths: (G x 6, uint16) see ``GroupText.lengths``.
        numbers: (``NUMBERS`` x G) group numbers or MISSING.
        currencies: (G) codes of the groups' currencies, -1 for the tenant's default.
        group_codes: (G) codes of the groups' ids in the dictionary ``GROUP_ID``.
        group_hashes: (G) see ``domain.search.ordering.random_key``.
        product_starts: (G + 1) products of group g are ``product_starts[g]:product_starts[g + 1]``.
        products: (P) the products of all groups, those of a group in the order in which they joined.
        stone_starts: (P + 1) gemstones of product p are ``stone_starts[p]:stone_starts[p + 1]``, at least one: a
            product without any has the empty stone. Empty where no product has any.
        stones: (S) the gemstones of all products.
        skus: (P) SKUs of the products.
        group_documents: (G) see ``Documents``.
        product_blocks: See ``Documents``.
        template: What those documents are packed with that are packed, see ``packing``.
    """

    ARRAYS: ClassVar = (
        "posting_starts",
        "posting_groups",
        "posting_counts",
        "lengths",
        "text_lengths",
        "numbers",
        "currencies",
        "group_codes",
        "group_hashes",
        "product_starts",
        "stone_starts",
        "template",
    )
    """Attributes that are arrays."""
    STRINGS: ClassVar = ("ids", "vocabulary", "skus", "group_documents", "product_blocks")
    """Attributes that are lists of strings."""
    TABLES: ClassVar = ("products", "stones")
    """Attributes that are tables."""

    after: int
    ids: Strings
    vocabulary: Strings
    posting_starts: Longs
    posting_groups: Ints
    posting_counts: PostingCounts
    lengths: Ints
    text_lengths: Shorts
    numbers: Longs
    currencies: Ints
    group_codes: Ints
    group_hashes: Longs
    product_starts: Ints
    products: Table
    stone_starts: Ints
    stones: Table
    skus: Strings
    group_documents: Strings
    product_blocks: Strings
    template: Bytes
    file_name: str | None = None
    """Name of the file that holds it; None for a segment in memory only."""
    all_live: Flags = field(init=False)
    """(G) ones."""
    _cache: dict[Hashable, object] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "all_live", np.ones(len(self.ids), np.uint8))
        object.__setattr__(self, "_cache", {})

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def documents(self) -> Documents:
        """Return the documents of its groups."""
        return self.cached("documents", self._documents)

    def _documents(self) -> Documents:
        starts, template = block_starts(self.product_starts), opened_template(self.template)
        return Documents(self.group_documents, self.product_blocks, starts, template)

    def group(self, ordinal: int) -> ProductGroup:
        """Return a group as it was when the segment was built."""
        return self.documents.group(ordinal)

    def is_mixed(self, ordinal: int) -> bool:
        """Return whether a group has active and inactive products."""
        start, end = self.product_starts[ordinal : ordinal + 2]
        active = self.products.numbers["active"][start:end]
        return bool(active.any() and not active.all())

    @property
    def has_inactive(self) -> bool:
        """Return whether any product is inactive."""
        return self.cached("has inactive", lambda: not bool(self.products.numbers["active"].all()))

    def kept(self, name: Hashable) -> object | None:
        """Return what ``cached`` made already, or None."""
        return self._cache.get(name)

    @property
    def known_fields(self) -> frozenset[str]:
        """Return the full names of the attributes and properties of parts that its groups have."""
        return self.cached("known fields", self._known_fields)

    def _known_fields(self) -> frozenset[str]:
        names = (name for table in (self.products, self.stones) for name in table.columns)
        return frozenset(name for name in names if name.startswith((ATTRIBUTES, METALS, STONES)))

    def cached(self, name: Hashable, make: Callable[[], _T]) -> _T:
        """Return something that is made once from this segment; two threads at once may both make it."""
        found = self._cache.get(name)
        if found is None:
            found = self._cache[name] = make()
        return cast("_T", found)
