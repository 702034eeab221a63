"""Products as they were answered last, encoded: a shop's leading ones stand in most of its answers."""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from facetry.api.native.fields import USUAL_PRODUCT, Document, Shape, UsualProduct
from facetry.domain.product import Product

MAX_BYTES = 4 << 20
_ENCODE = msgspec.json.Encoder().encode
_Entry = tuple[str, Product, str, msgspec.Raw]


class KeptProducts:
    """What is usual of products as JSON, of those of all tenants that were answered last.

    A product is known again by its identity: an index that keeps products in memory hands out the same ones, and one
    that was written since is another one.
    """

    def __init__(self, limit: int = MAX_BYTES) -> None:
        """Begin empty; what is kept has ``limit`` bytes together."""
        self._limit = limit
        self._size = 0
        # An entry holds its product, so that nothing else can have its identity.
        self._kept: OrderedDict[int, _Entry] = OrderedDict()

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._kept)

    def document(
        self, tenant: str, product: Product, shape: Shape, currency: str
    ) -> Document | UsualProduct | msgspec.Raw:
        """Return a product of a tenant as a shape shows it, prices without a currency in this one."""
        if shape.product is not USUAL_PRODUCT:
            return shape.product_document(product, currency)
        identity = id(product)
        entry = self._kept.get(identity)
        if entry is not None and entry[2] == currency:
            self._kept.move_to_end(identity)
            return entry[3]
        if entry is not None:
            self._drop(identity)
        return self._keep(tenant, product, shape, currency)

    def forget(self, tenant: str) -> None:
        """Drop what is kept of a tenant; harmless to repeat."""
        for identity in [identity for identity, entry in self._kept.items() if entry[0] == tenant]:
            self._drop(identity)

    def _keep(self, tenant: str, product: Product, shape: Shape, currency: str) -> msgspec.Raw:
        text = msgspec.Raw(_ENCODE(shape.product_document(product, currency)))
        self._kept[id(product)] = (tenant, product, currency, text)
        self._size += len(text)
        while self._size > self._limit:
            self._drop(next(iter(self._kept)))
        return text

    def _drop(self, identity: int) -> None:
        self._size -= len(self._kept.pop(identity)[3])
