"""The pages of listings and batches."""

import pytest

from facetry.domain.batching import QueueBatch, WorkBatch
from facetry.domain.catalog import DeleteProduct, PutProduct
from facetry.domain.keeping import DeleteRecord, PatchRecord, PutRecord
from facetry.domain.listing import Batch, BatchStatus, Listing, ListingStatus, ListingTask
from facetry.domain.offering import PutListing
from facetry.domain.patching import ProductKey
from facetry.domain.product import ProductContent
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.user import Role
from tests.dashboard.server import visitor

pytestmark = pytest.mark.anyio

URL = "/dashboard/listings"
BATCHES = f"{URL}/batches"
KIND = RecordKind.LISTING
HOSTILE = """<script>alert(1)</script>"'& \u202ertl\u202c """ + "w" * 300


@pytest.fixture
async def listings(server, shop):
    """Three listings of two products: on eBay, on Etsy, and one that has ended."""
    for sku, price in (("R1", 9_900_000), ("R/2", 12_500_000)):
        content = ProductContent(sku=sku, name=f"Ring {sku}", group_id="G", quantity=7, regular_price=price)
        await server.catalog.do("shop", PutProduct(content))
    ebay = {"channel": 1600, "account_id": "main", "external_id": "E-1", "url": "https://ebay.test/1"}
    etsy = {"channel": 3000, "title": "Gold ring", "price": 11_000_000, "quantity": 2}
    for sku, changes in (("R1", ebay), ("R/2", etsy), ("R1", {"channel": 3000, "status": "ended"})):
        await server.catalog.do("shop", PutListing(changes, ProductKey(sku=sku)))


async def stored(server, number, kind=KIND):
    (record,) = await server.store.records("shop", kind, [RecordKey(number)])
    return record


def titles(shown):
    return shown.texts("tbody th")


async def test_the_list_is_newest_first(listings, viewer):
    shown = await viewer.get(URL)
    assert shown.texts("h1") == ["Listings"]
    assert titles(shown) == ["Ring R1", "Gold ring", "Ring R1"]
    assert shown.texts("tbody tr:last-child td") == ["R1", "eBay DE", "main", "$990.00", "7", "Active"]
    assert shown.texts("tbody tr:first-child td")[-1] == "Ended"
    assert "3 listings on this page" in shown.words


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("q=gold", ["2"]),
        ("q=e-1", ["1"]),
        ("q=r1+ring", ["3", "1"]),
        ("q=%232", ["2"]),
        ("sku=R%2F2", ["2"]),
        ("sku=r1", []),
        ("channel=1000", ["1"]),
        ("channel=3000&status=active", ["2"]),
        ("status=ended", ["3"]),
        ("status=whatever&sort=oldest", ["1", "2", "3"]),
        ("q=nothing", []),
    ],
)
async def test_filters_narrow_it(listings, viewer, query, expected):
    shown = await viewer.get(f"{URL}?{query}", htmx=True)
    assert shown.status == 200
    assert [one["href"].rpartition("/")[2] for one in shown.page.select("tbody th a")] == expected
    assert ("No listing matches" in shown.words) is not bool(expected)


async def test_empty_lists_say_what_belongs_there(viewer):
    assert "A listing is a product's offer on a sales channel." in (await viewer.get(URL)).words
    assert "No batches yet" in (await viewer.get(BATCHES)).words
    assert "Nothing is running" in (await viewer.get(f"{BATCHES}?running=1")).words


async def test_a_listing_tells_all_of_it(server, listings, viewer):
    shown = await viewer.get(f"{URL}/1")
    assert shown.texts("h1") == ["Ring R1"]
    for text in ("Price $990.00", "Quantity 7", "eBay DE", "Account main", "E-1", "Active"):
        assert text in shown.words
    assert shown.page.find("a", string="Open on the channel")["href"] == "https://ebay.test/1"
    assert shown.page.find("a", string="R1")["href"] == "/dashboard/products/R1"
    await server.catalog.do("shop", DeleteProduct("R/2"))
    gone = await viewer.get(f"{URL}/2")
    assert "R/2 Not in the catalog" in gone.words
    assert [gone.status, (await viewer.get(f"{URL}/9")).status, (await viewer.get(f"{URL}/x")).status] == [
        200,
        404,
        404,
    ]


async def test_an_edit_changes_what_was_changed(server, listings, editor):
    form = (await editor.get(f"{URL}/2/edit")).values("form.form")
    assert (form["price"], form["channel"], form["status"], form["sku"]) == (["1100"], ["3000"], ["active"], ["R/2"])
    sent = form | {"price": "", "quantity": "5", "title": "Better", "status": "scheduled", "images": "https://x.test/1"}
    done = await editor.post(f"{URL}/2/edit", sent)
    assert (done.status, done.headers["location"]) == (303, f"{URL}/2")
    listing = await stored(server, 2)
    # Without a price of its own it has the product's.
    assert (listing.price, listing.quantity, listing.title) == (12_500_000, 5, "Better")
    assert (listing.status, listing.images) == (ListingStatus.SCHEDULED, ("https://x.test/1",))
    form = (await editor.get(f"{URL}/2/edit")).values("form.form")
    assert (await editor.post(f"{URL}/2/edit", form | {"sku": "R1"})).status == 303
    assert (await stored(server, 2)).sku == "R1"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"sku": "none"}, "sku"),
        ({"sku": ""}, "sku"),
        ({"price": "5 EUR"}, "price"),
        ({"quantity": "-1"}, "quantity"),
        ({"url": "x" * 2_001}, "url"),
        ({"status": "sold"}, "status"),
        ({"channel": "77"}, "channel"),
        ({"external_id": "E-1", "account_id": "main", "channel": "1600"}, "external_id"),
    ],
)
async def test_what_cannot_be_stored_is_told_beside_its_field(server, listings, editor, wrong, field):
    before = await stored(server, 2)
    form = (await editor.get(f"{URL}/2/edit")).values("form.form")
    shown = await editor.post(f"{URL}/2/edit", form | wrong)
    assert shown.status == 422
    assert [one["name"] for one in shown.page.select("[aria-invalid]")] == [field]
    assert await stored(server, 2) == before


async def test_a_lost_race_is_shown_and_overwrites_nothing(server, listings, editor):
    form = (await editor.get(f"{URL}/2/edit")).values("form.form")
    ending = (await editor.get(f"{URL}/2")).values("form[action$=end]")
    await server.catalog.do("shop", PatchRecord(KIND, RecordKey(2), {"quantity": 1}))
    shown = await editor.post(f"{URL}/2/edit", form | {"price": "5"})
    assert (shown.status, shown.texts("table tbody tr")) == (409, ["Price 1100 5", "Quantity 1 2"])
    for name in ("end", "delete"):
        assert (await editor.post(f"{URL}/2/{name}", ending)).status == 409
    assert ((await stored(server, 2)).price, (await stored(server, 2)).status) == (11_000_000, ListingStatus.ACTIVE)


async def test_a_listing_ends_and_goes(server, listings, editor):
    done = await editor.post(f"{URL}/1/end", (await editor.get(f"{URL}/1")).values("form[action$=end]"))
    shown = await editor.follow(done)
    assert "The listing has ended." in shown.words
    assert shown.page.select("form[action$=end]") == []
    listing = await stored(server, 1)
    assert (listing.status, listing.quantity) == (ListingStatus.ENDED, 0)
    done = await editor.post(f"{URL}/1/delete", shown.values("form[action$=delete]"))
    assert (done.status, done.headers["location"]) == (303, URL)
    assert await stored(server, 1) is None


async def test_chosen_listings_are_brought_up_to_date_by_a_batch(server, listings, editor):
    sent = [("listing", "1"), ("listing", "2"), ("field", "price"), ("field", "quantity"), ("field", "no such")]
    done = await editor.post(BATCHES, sent)
    assert (done.status, done.headers["location"]) == (303, f"{BATCHES}/1")
    batch = await stored(server, 1, RecordKind.BATCH)
    assert (batch.fields, batch.created) == (("price", "quantity"), server.clock.now())
    await server.catalog.do("shop", DeleteRecord(KIND, RecordKey(1)))
    shown = await editor.get(f"{BATCHES}/1")
    assert shown.texts("h1") == ["Batch 1"]
    assert shown.texts("tbody tr") == ["#1 – To do", "Gold ring R/2 To do"]
    assert shown.page.select_one("#batch")["hx-trigger"] == "every 2s"
    assert titles(await editor.get(f"{BATCHES}?running=1")) == ["#1"]
    await server.catalog.do("shop", WorkBatch(1, 10))
    part = await editor.get(f"{BATCHES}/1", htmx=True)
    assert part.page.select("html") == []
    assert part.texts("tbody tr") == ["#1 – Failed The listing was deleted.", "Gold ring R/2 Done"]
    assert not part.page.select_one("#batch").has_attr("hx-trigger")
    assert part.texts(".stat__value") == ["2", "1", "0", "1"]
    failed = await editor.get(f"{BATCHES}/1?failed=1")
    assert titles(failed) == ["#1"]
    assert ((await stored(server, 2)).price, (await stored(server, 2)).quantity) == (12_500_000, 7)
    row = (await editor.get(BATCHES)).texts("tbody tr")
    assert row == ["#1 1 second ago Price, Quantity 2 0 1 Done with warnings"]
    assert titles(await editor.get(f"{BATCHES}?running=1")) == []


async def test_a_batch_of_nothing_chosen_or_of_what_is_gone_is_refused(server, listings, editor):
    refused = await editor.post(BATCHES, {"field": "price"})
    assert (refused.status, "tick at least one" in refused.words) == (422, True)
    assert (await editor.post(BATCHES, {"listing": "99"})).status == 404
    assert (await editor.post(BATCHES, {"listing": "x"})).status == 422
    assert await stored(server, 1, RecordKind.BATCH) is None
    # Nothing ticked of what to bring up to date means all of it.
    await editor.post(BATCHES, {"listing": "1"})
    assert len((await stored(server, 1, RecordKind.BATCH)).fields) == 5


async def test_a_long_batch_is_shown_part_by_part(server, shop, viewer):
    tasks = tuple(
        ListingTask(number, 1, is_done=True, message="gone" if number % 2 else "") for number in range(1, 251)
    )
    await server.catalog.do("shop", PutRecord(Batch(status=BatchStatus.WARNINGS, tasks=tasks)))
    first = await viewer.get(f"{BATCHES}/1")
    assert "1 to 100 of 250" in first.words
    last = await viewer.get(
        (await viewer.get(first.page.select_one("a[rel=next]")["href"])).page.select_one("a[rel=next]")["href"]
    )
    assert titles(last) == [f"#{number}" for number in range(201, 251)]
    assert last.page.select("a[rel=next]") == []
    assert "1 to 100 of 250" in (await viewer.get(last.page.select_one("a[rel=prev]")["href"] + "&at=0")).words
    failed = await viewer.get(f"{BATCHES}/1?failed=1&at=100")
    assert titles(failed) == [f"#{number}" for number in range(201, 251, 2)]
    assert (await viewer.get(f"{BATCHES}/1?at=999999")).status == 200
    assert (await viewer.get(f"{BATCHES}/2")).status == 404


async def test_a_batch_without_listings_says_so(server, listings, viewer):
    await server.catalog.do("shop", QueueBatch(products=(ProductKey(sku="R1"),), channels=(3000,)))
    assert "There was nothing to bring up to date" in (await viewer.get(f"{BATCHES}/1")).words
    assert "Nothing failed" in (await viewer.get(f"{BATCHES}/1?failed=1")).words


async def test_a_viewer_looks_and_changes_nothing(server, listings, viewer):
    assert (await viewer.get(URL)).page.select("main form[method=post], [name=listing]") == []
    assert (await viewer.get(f"{URL}/1")).page.select("main form, main a[href$='/edit']") == []
    assert (await viewer.get(f"{URL}/1/edit")).status == 403
    for path in (f"{URL}/1/edit", f"{URL}/1/end", f"{URL}/1/delete", BATCHES):
        assert (await viewer.post(path, {"listing": "1"})).status == 403
    assert (await stored(server, 1)).status is ListingStatus.ACTIVE


async def test_nobody_sees_those_of_another_tenant(server, listings, rival_owner):
    await server.catalog.do("shop", QueueBatch(listings=(1,)))
    assert "No listings yet" in (await rival_owner.get(URL)).words
    assert "No batches yet" in (await rival_owner.get(BATCHES)).words
    for target in (f"{URL}/1", f"{BATCHES}/1"):
        assert (await rival_owner.get(target)).status == 404


async def test_texts_of_others_are_only_texts(server, shop, editor):
    texts = dict.fromkeys(("account_id", "external_id", "title", "description"), HOSTILE)
    listing = Listing(sku=HOSTILE, channel=4711, url="javascript:alert(1)", images=('x" onerror="y',), **texts)
    await server.catalog.do("shop", PutRecord(listing))
    task = ListingTask(1, 1, is_done=True, message=HOSTILE)
    await server.catalog.do("shop", PutRecord(Batch(status=BatchStatus.ERRORS, tasks=(task,), fields=(HOSTILE,))))
    for target in (URL, f"{URL}?q=%3Cscript%3E&sku=%22", f"{URL}/1", f"{URL}/1/edit", BATCHES, f"{BATCHES}/1"):
        shown = await editor.get(target)
        assert shown.status == 200
        assert "<script>alert" not in shown.text
        assert shown.page.select("[onerror], a[href^='javascript']") == []


async def test_the_pages_speak_german(server, listings):
    german = await visitor(server, "shop", Role.EDITOR, language="de")
    shown = await german.get(f"{URL}?q=gold")
    assert shown.texts("h1") == ["Angebote"]
    assert "1 Angebot auf dieser Seite" in shown.words
    assert shown.texts("tbody td")[-1] == "Aktiv"
    assert (await german.get(BATCHES)).status == 200


@pytest.mark.parametrize("number", ["9" * 5000, "\u00b2", "-1", "1.5", ""])
async def test_what_is_no_number_of_a_listing_is_none(listings, editor, server, number):
    shown = await editor.post(BATCHES, {"listing": number})
    assert (shown.status, shown.texts("h1")) == (422, ["A value is not allowed"])
    assert await server.store.records("shop", RecordKind.BATCH, [RecordKey(1)]) == [None]
