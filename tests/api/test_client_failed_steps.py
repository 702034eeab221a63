"""A long list is written in several steps: where one of them fails what the others have stored is told as stored."""

import pytest

from facetry.api.client import orders, product_writing
from facetry.domain.errors import IndexDamagedError, StoreError

pytestmark = pytest.mark.anyio

PRODUCTS = [{"sku": f"R{number}", "title": "Ring", "type": "ring"} for number in range(5)]
ORDERS = [{"order_unique": str(number), "products": [{"title": "Postage"}]} for number in range(5)]
LISTS = pytest.mark.parametrize(
    ("action", "records", "search"),
    [("product_import", PRODUCTS, "product_search"), ("order_import", ORDERS, "orders_export")],
    ids=["products", "orders"],
)


@pytest.fixture(autouse=True)
def _short_steps(monkeypatch):
    monkeypatch.setattr(product_writing, "CHUNK", 2)
    monkeypatch.setattr(orders, "CHUNK", 2)


def failing_at(server, number):
    """Let the store fail at its write of this number."""
    write, done = server.store.write, []

    async def failing(tenant, writes, **options):
        done.append(writes)
        if len(done) == number:
            raise StoreError("the disk is gone")
        return await write(tenant, writes, **options)

    server.store.write = failing


def codes(told):
    return [one["result"]["code"] for one in told]


@LISTS
async def test_a_later_step_that_fails(server, office, action, records, search):
    failing_at(server, 2)
    assert codes(await office.refused(302, action, records)) == [100, 100, 201, 201, 100]
    assert len(await office.ok(search)) == 3
    # The same list again brings in what is missing, and says of the rest that it is there.
    assert codes(await office.refused(302, action, records)) == [303, 303, 100, 100, 303]
    assert len(await office.ok(search)) == 5


@LISTS
async def test_a_first_step_that_fails_has_changed_nothing(server, office, action, records, search):
    failing_at(server, 1)
    answer = (await office(action, records)).json
    assert (answer["status"]["code"], answer["data"]) == (201, [])
    assert "nothing was changed" in answer["status"]["message"]
    assert await office.ok(search) == []


async def test_steps_that_cannot_be_searched_yet(one_machine, server, office):
    server.index.failure = IndexDamagedError("x")
    told = await office.refused(302, "product_import", PRODUCTS)
    # An index that is damaged is made anew once, so the first step is in it.
    assert codes(told) == [100, 100, 201, 201, 201]
    assert told[2]["revision"] == told[3]["revision"] == told[4]["revision"] - 1
    assert "not yet searchable" in told[4]["result"]["message"]
    assert len(await office.ok("product_search")) == 5


@LISTS
async def test_what_was_wrong_itself_is_told_as_that(server, office, action, records, search):
    failing_at(server, 2)
    told = await office.refused(302, action, [*records[:3], {}, *records[3:]])
    assert codes(told)[:2] == [100, 100]
    assert codes(told)[3] == 302
    assert codes(told).count(201) >= 1
