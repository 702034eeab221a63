"""The rules of writing: what one write changes in a catalog, as pure code over a view of it.

Every store hands its transaction in as a ``CatalogView``; the rules are the same on each of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

import msgspec

from facetry.domain.batching import BatchWrite, QueueBatch, WorkBatch, check_batch_write, perform_on_batches
from facetry.domain.errors import FacetryError, GroupNotFoundError, ProductExistsError
from facetry.domain.keeping import (
    DeleteRecord,
    PatchRecord,
    PutRecord,
    Recorded,
    Removed,
    check_record_write,
    delete_record,
    patch_record,
    put_record,
)
from facetry.domain.listing_rules import end_all, refill
from facetry.domain.mounting import mounted
from facetry.domain.offering import PutListing, check_listing, put_listing
from facetry.domain.ordering import OrderWrite, PlaceOrder, ReviseOrder, ShipOrder, check_order_write, perform_on_orders
from facetry.domain.patching import ProductKey, ProductPatch, patched
from facetry.domain.product import Product, ProductContent, completed, new_object_id, stored
from facetry.domain.selling import SellProduct, Sold, check_key, check_sale, product_of, sell
from facetry.domain.storable import check_storable, is_unicode
from facetry.domain.telling import retold, told
from facetry.domain.variations import PutVariation, check_variation, followed, orphaned, settled, variation_content
from facetry.domain.view import CatalogView


class IfExists(Enum):
    """What to do with a SKU that is taken."""

    REFUSE = "refuse"
    REPLACE = "replace"


class PutProduct(msgspec.Struct, frozen=True, tag="put"):
    """Store a product.

    With ``REPLACE`` an existing one keeps its object id, its place while it stays in its group, and the metals and
    gemstones that the content does not speak of.

    Attributes:
        mounts: Whether gemstones named by code are things of their own, see ``mounting``.
    """

    content: ProductContent
    if_exists: IfExists = IfExists.REPLACE
    mounts: bool = False


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
    """

    key: ProductKey
    patch: ProductPatch
    mounts: bool = False


class AllOrNone(msgspec.Struct, frozen=True, tag="all"):
    """Do writes in order, all of them or none; they are one write, of one revision."""

    writes: tuple[Write, ...]


ProductWrite = PutProduct | PatchProduct | PutVariation | DeleteProduct | DeleteGroup
ListingWrite = PutListing | BatchWrite
Write = ProductWrite | SellProduct | PutRecord | PatchRecord | DeleteRecord | ListingWrite | OrderWrite | AllOrNone


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


Effect = Stored | Deleted | Sold | Recorded | Removed | AllDone
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


def perform(view: CatalogView, write: Write) -> Effect:
    """Do one write on a view.

    What can be told to be wrong without looking at the catalog is refused before anything else is.

    Raises:
        ProductExistsError: A product to insert is there already.
        ProductNotFoundError, GroupNotFoundError: What to delete is not there.
        InvalidValueError: The content breaks a rule of the domain.
        InsufficientStockError: There is less in stock than is sold.
        RecordExistsError, RecordNotFoundError, RecordInUseError: Likewise of records.
    """
    # Completing a product's content, which storing it begins with, checks the same.
    if not isinstance(write, PutProduct):
        check(write)
    return _perform(view, write)


def check(write: Write) -> None:
    """Check a write as far as that takes no catalog.

    Raises:
        ProductNotFoundError, GroupNotFoundError, RecordNotFoundError: Nothing can have the name that it names.
        InvalidValueError: It holds a value that breaks a rule of the domain.
    """
    match write:
        case PutProduct() | PatchProduct() | PutVariation() | DeleteProduct() | DeleteGroup():
            _check_on_products(write)
        case SellProduct():
            check_sale(write)
        case PutRecord() | PatchRecord() | DeleteRecord():
            check_record_write(write)
        case PlaceOrder() | ReviseOrder() | ShipOrder():
            check_order_write(write)
        case PutListing():
            check_listing(write)
        case QueueBatch() | WorkBatch():
            check_batch_write(write)
        case AllOrNone():
            for at, part in enumerate(write.writes):
                with _position(at):
                    check(part)


def _check_on_products(write: ProductWrite) -> None:
    match write:
        case PutProduct():
            completed(write.content)
        case PatchProduct():
            check_key(write.key)
            check_storable("product", write.patch)
        case PutVariation():
            check_variation(write)
        case DeleteProduct():
            check_key(write.key)
        case DeleteGroup() if not is_unicode(write.group_id):
            raise GroupNotFoundError(write.group_id)


def _perform(view: CatalogView, write: Write) -> Effect:
    match write:
        case PutProduct() | PatchProduct() | PutVariation() | DeleteProduct() | DeleteGroup():
            return _perform_on_products(view, write)
        case SellProduct():
            return sell(view, write)
        case PlaceOrder() | ReviseOrder() | ShipOrder():
            return perform_on_orders(view, write)
        case PutListing() | QueueBatch() | WorkBatch():
            return _perform_on_listings(view, write)
        case PutRecord() | PatchRecord() | DeleteRecord():
            return _perform_on_records(view, write)
        case AllOrNone():
            return AllDone(tuple(_step(view, at, part) for at, part in enumerate(write.writes)))


def _step(view: CatalogView, at: int, write: Write) -> Effect:
    with _position(at):
        return _perform(view, write)


@contextmanager
def _position(at: int) -> Iterator[None]:
    """Have errors say at which of several writes they came up."""
    try:
        yield
    except FacetryError as error:
        error.at = at
        raise


def _perform_on_products(view: CatalogView, write: ProductWrite) -> Stored | Deleted:
    match write:
        case PutProduct():
            content = completed(write.content)
            return _put(view, mounted(view, content) if write.mounts else content, write.if_exists)
        case PatchProduct():
            return _patch(view, write)
        case PutVariation():
            return _put(view, completed(variation_content(view, write)), IfExists.REPLACE)
        case DeleteProduct():
            return _delete_product(view, write.key)
        case DeleteGroup():
            return _delete_group(view, write.group_id)


def _perform_on_listings(view: CatalogView, write: ListingWrite) -> Recorded:
    return put_listing(view, write) if isinstance(write, PutListing) else perform_on_batches(view, write)


def _perform_on_records(view: CatalogView, write: PutRecord | PatchRecord | DeleteRecord) -> Recorded | Removed:
    match write:
        case PutRecord():
            return put_record(view, write)
        case PatchRecord():
            return patch_record(view, write)
        case DeleteRecord():
            return delete_record(view, write)


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


def _put(view: CatalogView, content: ProductContent, if_exists: IfExists) -> Stored:
    old = view.product(content.sku)
    if old is not None and if_exists is IfExists.REFUSE:
        raise ProductExistsError(content.sku)
    if old is not None:
        content = _with_parts_of(old, content)
    content = settled(view, content)
    if content.is_main:
        for neighbour in view.flagged(content.group_id):
            if neighbour.sku != content.sku:
                view.save(msgspec.structs.replace(neighbour, is_main=False))
    stays = old is not None and old.group_id == content.group_id
    joined = old.joined if old is not None and stays else view.next_joined()
    product = stored(content, old.object_id if old else new_object_id(), joined, old.product_id if old else 0)
    view.save(product)
    if old is not None and (old.quantity != product.quantity or old.trade != product.trade):
        refill(view, product, product.quantity)
    return Stored(product, created=old is None)


def _patch(view: CatalogView, write: PatchProduct) -> Stored:
    old = product_of(view, write.key)
    content = completed(patched(old, write.patch))
    done = _put(view, mounted(view, content) if write.mounts else content, IfExists.REPLACE)
    for variation in [*followed(view, old, done.product)]:
        _put(view, completed(variation), IfExists.REPLACE)
    return done


def _with_parts_of(old: Product, content: ProductContent) -> ProductContent:
    """Return the content with what it does not speak of as the product has it that it replaces."""
    kept = {name: getattr(old, name) for name in ("metals", "gemstones", "trade") if getattr(content, name) is None}
    return msgspec.structs.replace(content, **kept)


def _delete_product(view: CatalogView, key: ProductKey) -> Deleted:
    product = product_of(view, key)
    _remove(view, product)
    return Deleted((product.sku,), group_gone=not view.has_members(product.group_id))


def _delete_group(view: CatalogView, group_id: str) -> Deleted:
    members = view.members(group_id)
    if not members:
        raise GroupNotFoundError(group_id)
    for product in members:
        _remove(view, product)
    return Deleted(tuple(p.sku for p in members), group_gone=True)


def _remove(view: CatalogView, product: Product) -> None:
    """Remove a product; its listings end, and its variations are products like any other."""
    view.remove(product)
    for orphan in [*orphaned(view, product.sku)]:
        view.save(orphan)
    for _ in end_all(view, product.sku):
        pass
