"""Groups as the words of texts see them: without the values of attributes that are not searchable."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TypeVar

import msgspec

from facetry.domain.group import ProductGroup
from facetry.domain.product import Part, Product
from facetry.domain.search.fields import ATTRIBUTES, METALS, STONES

_V = TypeVar("_V")


class _Names(msgspec.Struct, frozen=True):
    """The bare names of silent attributes, by what has them."""

    attributes: frozenset[str]
    metals: frozenset[str]
    gemstones: frozenset[str]


def heard(group: ProductGroup, silent: frozenset[str]) -> ProductGroup:
    """Return what words see of a group.

    Args:
        group: With all that it has; itself where it has nothing silent.
        silent: The full names of attributes that no text finds, see ``Schema.silent``.
    """
    if not silent:
        return group
    names = _parted(silent)
    products = tuple(_heard_product(product, names) for product in group.products)
    if all(one is other for one, other in zip(products, group.products, strict=True)):
        return group
    return msgspec.structs.replace(group, products=products)


def _heard_product(product: Product, names: _Names) -> Product:
    attributes = _without(product.attributes, names.attributes)
    metals = _heard_parts(product.metals, names.metals)
    gemstones = _heard_parts(product.gemstones, names.gemstones)
    if attributes is product.attributes and metals is product.metals and gemstones is product.gemstones:
        return product
    return msgspec.structs.replace(product, attributes=attributes, metals=metals, gemstones=gemstones)


def _heard_parts(parts: tuple[Part, ...] | None, silent: frozenset[str]) -> tuple[Part, ...] | None:
    if not parts or all(silent.isdisjoint(part) for part in parts):
        return parts
    return tuple({name: value for name, value in part.items() if name not in silent} for part in parts)


def _without(values: Mapping[str, _V] | None, silent: frozenset[str]) -> Mapping[str, _V] | None:
    if not values or silent.isdisjoint(values):
        return values
    return {name: value for name, value in values.items() if name not in silent}


# All groups of a tenant are looked at with the same names.
@lru_cache(maxsize=64)
def _parted(silent: frozenset[str]) -> _Names:
    return _Names(*(_bare(silent, prefix) for prefix in (ATTRIBUTES, METALS, STONES)))


def _bare(names: frozenset[str], prefix: str) -> frozenset[str]:
    return frozenset(name[len(prefix) :] for name in names if name.startswith(prefix))
