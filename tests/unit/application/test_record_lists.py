"""Paging through records, newest or oldest first."""

import pytest

from facetry.application.record_lists import Place, RecordLists, RecordPage, RecordQuery, page_of
from facetry.application.records import Records
from facetry.domain.keeping import DeleteRecord, PutRecord
from facetry.domain.listing import Listing
from facetry.domain.order import Order
from facetry.domain.record import RecordKind
from facetry.domain.record_texts import has_words
from facetry.domain.records import RecordKey

pytestmark = pytest.mark.anyio
LISTING = RecordKind.LISTING


class ListReader:
    """Reads pages of the listings of a shop as their ids."""

    def __init__(self, shop, looked_at=1_000):
        self.lists = RecordLists(Records(shop.store), looked_at)

    async def page(self, query=None, at=0, **place) -> tuple[list[int], int, int, bool]:
        found = await self.lists.page("t", LISTING, query or RecordQuery(), Place(at=at, **{"limit": 3} | place))
        return [one.id for one in found.records], found.following, found.preceding, found.is_cut


@pytest.fixture
async def shop(shop):
    """Ten listings, 1 to 10, of three products, the odd ones of a channel of their own."""
    await shop.catalog.write(
        "t",
        [
            PutRecord(Listing(sku="ABC"[number % 3], channel=number % 2, title=f"Ring {number}"))
            for number in range(1, 11)
        ],
    )
    return shop


def odd(listing):
    return listing.channel == 1


async def test_the_newest_come_first_page_by_page(shop):
    read = ListReader(shop).page
    assert await read() == ([10, 9, 8], 8, 0, False)
    assert await read(at=8) == ([7, 6, 5], 5, 7, False)
    assert await read(at=5) == ([4, 3, 2], 2, 4, False)
    assert await read(at=2) == ([1], 0, 1, False)
    assert await read(at=1) == ([], 0, 0, False)
    assert await read(limit=10) == ([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 0, 0, False)


async def test_and_back_again(shop):
    read = ListReader(shop).page
    assert await read(at=1, goes_back=True) == ([4, 3, 2], 2, 4, False)
    assert await read(at=4, goes_back=True) == ([7, 6, 5], 5, 7, False)
    # Three are left before these, which is all of the first page; what came meanwhile is on it too.
    assert await read(at=7, goes_back=True) == ([10, 9, 8], 8, 0, False)
    await shop.catalog.do("t", PutRecord(Listing(sku="A9", channel=2)))
    assert await read(at=8, goes_back=True) == ([11, 10, 9], 9, 0, False)


async def test_the_oldest_come_first_where_that_is_asked_for(shop):
    read = ListReader(shop).page
    assert await read(oldest_first=True) == ([1, 2, 3], 3, 0, False)
    assert await read(at=3, oldest_first=True) == ([4, 5, 6], 6, 4, False)
    assert await read(at=9, oldest_first=True) == ([10], 0, 10, False)
    assert await read(at=8, oldest_first=True, goes_back=True) == ([5, 6, 7], 7, 5, False)
    assert await read(at=3, oldest_first=True, goes_back=True) == ([1, 2, 3], 3, 0, False)


async def test_only_those_that_are_wanted(shop):
    read = ListReader(shop).page
    assert await read(RecordQuery(link="A")) == ([9, 6, 3], 0, 0, False)
    assert await read(RecordQuery(link="B", tests=(odd,))) == ([7, 1], 0, 0, False)
    assert await read(RecordQuery(tests=(odd,))) == ([9, 7, 5], 5, 0, False)
    assert await read(RecordQuery(words=has_words("RING 1"))) == ([10, 1], 0, 0, False)
    assert await read(RecordQuery(words=has_words("ring"), tests=(odd,)), at=5) == ([3, 1], 0, 3, False)
    assert await read(RecordQuery(link="nobody")) == ([], 0, 0, False)


async def test_what_a_key_names_comes_first_and_once(shop):
    read = ListReader(shop).page
    keys = (RecordKey(2), RecordKey(99), RecordKey(2))
    query = RecordQuery(keys=keys, words=has_words("ring"))
    assert await read(query) == ([2, 10, 9, 8], 8, 0, False)
    assert await read(query, at=4) == ([3, 1], 0, 3, False)
    assert await read(RecordQuery(keys=keys, words=has_words("ring 1"))) == ([2, 10, 1], 0, 0, False)
    assert await read(RecordQuery(keys=keys, tests=(odd,))) == ([9, 7, 5], 5, 0, False)
    assert await read(RecordQuery(keys=keys, link="A")) == ([9, 6, 3], 0, 0, False)


async def test_a_page_looks_at_so_many_at_most(shop):
    read = ListReader(shop, looked_at=4).page
    query = RecordQuery(words=has_words("ring 5"))
    assert await read(query) == ([], 7, 0, True)
    assert await read(query, at=7) == ([5], 3, 5, True)
    assert await read(query, at=3) == ([], 0, 2, False)
    assert await read(query, at=2, goes_back=True) == ([5], 5, 6, True)
    assert await read(query, at=5, goes_back=True) == ([], 6, 9, True)
    assert await read(query, at=4, oldest_first=True) == ([5], 8, 5, True)
    assert await read(query, at=5, oldest_first=True) == ([], 9, 6, True)
    assert await read(query, at=9, oldest_first=True, goes_back=True) == ([5], 5, 5, True)


async def test_records_that_went_are_no_gap(shop):
    await shop.catalog.write("t", [DeleteRecord(LISTING, RecordKey(number)) for number in (9, 8, 4)])
    read = ListReader(shop).page
    assert await read() == ([10, 7, 6], 6, 0, False)
    assert await read(at=8) == ([7, 6, 5], 5, 7, False)


async def test_there_may_be_none(shop):
    lists = RecordLists(Records(shop.store))
    assert await lists.page("t", RecordKind.ORDER, RecordQuery(), Place()) == RecordPage(())
    assert await lists.page("nobody", LISTING, RecordQuery(words=has_words("x")), Place()) == RecordPage(())


async def test_what_is_at_stake_is_the_order_of_ids(shop):
    await shop.catalog.do("t", PutRecord(Order(reference="N-1")))
    lists = RecordLists(Records(shop.store))
    found = await lists.page("t", RecordKind.ORDER, RecordQuery(keys=(RecordKey(code="N-1"),)), Place())
    assert found == RecordPage((Order(id=1, reference="N-1"),))


def listings(*numbers):
    return [Listing(id=number, sku="A", channel=1) for number in numbers]


@pytest.mark.parametrize(
    ("place", "ids", "following", "preceding"),
    [
        (Place(limit=2), [9, 7], 7, 0),
        (Place(limit=2, at=7), [5, 3], 3, 5),
        (Place(limit=2, at=8), [7, 5], 5, 7),
        (Place(limit=2, at=3), [1], 0, 1),
        (Place(limit=2, at=1), [], 0, 0),
        (Place(limit=2, at=3, goes_back=True), [7, 5], 5, 7),
        (Place(limit=2, at=7, goes_back=True), [9, 7], 7, 0),
        (Place(limit=2, oldest_first=True), [1, 3], 3, 0),
        (Place(limit=2, at=5, oldest_first=True), [7, 9], 0, 7),
        (Place(limit=2, at=7, oldest_first=True, goes_back=True), [3, 5], 5, 3),
        (Place(limit=5), [9, 7, 5, 3, 1], 0, 0),
    ],
)
def test_a_list_that_is_there_has_pages_too(place, ids, following, preceding):
    found = page_of(listings(1, 3, 5, 7, 9), place)
    assert [one.id for one in found.records] == ids
    assert (found.following, found.preceding, found.is_cut) == (following, preceding, False)
    assert page_of([], place) == RecordPage(())
