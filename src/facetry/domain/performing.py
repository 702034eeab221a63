"""The rules of writing: what one write changes in a catalog, as pure code over a view of it.

Every store hands its transaction in as a ``CatalogView``; the rules are the same on each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec

from facetry.domain.batching import QueueBatch, WorkBatch, check_batch_write, perform_on_batches
from facetry.domain.catalog import (
    AllDone,
    AllOrNone,
    Brief,
    BulkDone,
    BulkWrite,
    Deleted,
    DeleteGroup,
    DeleteProduct,
    Effect,
    Expecting,
    Guarded,
    Once,
    PatchProduct,
    PutProduct,
    Refused,
    Repeated,
    Stored,
    Write,
    error_of,
    refusal,
)
from facetry.domain.derived import check_derived
from facetry.domain.errors import ChangedSinceError, FacetryError, GroupNotFoundError
from facetry.domain.guarding import check_condition, demand
from facetry.domain.keeping import (
    DeleteRecord,
    PatchRecord,
    PutRecord,
    Recorded,
    check_record_write,
    delete_record,
    patch_record,
    put_record,
)
from facetry.domain.listing_rules import end_all
from facetry.domain.offering import PutListing, check_listing, put_listing
from facetry.domain.ordering import PlaceOrder, ReviseOrder, ShipOrder, check_order_write, perform_on_orders
from facetry.domain.patching import ProductKey
from facetry.domain.product import Product, completed
from facetry.domain.putting import patch_product, put_product, put_variation
from facetry.domain.repeating import remember, repeat_of
from facetry.domain.restoring import RestoreRecord, check_restoring, restore_record
from facetry.domain.selling import SellProduct, check_key, check_sale, product_of, sell
from facetry.domain.stocking import ChangeStock, change_gemstone_stock, change_product_stock, check_stock_change
from facetry.domain.storable import check_storable, is_unicode
from facetry.domain.undoing import UndoChange, check_creation, restoring_patch, whole
from facetry.domain.variations import PutVariation, check_variation, orphaned
from facetry.domain.view import CatalogView

Steps = Generator[None, None, Effect]
"""A write that is being done: whoever does it may pause wherever it yields."""
EXPECTED = 200
"""So many writes of a bulk are looked at together before they are done."""


def perform(view: CatalogView, write: Write) -> Effect:
    """Do one write on a view.

    What can be told to be wrong without looking at the catalog is refused before anything else is.

    Raises:
        ProductExistsError: A product to insert is there already.
        ProductNotFoundError, GroupNotFoundError: What to delete is not there.
        InvalidValueError: The content breaks a rule of the domain.
        GroupFullError: The product's group has as many products as it may.
        QuotaExceededError: The tenant's quotas have no room for the product.
        InsufficientStockError: There is less in stock than is sold.
        ChangedMeanwhileError: What it changes is not any more as its writer has read it.
        KeyReusedError: Its key is that of another write.
        RecordExistsError, RecordNotFoundError, RecordInUseError: Likewise of records.
    """
    # Completing a product's content, which storing it begins with, checks the same.
    if not isinstance(write, PutProduct):
        check(write)
    rule = _RULES.get(type(write))
    return _finished(_steps(view, write)) if rule is None else rule(view, write)


def perform_in_steps(view: CatalogView, write: Write) -> Steps:
    """Do one write on a view as ``perform`` does, with pauses in those that take long."""
    if not isinstance(write, PutProduct):
        check(write)
    return (yield from _steps(view, write))


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


def _check_nothing(_: BulkWrite) -> None:
    """Leave it to each write of a bulk to say what is wrong with it."""


def _check_guarded(write: Guarded) -> None:
    check_condition(write.condition)
    check(write.write)


def _check_patch(write: PatchProduct) -> None:
    check_key(write.key)
    check_storable("product", write.patch)


def _check_group(write: DeleteGroup) -> None:
    if not is_unicode(write.group_id):
        raise GroupNotFoundError(write.group_id)


def _steps(view: CatalogView, write: Write) -> Steps:
    rule = _RULES.get(type(write))
    if rule is not None:
        return rule(view, write)
    return (yield from _LONG_RULES[type(write)](view, write))


def _finished(steps: Steps) -> Effect:
    """Do all steps at once."""
    while True:
        try:
            next(steps)
        except StopIteration as finished:
            effect: Effect = finished.value
            return effect


def _all_or_none(view: CatalogView, write: AllOrNone) -> Steps:
    outcomes = []
    for at, part in enumerate(write.writes):
        with _position(at):
            outcomes.append((yield from _steps(view, part)))
        yield
    return AllDone(tuple(outcomes))


def _bulk(view: CatalogView, write: BulkWrite) -> Steps:
    outcomes: list[Brief | Refused] = []
    for start in range(0, len(write.writes), EXPECTED):
        parts = write.writes[start : start + EXPECTED]
        view.expect([sku for part in parts if (sku := _sku_of(part))])
        for at, part in enumerate(parts, start):
            outcomes.append(_placed(view, at, part) if write.is_atomic else _tried(view, part))
            yield
    return BulkDone(tuple(outcomes))


def _placed(view: CatalogView, at: int, write: Write | Refused) -> Brief:
    with _position(at):
        return _brief(view, write)


def _brief(view: CatalogView, write: Write | Refused) -> Brief:
    if isinstance(write, Refused):
        raise error_of(write)
    effect = perform(view, write)
    return Brief(effect.product.product_id, effect.created) if isinstance(effect, Stored) else Brief()


def _tried(view: CatalogView, write: Write | Refused) -> Brief | Refused:
    if isinstance(write, Refused):
        return write
    try:
        with view.attempt():
            return _brief(view, write)
    except FacetryError as error:
        return refusal(error)


def _sku_of(write: Write | Refused) -> str:
    match write:
        case PutProduct():
            return write.content.sku
        case PatchProduct() | DeleteProduct():
            return "" if write.key.id else write.key.sku
        case Guarded():
            return _sku_of(write.write)
    return ""


def _guarded(view: CatalogView, write: Guarded) -> Steps:
    demand(view, write.condition)
    return (yield from _steps(view, write.write))


def _expecting(view: CatalogView, write: Expecting) -> Steps:
    effect = yield from _steps(view, write.write)
    if isinstance(effect, Recorded):
        check_derived(effect.record, write.derived)
    return effect


def _once(view: CatalogView, write: Once) -> Steps:
    before = repeat_of(view, write.key, write.digest, write.time)
    if before is not None:
        return Repeated(msgspec.json.decode(before.effect, type=Effect))
    effect = yield from _steps(view, write.write)
    remember(view, write.key, write.digest, write.time, msgspec.json.encode(effect).decode())
    return effect


def _change_stock(view: CatalogView, write: ChangeStock) -> Stored | Recorded:
    if isinstance(write.key, ProductKey):
        return Stored(change_product_stock(view, write.key, write.change), created=False)
    return change_gemstone_stock(view, write.key, write.change)


@contextmanager
def _position(at: int) -> Iterator[None]:
    """Have errors say at which of several writes they came up."""
    try:
        yield
    except FacetryError as error:
        error.at = at
        raise


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


def _undo(view: CatalogView, write: UndoChange) -> Stored | Deleted:
    """Take a change back by the write that does the opposite, so that all of its rules hold."""
    key = ProductKey(sku=write.sku)
    if write.before is not None and write.after is None:
        if view.product(write.sku) is not None and not write.is_forced:
            raise ChangedSinceError(("",))
        content = whole(write.before)
        return put_product(view, PutProduct(content, mounts=bool(content.gemstones)))
    now = product_of(view, key)
    if write.before is None:
        check_creation(write, now)
        return _delete_product(view, DeleteProduct(write.sku))
    patch = restoring_patch(write, now)
    return patch_product(view, PatchProduct(key, patch, mounts=isinstance(patch.gemstones, tuple)))


_CHECKS: Mapping[type[Write], Callable[[Any], object]] = {
    PutProduct: lambda write: completed(write.content),
    PatchProduct: _check_patch,
    PutVariation: check_variation,
    DeleteProduct: lambda write: check_key(write.key),
    DeleteGroup: _check_group,
    UndoChange: lambda write: check_key(ProductKey(sku=write.sku)),
    SellProduct: check_sale,
    ChangeStock: check_stock_change,
    **dict.fromkeys((PutRecord, PatchRecord, DeleteRecord), check_record_write),
    RestoreRecord: check_restoring,
    **dict.fromkeys((PlaceOrder, ReviseOrder, ShipOrder), check_order_write),
    PutListing: check_listing,
    **dict.fromkeys((QueueBatch, WorkBatch), check_batch_write),
    AllOrNone: _check_all,
    BulkWrite: _check_nothing,
    Guarded: _check_guarded,
    **dict.fromkeys((Expecting, Once), lambda write: check(write.write)),
}
_RULES: Mapping[type[Write], Callable[[CatalogView, Any], Effect]] = {
    PutProduct: put_product,
    PatchProduct: patch_product,
    PutVariation: put_variation,
    DeleteProduct: _delete_product,
    DeleteGroup: _delete_group,
    UndoChange: _undo,
    SellProduct: sell,
    ChangeStock: _change_stock,
    PutRecord: put_record,
    PatchRecord: patch_record,
    DeleteRecord: delete_record,
    RestoreRecord: restore_record,
    **dict.fromkeys((PlaceOrder, ReviseOrder, ShipOrder), perform_on_orders),
    PutListing: put_listing,
    **dict.fromkeys((QueueBatch, WorkBatch), perform_on_batches),
}
_LONG_RULES: Mapping[type[Write], Callable[[CatalogView, Any], Steps]] = {
    AllOrNone: _all_or_none,
    BulkWrite: _bulk,
    Guarded: _guarded,
    Expecting: _expecting,
    Once: _once,
}
