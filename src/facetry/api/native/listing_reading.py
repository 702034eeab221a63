"""From documents of listings to the writes that they ask for."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET

from facetry.api.native import record_bodies as bodies
from facetry.api.native.parameters import Parameters
from facetry.api.native.record_lists import Test, Wanted, named
from facetry.api.native.record_reading import Form, Values, check_id, number, one_of, pieces, price
from facetry.domain.channels import Channel, channel_of, sites_of
from facetry.domain.errors import BadParameterError, InvalidValueError
from facetry.domain.listing import Listing, ListingStatus
from facetry.domain.offering import PutListing
from facetry.domain.patching import ProductKey
from facetry.domain.trade_terms.plain import identifier, long_text

SKU, CHANNEL, STATUS = "sku", "channel", "status"
FILTERS = (SKU, CHANNEL, STATUS)
_status = one_of(*(status.value for status in ListingStatus))
_PRODUCT = Form({"sku": identifier, "product_id": number}, {"sku": None, "product_id": None})


class ListingReader:
    """Reads listings of a tenant."""

    def __init__(self, own: Sequence[Channel]) -> None:
        """Know the channels that the tenant has beside those that all have."""
        self._own = own
        self._form = Form(
            {
                "channel": lambda path, raw: channel_of(path, raw, own).number,
                "status": _status,
                "price": price,
                "quantity": pieces,
                "description": long_text,
            },
            {
                "channel": None,
                **dict.fromkeys(("account_id", "external_id"), ""),
                "status": ListingStatus.ACTIVE.value,
                # Without a value of its own a listing has the product's.
                "price": None,
                "quantity": None,
                **dict.fromkeys(("url", "title", "description"), ""),
                "images": [],
            },
            ("channel",),
        )

    def added(self, body: bodies.Listing) -> PutListing:
        """Return the write that stores a new listing.

        Raises:
            InvalidValueError: A value is not allowed, or it names no product or channel.
        """
        check_id(body)
        values, key = self._values(body)
        if key is None:
            raise InvalidValueError("sku", "must not be left out, unless product_id names the product")
        if "channel" not in values:
            raise InvalidValueError("channel", "must not be left out")
        return PutListing(values, key, is_new=True)

    def changes(self, body: bodies.Listing, listing_id: int, old: Listing | None) -> PutListing:
        """Return the write that changes a listing where a document speaks of it.

        Args:
            body: The document.
            listing_id: Which listing.
            old: What is there.

        Raises:
            InvalidValueError: A value is not allowed.
        """
        values, key = self._values(body, old)
        return PutListing(values, key, listing_id)

    def wanted(self, parameters: Parameters) -> Wanted:
        """Return which listings a list is to have.

        Raises:
            BadParameterError: A parameter is not allowed.
        """
        tests: list[Test] = []
        try:
            if CHANNEL in parameters:
                sites = sites_of(channel_of(CHANNEL, parameters.text(CHANNEL), self._own).number, self._own)
                tests.append(lambda listing: listing.channel in sites)
            if STATUS in parameters:
                status = ListingStatus(_status(STATUS, parameters.text(STATUS)))
                tests.append(lambda listing: listing.status is status)
        except InvalidValueError as error:
            raise BadParameterError(error.field, error.message) from error
        return Wanted(link=named(parameters, SKU), tests=tuple(tests))

    def _values(self, body: bodies.Listing, old: Listing | None = None) -> tuple[Values, ProductKey | None]:
        return self._form.read(body, old), _product(body, old)


def _product(body: bodies.Listing, old: Listing | None) -> ProductKey | None:
    """Return the product that a document names; None where that is the one that the listing has."""
    if old is not None and body.sku in {UNSET, old.sku} and body.product_id in {UNSET, None, 0, old.product_id}:
        return None
    named = _PRODUCT.read(body)
    if old is not None and body.sku is None:
        raise InvalidValueError("sku", "must not be empty")
    key = ProductKey(named.get("product_id") or 0, named.get("sku") or "")
    return key if key.id or key.sku else None
