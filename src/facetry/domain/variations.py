"""Variations: products of one group that differ from their parent in one field, and have the rest from it.

A variation has SKU, stock and the value of its field of its own, and its price where it is given one. Of all else it
has what its parent has, and follows it: what is still as the parent had it changes with the parent, what has been given
another value stays.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from msgspec import UNSET, UnsetType

from facetry.domain.errors import InvalidValueError, ProductExistsError
from facetry.domain.patching import ProductKey
from facetry.domain.product import Attributes, AttributeValue, Product, ProductContent, check_identifier
from facetry.domain.ring_sizing import spelled_size
from facetry.domain.selling import check_key, product_of
from facetry.domain.trade import Trade, Variation
from facetry.domain.view import CatalogView

_OWN_FIELDS = ("size", "color")
"""Fields of a product in which a variation may differ; any other name is that of an attribute."""
_FOLLOWED = (
    *("name", "description", "images", "search_keywords", "category", "color", "brand", "size", "active"),
    *("currency", "metals", "gemstones"),
)


class PutVariation(msgspec.Struct, frozen=True, tag="put_variation"):
    """Store a variation of a product, or change the one that has the SKU.

    Attributes:
        parent: Of which product.
        field: In which field it differs: ``size``, ``color``, or an attribute.
        value: Its value there.
        price: Ten-thousandths; None for the parent's, UNSET leaves it as it is.
        currency: That of the price, where it names one; None for the one that the variation has.
        quantity: Pieces in stock; UNSET leaves them as they are.
        is_new: Whether a SKU that is there already is refused.
    """

    parent: ProductKey
    sku: str
    field: str
    value: str
    price: int | UnsetType | None = UNSET
    quantity: int | UnsetType = UNSET
    is_new: bool = False
    currency: str | None = None


def check_variation(write: PutVariation) -> None:
    """Check what can be told of a variation without looking at the catalog.

    Raises:
        ProductNotFoundError: No product can have its parent's key.
        InvalidValueError: It can have no such SKU, or has no field or value.
    """
    check_key(write.parent)
    check_identifier("sku", write.sku)
    for name in ("field", "value"):
        if not getattr(write, name).strip():
            raise InvalidValueError(name, "must not be empty")


def variation_content(view: CatalogView, write: PutVariation) -> ProductContent:
    """Return what a variation is after a write, not completed yet.

    Raises:
        ProductNotFoundError: There is no such parent.
        ProductExistsError: The SKU is that of another product, or taken where it must not be.
        InvalidValueError: The parent is a variation itself.
    """
    parent = product_of(view, write.parent)
    if variation_of(settled(view, parent)) is not None:
        raise InvalidValueError("variations", f"{parent.sku} is a variation itself, and has none of its own")
    old = view.product(write.sku)
    if old is not None and (write.is_new or not _is_of(old, parent)):
        raise ProductExistsError(write.sku)
    fields = _content_fields(parent) if old is None else _without_its_field(old, parent)
    value = spelled_size(parent.category, write.value) if write.field == "size" else write.value
    variation = Variation(parent.sku, write.field, value)
    trade = (parent if old is None else old).trade or Trade()
    fields |= {"group_id": parent.group_id}
    fields |= {"sku": write.sku, "is_main": False, "trade": msgspec.structs.replace(trade, variation=variation)}
    if old is None:
        fields["quantity"] = 0
    if write.quantity is not UNSET:
        fields["quantity"] = write.quantity
    fields |= _prices(write, parent)
    fields |= _differing(write.field, value, fields)
    return ProductContent(**fields)  # type: ignore[arg-type]


def variation_of(product: ProductContent) -> Variation | None:
    """Return how a product differs from its parent, None for one that is no variation."""
    return product.trade.variation if product.trade is not None else None


def settled(view: CatalogView, content: ProductContent) -> ProductContent:
    """Return a product's content as it is stored: a variation says in which value it differs by now.

    One that is in another group than its parent, or has none any more, is a product like any other.
    """
    its = variation_of(content)
    if its is None or content.trade is None:
        return content
    parent = view.product(its.parent)
    if parent is None or parent.group_id != content.group_id:
        return _with_variation(content, None)
    value = getattr(content, its.field) if its.field in _OWN_FIELDS else (content.attributes or {}).get(its.field)
    text = _text(value)
    # Who leaves the field out, as a catalog that has no variations may, does not say that it differs no more.
    return _with_variation(content, msgspec.structs.replace(its, value=text if text.strip() else its.value))


def _with_variation(content: ProductContent, variation: Variation | None) -> ProductContent:
    assert content.trade is not None  # noqa: S101 - the caller has seen that it is there
    if content.trade.variation == variation:
        return content
    return msgspec.structs.replace(content, trade=msgspec.structs.replace(content.trade, variation=variation))


def _text(value: AttributeValue) -> str:
    return value if isinstance(value, str) else "" if value is None else msgspec.json.encode(value).decode()


def parent_of(product: ProductContent) -> str:
    """Return the SKU of what a product is a variation of; empty for one that is none."""
    its = variation_of(product)
    return its.parent if its is not None else ""


def followed(view: CatalogView, old: Product, new: Product) -> Iterator[ProductContent]:
    """Yield what the variations of a product are after it has changed, each that is another one then."""
    # Stock is never followed, and moves most often; a variation has none of its own.
    if msgspec.structs.replace(new, quantity=old.quantity) == old or variation_of(settled(view, old)) is not None:
        return
    for variation in view.variations(old.sku):
        if _is_of(variation, old):
            fields = _content_fields(variation)
            after = ProductContent(**{**fields, **_followed(variation, old, new)})  # type: ignore[arg-type]
            if _content_fields(after) != fields:
                yield after


def _is_of(product: Product, parent: Product) -> bool:
    """Return whether a product is a variation of another one; not of what has the SKU of a parent that was deleted."""
    # A variation is made after its parent, and ids only rise.
    return parent_of(product) == parent.sku and product.product_id > parent.product_id


def orphaned(view: CatalogView, sku: str) -> Iterator[Product]:
    """Yield what the variations of a product that has gone are from now on: products like any other."""
    for variation in view.variations(sku):
        trade = msgspec.structs.replace(variation.trade or Trade(), variation=None)
        yield msgspec.structs.replace(variation, trade=trade)


def _content_fields(product: ProductContent) -> dict[str, object]:
    return {name: getattr(product, name) for name in ProductContent.__struct_fields__}


def _without_its_field(old: Product, parent: Product) -> dict[str, object]:
    """Return the fields of a variation, with what its parent has where it differed."""
    before = variation_of(old)
    assert before is not None  # noqa: S101 - the caller has seen that it is one
    fields = _content_fields(old)
    if before.field in _OWN_FIELDS:
        return fields | {before.field: getattr(parent, before.field)}
    value = (parent.attributes or {}).get(before.field)
    return fields | {"attributes": _with_attribute(old.attributes, before.field, value)}


def _prices(write: PutVariation, parent: Product) -> dict[str, object]:
    if write.price is UNSET:
        return {}
    if write.price is None:
        names = ("regular_price", "promotion_price", "currency")
        return {name: getattr(parent, name) for name in names}
    own = {"currency": write.currency} if write.currency is not None else {}
    return {"regular_price": write.price, "promotion_price": None, **own}


def _differing(field: str, value: str, fields: dict[str, object]) -> dict[str, object]:
    if field in _OWN_FIELDS:
        return {field: value}
    attributes = fields["attributes"]
    assert attributes is None or isinstance(attributes, dict)  # noqa: S101 - narrows the type
    return {"attributes": _with_attribute(attributes, field, value)}


def _with_attribute(attributes: Attributes | None, name: str, value: object) -> Attributes | None:
    """Return attributes with one set, or with None taken away."""
    merged = {**(attributes or {}), name: value}
    kept = {key: one for key, one in merged.items() if one is not None}
    return kept or None  # type: ignore[return-value]


def _followed(variation: Product, old: Product, new: Product) -> dict[str, object]:
    """Return the fields in which a variation follows its parent."""
    its = variation_of(variation)
    assert its is not None  # noqa: S101 - the caller has seen that it is one
    same = [name for name in _FOLLOWED if name != its.field and getattr(variation, name) == getattr(old, name)]
    fields: dict[str, object] = {name: getattr(new, name) for name in same}
    # Both prices together: what one is worth depends on the other.
    prices = ("regular_price", "promotion_price")
    if all(getattr(variation, name) == getattr(old, name) for name in prices):
        fields |= {name: getattr(new, name) for name in prices}
    fields["group_id"] = new.group_id
    fields["attributes"] = _followed_attributes(variation, old, new, its.field)
    plain = msgspec.structs.replace(variation.trade or Trade(), variation=None)
    if plain == (old.trade or Trade()):
        fields["trade"] = msgspec.structs.replace(new.trade or Trade(), variation=its)
    return fields


def _followed_attributes(variation: Product, old: Product, new: Product, own: str) -> Attributes | None:
    found, before, after = variation.attributes, old.attributes or {}, new.attributes or {}
    for name in {**before, **after}:
        if name != own and (found or {}).get(name) == before.get(name):
            found = _with_attribute(found, name, after.get(name))
    return found
