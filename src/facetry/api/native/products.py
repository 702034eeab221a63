"""The calls about single products, and lists of them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from urllib.parse import quote

import msgspec

from facetry.api.native.call import Call
from facetry.api.native.conditions import condition_of, shown_tag
from facetry.api.native.dependencies import Dependencies
from facetry.api.native.documents import check_names, converted
from facetry.api.native.problems import changed_answer
from facetry.api.native.product_body import ProductBody, product_body
from facetry.api.native.product_reading import ProductReader
from facetry.api.native.product_rendering import product_document
from facetry.api.native.reads import PAGED, Reading, Reads, kept, page_document
from facetry.api.native.routing import Route
from facetry.api.native.writes import Writes, Written
from facetry.application.catalog import Catalog
from facetry.domain.catalog import Deleted, DeleteProduct, Stored, Write
from facetry.domain.errors import (
    BadParameterError,
    ChangedMeanwhileError,
    GroupNotFoundError,
    ProductNotFoundError,
)
from facetry.domain.guarding import tag_of
from facetry.domain.patching import ProductKey
from facetry.domain.product import Product
from facetry.domain.stocking import ChangeStock
from facetry.domain.tenant import Scope
from facetry.http.answer import EVERYTHING, Answer, json_answer, product_tag

PRODUCTS = "/v2/products"
PRODUCT = "/v2/products/{sku}"
PRODUCT_BY_ID = "/v2/products/id:{id}"
STOCK = "/v2/products/{sku}/stock"
_SPAN = ("updated_from", "updated_to")
_ID = re.compile(r"[1-9]\d{0,15}", re.ASCII)
_CREATED, _OK = 201, 200


class StockBody(msgspec.Struct, frozen=True, kw_only=True):
    """How stock changes: by how many pieces, and why."""

    change: int
    reason: str = ""


class Products:
    """Handles the calls about products."""

    def __init__(self, catalog: Catalog, reads: Reads, writes: Writes) -> None:
        """Read and write a catalog."""
        self._catalog = catalog
        self._reads = reads
        self._writes = writes

    async def list(self, call: Call) -> Answer:
        """Show a page of products."""
        reading = await self._reads.begin(call, *PAGED, *_SPAN, "group_id")
        currency = call.session.settings.currency
        if "group_id" in reading.parameters:
            found = await self._of_group(call.session.tenant, reading)
        else:
            found = await self._updated(call.session.tenant, reading)
        page = found[: reading.limit]
        last = page[-1].product_id if len(found) > len(page) else None
        answer = json_answer(page_document([product_document(one, currency) for one in page], last))
        return kept(answer, call, reading, EVERYTHING)

    async def get(self, call: Call) -> Answer:
        """Show the product with a SKU."""
        reading = await self._reads.begin(call)
        sku = call.variables["sku"]
        product = await self._catalog.product(call.session.tenant, sku)
        return kept(_shown(call, product), call, reading, product_tag(sku))

    async def get_by_id(self, call: Call) -> Answer:
        """Show the product with a number."""
        reading = await self._reads.begin(call)
        number = call.variables["id"]
        key = ProductKey(int(number) if _ID.fullmatch(number) else 0)
        (product,) = await self._catalog.find_products(call.session.tenant, [key]) if key.id else (None,)
        if product is None:
            raise ProductNotFoundError(number, key.id)
        return kept(_shown(call, product), call, reading, product_tag(product.sku))

    async def put(self, call: Call) -> Answer:
        """Store a product as a document says it is as a whole."""
        sku, body = call.variables["sku"], product_body(await call.document())
        write = ProductReader(call.session.settings).put(body, sku, await self._known(call, body))
        return await self.carry_out(call, write)

    async def patch(self, call: Call) -> Answer:
        """Change a product where a document speaks of it."""
        key, body = ProductKey(sku=call.variables["sku"]), product_body(await call.document())
        write = ProductReader(call.session.settings).patch(body, key, await self._known(call, body))
        return await self.carry_out(call, write)

    async def delete(self, call: Call) -> Answer:
        """Remove a product."""
        return await self.carry_out(call, DeleteProduct(call.variables["sku"]))

    async def change_stock(self, call: Call) -> Answer:
        """Add pieces to the stock of a product, or take some away."""
        body = stock_body(await call.document())
        done = await self._written(call, ChangeStock(ProductKey(sku=call.variables["sku"]), body.change, body.reason))
        if not isinstance(done, Written):
            return done
        product = _product_of(done)
        document = {"sku": product.sku, "id": product.product_id, "quantity": product.quantity}
        return done.answer(document, tag=_tag(call, product))

    async def carry_out(self, call: Call, write: Write, *parameters: str) -> Answer:
        """Do a write of the product in the path, and show that as it is then; nothing where it is gone.

        Raises:
            BadParameterError: The call has another parameter than these.
        """
        done = await self._written(call, write, *parameters)
        if not isinstance(done, Written):
            return done
        if isinstance(done.effect, Deleted):
            return done.empty()
        product = _product_of(done)
        is_new = isinstance(done.effect, Stored) and done.effect.created
        document = product_document(product, call.session.settings.currency)
        location = product_path(product.sku) if is_new else ""
        status = _CREATED if is_new else _OK
        return done.answer(document, status=status, tag=_tag(call, product), location=location)

    async def _written(self, call: Call, write: Write, *parameters: str) -> Written | Answer:
        """Do the write of the product in the path; return what it did, or how the product is if that is another way."""
        sku = call.variables["sku"]
        condition = condition_of(call, ProductKey(sku=sku))
        try:
            return await self._writes.written(call, write, condition, parameters=parameters)
        except ChangedMeanwhileError:
            product = await self._catalog.product(call.session.tenant, sku)
            document = product_document(product, call.session.settings.currency)
            return changed_answer(document, _tag(call, product), call.exchange.request_id)

    async def _known(self, call: Call, body: ProductBody) -> Product | None:
        """Return the product in the path as it is, where a document speaks of parts that it may have already."""
        if not (body.metals or body.gemstones):
            return None
        (product,) = await self._catalog.find_products(call.session.tenant, [ProductKey(sku=call.variables["sku"])])
        return product

    async def _updated(self, tenant: str, reading: Reading) -> Sequence[Product]:
        """Return one product more than are on a page, if there are."""
        parameters = reading.parameters
        return await self._catalog.products_after(
            tenant,
            reading.after_id,
            reading.limit + 1,
            updated_from=parameters.time("updated_from", 0.0),
            updated_to=parameters.end("updated_to", math.inf),
        )

    async def _of_group(self, tenant: str, reading: Reading) -> Sequence[Product]:
        """Return all products of a group that come behind a place."""
        for name in _SPAN:
            if name in reading.parameters:
                raise BadParameterError(name, "cannot stand beside group_id")
        after = reading.after_id
        name = reading.parameters.text("group_id")
        try:
            group = await self._catalog.group(tenant, name)
        except GroupNotFoundError:
            return ()
        if group.group_id != name:
            return ()
        return sorted(
            (product for product in group.products if product.product_id > after),
            key=lambda product: product.product_id,
        )


def product_path(sku: str) -> str:
    """Return the path of a product."""
    return f"{PRODUCTS}/{quote(sku, safe='')}"


def stock_body(document: dict[str, object]) -> StockBody:
    """Return what a document says of a change of stock.

    Raises:
        BadDocumentError: It has another form.
    """
    check_names(document, StockBody.__struct_fields__)
    return converted(document, StockBody)


def products_of(dependencies: Dependencies) -> Products:
    """Return what handles the calls about products."""
    reads, writes = Reads(dependencies.relay), Writes(dependencies.catalog, dependencies.clock)
    return Products(dependencies.catalog, reads, writes)


def routes(dependencies: Dependencies) -> list[Route]:
    """Return the routes of products."""
    products = products_of(dependencies)
    return [
        Route("GET", PRODUCTS, products.list, Scope.READ),
        Route("GET", PRODUCT_BY_ID, products.get_by_id, Scope.READ),
        Route("GET", PRODUCT, products.get, Scope.READ),
        Route("PUT", PRODUCT, products.put, Scope.WRITE),
        Route("PATCH", PRODUCT, products.patch, Scope.WRITE),
        Route("DELETE", PRODUCT, products.delete, Scope.WRITE),
        Route("POST", STOCK, products.change_stock, Scope.WRITE),
    ]


def _shown(call: Call, product: Product) -> Answer:
    answer = json_answer(product_document(product, call.session.settings.currency))
    return msgspec.structs.replace(answer, tag=_tag(call, product))


def _tag(call: Call, product: Product) -> str:
    """Return the tag of a product as it is shown: that of a product without a currency depends on the tenant's too."""
    return shown_tag(tag_of(product), "" if product.currency else call.session.settings.currency)


def _product_of(done: Written) -> Product:
    assert isinstance(done.effect, Stored)  # noqa: S101 - narrows the union for the type checker
    return done.effect.product
