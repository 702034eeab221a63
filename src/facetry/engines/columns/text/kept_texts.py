"""The texts of groups that are written again and again: a sale changes a number and leaves every word as it is."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Sequence
from hashlib import blake2b
from operator import attrgetter

import msgspec

from facetry.domain.group import ProductGroup
from facetry.engines.columns.text.building import TextArrays, TextBuilder
from facetry.engines.columns.text.joining import joined_texts, texts_of_each

KEPT_BYTES = 24 << 20
"""Some thousand groups of a few products."""
MOST_PRODUCTS = 200
"""A group with more is not kept: telling whether its texts are the same costs as much as making them."""
_ENTRY_BYTES = 1200
"""What a group's arrays take beside their contents."""
_DIGEST_BYTES = 16
_ENCODE = msgspec.json.Encoder().encode
# All that a group derives its texts from, with what decides which of its products give them.
_TEXTS_OF_GROUP = attrgetter(
    *("group_id", "name", "description", "category", "search_keywords", "images"),
    *("colors", "brands", "sizes", "product_skus"),
)
_TEXTS_OF_PRODUCT = attrgetter(
    *("sku", "name", "description", "category", "search_keywords", "images", "color", "brand", "size"),
    *("attributes", "metals", "gemstones", "active", "is_main", "joined"),
)


class KeptTexts:
    """The arrays of single groups, by all that they are made of, those used last; any thread may use it."""

    def __init__(self, limit: int = KEPT_BYTES) -> None:
        """Begin empty; arrays are kept that take ``limit`` bytes together."""
        self._limit = limit
        self._size = 0
        self._lock = threading.Lock()
        self._kept: OrderedDict[bytes, TextArrays] = OrderedDict()

    def arrays(self, groups: Sequence[ProductGroup], again: Collection[int], language: str) -> TextArrays:
        """Return the arrays of groups, in order of ids.

        Args:
            groups: The groups.
            again: Places of those that were there before: they are looked up here, and kept.
            language: How texts are analysed.
        """
        small = [place for place in again if len(groups[place].products) <= MOST_PRODUCTS]
        digests = {place: _digest(groups[place], language) for place in small}
        known = self._found(digests)
        fresh = [place for place in range(len(groups)) if place not in known]
        parts: list[tuple[TextArrays, Sequence[int]]] = [(own, [place]) for place, own in known.items()]
        if fresh or not groups:
            built = _built([groups[place] for place in fresh], language)
            parts.append((built, fresh))
            wanted = [row for row, place in enumerate(fresh) if place in digests]
            for row, own in zip(wanted, texts_of_each(built, wanted), strict=True):
                self._keep(digests[fresh[row]], own)
        return joined_texts(parts)

    def _found(self, digests: dict[int, bytes]) -> dict[int, TextArrays]:
        """Return what is kept of groups, by their places."""
        found: dict[int, TextArrays] = {}
        with self._lock:
            for place, digest in digests.items():
                if digest in self._kept:
                    self._kept.move_to_end(digest)
                    found[place] = self._kept[digest]
        return found

    def _keep(self, digest: bytes, arrays: TextArrays) -> None:
        with self._lock:
            if digest not in self._kept:
                self._kept[digest] = arrays
                self._size += size_of(arrays)
            while self._size > self._limit:
                self._size -= size_of(self._kept.popitem(last=False)[1])


def size_of(arrays: TextArrays) -> int:
    """Return about how many bytes the arrays of a group take."""
    vocabulary = arrays.vocabulary
    contents = (vocabulary.blob, vocabulary.starts, arrays.posting_starts, arrays.posting_groups, arrays.posting_counts)
    return _ENTRY_BYTES + sum(one.nbytes for one in contents)


def _built(groups: Sequence[ProductGroup], language: str) -> TextArrays:
    builder = TextBuilder(language)
    for group in groups:
        builder.add(group)
    return builder.arrays()


def _digest(group: ProductGroup, language: str) -> bytes:
    """Return what differs for groups with different texts; as JSON 1, 1.0 and true differ, which are equal."""
    products = [*map(_TEXTS_OF_PRODUCT, group.products)]
    return blake2b(_ENCODE((language, _TEXTS_OF_GROUP(group), products)), digest_size=_DIGEST_BYTES).digest()
