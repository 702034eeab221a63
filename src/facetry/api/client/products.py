"""The actions on products."""

from __future__ import annotations

from collections.abc import Sequence

from facetry.api.client.action import Action, ActionCall, Category, FieldNote, Result
from facetry.api.client.dependencies import Dependencies
from facetry.domain.errors import InvalidValueError
from facetry.domain.tenant import Scope


class Products:
    """Find products."""

    def __init__(self, dependencies: Dependencies) -> None:
        """Read from a store."""
        self._store = dependencies.store

    async def search(self, call: ActionCall) -> Result:
        """Return ids and SKUs of the products with a SKU."""
        sku = call.data.get("sku") if isinstance(call.data, dict) else None
        if not isinstance(sku, str):
            raise InvalidValueError("sku", "must be a text")
        product = await self._store.product(call.tenant, sku)
        return Result([{"product_id": product.product_id, "sku": product.sku}] if product else [])


def actions(dependencies: Dependencies) -> Sequence[Action]:
    """Return the actions on products."""
    products = Products(dependencies)
    return [
        Action(
            name="product_search",
            category=Category.PRODUCTS,
            about="Finds products.",
            handler=products.search,
            scope=Scope.READ,
            fields=(FieldNote("sku", "text", "The SKU of the product."),),
            sample={"sku": "R-1"},
            answer=[{"product_id": 1, "sku": "R-1"}],
        ),
    ]
