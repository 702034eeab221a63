"""Prices with the account's currency beside them, in actions on things that have no currency of their own."""

from __future__ import annotations

import pytest

from facetry.domain.tenant import TenantSettings
from tests.api.server import AccessKeyHolder

pytestmark = pytest.mark.anyio

STONE = {"code": "D1", "name": "Diamond", "type": "2", "carat": 0.5}


@pytest.fixture
async def canadian(server, anyio_backend):
    """Return who works for a shop whose dollars are Canadian."""
    await server.add_tenant("Maple", id="maple", settings=TenantSettings(currency="CAD"))
    return AccessKeyHolder(server, (await server.tenants.keys("maple")).access_key)


@pytest.mark.parametrize("name", ["price", "cost", "price_per_carat"])
@pytest.mark.parametrize("written", ["$1,234.50", "1.234,50 USD", "US$ 1234.50", "1234.5", 1234.5])
async def test_a_gemstone_takes_the_currency_of_the_account(office, name, written):
    (stored,) = await office.ok("gemstone_import", {**STONE, name: written})
    assert stored[name] == 1234.5


@pytest.mark.parametrize(("written", "currency"), [("1,234.50 EUR", "EUR"), ("₪ 500", "ILS"), ("C$ 5", "CAD")])
async def test_another_currency_is_refused_and_named(office, written, currency):
    message = f"is in {currency}, but prices of gemstones are in USD"
    told = await office.refused(303, "gemstone_import", {**STONE, "price": written, "cost": 5})
    assert told["errors"] == [{"path": "price", "message": message}]
    assert await office.ok("gemstone_search") == []
    await office.ok("gemstone_import", {**STONE, "price": 7})
    told = await office.refused(303, "gemstone_update", {"code": "D1", "cost": written})
    assert told["errors"] == [{"path": "cost", "message": message}]
    told = await office.refused(303, "gemstone_search", {"price_from": written})
    assert told["errors"] == [{"path": "price_from", "message": message}]
    assert await office.ok("gemstone_search", {"fields": ["price", "cost"]}) == [{"price": 7, "cost": None}]


async def test_a_change_and_a_search_take_it_too(office):
    await office.ok("gemstone_import", [{**STONE, "price": 10}, {**STONE, "code": "D2", "price": 2000}])
    (stored,) = await office.ok("gemstone_update", {"code": "D1", "price": "$ 1,500.-"})
    assert stored["price"] == 1500
    assert [one["gemstone_id"] for one in await office.ok("gemstone_search", {"price_to": "USD 1,500"})] == [1]
    assert [one["gemstone_id"] for one in await office.ok("gemstone_search", {"price": ["$2,000", 3]})] == [2]


async def test_a_sign_of_several_currencies_is_the_account_s_own(canadian):
    (stored,) = await canadian.ok("gemstone_import", {**STONE, "price": "$99"})
    assert stored["price"] == 99
    told = await canadian.refused(303, "gemstone_import", {**STONE, "code": "D2", "price": "99 USD"})
    assert told["errors"] == [{"path": "price", "message": "is in USD, but prices of gemstones are in CAD"}]


async def test_a_listing_has_the_currency_of_its_product(office):
    await office.ok("product_import", {"sku": "A", "title": "Ring", "type": "ring", "price": "99 EUR"})
    listing = {"sku": "A", "channel": 3000, "external_id": "E1"}
    told = await office.refused(303, "listing_import", {**listing, "price": "$5"})
    message = "must be a number alone; a listing has the currency of its product"
    assert told["errors"] == [{"path": "price", "message": message}]
    (stored,) = await office.ok("listing_import", {**listing, "price": "1,500.50"})
    assert stored["price"] == 1500.5
