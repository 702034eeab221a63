"""A whole tenant on its way from one server to another."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

import msgspec

from facetry.domain.product import Product
from facetry.domain.records import Record
from facetry.domain.tenant import Tenant

REVISIONS_APART = 1_000_000
"""So much higher than the original's is the revision of a copy.

Who followed the original may have seen a few revisions more than were copied. Its place lies below the copy's log in
any case, so it is told to start again and never takes other changes for those that it has missed.
"""


class Counters(msgspec.Struct, frozen=True):
    """What is counted on in a copy.

    Attributes:
        revision: The original's when it was copied.
        next_joined: The next id of a product.
        last_ids: The last id of each kind of record, by the kind's value.
    """

    revision: int
    next_joined: int
    last_ids: dict[str, int]


class CopiedProduct(msgspec.Struct, frozen=True):
    """A product, and the Unix time of its last write."""

    product: Product
    updated: float


class CopiedGroup(msgspec.Struct, frozen=True):
    """What of a group no product says: the object id that it keeps while it lives."""

    group_id: str
    object_id: str


CopiedThing = CopiedProduct | CopiedGroup | Record


class TenantCopy(NamedTuple):
    """A tenant as it is at one moment, whatever others write meanwhile.

    Attributes:
        record: Its record, keys under this server's master key.
        counters: What its copy counts on from.
        things: Products, groups and records in portions, each kind together; to be read once.
    """

    record: Tenant
    counters: Counters
    things: AsyncIterator[Sequence[CopiedThing]]
