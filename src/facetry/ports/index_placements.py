"""The port of an index that is divided: into one for most tenants, some for a few large ones, and tenants' own ones."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from facetry.domain.group import ProductGroup
from facetry.domain.placement import Placement
from facetry.domain.search.fields import Attributes


class IndexPlacements(Protocol):
    """The indexes that a search index of several processes is divided into."""

    def place(self, tenant: str, placement: Placement) -> None:
        """Have every call from now on go to the index that a tenant is in; changes to the one that it moves to, too.

        A process knows nothing of placements by itself: who follows the tenants' records tells it. Never waits.
        """

    async def build(
        self,
        tenant: str,
        index: str,
        groups: AsyncIterator[Sequence[ProductGroup]],
        revision: int,
        language: str,
        attributes: Attributes,
    ) -> None:
        """Write all groups of a tenant as of a revision into an index in which nobody looks for them yet.

        Raises:
            IndexFailedError: It could not be done; repeating it is harmless.
        """

    async def reached(self, tenant: str, index: str) -> int | None:
        """Return the revision up to which a tenant is in an index, None where it is not, or not whole."""

    async def prepare(self, tenant: str, index: str, shards: int | None = None) -> None:
        """Make the index that a tenant is to be in where it is not there, with so many shards or as many as usual."""

    async def leave(self, tenant: str, index: str) -> None:
        """Remove all of a tenant from an index in which nobody looks for it any more; harmless to repeat."""
