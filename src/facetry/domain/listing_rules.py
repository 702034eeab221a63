"""What listings do when the stock of their product changes, and when the product goes."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from facetry.domain.listing import Listing, ListingStatus
from facetry.domain.product import Product
from facetry.domain.record import RecordKind
from facetry.domain.view import CatalogView


def listings_of(view: CatalogView, sku: str) -> Iterator[Listing]:
    """Yield the listings of a product, ascending by id."""
    for listing in view.linked(RecordKind.LISTING, sku):
        assert isinstance(listing, Listing)  # noqa: S101 - narrows the union for the type checker
        yield listing


def revised(listing: Listing, product: Product, quantity: int) -> Listing:
    """Return a listing that offers so many pieces; with none it ends.

    Of a product that is refilled automatically a listing that ended so is on offer again with the next pieces; one that
    ended otherwise never is.
    """
    refills = is_refilled(product)
    if listing.status is ListingStatus.ENDED:
        if not (refills and listing.returns_as and quantity):
            return listing
        return msgspec.structs.replace(listing, status=listing.returns_as, returns_as=None, quantity=quantity)
    if quantity:
        return msgspec.structs.replace(listing, quantity=quantity)
    returns_as = listing.status if refills else None
    return msgspec.structs.replace(listing, status=ListingStatus.ENDED, returns_as=returns_as, quantity=0)


def ended(listing: Listing) -> Listing:
    """Return a listing that has ended for good."""
    if listing.status is ListingStatus.ENDED and listing.returns_as is None:
        return listing
    return msgspec.structs.replace(listing, status=ListingStatus.ENDED, returns_as=None, quantity=0)


def is_refilled(product: Product) -> bool:
    """Return whether the listings of a product follow its stock by themselves."""
    return product.trade is not None and product.trade.auto_refill and not product.trade.unrepeatable


def revise_all(view: CatalogView, product: Product, quantity: int) -> Iterator[int]:
    """Bring the listings of a product to so many pieces; yield the ids of those that are changed."""
    for listing in listings_of(view, product.sku):
        is_ended = listing.status is ListingStatus.ENDED
        after = revised(listing, product, quantity)
        if not is_ended or after is not listing:
            view.save_record(after)
            yield listing.id


def end_all(view: CatalogView, sku: str) -> Iterator[int]:
    """End the listings of a product for good; yield the ids of those that were on offer, or would have been again."""
    for listing in listings_of(view, sku):
        after = ended(listing)
        if after is not listing:
            view.save_record(after)
            yield listing.id


def refill(view: CatalogView, product: Product, quantity: int) -> None:
    """Have the listings of an automatically refilled product follow its stock, however that has changed."""
    if is_refilled(product):
        for _ in revise_all(view, product, quantity):
            pass
