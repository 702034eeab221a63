"""The port of the store: tenants, products, groups, records and the change log, one transaction over all of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

from facetry.domain.actor import OPERATOR, Actor
from facetry.domain.catalog import Write
from facetry.domain.change import Delta, Receipt
from facetry.domain.feed import Changes
from facetry.domain.group import ProductGroup
from facetry.domain.product import Product
from facetry.domain.quotas import Usage
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey
from facetry.domain.tenant import Tenant


class CatalogStore(Protocol):
    """The truth. Every method may raise ``StoreError``; a failed one changed nothing.

    Attributes:
        looks: Whether marks tell what other processes did only after a ``look``, because asking takes a while.

    A tenant that does not exist has no products, no groups and revision 0; writing to it raises
    ``TenantNotFoundError``.
    """

    looks: bool

    async def write(self, tenant: str, writes: Sequence[Write], *, by: Actor = OPERATOR) -> Receipt:
        """Do writes in order, in one durable transaction; committed on return.

        Each write stands alone: one that breaks a rule gets a ``Refused`` outcome and changes nothing, the others
        take effect. Every write that takes effect raises the tenant's revision by one and leaves a row in the
        change log. Concurrent calls serialise in some order; several may share one commit. Cancelling the caller
        does not undo a commit that is under way. Repeating a ``PutProduct`` with ``REPLACE`` is harmless.
        What the tenant's quotas have no room for is refused, exactly, whoever else writes at the same time.
        The process that does the writes tells its ``WriteListener``s, ``by`` whom they were asked for.

        Raises:
            TenantNotFoundError: There is no such tenant.
            StoreFullError: There is no room left.
        """

    async def product(self, tenant: str, sku: str) -> Product | None:
        """Return the product with this SKU, exact in case, or None."""

    async def products(self, tenant: str, skus: Sequence[str]) -> dict[str, Product]:
        """Return those of these products that exist, by SKU."""

    async def products_by_id(self, tenant: str, ids: Sequence[int]) -> dict[int, Product]:
        """Return those of these products that exist, by id."""

    async def products_after(
        self, tenant: str, product_id: int, limit: int, *, updated_from: float = 0.0, updated_to: float = math.inf
    ) -> Sequence[Product]:
        """Return up to ``limit`` products whose id is greater, ascending by id; 0 begins at the first.

        Args:
            tenant: Whose.
            product_id: The last one known.
            limit: How many at most.
            updated_from: Only those whose last write was at this Unix time or later.
            updated_to: Only those whose last write was at this Unix time or before.
        """

    async def records(self, tenant: str, kind: RecordKind, keys: Sequence[RecordKey]) -> Sequence[Record | None]:
        """Return the records of a kind with these keys, in their order; None for each that is not there."""

    async def records_after(
        self, tenant: str, kind: RecordKind, record_id: int, limit: int, link: str = ""
    ) -> Sequence[Record]:
        """Return up to ``limit`` records of a kind whose id is greater, ascending; with a link those that name it."""

    async def records_before(
        self, tenant: str, kind: RecordKind, record_id: int, limit: int, link: str = ""
    ) -> Sequence[Record]:
        """Return up to ``limit`` records of a kind whose id is less, descending; 0 begins at the newest.

        With a link only those that name it. As quick at the end of many as at their beginning.
        """

    async def group(self, tenant: str, group_id: str) -> ProductGroup | None:
        """Return the derivation of the products with this group id, or None where there are none."""

    async def groups_after(self, tenant: str, group_id: str, limit: int) -> Sequence[ProductGroup]:
        """Return up to ``limit`` groups whose id is greater, ascending by code point; ``""`` begins at the first.

        Reading on while others write is safe: each group comes as it is when its page is read, a group that lives
        all the while comes exactly once.
        """

    async def revision(self, tenant: str) -> int:
        """Return the tenant's revision: that of its last committed write; 0, or what it began with, before that."""

    async def revisions(self) -> dict[str, int]:
        """Return the revision of every tenant by id, read in one go."""

    async def delta(self, tenant: str, after: int, limit: int) -> Delta | None:
        """Return all that changed after a revision, read in one transaction.

        None says that more than ``limit`` groups changed, that the change log was cut above ``after``, or that
        ``after`` lies in the future (another catalog's): the consumer starts again from ``groups_after``. The
        groups are as they are at the delta's revision, not as they were at each step.
        """

    async def changes(self, tenant: str, after: int, limit: int) -> Changes:
        """Return what the revisions after one touched, with how it is now, read in one transaction.

        The page ends between two revisions: before more than ``limit`` products, groups and records are touched, but
        not before the first revision, and after ``domain.feed.PAGE_REVISIONS`` revisions at the latest. Who takes
        over page after page, each beginning at the revision of the one before, loses nothing; twice does no harm.

        Raises:
            RevisionTooOldError: The change log was cut above ``after``, or that lies in the future (another
                catalog's): the consumer starts again from all that there is.
        """

    async def cut_log(self, tenant: str, below: int) -> None:
        """Forget rows of the change log up to and including revision ``below``; harmless to repeat."""

    async def counts(self, tenant: str) -> tuple[int, int]:
        """Return how many products and how many groups the tenant has."""

    async def usage(self, tenant: str) -> Usage:
        """Return how many products the tenant has and how many bytes they are, without looking at each."""

    async def create_tenant(self, tenant: Tenant) -> None:
        """Add a tenant, durable on return.

        Where the id was that of a deleted tenant, the new one's revision begins above the last one of that, with a
        log cut there: who still holds anything of the old one cannot take it for the new one's and starts again.

        Raises:
            TenantExistsError: The id is taken, or the digest of one of its keys is that of any key of another tenant.
        """

    async def tenant(self, tenant: str) -> Tenant | None:
        """Return the tenant's record, or None."""

    async def tenants(self) -> Sequence[Tenant]:
        """Return every tenant's record, ascending by id."""

    async def tenant_by_token_key(self, kid: str) -> Tenant | None:
        """Return the tenant one of whose token keys has this name, or None."""

    async def tenant_by_key(self, digest: bytes) -> Tenant | None:
        """Return the tenant one of whose keys (API key, access key or search key) has this digest, or None.

        Found by an index, whatever the number of tenants.
        """

    async def replace_tenant(self, tenant: Tenant) -> Tenant:
        """Replace a record, durable on return, and return it with its ``version`` raised by one.

        The given version must be the stored one.

        Raises:
            TenantNotFoundError: There is no such tenant.
            TenantExistsError: The digest of a key is taken by another tenant, or the record changed meanwhile.
        """

    async def delete_tenant(self, tenant: str) -> None:
        """Remove the tenant with all its products, groups and log rows, durable on return.

        Raises:
            TenantNotFoundError: There is no such tenant.
        """

    def mark(self, tenant: str) -> object:
        """Return a value that differs whenever the tenant's record or catalog changed; microseconds, never waits.

        Equal marks prove that nothing changed between them: where ``looks`` is False up to now, else up to the
        last ``look``. This is what makes every process see what another one committed.
        """

    async def look(self, tenant: str) -> None:
        """Learn what was acknowledged before this call, wherever it was written: ``mark`` tells it from now on.

        Does nothing where ``looks`` is False. Callers at once may share one question.
        """

    async def close(self) -> None:
        """Finish commits under way and release everything; harmless to repeat."""
