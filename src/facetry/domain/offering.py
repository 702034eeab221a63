"""Putting a product on offer: storing a listing, new or known already."""

from __future__ import annotations

from typing import Any

import msgspec

from facetry.domain.errors import InvalidValueError, ProductNotFoundError, RecordExistsError
from facetry.domain.keeping import PutRecord, Recorded, put_record, record_of
from facetry.domain.listing import Listing, ListingStatus, listing_code
from facetry.domain.money import MAX_PRICE
from facetry.domain.patching import ProductKey
from facetry.domain.product import Product
from facetry.domain.record import RecordKind, code_problem
from facetry.domain.records import RecordKey, changed
from facetry.domain.selling import check_key, product_of
from facetry.domain.storable import check_storable
from facetry.domain.view import CatalogView

MAX_URL = 2_000


class PutListing(msgspec.Struct, frozen=True, tag="put_listing"):
    """Store a listing: a new one, the one with an id, or the one with the channel's name for it.

    A new one offers what the product is at the time, where nothing else is said. A known one keeps what is left out.

    Attributes:
        changes: Fields by name, values as JSON has them, money in ten-thousandths; of ``price`` and ``quantity`` None
            means what the product has.
        product: Which product; None leaves a known listing with its own.
        listing_id: Which listing; 0 for a new one, or one that is known by its ``external_id``.
        is_new: Whether one that is known by that is refused.
    """

    changes: dict[str, Any]
    product: ProductKey | None = None
    listing_id: int = 0
    is_new: bool = False


def check_listing(write: PutListing) -> None:
    """Check what can be told of a write without looking at the catalog.

    Raises:
        ProductNotFoundError: No product can have its key.
        InvalidValueError: A value cannot be stored.
    """
    if write.product is not None:
        check_key(write.product)
    check_storable("listing", write.changes)


def put_listing(view: CatalogView, write: PutListing) -> Recorded:
    """Store a listing.

    Raises:
        ProductNotFoundError: There is no such product.
        RecordNotFoundError: There is no listing with this id.
        RecordExistsError: Another listing has the channel's name for it.
        InvalidValueError: A value breaks a rule, or a new listing names no product.
    """
    product = product_of(view, write.product) if write.product is not None else None
    old = _known(view, write)
    if old is not None and write.is_new:
        raise RecordExistsError(old.kind.value, old.external_id)
    if old is None and product is None:
        raise InvalidValueError("product_id", "is needed for a new listing")
    if product is None and old is not None:
        product = view.product(old.sku)
    listing = changed(_base(old, product), _changes(write.changes, old, product))
    assert isinstance(listing, Listing)  # noqa: S101 - narrows the union for the type checker
    check_offer(listing)
    if listing.status is not ListingStatus.ENDED and product is None:
        raise ProductNotFoundError(listing.sku)
    try:
        return put_record(view, PutRecord(listing))
    except RecordExistsError as error:
        raise RecordExistsError(listing.kind.value, listing.external_id) from error


def _known(view: CatalogView, write: PutListing) -> Listing | None:
    if write.listing_id:
        found = record_of(view, RecordKind.LISTING, RecordKey(write.listing_id))
    else:
        account, name = (str(write.changes.get(field) or "") for field in ("account_id", "external_id"))
        code = listing_code(write.changes.get("channel", 0), account, name)
        found = view.record(RecordKind.LISTING, RecordKey(code=code)) if code else None  # type: ignore[assignment]
    return found if isinstance(found, Listing) else None


def _base(old: Listing | None, product: Product | None) -> Listing:
    """Return the listing that the changes are made to."""
    if old is not None and product is None:
        return old
    assert product is not None  # noqa: S101 - a new listing has one
    if old is not None:
        return msgspec.structs.replace(old, sku=product.sku, product_id=product.product_id)
    return Listing(
        sku=product.sku,
        product_id=product.product_id,
        channel=0,
        price=product.regular_price,
        quantity=product.quantity,
        title=product.name,
        description=product.description,
        images=product.images,
    )


def _changes(changes: dict[str, Any], old: Listing | None, product: Product | None) -> dict[str, Any]:
    """Return the changes with the product's own values for what is None, and what follows from the status."""
    own = {
        "price": product.regular_price if product is not None else None,
        "quantity": product.quantity if product is not None else 0,
    }
    filled = {name: own[name] if value is None and name in own else value for name, value in changes.items()}
    if "status" not in filled:
        return filled
    filled["returns_as"] = None
    if filled["status"] == ListingStatus.ENDED.value:
        filled.setdefault("quantity", 0)
    elif old is not None and old.status is ListingStatus.ENDED:
        filled.setdefault("quantity", own["quantity"])
    return filled


def check_offer(listing: Listing) -> None:
    """Check what a listing says of its channel and its price.

    Raises:
        InvalidValueError: It breaks a rule.
    """
    for name in ("account_id", "external_id"):
        if problem := code_problem(getattr(listing, name)):
            raise InvalidValueError(name, problem)
    if len(listing.url) > MAX_URL:
        raise InvalidValueError("url", f"must have at most {MAX_URL} characters")
    if listing.channel < 1:
        raise InvalidValueError("channel", "must be the number of a channel")
    if listing.price is not None and not 0 <= listing.price <= MAX_PRICE:
        raise InvalidValueError("price", "must be from 0 to 100000000000")
