"""Changing a product where only some of it is spoken of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import Enum

import msgspec
from msgspec import UNSET, UnsetType

from facetry.domain.breadcrumbs import collection_of, type_of, with_collection, with_type
from facetry.domain.product import Attributes, Part, Product, ProductContent
from facetry.domain.ring_sizing import spelled_size
from facetry.domain.trade import ProductType, Trade, Variation


class ArrayAction(Enum):
    """What happens to a list that is there when another one is given."""

    REPLACE = "replace"
    APPEND = "append"
    UPDATE = "update"
    REMOVE = "remove"


class ProductKey(msgspec.Struct, frozen=True, tag="product", tag_field="of"):
    """Which product: by id, or by SKU where the id is 0."""

    id: int = 0
    sku: str = ""

    def __str__(self) -> str:
        """Return it as an error message names it."""
        return str(self.id) if self.id else self.sku


class TradePatch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said of the back office's part of a product; what is left out stays. See ``Trade`` for the fields."""

    product_type: ProductType | UnsetType = UNSET
    unrepeatable: bool | UnsetType = UNSET
    quantity_alert: int | UnsetType | None = UNSET
    auto_refill: bool | UnsetType = UNSET
    location: str | UnsetType = UNSET
    videos: tuple[str, ...] | UnsetType = UNSET
    variation: Variation | UnsetType | None = UNSET


class ProductPatch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said of a product; what is left out stays. See ``ProductContent`` for the fields.

    Attributes:
        trade_changes: What of ``trade`` is replaced.
        type: Last crumb of the category, see ``breadcrumbs``.
        collection: First crumb of a category that has several; empty takes it away.
        attributes: Replaces those that are named; None removes one.
        replaces_attributes: Whether those that are not named go.
        actions: What happens to ``metals``, ``gemstones`` and ``images``; what is not named is replaced.
    """

    name: str | UnsetType = UNSET
    group_id: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    regular_price: int | UnsetType | None = UNSET
    promotion_price: int | UnsetType | None = UNSET
    images: tuple[str, ...] | UnsetType = UNSET
    search_keywords: tuple[str, ...] | UnsetType = UNSET
    category: tuple[str, ...] | UnsetType = UNSET
    quantity: int | UnsetType = UNSET
    color: str | UnsetType | None = UNSET
    brand: str | UnsetType | None = UNSET
    size: str | UnsetType | None = UNSET
    active: bool | UnsetType = UNSET
    is_main: bool | UnsetType = UNSET
    currency: str | UnsetType | None = UNSET
    metals: tuple[Part, ...] | UnsetType = UNSET
    gemstones: tuple[Part, ...] | UnsetType = UNSET
    trade: Trade | UnsetType = UNSET
    trade_changes: TradePatch | UnsetType = UNSET
    type: str | UnsetType = UNSET
    collection: str | UnsetType = UNSET
    attributes: Attributes | UnsetType = UNSET
    replaces_attributes: bool = False
    actions: dict[str, ArrayAction] = msgspec.field(default_factory=dict)


_PLAIN = (
    *("name", "group_id", "description", "regular_price", "promotion_price", "search_keywords", "category"),
    *("quantity", "color", "brand", "size", "active", "is_main", "currency", "trade"),
)


def patched(product: Product, patch: ProductPatch) -> ProductContent:
    """Return what a product is after a patch, not checked yet."""
    fields: dict[str, object] = {name: getattr(product, name) for name in ProductContent.__struct_fields__}
    fields |= {name: value for name in _PLAIN if (value := getattr(patch, name)) is not UNSET}
    if patch.regular_price is not UNSET and patch.promotion_price is UNSET:
        # A promotion price that was only the regular one's default goes with it.
        same = product.promotion_price == product.regular_price
        fields["promotion_price"] = None if same else product.promotion_price
    category = _category(patch.category if patch.category is not UNSET else product.category, patch)
    fields["category"] = category
    if isinstance(patch.size, str) and patch.size != product.size:
        fields["size"] = spelled_size(category, patch.size)
    fields["attributes"] = _attributes(product, patch)
    if patch.trade_changes is not UNSET:
        fields["trade"] = _trade(fields["trade"], patch.trade_changes)
    for name, key in _KEYS.items():
        given = getattr(patch, name)
        if given is not UNSET:
            action = patch.actions.get(name, ArrayAction.REPLACE)
            fields[name] = _merged(getattr(product, name) or (), given, action, key)
    return ProductContent(**fields)  # type: ignore[arg-type]


def said(patch: ProductPatch) -> ProductContent:
    """Return what a patch itself gives of a product, whichever it is; what it only takes away is not in it."""
    fields = {name: getattr(patch, name, UNSET) for name in ProductContent.__struct_fields__}
    gone = {name for name, action in patch.actions.items() if action is ArrayAction.REMOVE}
    given = {name: value for name, value in fields.items() if value is not UNSET and name not in gone}
    return ProductContent(**{"sku": "", "name": "", **given})


def _category(category: tuple[str, ...], patch: ProductPatch) -> tuple[str, ...]:
    # A record that comes back as it was answered leaves the category as it is written, and without one where it is so.
    if patch.type is not UNSET and patch.type != type_of(category):
        category = with_type(category, patch.type)
    if patch.collection is not UNSET and patch.collection != collection_of(category):
        category = with_collection(category, patch.collection)
    return category


def _trade(trade: object, changes: TradePatch) -> Trade:
    old = trade if isinstance(trade, Trade) else Trade()
    given = {name: value for name in changes.__struct_fields__ if (value := getattr(changes, name)) is not UNSET}
    return msgspec.structs.replace(old, **given)


def _attributes(product: Product, patch: ProductPatch) -> Attributes | None:
    if patch.attributes is UNSET:
        return product.attributes
    kept = {} if patch.replaces_attributes else product.attributes or {}
    merged: Attributes = {**kept, **patch.attributes}
    return {name: value for name, value in merged.items() if value is not None} or None


def _metal_name(part: Part) -> object:
    return part.get("name")


def _gemstone_code(part: Part) -> object:
    return part.get("code")


def _itself(url: object) -> object:
    return url


_KEYS: Mapping[str, Callable[..., object]] = {
    "metals": _metal_name,
    "gemstones": _gemstone_code,
    "images": _itself,
}
"""By what the entries of each list are recognised."""


def _merged(
    old: Sequence[object], given: Sequence[object], action: ArrayAction, key: Callable[..., object]
) -> tuple[object, ...]:
    match action:
        case ArrayAction.REPLACE:
            return tuple(given)
        case ArrayAction.APPEND:
            return (*old, *given)
        case ArrayAction.REMOVE:
            names = {key(entry) for entry in given}
            return tuple(entry for entry in old if key(entry) not in names)
        case ArrayAction.UPDATE:
            return _all_updated(old, given, key)


def _all_updated(old: Sequence[object], given: Sequence[object], key: Callable[..., object]) -> tuple[object, ...]:
    """Return entries with what is given of each; those that are not there yet come behind them, each once."""
    wanted: dict[object, object] = {}
    for entry in given:
        before = wanted.get(key(entry))
        # Of one that is given twice what is said later counts, and what is said only once too.
        is_said = isinstance(before, dict) and isinstance(entry, dict)
        wanted[key(entry)] = {**before, **entry} if is_said else entry  # type: ignore[dict-item]  # both are dicts
    known = {key(entry) for entry in old}
    added = [_updated({}, entry) for name, entry in wanted.items() if name not in known]
    return (*(_updated(entry, wanted.get(key(entry))) for entry in old), *added)


def _updated(entry: object, given: object) -> object:
    """Return an entry with what is given of it; a part keeps what is left out, and loses what is None."""
    if given is None:
        return entry
    if not isinstance(entry, dict) or not isinstance(given, dict):
        return given
    return {name: value for name, value in (entry | given).items() if value is not None}
