"""The form of a listing, what the list of listings is asked for, and what batches are made of."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import lru_cache

from facetry.application.record_lists import RecordQuery, Test
from facetry.dashboard.records.forms import FormField, RecordForm, Remarks, listed, priced
from facetry.dashboard.records.queries import ListQuery, keys_of
from facetry.dashboard.values import Values
from facetry.domain.catalog import Write
from facetry.domain.channels import Channel, channel_of, sites_of
from facetry.domain.gemstone_values import Values as Stored
from facetry.domain.listing import Listing, ListingStatus
from facetry.domain.offering import PutListing
from facetry.domain.patching import ProductKey
from facetry.domain.record_texts import has_words
from facetry.domain.record_values import choice, money_in
from facetry.domain.tenant import TenantSettings
from facetry.domain.trade_terms import numbers
from facetry.domain.trade_terms.plain import identifier, long_text

STATUSES = tuple(status.value for status in ListingStatus)


def listing_form(settings: TenantSettings) -> RecordForm:
    """Return the form for a tenant: channels and currency are its own."""
    return _form(settings.client_api.channels, settings.currency)


def changed_listing(listing: Listing, values: Stored, _: float) -> Write:
    """Return the write that changes a listing; without a price or quantity of its own it has the product's."""
    changes = dict(values)
    sku = changes.pop("sku", None)
    return PutListing(changes, ProductKey(sku=sku) if sku else None, listing.id)


def ended_listing(listing: Listing) -> Write:
    """Return the write that ends a listing."""
    return PutListing({"status": ListingStatus.ENDED.value}, listing_id=listing.id)


def listing_query(query: Values, settings: TenantSettings) -> ListQuery:
    """Return which listings of a tenant a query string asks for."""
    text, sku = query.text("q"), query.text("sku")
    tests = tuple(_tests(query, settings))
    # A listing's code is not what anybody types, but its number is.
    keys = tuple(key for key in keys_of(text) if key.id)
    found = RecordQuery(keys=keys, link=sku, tests=tests, words=has_words(text) if text else None)
    return ListQuery(found, Remarks(), is_all=not (text or sku or tests))


def _tests(query: Values, settings: TenantSettings) -> Iterator[Test]:
    channel, status = query.number("channel"), query.text("status")
    if channel:
        sites = sites_of(channel, settings.client_api.channels)
        yield lambda listing: listing.channel in sites
    if status in STATUSES:
        yield lambda listing: listing.status.value == status


@lru_cache(maxsize=100)
def _form(own: tuple[Channel, ...], currency: str) -> RecordForm:
    return RecordForm(
        (
            FormField("sku", identifier, is_required=True),
            FormField("channel", lambda path, raw: channel_of(path, raw, own).number, is_required=True),
            FormField("account_id"),
            FormField("external_id"),
            FormField("status", choice(*STATUSES), ListingStatus.ACTIVE.value, _value),
            priced("price", money_in(currency, "listings")),
            FormField("quantity", numbers.whole, None),
            FormField("url"),
            FormField("title"),
            FormField("description", long_text),
            listed("images"),
        )
    )


def _value(status: Enum) -> str:
    return str(status.value)
