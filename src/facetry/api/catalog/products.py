"""The calls about products: POST, PUT, GET and DELETE."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from facetry.api.catalog.call import Call
from facetry.api.catalog.readers import text_of
from facetry.api.catalog.rendering import content_document, product_document
from facetry.api.catalog.replies import invalid, success, unprocessable
from facetry.api.catalog.rules import BODY, PRODUCT_FIELDS, SOLD_OUT_PRODUCT_FIELDS, check, product_content
from facetry.application.catalog import Catalog
from facetry.application.relay import ChangeRelay
from facetry.domain.catalog import Stored
from facetry.domain.errors import ProductNotFoundError
from facetry.http.answer import Answer, json_answer, product_tag


class Products:
    """Handles the calls about products."""

    def __init__(self, catalog: Catalog, relay: ChangeRelay) -> None:
        """Read and write a catalog."""
        self._catalog = catalog
        self._relay = relay

    async def post(self, call: Call) -> Answer:
        """Store a new product."""
        values, errors = check(PRODUCT_FIELDS, await call.fields(), BODY)
        if errors:
            return unprocessable(errors)
        stored = await self._catalog.add_product(call.session.tenant, product_content(values))
        return _stored(stored)

    async def put(self, call: Call) -> Answer:
        """Store a product, new or in place of the one with its SKU."""
        tenant = call.session.tenant
        fields = await call.fields()
        is_sold_out = text_of(fields.get("quantity")) == "0" and await self._is_sold_out(tenant, fields)
        values, errors = check(SOLD_OUT_PRODUCT_FIELDS if is_sold_out else PRODUCT_FIELDS, fields, BODY)
        if errors:
            return unprocessable(errors)
        stored = await self._catalog.put_product(tenant, product_content(values))
        return _stored(stored) if stored.created else _stored(stored, message="Product Updated")

    async def get(self, call: Call) -> Answer:
        """Show a product."""
        tenant, sku = call.session.tenant, call.name
        revision = await self._relay.settle(tenant)
        try:
            answer = json_answer(product_document(await self._catalog.product(tenant, sku)))
        except ProductNotFoundError:
            answer = invalid(f"Product with SKU {sku} not found ...")
        return msgspec.structs.replace(answer, cache_key=call.cache_key, tags=(product_tag(sku),), revision=revision)

    async def delete(self, call: Call) -> Answer:
        """Remove a product."""
        deleted = await self._catalog.delete_product(call.session.tenant, call.name)
        what = "deleted with it" if deleted.group_gone else "updated"
        return success(message=f"Product with SKU {call.name} deleted and the product group is {what} ...")

    async def _is_sold_out(self, tenant: str, fields: Mapping[str, object]) -> bool:
        sku = text_of(fields.get("sku"))
        if not sku:
            return False
        try:
            return (await self._catalog.product(tenant, sku)).quantity == 0
        except ProductNotFoundError:
            return False


def _stored(stored: Stored, **parts: str) -> Answer:
    """Return the product as stored, under the name of the published samples and under that of the published table."""
    document = content_document(stored.product)
    return success(**parts, reponse=document, response=document)
