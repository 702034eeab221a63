"""A gemstone as a thing of its own: it has stock and certificate and may be set in products."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from facetry.domain.product import Scalar
from facetry.domain.record import RecordBase, RecordKind


class Gemstone(RecordBase, frozen=True, kw_only=True, tag="gemstone"):
    """A gemstone, or a parcel of equal ones.

    Grades are in the words of the scales of ``jewelry.scales``; prices are integer ten-thousandths in the tenant's
    currency, carat is weight of one stone.

    Attributes:
        code: The tenant's own name for it, unique.
        name: What it is called.
        type: The stone: diamond, ruby...
        creation: natural or lab grown.
        quantity: Pieces in stock.
        quantity_alert: Stock at which somebody wants to know.
        treatment: AGTA code.
        details: What else is said of it (measurements, depth, table, girdle, culet, origin...), by name.
    """

    kind: ClassVar[RecordKind] = RecordKind.GEMSTONE
    code: str
    name: str
    type: str
    creation: str | None = None
    shape: str | None = None
    carat: float | None = None
    color: str | None = None
    clarity: str | None = None
    cut: str | None = None
    polish: str | None = None
    symmetry: str | None = None
    fluorescence: str | None = None
    treatment: str | None = None
    quantity: int = 0
    quantity_alert: int | None = None
    is_unique: bool = False
    is_real: bool = True
    cost: int | None = None
    price: int | None = None
    price_per_carat: int | None = None
    certificate_number: str | None = None
    certificate_lab: str | None = None
    certificate_images: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    details: dict[str, Scalar] = msgspec.field(default_factory=dict)

    @property
    def unique(self) -> str:
        """Return the code."""
        return self.code
