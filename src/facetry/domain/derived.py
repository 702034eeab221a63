"""What follows from the rest of a record, as who writes it says that it is."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from facetry.domain.errors import ReadOnlyError
from facetry.domain.money import price_to_number
from facetry.domain.order import Order
from facetry.domain.records import Record


class Derived(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stands in a document of a record beside what can be written; UNSET where it says nothing.

    Attributes:
        id: Its number.
        total: Of an order, in ten-thousandths.
        customer: The reference of the client of an order; empty for none.
    """

    id: int | UnsetType = UNSET
    total: int | UnsetType = UNSET
    customer: str | UnsetType = UNSET


def check_derived(record: Record, derived: Derived) -> None:
    """Check that what a document tells beside what can be written is what it is by now.

    Raises:
        ReadOnlyError: It is not.
    """
    if derived.id not in {UNSET, record.id}:
        raise ReadOnlyError("id", f"is {record.id} for good: leave it out")
    if not isinstance(record, Order):
        return
    if derived.total not in {UNSET, record.total}:
        raise ReadOnlyError(
            "total", f"would be {price_to_number(record.total)}: write final_price, or what it is made of"
        )
    if derived.customer not in {UNSET, record.customer}:
        raise ReadOnlyError("customer", f"is {record.customer!r}: write the reference of the client")
