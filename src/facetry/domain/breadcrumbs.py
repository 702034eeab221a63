"""Type and collection of a product, which stand in its category: the last and the first crumb of ``A>B>C``.

Of a product in several categories they are those of the first one; the others are left alone.
"""

from __future__ import annotations

from functools import lru_cache

SEPARATOR = ">"
OTHER_TYPE = "other"
"""The type of a product that has none."""


def type_of(category: tuple[str, ...]) -> str:
    """Return the type of a product in these categories."""
    crumbs = crumbs_of(category)
    return crumbs[-1] if crumbs else OTHER_TYPE


def collection_of(category: tuple[str, ...]) -> str:
    """Return the collection of a product in these categories, empty where it is in none."""
    crumbs = crumbs_of(category)
    return crumbs[0] if len(crumbs) > 1 else ""


@lru_cache(maxsize=1 << 12)
def with_type(category: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Return the categories of a product that gets another type."""
    return _joined((*crumbs_of(category)[:-1], name), category)


@lru_cache(maxsize=1 << 12)
def with_collection(category: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Return the categories of a product that gets into another collection, with an empty name into none."""
    crumbs = crumbs_of(category)
    rest = crumbs[1:] if len(crumbs) > 1 else crumbs
    if not name:
        return _joined(rest, category)
    return _joined((name, *(rest or (OTHER_TYPE,))), category)


@lru_cache(maxsize=1 << 12)
def crumbs_of(category: tuple[str, ...]) -> tuple[str, ...]:
    """Return the crumbs of the first of these categories."""
    parts = category[0].split(SEPARATOR) if category else ()
    return tuple(crumb for part in parts if (crumb := part.strip()))


def _joined(crumbs: tuple[str, ...], category: tuple[str, ...]) -> tuple[str, ...]:
    """Return the categories with other crumbs in the first one."""
    return (SEPARATOR.join(crumbs), *category[1:]) if crumbs else category[1:]
