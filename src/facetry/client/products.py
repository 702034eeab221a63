"""Calls about products."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable
from datetime import datetime

from facetry.client.bulk import Bulk, Progress
from facetry.client.exchange import (
    Answer,
    Flow,
    Request,
    Stream,
    get,
    nothing,
    path_of,
    reader,
    tagged,
    target_of,
    write,
)
from facetry.client.methods import AsyncPart, Iteration, Method, Methods, Steps, SyncPart
from facetry.client.paging import items
from facetry.client.types.bulk import BulkSummary, Line, LineResult
from facetry.client.types.page import Page
from facetry.client.types.product import (
    HistoryEntry,
    Product,
    ProductChanges,
    StockLevel,
    StoredProduct,
    written,
)

PATH = "/v2/products"
_product, _page, _stock = tagged(StoredProduct), reader(Page[StoredProduct]), reader(StockLevel)
_history = reader(Page[HistoryEntry])


class ProductMethods(Methods):
    """What can be done with products; of both clients."""

    @Method
    def get(self, sku: str, *, min_revision: int = 0) -> Request[StoredProduct]:
        """Return the product with a SKU."""
        return get(PATH + path_of(sku), _product, {"min_revision": min_revision or None})

    @Method
    def get_by_id(self, number: int, *, min_revision: int = 0) -> Request[StoredProduct]:
        """Return the product with a number."""
        return get(f"{PATH}/id:{number}", _product, {"min_revision": min_revision or None})

    @Method
    def page(
        self,
        *,
        after: str | None = None,
        limit: int = 50,
        group_id: str | None = None,
        updated_from: datetime | None = None,
        updated_to: datetime | None = None,
        min_revision: int = 0,
    ) -> Request[Page[StoredProduct]]:
        """Return a page of products, in order of their numbers."""
        narrowed = {"group_id": group_id, "updated_from": updated_from, "updated_to": updated_to}
        paged = {"after": after, "limit": limit, "min_revision": min_revision or None}
        return get(PATH, _page, {**narrowed, **paged})

    @Iteration
    def each(
        self,
        *,
        group_id: str | None = None,
        updated_from: datetime | None = None,
        updated_to: datetime | None = None,
        page_size: int = 500,
        min_revision: int = 0,
    ) -> Stream[StoredProduct]:
        """Iterate over products, in order of their numbers; those that live all the while come exactly once."""
        narrowed = {"group_id": group_id, "updated_from": updated_from, "updated_to": updated_to}
        return items(self._core, PATH, _page, {**narrowed, "limit": page_size, "min_revision": min_revision or None})

    @Method
    def put(
        self, product: Product, *, if_match: str = "", only_new: bool = False, idempotency_key: str = ""
    ) -> Request[StoredProduct]:
        """Store a product as a whole, and return it as it is stored.

        Args:
            product: All of it; what it does not say has no value afterwards.
            if_match: An ``etag``: only if the product is still as it was then.
            only_new: Only if there is no product with its SKU.
            idempotency_key: Makes the same call of another process or time the same write.

        Raises:
            ChangedMeanwhileError: The condition does not hold; nothing was changed.
        """
        conditions = {"if-match": if_match, "if-none-match": "*" if only_new else ""}
        path = PATH + path_of(product.sku)
        return write("PUT", path, _product, written(product), key=idempotency_key, headers=conditions)

    @Method
    def patch(
        self, sku: str, changes: ProductChanges, *, if_match: str = "", idempotency_key: str = ""
    ) -> Request[StoredProduct]:
        """Change fields of a product, and return it as it is then.

        Raises:
            ChangedMeanwhileError: It is not as it was at ``if_match`` any more; nothing was changed.
        """
        return write(
            "PATCH", PATH + path_of(sku), _product, changes, key=idempotency_key, headers={"if-match": if_match}
        )

    @Method
    def delete(self, sku: str, *, if_match: str = "", idempotency_key: str = "") -> Request[None]:
        """Remove a product."""
        return write("DELETE", PATH + path_of(sku), nothing, key=idempotency_key, headers={"if-match": if_match})

    @Method
    def change_stock(
        self, sku: str, change: int, *, reason: str = "", if_match: str = "", idempotency_key: str = ""
    ) -> Request[StockLevel]:
        """Add pieces to the stock of a product, or take some away.

        Raises:
            ConflictError: There are not that many (``insufficient_stock``); nothing was changed.
        """
        document = {"change": change, "reason": reason}
        path = PATH + path_of(sku, "stock")
        return write("POST", path, _stock, document, key=idempotency_key, headers={"if-match": if_match})

    @Iteration
    def history(self, sku: str, *, page_size: int = 50) -> Stream[HistoryEntry]:
        """Iterate over the changes of a product, newest first."""
        path = PATH + path_of(sku, "history")
        return items(self._core, path, _history, {"limit": page_size})

    @Method
    def undo(
        self, sku: str, change: int, *, force: bool = False, if_match: str = "", idempotency_key: str = ""
    ) -> Request[StoredProduct | None]:
        """Take back one change of a product by a new one, and return the product as it is then; None where it is gone.

        Args:
            sku: Of the product.
            change: The ``id`` of an entry of its history.
            force: Also fields that were changed again meanwhile.
            if_match: As of ``put``.
            idempotency_key: As of ``put``.

        Raises:
            ConflictError: Fields were changed again (``changed_since``); nothing was changed.
        """
        path = target_of(PATH + path_of(sku, "history", change, "undo"), {"force": force})
        return write("POST", path, _product_if_any, key=idempotency_key, headers={"if-match": if_match})

    @Steps
    def bulk(
        self,
        lines: Iterable[Line] | AsyncIterable[Line],
        *,
        progress: Progress | None = None,
        atomic: bool = False,
        idempotency_key: str = "",
    ) -> Flow[BulkSummary]:
        """Write any number of products, and return how many were and which were refused.

        Args:
            lines: Products and other ``Line``s; they are read as they are sent, so any number needs little memory.
            progress: Called with the summary so far, whenever lines have been stored.
            atomic: All or none, of up to 10,000 lines.
            idempotency_key: The same lines with the same key, later or from another process, are done once.

        Raises:
            BulkStoppedError: It ended before it was done.
        """
        return Bulk(self._core, lines, key=idempotency_key, atomic=atomic).summary(progress)

    @Iteration
    def bulk_results(
        self,
        lines: Iterable[Line] | AsyncIterable[Line],
        *,
        only_failed: bool = False,
        atomic: bool = False,
        idempotency_key: str = "",
    ) -> Stream[LineResult]:
        """Write any number of products, and iterate over what becomes of each; writing goes on as this is iterated.

        Raises:
            BulkStoppedError: It ended before it was done.
        """
        bulk = Bulk(
            self._core,
            lines,
            key=idempotency_key,
            atomic=atomic,
            only_failed=only_failed,
        )
        return bulk.results()


class Products(ProductMethods, SyncPart):
    """Products, blocking."""


class AsyncProducts(ProductMethods, AsyncPart):
    """Products, awaited."""


def _product_if_any(answer: Answer) -> StoredProduct | None:
    return _product(answer) if answer.body else None
