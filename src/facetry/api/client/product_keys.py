"""Which products ``data`` names: ids, SKUs, records that have either, one or many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from facetry.api.client.values import id_number, keys_of
from facetry.domain.errors import FacetryError, InvalidValueError, MissingFieldsError
from facetry.domain.patching import ProductKey
from facetry.domain.trade_terms.plain import identifier, is_empty, unknown_field

Read = Callable[[str, Any], ProductKey]

_NAMES = ("product_id", "id", "sku", "catalog_code")


def product_keys(data: object) -> list[ProductKey | FacetryError]:
    """Return the products that ``data`` names, in its order; for each that cannot be one the error.

    It may be an id, a text of ids with commas between them, an object with ``product_id`` or ``sku``, each of them
    one or a list, or a list of all these.
    """
    if isinstance(data, list):
        return [_key("data", one, at) for at, one in enumerate(data)]
    if isinstance(data, dict):
        return _keys_of_object(data)
    return [_read(id_key, "product_id", one) for one in keys_of("product_id", data)]


def id_key(path: str, raw: object) -> ProductKey:
    """Return the key of an id.

    Raises:
        InvalidValueError: It is none.
    """
    return ProductKey(id_number(path, raw))


def sku_key(path: str, raw: object) -> ProductKey:
    """Return the key of a SKU.

    Raises:
        InvalidValueError: It can be none.
    """
    return ProductKey(sku=identifier(path, raw))


def record_key(path: str, record: Mapping[str, object]) -> ProductKey:
    """Return the key that a record has: an id, a SKU, or both, which must then be those of one product.

    Raises:
        MissingFieldsError: It has neither.
        InvalidValueError: One of them can be none.
    """
    given = {name: record[name] for name in _NAMES if not is_empty(record.get(name))}
    product_id = given.get("product_id", given.get("id"))
    sku = given.get("sku", given.get("catalog_code"))
    if product_id is None and sku is None:
        raise MissingFieldsError((f"{path}product_id",))
    return ProductKey(
        0 if product_id is None else id_number(f"{path}product_id", product_id),
        "" if sku is None else identifier(f"{path}sku", sku),
    )


def _keys_of_object(data: Mapping[str, object]) -> list[ProductKey | FacetryError]:
    for name in data:
        if name not in _NAMES:
            return [unknown_field(name, name, _NAMES)]
    for name in _NAMES:
        raw = data.get(name)
        is_id = name in _NAMES[:2]
        if isinstance(raw, list) or (is_id and isinstance(raw, str) and "," in raw):
            many = keys_of(name, raw)
            return [_read(id_key if is_id else sku_key, f"{name}[{at}]", one) for at, one in enumerate(many)]
    return [_read(record_key, "", data)]


def _key(path: str, raw: object, at: int) -> ProductKey | FacetryError:
    return _read(record_key, "", raw) if isinstance(raw, dict) else _read(id_key, f"{path}[{at}]", raw)


def _read(read: Read, path: str, raw: object) -> ProductKey | FacetryError:
    try:
        return read(path, raw)
    except (InvalidValueError, MissingFieldsError) as error:
        return error
