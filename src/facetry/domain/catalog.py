"""The rules of writing: what one write changes in a catalog, as pure code over a view of it.

Every store hands its transaction in as a ``CatalogView``; the rules are the same on each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from typing import Any

import msgspec

from facetry.domain.batching import BatchWrite, QueueBatch, WorkBatch, check_batch_write, perform_on_batches
from facetry.domain.errors import FacetryError, GroupNotFoundError, ProductExistsError
from facetry.domain.guarding import Condition, demand
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
from facetry.domain.repeating import remember, repeat_of
from facetry.domain.selling import SellProduct, Sold, check_key, check_sale, product_of, sell
from facetry.domain.stocking import ChangeStock, change_gemstone_stock, change_product_stock, check_stock_change
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


class Guarded(msgspec.Struct, frozen=True, tag="guarded"):
    """Do a write if a condition holds, see ``guarding``; both in one transaction."""

    condition: Condition
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


ProductWrite = PutProduct | PatchProduct | PutVariation | DeleteProduct | DeleteGroup
ListingWrite = PutListing | BatchWrite
RecordWrite = PutRecord | PatchRecord | DeleteRecord
Write = ProductWrite | SellProduct | ChangeStock | RecordWrite | ListingWrite | OrderWrite | AllOrNone | Guarded | Once


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


class Repeated(msgspec.Struct, frozen=True, tag="repeated"):
    """Answer of ``Once`` where the write had been done before: what it answered then."""

    effect: Effect


Effect = Stored | Deleted | Sold | Recorded | Removed | AllDone | Repeated
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
        ChangedMeanwhileError: What it changes is not any more as its writer has read it.
        KeyReusedError: Its key is that of another write.
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
    _CHECKS[type(write)](write)


def _check_all(write: AllOrNone) -> None:
    for at, part in enumerate(write.writes):
        with _position(at):
            check(part)


def _check_patch(write: PatchProduct) -> None:
    check_key(write.key)
    check_storable("product", write.patch)


def _check_group(write: DeleteGroup) -> None:
    if not is_unicode(write.group_id):
        raise GroupNotFoundError(write.group_id)


def _perform(view: CatalogView, write: Write) -> Effect:
    return _RULES[type(write)](view, write)


def _all_or_none(view: CatalogView, write: AllOrNone) -> AllDone:
    return AllDone(tuple(_step(view, at, part) for at, part in enumerate(write.writes)))


def _guarded(view: CatalogView, write: Guarded) -> Effect:
    demand(view, write.condition)
    return _perform(view, write.write)


def _once(view: CatalogView, write: Once) -> Effect:
    before = repeat_of(view, write.key, write.digest, write.time)
    if before is not None:
        return Repeated(msgspec.json.decode(before.effect, type=Effect))
    effect = _perform(view, write.write)
    remember(view, write.key, write.digest, write.time, msgspec.json.encode(effect).decode())
    return effect


def _change_stock(view: CatalogView, write: ChangeStock) -> Stored | Recorded:
    if isinstance(write.key, ProductKey):
        return Stored(change_product_stock(view, write.key, write.change), created=False)
    return change_gemstone_stock(view, write.key, write.change)


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


def _put_product(view: CatalogView, write: PutProduct) -> Stored:
    content = completed(write.content)
    return _put(view, mounted(view, content) if write.mounts else content, write.if_exists)


def _put_variation(view: CatalogView, write: PutVariation) -> Stored:
    return _put(view, completed(variation_content(view, write)), IfExists.REPLACE)


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


def _delete_product(view: CatalogView, write: DeleteProduct) -> Deleted:
    product = product_of(view, write.key)
    _remove(view, product)
    return Deleted((product.sku,), group_gone=not view.has_members(product.group_id))


def _delete_group(view: CatalogView, write: DeleteGroup) -> Deleted:
    members = view.members(write.group_id)
    if not members:
        raise GroupNotFoundError(write.group_id)
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


_CHECKS: Mapping[type[Write], Callable[[Any], object]] = {
    PutProduct: lambda write: completed(write.content),
    PatchProduct: _check_patch,
    PutVariation: check_variation,
    DeleteProduct: lambda write: check_key(write.key),
    DeleteGroup: _check_group,
    SellProduct: check_sale,
    ChangeStock: check_stock_change,
    **dict.fromkeys((PutRecord, PatchRecord, DeleteRecord), check_record_write),
    **dict.fromkeys((PlaceOrder, ReviseOrder, ShipOrder), check_order_write),
    PutListing: check_listing,
    **dict.fromkeys((QueueBatch, WorkBatch), check_batch_write),
    AllOrNone: _check_all,
    **dict.fromkeys((Guarded, Once), lambda write: check(write.write)),
}
_RULES: Mapping[type[Write], Callable[[CatalogView, Any], Effect]] = {
    PutProduct: _put_product,
    PatchProduct: _patch,
    PutVariation: _put_variation,
    DeleteProduct: _delete_product,
    DeleteGroup: _delete_group,
    SellProduct: sell,
    ChangeStock: _change_stock,
    PutRecord: put_record,
    PatchRecord: patch_record,
    DeleteRecord: delete_record,
    **dict.fromkeys((PlaceOrder, ReviseOrder, ShipOrder), perform_on_orders),
    PutListing: put_listing,
    **dict.fromkeys((QueueBatch, WorkBatch), perform_on_batches),
    AllOrNone: _all_or_none,
    Guarded: _guarded,
    Once: _once,
}
