"""Stock: selling lowers it, never below zero, and the listings of what is sold follow."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

import msgspec

from facetry.domain.errors import InsufficientStockError, InvalidValueError, ProductNotFoundError
from facetry.domain.listing_rules import end_all, refill, revise_all
from facetry.domain.patching import ProductKey
from facetry.domain.product import MAX_QUANTITY, Product
from facetry.domain.record import RecordKind, code_problem
from facetry.domain.records import RecordKey
from facetry.domain.sale import Sale, sale_code
from facetry.domain.stones_taken import StonesTaken
from facetry.domain.storable import is_unicode
from facetry.domain.view import CatalogView


class SoldAction(Enum):
    """What a sale does to the listings of what is sold."""

    NO_ACTION = "no_action"
    REVISE = "revise"
    REMOVE = "remove"


class SellProduct(msgspec.Struct, frozen=True, tag="sell"):
    """Take pieces of a product out of stock.

    Attributes:
        order_ref: The seller's reference; the same sale with it a second time changes nothing.
    """

    key: ProductKey
    quantity: int
    action: SoldAction = SoldAction.NO_ACTION
    order_ref: str = ""


class Sold(msgspec.Struct, frozen=True, tag="sold"):
    """Answer of ``SellProduct``.

    Attributes:
        left: Pieces in stock afterwards.
        listings: Ids of the listings that were changed.
        is_repeat: Whether the sale had been done before.
    """

    sku: str
    product_id: int
    left: int
    listings: tuple[int, ...] = ()
    is_repeat: bool = False


def product_of(view: CatalogView, key: ProductKey) -> Product:
    """Return a product.

    Raises:
        ProductNotFoundError: There is none.
        InvalidValueError: It has an id, and another SKU than the key names.
    """
    product = view.product_by_id(key.id) if key.id else view.product(key.sku)
    if product is None:
        raise ProductNotFoundError(key.sku, key.id)
    if key.sku and product.sku != key.sku:
        raise InvalidValueError("sku", f"is not that of product {key.id}: that is {product.sku}, for good")
    return product


def check_key(key: ProductKey) -> None:
    """Check that a product can have this key.

    Raises:
        ProductNotFoundError: None can.
    """
    if not is_unicode(key.sku):
        raise ProductNotFoundError(key.sku, key.id)


def check_sale(write: SellProduct) -> None:
    """Check what can be told of a sale without looking at the catalog.

    Raises:
        ProductNotFoundError: No product can have its key.
        InvalidValueError: Fewer than one piece, or no reference that can be kept.
    """
    check_key(write.key)
    if not 1 <= write.quantity <= MAX_QUANTITY:
        raise InvalidValueError("quantity", "must be at least 1")
    problem = code_problem(write.order_ref)
    if problem:
        raise InvalidValueError("order_ref", problem)


def sell(view: CatalogView, write: SellProduct) -> Sold:
    """Do a sale that ``check_sale`` has passed.

    Raises:
        ProductNotFoundError: There is no such product.
        InsufficientStockError: There are fewer pieces.
        InvalidValueError: The reference is that of another sale.
    """
    product = product_of(view, write.key)
    if write.order_ref and (before := _earlier(view, product, write)):
        return Sold(product.sku, product.product_id, before.left, before.listings, is_repeat=True)
    left = take_stock(view, product, write.quantity, StonesTaken(view))
    listings = tuple(follow_stock(view, product, left, write.action))
    if write.order_ref:
        sale = Sale(
            id=view.next_id(RecordKind.SALE),
            reference=write.order_ref,
            sku=product.sku,
            quantity=write.quantity,
            left=left,
            listings=listings,
        )
        view.save_record(sale)
    return Sold(product.sku, product.product_id, left, listings)


def take_stock(view: CatalogView, product: Product, quantity: int, stones: StonesTaken) -> int:
    """Lower the stock of a product, and of the gemstones in it as far as there are any; return what is left.

    Raises:
        InsufficientStockError: There are fewer pieces.
    """
    left = product.quantity - quantity
    if left < 0:
        raise InsufficientStockError(product.sku, quantity, product.quantity)
    view.save(msgspec.structs.replace(product, quantity=left))
    stones.take(product, quantity)
    return left


def give_back(view: CatalogView, product: Product, quantity: int, stones: StonesTaken) -> int:
    """Undo ``take_stock``; return the stock afterwards, which listings follow where they are refilled."""
    left = min(product.quantity + quantity, MAX_QUANTITY)
    view.save(msgspec.structs.replace(product, quantity=left))
    stones.give_back(product, quantity)
    refill(view, product, left)
    return left


def follow_stock(view: CatalogView, product: Product, left: int, action: SoldAction) -> Iterator[int]:
    """Bring the listings of a product in line with its stock; yield the ids of those that are changed.

    Those of an unrepeatable product end whatever is said, those of an automatically refilled one are revised at least.
    """
    trade = product.trade
    if trade is not None and trade.unrepeatable:
        action = SoldAction.REMOVE
    elif trade is not None and trade.auto_refill and action is SoldAction.NO_ACTION:
        action = SoldAction.REVISE
    if action is SoldAction.NO_ACTION:
        return
    yield from end_all(view, product.sku) if action is SoldAction.REMOVE else revise_all(view, product, left)


def _earlier(view: CatalogView, product: Product, write: SellProduct) -> Sale | None:
    """Return the sale that has the reference already."""
    sale = view.record(RecordKind.SALE, RecordKey(code=sale_code(write.order_ref, product.sku)))
    if not isinstance(sale, Sale):
        return None
    if sale.quantity != write.quantity:
        raise InvalidValueError("order_ref", f"is that of a sale of {sale.quantity}")
    return sale
