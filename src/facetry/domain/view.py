"""One tenant's catalog as an open transaction sees it: what every store hands to the rules of writing."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from facetry.domain.product import Product
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey


class CatalogView(Protocol):
    """One tenant's catalog as an open transaction sees it.

    Attributes:
        max_group_products: How many products a group may have at most; 0 for any number.
        currency: The tenant's, of prices that name none.
    """

    max_group_products: int
    currency: str

    def expect(self, skus: Sequence[str]) -> None:
        """Be told which products are about to be asked for, and may be read at once."""

    def attempt(self) -> AbstractContextManager[None]:
        """Undo all that is done inside where it ends with an error of ``domain.errors``, which goes on from there."""

    def product(self, sku: str) -> Product | None:
        """Return the product with this SKU, exact in case, or None."""

    def product_by_id(self, product_id: int) -> Product | None:
        """Return the product with this id, or None."""

    def members(self, group_id: str) -> Sequence[Product]:
        """Return the products of a group in the order in which they joined; none where there is no such group."""

    def flagged(self, group_id: str) -> Sequence[Product]:
        """Return the products of a group whose ``is_main`` is set."""

    def has_members(self, group_id: str) -> bool:
        """Return whether any product has this group id."""

    def count_members(self, group_id: str) -> int:
        """Return how many products have this group id."""

    def next_joined(self) -> int:
        """Return the next position in the order of joining: larger than every earlier one of this tenant."""

    def admit(self, products: Sequence[Product]) -> None:
        """Check that the tenant's quotas have room for what saving these products would add.

        The check is as exact as the transaction: whoever writes at the same time is counted.

        Raises:
            QuotaExceededError: They have not; nothing was changed.
        """

    def save(self, product: Product) -> None:
        """Insert or replace the product with this SKU; its old group, if another, counts as touched too."""

    def remove(self, product: Product) -> None:
        """Remove the product with this SKU."""

    def uses_gemstone(self, code: str) -> bool:
        """Return whether any product has a gemstone with this code."""

    def products_with(self, code: str) -> Sequence[Product]:
        """Return the products that have a gemstone with this code, ascending by id."""

    def variations(self, sku: str) -> Sequence[Product]:
        """Return the products that are variations of the one with this SKU, ascending by id."""

    def record(self, kind: RecordKind, key: RecordKey) -> Record | None:
        """Return a record, or None."""

    def linked(self, kind: RecordKind, link: str, limit: int | None = None) -> Sequence[Record]:
        """Return the records of a kind that name this link, ascending by id; the first ones up to a limit."""

    def next_id(self, kind: RecordKind) -> int:
        """Return the next id of a kind: larger than every earlier one of this tenant."""

    def claim_id(self, kind: RecordKind, record_id: int) -> None:
        """Count an id of a kind as given, so that the next ones are larger; harmless where they are already."""

    def save_record(self, record: Record) -> None:
        """Insert or replace the record of this kind and id."""

    def remove_record(self, record: Record) -> None:
        """Remove the record of this kind and id."""
