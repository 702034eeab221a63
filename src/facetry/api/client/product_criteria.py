"""What ``product_search`` asks for, read into tests of one product each."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from facetry.api.client.product_keys import id_key, product_keys, sku_key
from facetry.api.client.product_rendering import IDENTITY, RENDERERS
from facetry.api.client.values import keys_of, words
from facetry.domain.breadcrumbs import collection_of, type_of
from facetry.domain.errors import FacetryError, InvalidValueError
from facetry.domain.patching import ProductKey
from facetry.domain.product import Product
from facetry.domain.search.query import MAX_TEXT_LENGTH
from facetry.domain.tenant import TenantSettings
from facetry.domain.times import end_of, unix_time
from facetry.domain.trade_terms import metals, numbers
from facetry.domain.trade_terms.plain import entries, identifier, is_empty, long_text, unknown_field
from facetry.domain.trade_terms.prices import price

Test = Callable[[Product], bool]

VARIATIONS = "variations"
FIELD_NAMES = (*RENDERERS, VARIATIONS)
ALL_FIELDS = "*"
SEARCH_KEYS: Mapping[str, str] = {
    "product_id": "One id or several.",
    "sku": "One SKU or several, exact. Also `catalog_code`.",
    "title": "The title contains this, in any case.",
    "model": "One model or several, exact.",
    "type": "One type or several, in any case.",
    "collection": "One collection or several, in any case.",
    "metal": "Of this metal: `gold`, `18K white gold`; one or several.",
    "gemstone_code": "With a gemstone of one of these codes, exact.",
    "not_for_sale": "true or false.",
    "price_from": "Regular price, at least.",
    "price_to": "Regular price, at most.",
    "quantity_from": "Pieces in stock, at least.",
    "quantity_to": "Pieces in stock, at most.",
    "updated_from": "Last written at this time or later: ISO 8601 or Unix seconds.",
    "updated_to": "Last written at this time or before; a date is the whole day.",
    "q": "Full text, as shoppers search.",
    "limit": "So many products at most.",
    "offset": "So many products are left out at the beginning.",
    "fields": "Names of fields to answer besides, as a list or with commas; `*` for all.",
}
"""The keys, and how they are documented."""
_ALIASES = {"catalog_code": "sku", "id": "product_id"}


@dataclass(slots=True)
class Criteria:
    """What products are looked for, and what is answered of them.

    Attributes:
        tests: All must be true of a product.
        keys: Only these; None for all.
        models: Only of these groups; None for all.
        codes: Only with one of these gemstones; None for all.
        text: Full text.
        updated: First and last Unix time of the last write.
        limit: None for no limit.
        fields: To answer beside ids and SKUs; None where nothing is asked for.
    """

    tests: list[Test] = field(default_factory=list)
    keys: list[ProductKey] | None = None
    models: frozenset[str] | None = None
    codes: frozenset[str] | None = None
    text: str = ""
    updated: tuple[float, float] = (0.0, math.inf)
    offset: int = 0
    limit: int | None = None
    fields: tuple[str, ...] | None = None

    def allows(self, product: Product) -> bool:
        """Return whether a product passes all tests."""
        return all(test(product) for test in self.tests)


def read_criteria(data: object, settings: TenantSettings) -> Criteria:
    """Return what ``data`` asks for; blank values ask for nothing.

    Raises:
        InvalidValueError: A key is unknown, or a value can be none of its kind.
    """
    criteria = Criteria()
    if isinstance(data, dict):
        given: dict[str, object] = {name: raw for name, raw in data.items() if not is_empty(raw)}
        for name, raw in given.items():
            read = _READERS.get(_ALIASES.get(name, name))
            if read is None:
                raise unknown_field(name, name, SEARCH_KEYS)
            read(criteria, name, raw, settings)
    elif data not in (None, "", []):
        # PHP writes an array without entries, and so a search for all, as a list.
        criteria.keys = _sound(product_keys(data))
    return criteria


def _sound(keys: Iterable[ProductKey | FacetryError]) -> list[ProductKey]:
    found = []
    for key in keys:
        if isinstance(key, FacetryError):
            raise key
        found.append(key)
    return found


Reader = Callable[[Criteria, str, object, TenantSettings], None]
"""Adds to criteria what a key says: its name, its value, and for whom it is read."""


def _ids(criteria: Criteria, name: str, raw: object, _: TenantSettings) -> None:
    keys = [id_key(name, one) for one in keys_of(name, raw)]
    _add_keys(criteria, keys, lambda product: product.product_id, {key.id for key in keys})


def _skus(criteria: Criteria, name: str, raw: object, _: TenantSettings) -> None:
    keys = [sku_key(name, one) for one in (keys_of(name, raw) if isinstance(raw, list) else [raw])]
    _add_keys(criteria, keys, lambda product: product.sku, {key.sku for key in keys})


def _add_keys(
    criteria: Criteria, keys: list[ProductKey], value: Callable[[Product], object], allowed: Collection[object]
) -> None:
    if criteria.keys is None:
        criteria.keys = keys
    criteria.tests.append(lambda product: value(product) in allowed)


def _title(criteria: Criteria, name: str, raw: object, _: TenantSettings) -> None:
    part = long_text(name, raw).casefold()
    criteria.tests.append(lambda product: part in product.name.casefold())


def _models(criteria: Criteria, name: str, raw: object, _: TenantSettings) -> None:
    models = frozenset(identifier(name, one) for one in entries(name, raw))
    criteria.models = models
    criteria.tests.append(lambda product: product.group_id in models)


def _codes(criteria: Criteria, name: str, raw: object, _: TenantSettings) -> None:
    codes = frozenset(identifier(name, one) for one in entries(name, raw))
    criteria.codes = codes
    criteria.tests.append(lambda product: any(part.get("code") in codes for part in product.gemstones or ()))


def _crumb(of: Callable[[tuple[str, ...]], str]) -> Reader:
    def read(criteria: Criteria, name: str, raw: object, _: TenantSettings) -> None:
        wanted = {long_text(name, one).casefold() for one in entries(name, raw)}
        criteria.tests.append(lambda product: of(product.category).casefold() in wanted)

    return read


def _metals(criteria: Criteria, name: str, raw: object, _: TenantSettings) -> None:
    wanted = [_Alloy(long_text(name, one)) for one in entries(name, raw)]
    criteria.tests.append(lambda product: any(alloy.is_in(product) for alloy in wanted))


class _Alloy:
    """A metal as a search names it: what it says of name, color and fineness must all be so."""

    def __init__(self, written: str) -> None:
        told = metals.metal(written)
        self._name = (told.name or written).casefold()
        self._color, self._fineness = told.color, told.fineness

    def is_in(self, product: Product) -> bool:
        return any(
            self._is_named(str(part.get("name") or ""))
            and self._color in {None, part.get("color")}
            and self._fineness in {None, part.get("purity")}
            for part in product.metals or ()
        )

    def _is_named(self, name: str) -> bool:
        return self._name == name.casefold() or self._name == metals.metal(name).name


def _for_sale(criteria: Criteria, name: str, raw: object, _: TenantSettings) -> None:
    is_active = not numbers.truth(name, raw)
    criteria.tests.append(lambda product: product.active == is_active)


def _prices(criteria: Criteria, name: str, raw: object, settings: TenantSettings) -> None:
    bound = price(name, raw, settings.currency)
    default = settings.currency

    def test(product: Product) -> bool:
        if product.regular_price is None or bound.currency not in {None, product.currency or default}:
            return False
        return product.regular_price >= bound.minor if is_low else product.regular_price <= bound.minor

    is_low = name.endswith("_from")
    criteria.tests.append(test)


def _quantities(criteria: Criteria, name: str, raw: object, _: TenantSettings) -> None:
    bound = numbers.whole(name, raw)
    is_low = name.endswith("_from")
    criteria.tests.append(lambda product: product.quantity >= bound if is_low else product.quantity <= bound)


def _updated(criteria: Criteria, name: str, raw: object, _: TenantSettings) -> None:
    first, last = criteria.updated
    is_low = name.endswith("_from")
    criteria.updated = (unix_time(name, raw), last) if is_low else (first, end_of(name, raw))


def _text(criteria: Criteria, name: str, raw: object, _: TenantSettings) -> None:
    criteria.text = long_text(name, raw)
    if len(criteria.text) > MAX_TEXT_LENGTH:
        raise InvalidValueError(name, f"must have at most {MAX_TEXT_LENGTH} characters")


def _page(criteria: Criteria, name: str, raw: object, _: TenantSettings) -> None:
    setattr(criteria, name, numbers.whole(name, raw))


def _fields(criteria: Criteria, name: str, raw: object, _: TenantSettings) -> None:
    names = words(name, raw)
    if ALL_FIELDS in names:
        criteria.fields = FIELD_NAMES
        return
    for one in names:
        if one not in FIELD_NAMES:
            raise unknown_field(name, one, FIELD_NAMES)
    criteria.fields = tuple(dict.fromkeys((*IDENTITY, *names)))


_READERS: Mapping[str, Reader] = {
    "product_id": _ids,
    "sku": _skus,
    "title": _title,
    "model": _models,
    "type": _crumb(type_of),
    "collection": _crumb(collection_of),
    "metal": _metals,
    "gemstone_code": _codes,
    "not_for_sale": _for_sale,
    "price_from": _prices,
    "price_to": _prices,
    "quantity_from": _quantities,
    "quantity_to": _quantities,
    "updated_from": _updated,
    "updated_to": _updated,
    "q": _text,
    "limit": _page,
    "offset": _page,
    "fields": _fields,
}
