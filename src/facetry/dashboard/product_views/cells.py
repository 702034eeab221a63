"""Fields of products that can be changed where they stand: price, offer price and stock."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import msgspec

from facetry.dashboard.addresses import product_url
from facetry.dashboard.formats import Formats
from facetry.dashboard.product_form.state import SHOWN
from facetry.domain.errors import InvalidValueError
from facetry.domain.patching import ProductPatch
from facetry.domain.product import Product
from facetry.domain.trade import Trade
from facetry.domain.typed_values import typed_count, typed_price


class CellField(msgspec.Struct, frozen=True):
    """A field that can be changed where it stands.

    Attributes:
        field: Of the product.
        patch: Gets what was typed and the currency of the product; returns what it changes, and raises
            ``InvalidValueError`` where it is not allowed.
        is_price: Whether it is one.
    """

    field: str
    patch: Callable[[str, str], ProductPatch]
    is_price: bool = True

    def typed(self, product: Product) -> str:
        """Return the value of a product as it would be typed."""
        return SHOWN[self.field](product, product.trade or Trade())


def _stock(text: str, _: str) -> ProductPatch:
    count = typed_count("quantity", text)
    if count is None:
        raise InvalidValueError("quantity", "must not be empty")
    return ProductPatch(quantity=count)


CELLS: Mapping[str, CellField] = {
    "price": CellField(
        "regular_price",
        lambda text, currency: ProductPatch(regular_price=typed_price("regular_price", text, currency)),
    ),
    "offer": CellField(
        "promotion_price",
        lambda text, currency: ProductPatch(promotion_price=typed_price("promotion_price", text, currency)),
    ),
    "stock": CellField("quantity", _stock, is_price=False),
}
"""By the name in the path."""


@dataclass(frozen=True)
class Cell:
    """A field of one product as it is shown.

    Attributes:
        name: One of ``CELLS``.
        id: Of the element.
        url: Where it is changed.
        text: In the visitor's language; empty for nothing.
        kind: ``danger`` or ``warning`` where somebody should look, else empty.
    """

    name: str
    id: str
    url: str
    text: str
    kind: str = ""


@dataclass(frozen=True)
class Row:
    """A product with its cells.

    Attributes:
        has_offer: Whether it has a price of an offer beside its own.
    """

    product: Product
    url: str
    price: Cell
    offer: Cell
    stock: Cell
    has_offer: bool


class Cells:
    """Makes cells for one visitor."""

    def __init__(self, formats: Formats, currency: str) -> None:
        """Write prices as these formats do; ``currency`` is the tenant's."""
        self._formats = formats
        self._currency = currency
        self._prices: dict[tuple[int, str], str] = {}

    def row(self, product: Product) -> Row:
        """Return a product with its cells."""
        cells = {name: self.cell(product, name) for name in CELLS}
        return Row(product=product, url=product_url(product.sku), has_offer=bool(cells["offer"].text), **cells)

    def cell(self, product: Product, name: str) -> Cell:
        """Return one cell of a product."""
        text, kind = self._stock(product) if name == "stock" else (self._price(product, name), "")
        url = product_url(product.sku, f"fields/{name}")
        return Cell(name, f"{name}-{product.product_id}", url, text, kind)

    def price(self, minor: int | None, currency: str | None) -> str:
        """Return a price; empty for none."""
        if minor is None:
            return ""
        # Many variants cost the same, and writing a price takes as long as a page has for ten of them.
        key = (minor, currency or self._currency)
        text = self._prices.get(key)
        if text is None:
            text = self._prices[key] = self._formats.price(*key)
        return text

    def _price(self, product: Product, name: str) -> str:
        if name == "price":
            return self.price(product.regular_price, product.currency)
        is_offer = product.promotion_price != product.regular_price
        return self.price(product.promotion_price, product.currency) if is_offer else ""

    def _stock(self, product: Product) -> tuple[str, str]:
        return self._formats.number(product.quantity), stock_kind(product)


def stock_kind(product: Product) -> str:
    """Return ``danger`` for a product that is sold out, ``warning`` where somebody wants to know, else nothing."""
    alert = product.trade.quantity_alert if product.trade else None
    is_low = alert is not None and product.quantity <= alert
    return "danger" if not product.quantity else "warning" if is_low else ""
