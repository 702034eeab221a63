"""What the document of a product asks for: the write that replaces a product, or changes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET, UnsetType

from facetry.api.native.product_body import Number, ProductBody, VariationBody
from facetry.api.native.product_rendering import PRODUCT_TYPES
from facetry.domain.as_read import AsRead
from facetry.domain.catalog import PatchProduct, PutProduct
from facetry.domain.errors import InvalidValueError
from facetry.domain.money import MAX_PRICE, SCALE
from facetry.domain.part_reading import gemstone_reader, metal_reader
from facetry.domain.patching import ProductKey, ProductPatch, TradePatch
from facetry.domain.product import Part, Product, ProductContent
from facetry.domain.product_rules import check_count, check_currency
from facetry.domain.tenant import TenantSettings
from facetry.domain.trade import ProductType, Trade, Variation

Values = dict[str, Any]
"""Fields of the domain by name."""

_EMPTY: Mapping[str, object] = {
    "group_id": "",
    "description": "",
    "regular_price": None,
    "promotion_price": None,
    "images": (),
    "search_keywords": (),
    "category": (),
    "quantity": 0,
    "color": None,
    "brand": None,
    "size": None,
    "active": True,
    "is_main": False,
    "currency": None,
    "metals": (),
    "gemstones": (),
}
"""What a field is that has no value."""
_EMPTY_TRADE = {name: getattr(Trade(), name) for name in Trade.__struct_fields__}
_PRICES = ("regular_price", "promotion_price")


class ProductReader:
    """Reads the documents of products of one tenant."""

    def __init__(self, settings: TenantSettings) -> None:
        """Read for a tenant with these settings."""
        self._currency = settings.currency
        types = settings.attributes
        self._parts = {"metals": metal_reader(types), "gemstones": gemstone_reader(types)}

    def put(self, body: ProductBody, sku: str = "", old: Product | None = None) -> PutProduct:
        """Return the write that makes a product all that a document says, and nothing else.

        Args:
            body: The document.
            sku: Where it is named outside of the document; else that must name it.
            old: The product as it is, where that is known: metals and gemstones that are as they are need not be such
                as the trade writes.

        Raises:
            InvalidValueError: A value is not allowed.
        """
        if not isinstance(body.name, str):
            raise InvalidValueError("name", "must not be left out")
        trade = self._trade(body)
        content = ProductContent(
            sku=_named(body, sku),
            name=body.name,
            attributes=_without_nothing(body.attributes),
            trade=Trade(**trade) if trade else None,
            **self._fields(body, old),
        )
        return PutProduct(content, mounts=bool(content.gemstones), as_read=self._as_read(body))

    def patch(self, body: ProductBody, key: ProductKey, old: Product | None = None) -> PatchProduct:
        """Return the write that changes a product where a document speaks of it.

        Args:
            body: The document.
            key: Which product.
            old: As of ``put``.

        Raises:
            InvalidValueError: A value is not allowed.
        """
        if body.name is None:
            raise InvalidValueError("name", "must not be empty")
        _named(body, key.sku)
        fields = self._fields(body, old)
        if isinstance(body.name, str):
            fields["name"] = body.name
        if body.attributes is not UNSET:
            fields["attributes"] = body.attributes or {}
            fields["replaces_attributes"] = body.attributes is None
        trade = self._trade(body)
        if trade:
            fields["trade_changes"] = TradePatch(**trade)
        mounts = bool(fields.get("gemstones"))
        return PatchProduct(key, ProductPatch(**fields), mounts=mounts, as_read=self._as_read(body))

    def _fields(self, body: ProductBody, old: Product | None) -> Values:
        """Return the plain fields, prices and parts that a document speaks of."""
        fields: Values = {}
        for name, empty in _EMPTY.items():
            value = getattr(body, name)
            if value is not UNSET:
                fields[name] = empty if value is None else value
        for name in _PRICES:
            if fields.get(name) is not None:
                fields[name] = _price(name, fields[name])
        if fields.get("quantity"):
            check_count("quantity", fields["quantity"])
        if fields.get("currency") is not None:
            check_currency("currency", fields["currency"])
        for name in self._parts:
            if fields.get(name):
                fields[name] = self._read_parts(name, fields[name], old)
        return fields

    def _read_parts(self, name: str, raw: tuple[Part, ...], old: Product | None) -> tuple[Part, ...]:
        kept: tuple[Part, ...] | None = getattr(old, name, None)
        return kept if kept == raw else self._parts[name].read(name, [*raw])

    def _trade(self, body: ProductBody) -> Values:
        fields: Values = {}
        for name, empty in _EMPTY_TRADE.items():
            value = getattr(body, name)
            if value is not UNSET:
                fields[name] = empty if value is None else _TRADE_READERS.get(name, _as_it_is)(value)
        return fields

    def _as_read(self, body: ProductBody) -> AsRead:
        price = _price("price", body.price) if isinstance(body.price, int | float) else UNSET
        number = UNSET if body.id is None else body.id
        in_stock = UNSET if body.in_stock is None else body.in_stock
        return AsRead(currency=self._currency, id=number, price=price, in_stock=in_stock)


def _named(body: ProductBody, sku: str) -> str:
    """Return the SKU that a document, or what stands beside it, names."""
    given = body.sku if isinstance(body.sku, str) else sku
    if sku and given != sku:
        raise InvalidValueError("sku", "is another one than in the path; it cannot be changed")
    if not given:
        raise InvalidValueError("sku", "must not be left out")
    return given


def _price(name: str, number: Number) -> int:
    """Return a price in ten-thousandths."""
    assert isinstance(number, int | float)  # noqa: S101 - the caller has seen that there is one
    if not 0 < number <= MAX_PRICE // SCALE:
        raise InvalidValueError(name, f"must be greater than 0 and at most {MAX_PRICE // SCALE}")
    minor = round(number * SCALE)
    # Each price is the number nearest to its decimals, so what comes back as another one has more of them.
    if minor / SCALE != number:
        raise InvalidValueError(name, "must have at most 4 decimals")
    return minor


def _without_nothing(attributes: dict[str, Any] | UnsetType | None) -> dict[str, Any] | None:
    kept = {name: value for name, value in (attributes or {}).items() if value is not None}
    return kept or None


def _product_type(name: str) -> ProductType:
    found = PRODUCT_TYPES.get(name)
    if found is None:
        raise InvalidValueError("product_type", f"must be one of {', '.join(PRODUCT_TYPES)}")
    return found


def _variation(body: VariationBody) -> Variation:
    for name in body.__struct_fields__:
        if not getattr(body, name).strip():
            raise InvalidValueError(f"variation.{name}", "must not be empty")
    return Variation(body.parent, body.field, body.value)


def _as_it_is(value: object) -> object:
    return value


_TRADE_READERS: Mapping[str, Any] = {
    "product_type": _product_type,
    "quantity_alert": lambda count: check_count("quantity_alert", count),
    "variation": _variation,
}
