"""The history of products: who changed what, shown, and taken back."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from facetry.domain.errors import RecordNotFoundError
from facetry.domain.guarding import tag_of
from facetry.domain.journal import HistoryLine, LineQuery, Numbered
from facetry.domain.product import Product
from facetry.domain.undoing import UndoChange
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.journal import Journal

PAGE = 100
"""So many lines are looked at together."""
_decode = msgspec.json.Decoder(Product | None).decode


class ProductChange(msgspec.Struct, frozen=True):
    """One change of a product, as it was noted.

    Attributes:
        line: Who changed it, when and why.
        before: The product before; None where it was created.
        after: The product after; None where it was created or removed.
    """

    line: HistoryLine
    before: Product | None
    after: Product | None


def change_of(line: HistoryLine) -> ProductChange:
    """Return what a line tells."""
    return ProductChange(line, _decode(line.before), _decode(line.after))


class ProductHistory:
    """The use cases of histories of products."""

    def __init__(self, journal: Journal, store: CatalogStore) -> None:
        """Read from a journal, and products as they are from a store."""
        self._journal = journal
        self._store = store

    async def lines(
        self, tenant: str, sku: str, limit: int, after: tuple[float, int] | None = None
    ) -> Sequence[Numbered[HistoryLine]]:
        """Return lines of a product, newest first, from behind the time and number of one on.

        Raises:
            StoreError: The journal cannot be read.
        """
        return await self._journal.lines(tenant, HistoryLine, LineQuery(id=sku, after=after, limit=limit))

    async def newest(self, tenant: str, skus: Sequence[str], limit: int) -> Sequence[HistoryLine]:
        """Return the newest lines of several products together, newest first.

        Raises:
            StoreError: The journal cannot be read.
        """
        found = [one for sku in skus for one in await self.lines(tenant, sku, limit)]
        found.sort(key=lambda one: (one.line.time, one.number), reverse=True)
        return [one.line for one in found[:limit]]

    async def state(self, tenant: str, sku: str, tag: str) -> Product | None:
        """Return a product as it was when it had a tag; None where that is not among the newest that are known.

        Raises:
            StoreError: The journal cannot be read.
        """
        for one in await self.lines(tenant, sku, PAGE):
            noted = change_of(one.line)
            for product in (noted.after, noted.before):
                if product is not None and tag_of(product) == tag:
                    return product
        return None

    async def undoing(self, tenant: str, sku: str, change: int, *, is_forced: bool) -> UndoChange:
        """Return the write that takes a change back.

        Args:
            tenant: Whose catalog.
            sku: Of the product.
            change: The revision of the change.
            is_forced: Whether what was changed again since then is taken back too.

        Raises:
            RecordNotFoundError: No such change is known, or not any more.
            StoreError: The journal cannot be read.
        """
        # The product is read before the journal: what changes in between is noted, or found changed by the write.
        now = await self._store.product(tenant, sku)
        found = await self._journal.lines(tenant, HistoryLine, LineQuery(id=sku, where={"revision": change}, limit=1))
        if not found:
            raise RecordNotFoundError("change", str(change))
        noted = change_of(found[0].line)
        created = noted.before is None
        after = await self._as_created(tenant, noted.line, now) if created else noted.after
        return UndoChange(sku, change, noted.before, after, is_forced)

    async def _as_created(self, tenant: str, line: HistoryLine, now: Product | None) -> Product | None:
        """Return a product as it was when it was created: as before its next change, or as it is now."""
        following: HistoryLine | None = None
        after: tuple[float, int] | None = None
        while found := await self.lines(tenant, line.id, PAGE, after):
            newer = [one.line for one in found if one.line.revision > line.revision]
            following = newer[-1] if newer else following
            if len(newer) < len(found):
                break
            after = found[-1].line.time, found[-1].number
        return now if following is None else change_of(following).before
