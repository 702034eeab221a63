"""A digest of all that a tenant has: the same on every server that has the same."""

from __future__ import annotations

import hashlib

import msgspec

from facetry.domain.group import ProductGroup
from facetry.domain.record import RecordKind
from facetry.ports.catalog_store import CatalogStore

_PAGE = 500
_encode = msgspec.json.Encoder(order="deterministic").encode


class ContentDigest:
    """Groups are added ascending by id, records last; revisions do not count."""

    def __init__(self) -> None:
        """Begin without anything."""
        self._sum = hashlib.sha256()

    def add_group(self, group: ProductGroup) -> None:
        """Add a group with its products."""
        self._sum.update(_encode(msgspec.structs.replace(group, revision=0)) + b"\n")

    async def with_records(self, store: CatalogStore, tenant: str) -> str:
        """Add all records of a tenant and return the digest: 64 hexadecimal digits."""
        for kind in RecordKind:
            last = 0
            while page := await store.records_after(tenant, kind, last, _PAGE):
                for record in page:
                    # The encoder sorts keys that are texts only, and an order counts its stones by number.
                    self._sum.update(_encode(msgspec.to_builtins(record, str_keys=True)) + b"\n")
                last = page[-1].id
        return self._sum.hexdigest()
