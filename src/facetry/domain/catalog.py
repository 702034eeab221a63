"""Writes of products and of what belongs to them, and what each one answers; ``performing`` has their rules."""

from __future__ import annotations

from enum import Enum
from typing import Any

import msgspec

from facetry.domain.as_read import AsRead
from facetry.domain.batching import BatchWrite
from facetry.domain.derived import Derived
from facetry.domain.errors import FacetryError
from facetry.domain.guarding import Condition
from facetry.domain.keeping import DeleteRecord, PatchRecord, PutRecord, Recorded, Removed
from facetry.domain.offering import PutListing
from facetry.domain.ordering import OrderWrite
from facetry.domain.patching import ProductKey, ProductPatch
from facetry.domain.product import Product, ProductContent
from facetry.domain.restoring import RestoreRecord
from facetry.domain.selling import SellProduct, Sold
from facetry.domain.stocking import ChangeStock
from facetry.domain.telling import retold, told
from facetry.domain.undoing import UndoChange
from facetry.domain.variations import PutVariation


class IfExists(Enum):
    """What to do with a SKU that is taken."""

    REFUSE = "refuse"
    REPLACE = "replace"


class PutProduct(msgspec.Struct, frozen=True, tag="put", gc=False):
    """Store a product.

    With ``REPLACE`` an existing one keeps its object id, its place while it stays in its group, and the metals and
    gemstones that the content does not speak of.

    Attributes:
        mounts: Whether gemstones named by code are things of their own, see ``mounting``.
        as_read: Where the content is all that the product is to be, what stands beside it, see ``as_read``.
    """

    content: ProductContent
    if_exists: IfExists = IfExists.REPLACE
    mounts: bool = False
    as_read: AsRead | None = None


class DeleteProduct(msgspec.Struct, frozen=True, tag="delete_product"):
    """Remove one product, by SKU or id; the last one takes its group with it."""

    sku: str
    product_id: int = 0

    @property
    def key(self) -> ProductKey:
        """Return which product."""
        return ProductKey(self.product_id, self.sku)


class DeleteGroup(msgspec.Struct, frozen=True, tag="delete_group"):
    """Remove a group and all its products."""

    group_id: str


class PatchProduct(msgspec.Struct, frozen=True, tag="patch"):
    """Change a product where the patch speaks of it; its variations follow.

    Attributes:
        mounts: As of ``PutProduct``.
        as_read: As of ``PutProduct``.
    """

    key: ProductKey
    patch: ProductPatch
    mounts: bool = False
    as_read: AsRead | None = None


class AllOrNone(msgspec.Struct, frozen=True, tag="all"):
    """Do writes in order, all of them or none; they are one write, of one revision."""

    writes: tuple[Write, ...]


class BulkWrite(msgspec.Struct, frozen=True, tag="bulk"):
    """Do writes of products in order; together they have one revision, and answer in short.

    Attributes:
        writes: Each ``PutProduct``, ``PatchProduct`` or ``DeleteProduct``, or what stands in the place of one that was
            refused before.
        is_atomic: Whether one that is refused undoes all; else it changes nothing, and the others stand.
    """

    writes: tuple[Write | Refused, ...]
    is_atomic: bool = False


class Guarded(msgspec.Struct, frozen=True, tag="guarded"):
    """Do a write if a condition holds, see ``guarding``; both in one transaction."""

    condition: Condition
    write: Write


class Expecting(msgspec.Struct, frozen=True, tag="expecting"):
    """Do a write of a record, unless what is derived of it is another one afterwards than its writer says."""

    derived: Derived
    write: Write


class Once(msgspec.Struct, frozen=True, tag="once"):
    """Do a write unless one with the same key took effect less than a day ago; then return what that did.

    Attributes:
        key: Of the write, unique in the tenant.
        digest: Of what is asked for: the same key with another one is refused.
        time: Unix time of now.
    """

    key: str
    digest: str
    time: float
    write: Write


ProductWrite = PutProduct | PatchProduct | PutVariation | DeleteProduct | DeleteGroup | UndoChange
ListingWrite = PutListing | BatchWrite
RecordWrite = PutRecord | PatchRecord | DeleteRecord | RestoreRecord
Write = (
    ProductWrite
    | SellProduct
    | ChangeStock
    | RecordWrite
    | ListingWrite
    | OrderWrite
    | AllOrNone
    | BulkWrite
    | Guarded
    | Expecting
    | Once
)


class Stored(msgspec.Struct, frozen=True, tag="stored"):
    """Answer of ``PutProduct``: the product as sent, with its object id, and whether it is new."""

    product: Product
    created: bool


class Deleted(msgspec.Struct, frozen=True, tag="deleted"):
    """Answer of a deletion: the SKUs that went and whether their group went with them."""

    skus: tuple[str, ...]
    group_gone: bool


class AllDone(msgspec.Struct, frozen=True, tag="all"):
    """Answer of ``AllOrNone``: what each write answered, in order."""

    outcomes: tuple[Effect, ...]


class Brief(msgspec.Struct, frozen=True, tag="brief", omit_defaults=True, gc=False):
    """What one write of a bulk did: the id of the product, 0 of one that was deleted, and whether it is new."""

    product_id: int = 0
    created: bool = False


class BulkDone(msgspec.Struct, frozen=True, tag="bulk"):
    """Answer of ``BulkWrite``: what each write answered, in order."""

    outcomes: tuple[Brief | Refused, ...]


class Repeated(msgspec.Struct, frozen=True, tag="repeated"):
    """Answer of ``Once`` where the write had been done before: what it answered then."""

    effect: Effect


Effect = Stored | Deleted | Sold | Recorded | Removed | AllDone | BulkDone | Repeated
"""Answer of a write that took effect."""


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """Answer of a write that broke a rule and changed nothing.

    Attributes:
        code: The error's stable code.
        subject: The SKU, group id, field or record it is about.
        at: Of ``AllOrNone`` the position of the write that broke it.
        fields: The attributes of the error that it stands for, by name.
    """

    code: str
    message: str
    subject: str = ""
    at: int | None = None
    fields: dict[str, Any] = msgspec.field(default_factory=dict)


Outcome = Effect | Refused
_SUBJECTS = ("sku", "group_id", "field", "record")


def refusal(error: FacetryError) -> Refused:
    """Return the outcome that stands for an error of ``perform``."""
    fields = told(error)
    subject = next((str(fields[name]) for name in _SUBJECTS if name in fields), "")
    return Refused(error.code, error.message, subject, error.at, fields)


def error_of(refused: Refused) -> FacetryError:
    """Return the error that a refused outcome stands for."""
    error = retold(refused.code, refused.message, refused.fields)
    error.at = refused.at
    return error
