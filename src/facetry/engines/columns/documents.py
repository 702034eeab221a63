"""The documents of a segment: groups and products as JSON, so that a page of hits reads only what it shows.

A group without its products is one document. Its products stand in blocks of ``BLOCK`` lines, in the order of the
group, because products of one group pack well together and a hit shows few of them. Documents are packed when they
are saved: see ``packing``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from facetry.domain.group import ProductGroup
from facetry.domain.product import Product
from facetry.engines.columns.packing import Template, plain_document
from facetry.engines.columns.strings import Strings
from facetry.engines.columns.table import Ints

BLOCK = 16
"""Products in one block; the last one of a group may have fewer."""
_SEPARATOR = b"\n"
_NO_PRODUCTS = b"[]}"
_ENCODE = msgspec.json.Encoder().encode
_GROUPS = msgspec.json.Decoder(ProductGroup)
_PRODUCTS = msgspec.json.Decoder(Product)


def group_document(group: ProductGroup) -> bytes:
    """Return the document of a group; its products are left out."""
    return _ENCODE(msgspec.structs.replace(group, products=()))


def product_blocks(products: Sequence[Product]) -> list[bytes]:
    """Return the blocks of a group's products."""
    lines = [*map(_ENCODE, products)]
    return [_SEPARATOR.join(lines[start : start + BLOCK]) for start in range(0, len(lines), BLOCK)]


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
    """

    groups: Strings
    blocks: Strings
    starts: Ints
    template: Template

    def shell(self, ordinal: int) -> ProductGroup:
        """Return a group without its products."""
        return _GROUPS.decode(self._shell(ordinal))

    def group(self, ordinal: int) -> ProductGroup:
        """Return a group with all its products."""
        blocks = range(int(self.starts[ordinal]), int(self.starts[ordinal + 1]))
        products = b"\n".join(map(self._block, blocks))
        # No line break stands within a document: JSON escapes it.
        listed = products.replace(_SEPARATOR, b",")
        return _GROUPS.decode(self._shell(ordinal)[: -len(_NO_PRODUCTS)] + b"[" + listed + b"]}")

    def products(self, ordinal: int, positions: Sequence[int]) -> list[Product]:
        """Return some products of a group, by their positions in it."""
        blocks: dict[int, list[bytes]] = {}
        found = []
        for position in positions:
            number, line = divmod(position, BLOCK)
            if number not in blocks:
                blocks[number] = self._block(int(self.starts[ordinal]) + number).split(_SEPARATOR)
            found.append(_PRODUCTS.decode(blocks[number][line]))
        return found

    def _shell(self, ordinal: int) -> bytes:
        return plain_document(self.groups[ordinal], self.template)

    def _block(self, block: int) -> bytes:
        return plain_document(self.blocks[block], self.template)
