"""Hits as the page shows them."""

from __future__ import annotations

import msgspec

from facetry.dashboard.addresses import group_url, product_url
from facetry.dashboard.call import PageCall
from facetry.domain.group import ProductGroup
from facetry.domain.product import Product
from facetry.domain.search.result import SearchHit

FEW_SKUS = 3


class MatchedProduct(msgspec.Struct, frozen=True):
    """A matching product of a hit."""

    sku: str
    url: str
    note: str


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A product group that was found.

    Attributes:
        group_id: Its id.
        url: Of its page.
        name: Its name.
        image: Of a matching product, else of the group; empty for none.
        brand: Its brands.
        category: The last level of its first category.
        price: Prices of the matching products.
        is_reduced: Whether one of them costs less than its regular price.
        stock: Pieces of the matching products; None where there are too many products to count them.
        is_in_stock: Whether there are any.
        is_active: Whether shoppers see it.
        matched: How many of its products match.
        total: How many it has.
        products: The first ones that match.
    """

    group_id: str
    url: str
    name: str
    image: str
    brand: str
    category: str
    price: str
    is_reduced: bool
    stock: int | None
    is_in_stock: bool
    is_active: bool
    matched: int
    total: int
    products: tuple[MatchedProduct, ...]


def hit_view(hit: SearchHit, call: PageCall) -> Hit:
    """Return what is shown of a hit."""
    group, matched = hit.group, hit.matched
    stock = sum(product.quantity for product in matched)
    is_all = len(matched) == hit.matched_count
    return Hit(
        group_id=group.group_id,
        url=group_url(group.group_id),
        name=group.name,
        image=_image(group, matched, call.base_url),
        brand=", ".join(group.brands),
        category=group.category[0].rpartition(">")[2].strip() if group.category else "",
        price=_prices(hit, call, is_all=is_all),
        is_reduced=any(_is_reduced(product) for product in matched),
        stock=stock if is_all else None,
        is_in_stock=stock > 0,
        is_active=group.active,
        matched=hit.matched_count,
        total=len(group.product_skus),
        products=tuple(_product(product) for product in matched[:FEW_SKUS]),
    )


def price_of(product: Product) -> int | None:
    """Return what a product costs, None without a price."""
    return product.regular_price if product.promotion_price is None else product.promotion_price


def safe_image(url: str, base_url: str) -> str:
    """Return the URL of a picture that the page's policy lets a browser load, empty for any other."""
    is_here = url.startswith(f"{base_url}/") or (url.startswith("/") and not url.startswith(("//", "/\\")))
    return url if is_here or url.startswith("https://") else ""


def _image(group: ProductGroup, matched: tuple[Product, ...], base_url: str) -> str:
    images = (*(image for product in matched[:1] for image in product.images[:1]), *group.images[:1])
    return next((found for image in images if (found := safe_image(image, base_url))), "")


def _prices(hit: SearchHit, call: PageCall, *, is_all: bool) -> str:
    """Return the span of the matching products' prices in the tenant's currency, else the price of any."""
    currency = call.settings.currency
    own = [price for p in hit.matched if (price := price_of(p)) is not None and (p.currency or currency) == currency]
    if not own:
        other = next((p for p in hit.matched if price_of(p) is not None), None)
        return "" if other is None else call.formats.price(price_of(other) or 0, other.currency or currency)
    cheapest = None if hit.cheapest is None else price_of(hit.cheapest)
    low, high = min(own) if cheapest is None else cheapest, max(own)
    shown = call.formats.price(low, currency)
    if not is_all:
        return call.texts.gettext("from %(price)s") % {"price": shown}
    return shown if low == high else f"{shown} \N{EN DASH} {call.formats.price(high, currency)}"


def _is_reduced(product: Product) -> bool:
    regular, price = product.regular_price, price_of(product)
    return regular is not None and price is not None and price < regular


def _product(product: Product) -> MatchedProduct:
    note = " · ".join(text for text in (product.color, product.size) if text)
    return MatchedProduct(product.sku, product_url(product.sku), note)
