"""Quotas: what a tenant may have and do at most, and what it has."""

from __future__ import annotations

import msgspec

from facetry.domain.errors import InvalidValueError, QuotaExceededError
from facetry.domain.product import Product

MAX_QUOTA = 2**53 - 1
MAX_RATE = 10**9
_encode = msgspec.json.Encoder().encode


class Quotas(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a tenant may have and do at most; None for no limit.

    Attributes:
        products: How many it may have.
        bytes: How large all of them may be as they are stored, see ``size_of``.
        writes_per_second: How many things it may write; each line of a bulk is one.
        searches_per_second: How many searches are answered that nothing kept answers.
        search_seconds_per_minute: How long the search index may work for it.
    """

    products: int | None = None
    bytes: int | None = None
    writes_per_second: int | None = None
    searches_per_second: int | None = None
    search_seconds_per_minute: int | None = None


NO_QUOTAS = Quotas()


class Usage(msgspec.Struct, frozen=True):
    """What a tenant has: how many products, and how many bytes they are."""

    products: int = 0
    bytes: int = 0


def check_quotas(quotas: Quotas) -> None:
    """Check quotas before they are set.

    Raises:
        InvalidValueError: One is too small or too large.
    """
    for name in quotas.__struct_fields__:
        limit = getattr(quotas, name)
        lowest, highest = (0, MAX_QUOTA) if name in Usage.__struct_fields__ else (1, MAX_RATE)
        if limit is not None and not lowest <= limit <= highest:
            raise InvalidValueError(name, f"must be {lowest} to {highest}")


def check_room(quotas: Quotas, before: Usage, after: Usage) -> None:
    """Check that a tenant may come to have more; to stay or to shrink it always may.

    Raises:
        QuotaExceededError: There is no room for that.
    """
    for name in Usage.__struct_fields__:
        limit = getattr(quotas, name)
        if limit is not None and getattr(after, name) > max(limit, getattr(before, name)):
            raise QuotaExceededError(name, limit, None)


def size_of(product: Product) -> int:
    """Return how many bytes a product counts: those of its JSON, in which it is stored."""
    return len(_encode(product))
