"""A sale that has a reference, remembered so that a repeat of it is harmless."""

from __future__ import annotations

from typing import ClassVar

from facetry.domain.record import RecordBase, RecordKind


class Sale(RecordBase, frozen=True, kw_only=True, tag="sale"):
    """A sale of pieces of one product.

    Attributes:
        reference: The seller's own, unique together with the product.
        sku: What was sold.
        quantity: How many pieces.
        left: Stock afterwards.
        listings: Ids of the listings that it touched.
    """

    kind: ClassVar[RecordKind] = RecordKind.SALE
    reference: str
    sku: str
    quantity: int
    left: int
    listings: tuple[int, ...] = ()

    @property
    def unique(self) -> str:
        """Return reference and product."""
        return sale_code(self.reference, self.sku)


def sale_code(reference: str, sku: str) -> str:
    """Return what is unique of a sale, those of a time near each other; no control character stands in either."""
    return f"{reference}\n{sku}"
