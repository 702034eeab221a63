"""Writing the products of a call, and what each write is answered with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from facetry.api.client.product_fields import SALE
from facetry.api.client.product_rendering import Record, product_record, variation_records
from facetry.api.client.record_fields import Faults
from facetry.api.client.written_records import failed_step
from facetry.application.catalog import Catalog
from facetry.application.turns import Turns
from facetry.domain.catalog import AllDone, Deleted, Effect, Outcome, Refused, Stored, Write, error_of
from facetry.domain.errors import (
    FacetryError,
    IndexBehindError,
    InvalidFieldsError,
    InvalidValueError,
    ProductNotFoundError,
    StoreError,
)
from facetry.domain.patching import ProductKey
from facetry.domain.search.fields import ATTRIBUTES
from facetry.domain.selling import SellProduct, Sold, SoldAction

CHUNK = 200
"""Records that are read, written and made searchable together."""
_NAMES = {
    "name": "title",
    "groupID": "model",
    "regularPrice": "price",
    "promotionPrice": "promotion_price",
    "product": "data",
}
"""What the domain's fields are called here, where that is another name."""

Planned = Write | FacetryError
Told = Callable[[Effect], Record]


class ProductWriter:
    """Does the writes of calls."""

    def __init__(self, catalog: Catalog) -> None:
        """Write to a catalog."""
        self._catalog = catalog

    async def outcomes(
        self, tenant: str, records: Sequence[object], plan: Callable[[object], Write], tell: Told
    ) -> list[object]:
        """Write records and return for each what stands in ``data``, or the error that it ended in.

        Args:
            tenant: Whose.
            records: As they stand in ``data``.
            plan: Reads one; raises what is wrong with it.
            tell: Makes a record of the answer of what a write did.

        Raises:
            IndexBehindError: They are stored, but not searchable yet.
            StoreError: None is stored.
        """
        answers: list[object] = []
        turns = Turns()
        for start in range(0, len(records), CHUNK):
            plans = []
            for record in records[start : start + CHUNK]:
                plans.append(_planned(plan, record))
                await turns.give()
            try:
                answers += await self._written(tenant, plans, tell)
            except (IndexBehindError, StoreError) as error:
                answers += failed_step(error, plans, is_all=len(records) <= CHUNK, is_first=not answers)
        return answers

    async def _written(self, tenant: str, plans: Sequence[Planned], tell: Told) -> list[object]:
        writes = [one for one in plans if not isinstance(one, FacetryError)]
        receipt = await self._catalog.write(tenant, writes) if writes else None
        done = iter(receipt.outcomes if receipt else ())
        return [one if isinstance(one, FacetryError) else _answer(next(done), tell) for one in plans]


def _planned(plan: Callable[[object], Write], record: object) -> Planned:
    try:
        return plan(record)
    except FacetryError as error:
        return error


def _answer(outcome: Outcome, tell: Told) -> object:
    return renamed(error_of(outcome)) if isinstance(outcome, Refused) else tell(outcome)


@contextmanager
def told_by_field() -> Iterator[None]:
    """Have the error of one value told with the field that it is about."""
    try:
        yield
    except InvalidValueError as error:
        raise renamed(error) from error


def renamed(error: FacetryError) -> FacetryError:
    """Return an error of a write with the names that clients know, and with where it came up."""
    path = _path(error)
    # The first of several writes is that of the product, the others are those of its variations.
    if error.at:
        return InvalidFieldsError(((f"variations[{error.at - 1}].{path}", error.message),))
    is_of_value = isinstance(error, InvalidValueError | ProductNotFoundError)
    return InvalidFieldsError(((path, error.message),)) if is_of_value else error


def _path(error: FacetryError) -> str:
    if isinstance(error, InvalidValueError):
        path = _NAMES.get(error.field, error.field)
        return f"additional.{path[len(ATTRIBUTES) :]}" if path.startswith(ATTRIBUTES) else path
    return "product_id" if isinstance(error, ProductNotFoundError) and error.product_id else "sku"


def tell_stored(currency: str) -> Told:
    """Return what tells of a stored product, as one of a tenant with this currency."""

    def tell(effect: Effect) -> Record:
        first, *rest = effect.outcomes if isinstance(effect, AllDone) else (effect,)
        assert isinstance(first, Stored)  # noqa: S101 - narrows the union for the type checker
        record = product_record(first.product, currency)
        if rest:
            record["variations"] = variation_records([one.product for one in rest if isinstance(one, Stored)])
        return record

    return tell


def read_sale(raw: object) -> SellProduct:
    """Return the write of a sale.

    Raises:
        MissingFieldsError: It does not say which product, or how many.
        InvalidFieldsError: What is wrong with each field that is.
    """
    faults = Faults()
    values = SALE.read(raw, faults)
    if isinstance(raw, dict):
        named = {"id", "sku"} & {name for name, value in values.items() if value}
        failed = {path for path, _ in faults.invalid}
        faults.missing += [] if named or failed & {"product_id", "sku"} else ["product_id"]
        faults.missing += [] if values.get("quantity") is not None or "quantity" in failed else ["quantity"]
    error = faults.error()
    if error is not None:
        raise error
    return _sale(values)


def _sale(values: Mapping[str, object]) -> SellProduct:
    fields = {"quantity": values["quantity"], "action": values.get("action", SoldAction.NO_ACTION)}
    key = ProductKey(values.get("id") or 0, values.get("sku") or "")  # type: ignore[arg-type]
    return SellProduct(key, order_ref=values.get("order_ref", ""), **fields)  # type: ignore[arg-type]


def tell_sold(effect: Effect) -> Record:
    """Tell of a sale."""
    assert isinstance(effect, Sold)  # noqa: S101 - narrows the union for the type checker
    return {
        "product_id": effect.product_id,
        "sku": effect.sku,
        "left": effect.left,
        "listings": effect.listings,
        "repeated": effect.is_repeat,
    }


def tell_deleted(ids: Mapping[str, int]) -> Told:
    """Return what tells of a removed product; ``ids`` are those of products by their SKUs."""

    def tell(effect: Effect) -> Record:
        assert isinstance(effect, Deleted)  # noqa: S101 - narrows the union for the type checker
        (sku,) = effect.skus
        return {"product_id": ids.get(sku), "sku": sku, "deleted": True}

    return tell
