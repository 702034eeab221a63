"""What storing an order does: its lines find their products, and pieces leave the stock or come back to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from facetry.domain.errors import InvalidValueError, ProductNotFoundError
from facetry.domain.listing_rules import is_refilled, revise_all
from facetry.domain.order import OVER, Order, OrderLine, OrderStatus
from facetry.domain.patching import ProductKey
from facetry.domain.product import MAX_QUANTITY, Product
from facetry.domain.records import Record
from facetry.domain.selling import SoldAction, follow_stock, give_back, product_of, take_stock
from facetry.domain.stones_taken import StonesTaken
from facetry.domain.view import CatalogView

MAX_LINES = 2_000
_STRENGTH = (SoldAction.NO_ACTION, SoldAction.REVISE, SoldAction.REMOVE)
_ACTIONS = {"": SoldAction.NO_ACTION, **{action.value: action for action in SoldAction}}


class _Pieces(msgspec.Struct, frozen=True):
    """How many pieces of one product an order has, and what becomes of its listings."""

    sku: str
    amount: int
    action: SoldAction


def keep_order(view: CatalogView, old: Record | None, new: Record) -> Record:
    """Return an order as it is stored; the stock follows the difference to what it was before.

    Raises:
        InvalidValueError: The order was over and is to go on, or a line makes no sense.
        ProductNotFoundError: A new line names an id that no product has, or more are wanted of a product that is gone.
        InsufficientStockError: There are fewer pieces than are wanted.
    """
    assert isinstance(new, Order)  # noqa: S101 - the table of rules gives it nothing else
    before = old if isinstance(old, Order) else None
    if before is not None:
        _check_status(before, new)
    known = {line.id: line for line in before.lines} if before is not None else {}
    order = msgspec.structs.replace(new, lines=tuple(_found(view, known, line) for line in checked_lines(new.lines)))
    stones = StonesTaken(view, before.stones if before is not None else None)
    _move_stock(view, stones, _pieces(before), _pieces(order))
    if order.status in OVER:
        stones.give_back_all()
    return msgspec.structs.replace(order, stones=stones.numbers)


def can_become(before: OrderStatus, after: OrderStatus) -> bool:
    """Return whether an order in one status may get into another: what is over stays so, at most it is canceled."""
    return before not in OVER or after in {before, OrderStatus.CANCELED}


def _check_status(before: Order, after: Order) -> None:
    if not can_become(before.status, after.status):
        raise InvalidValueError("status", f"is {before.status.name.lower()}, which is final")


def checked_lines(lines: tuple[OrderLine, ...]) -> tuple[OrderLine, ...]:
    """Return lines that an order can have.

    Raises:
        InvalidValueError: They are too many, or one of them makes no sense.
    """
    if len(lines) > MAX_LINES:
        raise InvalidValueError("products", f"must be at most {MAX_LINES}")
    if len({line.id for line in lines}) < len(lines):
        raise InvalidValueError("order_product_id", "must be another one in each line")
    for line in lines:
        if not 1 <= line.amount <= MAX_QUANTITY:
            raise InvalidValueError("amount", "must be at least 1")
        if line.stock_action not in _ACTIONS:
            raise InvalidValueError("stock_action", f"must be {', '.join(filter(None, _ACTIONS))}")
    return lines


def _found(view: CatalogView, known: Mapping[int, OrderLine], line: OrderLine) -> OrderLine:
    """Return a line with its product; one that has named it before keeps it, though it may be gone by now."""
    before = known.get(line.id)
    if before is not None and (before.sku, before.product_id) == (line.sku, line.product_id):
        return line
    if line.product_id:
        product = product_of(view, ProductKey(line.product_id, line.sku))
    elif (found := view.product(line.sku)) is not None:
        product = found
    else:
        return line
    return msgspec.structs.replace(
        line, product_id=product.product_id, sku=product.sku, title=line.title or product.name
    )


def _pieces(order: Order | None) -> Mapping[int, _Pieces]:
    """Return what an order has taken, or takes, out of stock by the product's id."""
    pieces: dict[int, _Pieces] = {}
    if order is None or order.status in OVER:
        return pieces
    for line in order.lines:
        if line.product_id:
            other = pieces.get(line.product_id)
            actions = (_ACTIONS[line.stock_action], other.action if other else SoldAction.NO_ACTION)
            amount = line.amount + (other.amount if other else 0)
            pieces[line.product_id] = _Pieces(line.sku, amount, max(actions, key=_STRENGTH.index))
    return pieces


def _move_stock(
    view: CatalogView, stones: StonesTaken, before: Mapping[int, _Pieces], after: Mapping[int, _Pieces]
) -> None:
    for product_id, pieces, amount in _differences(before, after):
        product = view.product_by_id(product_id)
        if amount > 0:
            if product is None:
                raise ProductNotFoundError(pieces.sku)
            _take(view, stones, product, msgspec.structs.replace(pieces, amount=amount))
        elif product is not None:
            # To one that was deleted after it had been ordered nothing can go back.
            _give_back(view, stones, product, msgspec.structs.replace(pieces, amount=-amount))


def _differences(before: Mapping[int, _Pieces], after: Mapping[int, _Pieces]) -> Iterator[tuple[int, _Pieces, int]]:
    """Yield each product of which more or fewer pieces are wanted: its id, the pieces, how many more."""
    for product_id in {**before, **after}:
        old, new = before.get(product_id), after.get(product_id)
        change = (new.amount if new else 0) - (old.amount if old else 0)
        pieces = new or old
        if change and pieces is not None:
            yield product_id, pieces, change


def _take(view: CatalogView, stones: StonesTaken, product: Product, pieces: _Pieces) -> None:
    left = take_stock(view, product, pieces.amount, stones)
    # Listings change while what follows them yields which ones did.
    for _ in follow_stock(view, product, left, pieces.action):
        pass


def _give_back(view: CatalogView, stones: StonesTaken, product: Product, pieces: _Pieces) -> None:
    left = give_back(view, product, pieces.amount, stones)
    # Where a sale ends listings, that it is undone does not offer the piece again by itself.
    is_revised = pieces.action is SoldAction.REVISE and not (product.trade is not None and product.trade.unrepeatable)
    if is_revised and not is_refilled(product):
        for _ in revise_all(view, product, left):
            pass
