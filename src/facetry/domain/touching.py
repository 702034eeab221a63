"""What a write has made of products and records, as the store tells those that listen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from facetry.domain.catalog import AllOrNone, Expecting, Guarded, Once, Write
from facetry.domain.keeping import DeleteRecord, PatchRecord, PutRecord
from facetry.domain.ordering import PlaceOrder, ReviseOrder, ShipOrder
from facetry.domain.record import RecordKind
from facetry.domain.restoring import RestoreRecord
from facetry.domain.selling import SellProduct
from facetry.domain.stocking import ChangeStock
from facetry.domain.undoing import UndoChange

_NAMES: dict[type[Write], str] = {
    ChangeStock: "stock",
    SellProduct: "sale",
    UndoChange: "undo",
    **dict.fromkeys((PlaceOrder, ReviseOrder, ShipOrder), "order"),
    **dict.fromkeys((PutRecord, PatchRecord, DeleteRecord, RestoreRecord), "record"),
}
TOLD = frozenset({RecordKind.GEMSTONE, RecordKind.LISTING, RecordKind.ORDER, RecordKind.CLIENT})
"""Records of these kinds are told of; the others are how the server keeps its books."""


class TouchedProduct(NamedTuple):
    """A product before and after a write, each as its JSON; None where there is none."""

    sku: str
    before: bytes | None
    after: bytes | None


class TouchedRecord(NamedTuple):
    """A record before and after a write, each as its JSON; None where there is none."""

    kind: RecordKind
    id: int
    before: bytes | None
    after: bytes | None


class Touch(NamedTuple):
    """One write that took effect, its revision, and every product and told record that it saved or removed."""

    revision: int
    write: Write
    products: Sequence[TouchedProduct]
    records: Sequence[TouchedRecord] = ()


def what(write: Write) -> str:
    """Return what kind of change a write is: ``stock``, ``sale``, ``order``, ``record``, ``undo`` or ``update``."""
    return _NAMES.get(type(plain(write)), "update")


def why(write: Write) -> str:
    """Return the reason that a write gives, empty where it gives none."""
    match plain(write):
        case ChangeStock(reason=reason):
            return reason
        case UndoChange(change=change):
            return f"undo of {change}"
    return ""


def plain(write: Write) -> Write:
    """Return a write without what stands around it; of all or none, where they are several, all."""
    while True:
        match write:
            case Guarded() | Once() | Expecting():
                write = write.write
            case AllOrNone(writes=(only,)):
                write = only
            case _:
                return write
