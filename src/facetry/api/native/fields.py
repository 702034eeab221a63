"""What of a hit is answered, as ``fields`` of a request names it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from facetry.domain.errors import SearchError
from facetry.domain.group import ProductGroup
from facetry.domain.hints import near
from facetry.domain.money import price_to_number
from facetry.domain.product import Attributes, Part, Product

Document = dict[str, object]
Getter = Callable[[Product, str], object]
"""Returns a value of a product, given the tenant's currency; None for one that it does not have."""

PRODUCTS, GROUP, KEY = "products", "group", "key"
PARTS = (KEY, GROUP, "score", "matched_words", "matched_count", PRODUCTS, "cheapest", "highlights", "explanation")
"""What a hit is made of."""


def _price(minor: int | None) -> int | float | None:
    return None if minor is None else price_to_number(minor)


def effective_price(product: Product) -> int | None:
    """Return the promotion price, else the regular one."""
    return product.regular_price if product.promotion_price is None else product.promotion_price


PRODUCT_FIELDS: Mapping[str, Getter] = {
    "sku": lambda product, _: product.sku,
    "group_id": lambda product, _: product.group_id,
    "name": lambda product, _: product.name,
    "description": lambda product, _: product.description,
    "price": lambda product, _: _price(effective_price(product)),
    "regular_price": lambda product, _: _price(product.regular_price),
    "promotion_price": lambda product, _: _price(product.promotion_price),
    "currency": lambda product, currency: product.currency or currency,
    "quantity": lambda product, _: product.quantity,
    "in_stock": lambda product, _: product.quantity > 0,
    "active": lambda product, _: product.active,
    "is_main": lambda product, _: product.is_main,
    "brand": lambda product, _: product.brand,
    "color": lambda product, _: product.color,
    "size": lambda product, _: product.size,
    "category": lambda product, _: product.category,
    "search_keywords": lambda product, _: product.search_keywords,
    "images": lambda product, _: product.images,
    "attributes": lambda product, _: product.attributes,
    "metals": lambda product, _: product.metals,
    "gemstones": lambda product, _: product.gemstones,
}
GROUP_FIELDS: Mapping[str, Callable[[ProductGroup, str], object]] = {
    "group_id": lambda group, _: group.group_id,
    "main_sku": lambda group, _: group.main_sku,
    "name": lambda group, _: group.name,
    "description": lambda group, _: group.description,
    "brands": lambda group, _: group.brands,
    "colors": lambda group, _: group.colors,
    "sizes": lambda group, _: group.sizes,
    "category": lambda group, _: group.category,
    "search_keywords": lambda group, _: group.search_keywords,
    "image": lambda group, _: group.images[0] if group.images else None,
    "images": lambda group, _: group.images,
    "price_min": lambda group, _: _price(group.promotion_price_min),
    "price_max": lambda group, _: _price(group.promotion_price_max),
    "regular_price_min": lambda group, _: _price(group.regular_price_min),
    "regular_price_max": lambda group, _: _price(group.regular_price_max),
    "currency": lambda group, currency: group.currency or currency,
    "active": lambda group, _: group.active,
    "product_count": lambda group, _: len(group.product_skus),
}
_LONG = frozenset({"description", "search_keywords", "images"})
"""Fields of a group, and of its products but for their pictures, that only come where they are named."""
USUAL_PRODUCT = tuple(name for name in PRODUCT_FIELDS if name not in _LONG - {"images"})
USUAL_GROUP = tuple(name for name in GROUP_FIELDS if name not in _LONG)


class Shape(msgspec.Struct, frozen=True):
    """What of a hit is answered: its parts, and fields of its group and of its products."""

    parts: frozenset[str] = frozenset(PARTS) - {KEY}
    group: tuple[str, ...] = USUAL_GROUP
    product: tuple[str, ...] = USUAL_PRODUCT

    def product_document(self, product: Product, currency: str) -> Document | UsualProduct:
        """Return a product; what it does not have is left out."""
        if self.product is USUAL_PRODUCT:
            return _usual_product(product, currency)
        values = ((name, PRODUCT_FIELDS[name](product, currency)) for name in self.product)
        return {name: value for name, value in values if value is not None}

    def group_document(self, group: ProductGroup, currency: str) -> Document:
        """Return a group without its products; what it does not have is left out."""
        values = ((name, GROUP_FIELDS[name](group, currency)) for name in self.group)
        return {name: value for name, value in values if value is not None}


WHOLE = Shape()


def shape_of(names: Sequence[str] | None) -> Shape:
    """Return what a request wants of each hit.

    Args:
        names: Parts (``score``), fields of the group (``group.name``) and of products (``products.sku``, or ``sku``
            alone); None for all that is usual. The part alone means its usual fields.

    Raises:
        SearchError: There is no such part or field.
    """
    if names is None:
        return WHOLE
    parts: set[str] = set()
    fields: dict[str, dict[str, None]] = {GROUP: {}, PRODUCTS: {}}
    for index, name in enumerate(names):
        part, field = _split(name, f"/fields/{index}")
        parts.add(part)
        if part in fields:
            fields[part] |= dict.fromkeys([field] if field else _USUAL[part])
    return Shape(frozenset(parts), tuple(fields[GROUP]), tuple(fields[PRODUCTS]))


_USUAL = {GROUP: USUAL_GROUP, PRODUCTS: USUAL_PRODUCT}
_KNOWN: Mapping[str, Iterable[str]] = {GROUP: GROUP_FIELDS, PRODUCTS: PRODUCT_FIELDS}


def _split(name: str, pointer: str) -> tuple[str, str]:
    """Return the part that a name is of and, where it is of a field, that."""
    if name in PARTS:
        return name, ""
    if name in PRODUCT_FIELDS:
        return PRODUCTS, name
    part, _, field = name.partition(".")
    if field and field in _KNOWN.get(part, ()):
        return part, field
    known = [*PARTS, *PRODUCT_FIELDS, *(f"{GROUP}.{field}" for field in GROUP_FIELDS)]
    raise SearchError(pointer, f"{name!r} is nothing that a hit has{near(name, known)}")


class UsualProduct(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What is usual of a product, in the order of ``USUAL_PRODUCT``; what it does not have is left out."""

    sku: str
    group_id: str
    name: str
    price: int | float | None = None
    regular_price: int | float | None = None
    promotion_price: int | float | None = None
    currency: str
    quantity: int
    in_stock: bool
    active: bool
    is_main: bool
    brand: str | None = None
    color: str | None = None
    size: str | None = None
    category: tuple[str, ...]
    images: tuple[str, ...]
    attributes: Attributes | None = None
    metals: tuple[Part, ...] | None = None
    gemstones: tuple[Part, ...] | None = None


def _usual_product(product: Product, currency: str) -> UsualProduct:
    """Return what is usual of a product; the same as by the table, several times faster."""
    regular, promotion = _price(product.regular_price), _price(product.promotion_price)
    quantity = product.quantity
    return UsualProduct(
        sku=product.sku,
        group_id=product.group_id,
        name=product.name,
        price=regular if promotion is None else promotion,
        regular_price=regular,
        promotion_price=promotion,
        currency=product.currency or currency,
        quantity=quantity,
        in_stock=quantity > 0,
        active=product.active,
        is_main=product.is_main,
        brand=product.brand,
        color=product.color,
        size=product.size,
        category=product.category,
        images=product.images,
        attributes=product.attributes,
        metals=product.metals,
        gemstones=product.gemstones,
    )
