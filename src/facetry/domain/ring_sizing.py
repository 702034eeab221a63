"""Ring sizes of products: one spelling of each, and the circumference behind it, by which all systems compare."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from facetry.domain.errors import InvalidValueError
from facetry.domain.jewelry.folding import folded
from facetry.domain.jewelry.spellings import squeezed
from facetry.domain.jewelry.vocabulary import terms
from facetry.domain.product import ProductContent
from facetry.domain.trade_terms.ring_sizes import ring_circumference, ring_size_spelled

_RINGS = frozenset({"ring", "rings", "ringe", "bague", "bagues", "anillo", "anillos", "anello", "anelli"})
_PIECES = frozenset({"wedding band", "bridal set", "half eternity band"})
# What is called a ring, and is not worn on a finger.
_NOT_FINGER = frozenset({"ear", "toe", "nose", "belly", "navel", "key", "napkin", "scarf", "piercing"})


def is_ring(categories: Iterable[str]) -> bool:
    """Return whether a crumb of some categories says that a product is a finger ring (``Jewelry>Engagement rings``)."""
    return any(_names_ring(crumb) for category in categories for crumb in category.split(">"))


def spelled_size(categories: Iterable[str], size: str) -> str:
    """Return the size of a product in these categories as it is kept: that of a ring in one spelling, others as given.

    ``US 6 1/2``, ``6½`` and ``6.50`` are ``6.5``, ``UK L½`` is ``L 1/2``; what is no ring size stays (``7-9``).
    """
    if not is_ring(categories):
        return size
    try:
        return ring_size_spelled("size", size)
    except InvalidValueError:
        return size


def circumference_of(product: ProductContent) -> str | None:
    """Return the inner circumference of a ring in millimeters (``52.5``); None for a product without a ring size."""
    return None if product.size is None else _circumference(product.category, product.size)


@lru_cache(maxsize=1 << 14)
def _circumference(categories: tuple[str, ...], size: str) -> str | None:
    if not is_ring(categories):
        return None
    try:
        return f"{ring_circumference('size', size).normalize():f}"
    except InvalidValueError:
        return None


@lru_cache(maxsize=1 << 12)
def _names_ring(crumb: str) -> bool:
    plain = " ".join(folded(crumb).text.split())
    piece = terms().get(squeezed(plain), plain)
    words = piece.split()
    return piece in _PIECES or (bool(words) and words[-1] in _RINGS and not _NOT_FINGER & set(words))
