"""The documents of a segment: groups and products as JSON, so that a page of hits reads only what it shows.

A group without its products is one document. Its products stand in blocks of ``BLOCK`` lines, in the order of the
group, because products of one group pack well together and a hit shows few of them. Documents are packed when they
are saved: see ``packing``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import count
from operator import is_

import msgspec
import numpy as np

from facetry.domain.group import ProductGroup
from facetry.domain.product import Product
from facetry.engines.columns.kept_documents import KeptDocuments, Key
from facetry.engines.columns.kept_groups import KeptGroups, is_big_group
from facetry.engines.columns.packing import Template, plain_document
from facetry.engines.columns.strings import Strings
from facetry.engines.columns.table import Ints

BLOCK = 16
"""Products in one block; the last one of a group may have fewer."""
_SEPARATOR = b"\n"
_NO_PRODUCTS = b"[]}"
_ENCODER = msgspec.json.Encoder()
_ENCODE, _ENCODE_INTO = _ENCODER.encode, _ENCODER.encode_into
_AT_END = -1
_GROUPS = msgspec.json.Decoder(ProductGroup)
_PRODUCTS = msgspec.json.Decoder(Product)
_KEPT_GROUPS = KeptDocuments[ProductGroup](4 << 20)
_KEPT_PRODUCTS = KeptDocuments[Product](4 << 20)
"""Decoded they occupy about four times as much."""
_KEPT_BLOCKS = KeptGroups[list[bytes]]()
_SERIALS = count()


def group_documents(groups: Iterable[ProductGroup]) -> Strings:
    """Return the document of each group; its products are left out."""
    documents, ends = bytearray(), [0]
    for group in groups:
        # Written where they stay: a document of its own for each would only be copied.
        _ENCODE_INTO(msgspec.structs.replace(group, products=()), documents, _AT_END)
        ends.append(len(documents))
    return _strings(documents, ends)


def blocks_of_all(groups: Iterable[ProductGroup]) -> Strings:
    """Return the blocks of the products of each group."""
    documents, ends = bytearray(), [0]
    for group in groups:
        if len(group.products) == 1:
            _ENCODE_INTO(group.products[0], documents, _AT_END)
            ends.append(len(documents))
            continue
        for block in product_blocks(group.products):
            documents += block
            ends.append(len(documents))
    return _strings(documents, ends)


def _strings(documents: bytearray, ends: Sequence[int]) -> Strings:
    return Strings(np.frombuffer(documents, np.uint8), np.array(ends, np.int64))


def product_blocks(products: Sequence[Product]) -> list[bytes]:
    """Return the blocks of a group's products."""
    if not is_big_group(products):
        return [_block_of(products[start : start + BLOCK]) for start in range(0, len(products), BLOCK)]
    former, known = _KEPT_BLOCKS.before(products) or ((), [])
    blocks = []
    for number, start in enumerate(range(0, len(products), BLOCK)):
        some, same = products[start : start + BLOCK], former[start : start + BLOCK]
        is_known = len(some) == len(same) and all(map(is_, some, same))
        blocks.append(known[number] if is_known else _block_of(some))
    _KEPT_BLOCKS.keep(products, blocks, former)
    return blocks


def _block_of(products: Sequence[Product]) -> bytes:
    return _SEPARATOR.join(map(_ENCODE, products))


def block_starts(product_starts: Ints) -> Ints:
    """Return where the blocks of each group begin, from where its products begin."""
    starts = np.zeros(len(product_starts), np.int32)
    np.cumsum(-(-np.diff(product_starts) // BLOCK), out=starts[1:])
    return starts


@dataclass(frozen=True, slots=True, eq=False)
class Documents:
    """The documents of some groups, each plain or packed.

    Attributes:
        groups: One a group.
        blocks: Those of group g are ``starts[g]:starts[g + 1]``.
        template: What the packed ones are packed with.
        serial: Number of these documents, which no others in this process have.
    """

    groups: Strings
    blocks: Strings
    starts: Ints
    template: Template
    serial: int = field(init=False, default_factory=_SERIALS.__next__)

    def shell(self, ordinal: int) -> ProductGroup:
        """Return a group without its products."""
        key = (self.serial, ordinal)
        kept = _KEPT_GROUPS.found([key])[0]
        if kept is not None:
            return kept
        document = self._shell(ordinal)
        group = _GROUPS.decode(document)
        _KEPT_GROUPS.keep([(key, group, len(document))])
        return group

    def group(self, ordinal: int) -> ProductGroup:
        """Return a group with all its products."""
        blocks = range(int(self.starts[ordinal]), int(self.starts[ordinal + 1]))
        products = b"\n".join(map(self._block, blocks))
        # No line break stands within a document: JSON escapes it.
        listed = products.replace(_SEPARATOR, b",")
        return _GROUPS.decode(self._shell(ordinal)[: -len(_NO_PRODUCTS)] + b"[" + listed + b"]}")

    def shells(self, ordinals: Sequence[int]) -> list[ProductGroup]:
        """Return groups without their products."""
        found = _KEPT_GROUPS.found([(self.serial, ordinal) for ordinal in ordinals])
        return [self.shell(ordinal) if group is None else group for ordinal, group in zip(ordinals, found, strict=True)]

    def products(self, ordinal: int, positions: Sequence[int]) -> list[Product]:
        """Return some products of a group, by their positions in it."""
        return self.products_of([ordinal], [positions])

    def products_of(self, ordinals: Sequence[int], positions: Sequence[Sequence[int]]) -> list[Product]:
        """Return some products of each of some groups, one behind the other, by their positions in their groups."""
        firsts = (self.starts[ordinals] * BLOCK).tolist()
        serial = self.serial
        keys = [(serial, first + at) for first, own in zip(firsts, positions, strict=True) for at in own]
        found = _KEPT_PRODUCTS.found(keys)
        missing = dict.fromkeys(key for key, product in zip(keys, found, strict=True) if product is None)
        read = self._read(missing) if missing else {}
        return [read[key] if product is None else product for key, product in zip(keys, found, strict=True)]

    def _read(self, keys: Iterable[Key]) -> dict[Key, Product]:
        """Return products by their keys, and keep them; the second number of a key is that of a line in all blocks."""
        blocks: dict[int, list[bytes]] = {}
        read: list[tuple[Key, Product, int]] = []
        for key in keys:
            number, line = divmod(key[1], BLOCK)
            if number not in blocks:
                blocks[number] = self._block(number).split(_SEPARATOR)
            document = blocks[number][line]
            read.append((key, _PRODUCTS.decode(document), len(document)))
        _KEPT_PRODUCTS.keep(read)
        return {key: product for key, product, _ in read}

    def _shell(self, ordinal: int) -> bytes:
        return plain_document(self.groups[ordinal], self.template)

    def _block(self, block: int) -> bytes:
        return plain_document(self.blocks[block], self.template)
