"""The products of big groups, kept decoded between reads."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat, zip_longest
from typing import cast

from facetry.domain.product import Product
from facetry.engines.sqlite.connection import Row
from facetry.engines.sqlite.documents import decode_product
from facetry.engines.sqlite.recent import DOCUMENT

BIG_GROUP = 500
PRODUCTS_KEPT = 20_000
"""Products of groups with so many are kept decoded, the last ones read: each write into one reads all of it again."""
_FEW = 16


class BigGroups:
    """The decoded products of the big groups read last; decoding takes longer than finding them."""

    def __init__(self) -> None:
        """Begin without any."""
        self._kept: dict[str, tuple[Sequence[bytes], list[Product]]] = {}

    def products(self, object_id: str, rows: Sequence[Row]) -> list[Product]:
        """Return the products of a group, by its object id, from its rows; see ``Written`` for those that have them."""
        documents = [row[DOCUMENT] for row in rows]
        saved = [row[DOCUMENT + 1] for row in rows] if len(rows[0]) > DOCUMENT + 1 else None
        if len(documents) < BIG_GROUP:
            return [*map(decode_product, documents)] if saved is None else saved
        former, known = self._kept.pop(object_id, ((), []))
        products = _decoded_like(documents, former, known) if saved is None else saved
        self._kept[object_id] = (documents, products)
        while sum(len(kept) for kept, _ in self._kept.values()) > PRODUCTS_KEPT:
            del self._kept[next(iter(self._kept))]
        return products


def _decoded_like(documents: Sequence[bytes], former: Sequence[bytes], known: Sequence[Product]) -> list[Product]:
    """Return the products of documents; those of former ones, most of them in their old places, are known."""
    pairs = zip_longest(documents, former[: len(documents)])
    changed = [place for place, (document, before) in enumerate(pairs) if document != before]
    products = [*known[: len(documents)], *repeat(None, len(documents) - len(known))]
    # Unless others moved too, what is in a new place is a new document.
    moved = dict(zip(former, known, strict=True)) if len(changed) > _FEW else {}
    for place in changed:
        products[place] = moved.get(documents[place]) or decode_product(documents[place])
    return cast("list[Product]", products)
