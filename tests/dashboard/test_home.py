"""The first page: how things stand, and what happened."""

import pytest

from facetry.application.overview import LOW_STOCK
from facetry.domain.catalog import PutProduct
from facetry.domain.errors import IndexAwayError, IndexBehindError, StoreError
from facetry.domain.import_job import ImportJob, ImportWish, JobState
from facetry.domain.journal import DAY_SECONDS, REQUEST_COUNTS, SEARCH_COUNTS, Count, search_counts
from facetry.domain.product import ProductContent
from facetry.domain.user import Role
from facetry.engines.memory.search_index import MemorySearchIndex
from tests.api.server import Server, product
from tests.dashboard.server import visitor

pytestmark = pytest.mark.anyio

HOSTILE = '<script>hurt("x")</script>\u202e' + "W" * 300
EMPTY = "Your catalog is empty"


def stats(shown):
    """Return label, value and note of each number, and where it leads."""
    return {
        one.select_one(".stat__label").get_text(): (
            one.select_one(".stat__value").get_text(),
            note.get_text() if (note := one.select_one(".stat__note")) else "",
            one.get("href"),
        )
        for one in shown.page.select(".stat")
    }


def card(shown, heading):
    """Return the words of the card with a heading."""
    found = next(one for one in shown.page.select(".card") if one.h2 and one.h2.get_text(strip=True) == heading)
    return " ".join(found.get_text(" ").split())


async def put(server, sku, **fields):
    content = ProductContent(sku=sku, **{"name": f"Ring {sku}", "group_id": "G", "active": True, **fields})
    await server.store.write("shop", [PutProduct(content)])


async def add_job(server, **fields):
    async def pieces():
        yield b"sku\n"

    wish = ImportWish(name=fields.pop("name", ""))
    job = await server.import_jobs.add("shop", ImportJob(wish=wish, created=server.clock.now()), pieces(), 1000)
    await server.import_jobs.save("shop", ImportJob(id=job.id, wish=wish, created=server.clock.now(), **fields))
    return job.id


async def test_an_empty_catalog_says_what_to_do_first(owner, editor, viewer):
    for who, links in (
        (owner, ["Import a file", "New product", "API access"]),
        (editor, ["Import a file", "New product"]),
        (viewer, []),
    ):
        shown = await who.get("/dashboard")
        assert shown.status == 200
        assert shown.texts("h1") == ["Conte America"]
        assert shown.texts(".page > .card:first-of-type .empty .button") == links
        assert EMPTY in shown.words
    assert stats(shown)["Products"] == ("0", "in 0 groups", "/dashboard/catalog")
    assert stats(shown)["Requests"] == ("0", "0% failed or refused", None)
    assert "No searches in this time" in shown.words
    assert "Nothing has changed lately" in shown.words
    assert "There were no imports yet." in shown.words


async def test_what_is_nearly_sold_out_is_counted_and_named(server, viewer):
    for place, quantity in enumerate((0, 1, LOW_STOCK, LOW_STOCK + 1)):
        await put(server, f"R{place}", group_id=f"G{place}", quantity=quantity, name=f"Ring {place}")
    shown = await viewer.get("/dashboard")
    numbers = stats(shown)
    assert numbers["Products"][:2] == ("4", "in 4 groups")
    assert numbers["Sold out"][:2] == ("1", "active products")
    assert numbers["Nearly sold out"][:2] == ("2", "at most 3 pieces")
    assert card(shown, "Nearly sold out") == "Nearly sold out All Ring 0 R0 Sold out Ring 1 R1 1 left Ring 2 R2 3 left"
    assert EMPTY not in shown.words


async def test_every_number_leads_to_what_it_counts(server, owner):
    for place, quantity in enumerate((0, 1, LOW_STOCK, LOW_STOCK + 1)):
        await put(server, f"R{place}", group_id=f"G{place}", quantity=quantity, name=f"Ring {place}")
    numbers = stats(await owner.get("/dashboard"))
    for label in ("Products", "Sold out", "Nearly sold out", "Requests", "Searches"):
        assert (await owner.get(numbers[label][2])).status == 200, label
    for label, products in (("Sold out", ["R0"]), ("Nearly sold out", ["R1", "R2"])):
        found = (await owner.get(f"{numbers[label][2]}&view=table")).words
        assert [sku for sku in ("R0", "R1", "R2", "R3") if f"Ring {sku[1]}" in found] == products


async def test_requests_and_searches_are_shown_over_time(server, viewer):
    now = int(server.clock.now())
    server.journal.count("shop", Count(REQUEST_COUNTS, now - 600, "native", (40, 4)))
    server.journal.count("shop", Count(REQUEST_COUNTS, now - 3 * DAY_SECONDS, "client", (60, 0)))
    searches = (now - 23 * 3600, "halo ring", (7, 0, 70)), (now - 26 * 3600, "moissanite", (3, 3, 0))
    for count in (one for counted in searches for one in search_counts(*counted)):
        server.journal.count("shop", count)
    day, week, month = [await viewer.get(f"/dashboard?look={look}") for look in ("day", "week", "month")]
    assert [stats(one)["Requests"][:2] for one in (day, week, month)] == [
        ("40", "10% failed or refused"),
        ("100", "4% failed or refused"),
        ("100", "4% failed or refused"),
    ]
    assert [stats(one)["Searches"][0] for one in (day, week, month)] == ["7", "10", "10"]
    assert [len(one.page.select(".chart")[0].select("tbody tr")) for one in (day, week, month)] == [48, 28, 30]
    assert [len(one.page.select(".chart")[1].select("tbody tr")) for one in (day, week, month)] == [24, 7, 30]
    assert week.page.select(".chart")[1].select("tbody tr")[-2].get_text(" ", strip=True) == "Sep 12 7 3"
    assert card(week, "Searched most").endswith("halo ring 7 moissanite 3")
    assert card(week, "Found nothing").endswith("moissanite 3")
    assert card(day, "Found nothing").endswith("Every search has found something")
    link = week.page.find("a", string="moissanite")
    assert link["href"] == "/dashboard/search?q=moissanite"
    assert day.texts(".switch [aria-current]") == ["24 hours"]


async def test_a_look_that_is_none_is_a_week(viewer):
    for look in ("", "year", "<b>", "day&look=week"):
        assert (await viewer.get(f"/dashboard?look={look}")).texts(".switch [aria-current]") == ["7 days"]


async def test_the_last_changes_are_told_with_who_made_them(server, shop, viewer):
    await shop.post(product("R1", regularPrice="12", promotionPrice="10", name="Halo Ring"))
    server.clock.time += 7200
    await shop.put(product("R1", regularPrice="13", promotionPrice="10", name="Halo Ring"))
    told = card(await viewer.get("/dashboard"), "Last changes")
    assert "Halo Ring R1 Price $12.00 $13.00 Catalog API 1 second ago" in told
    assert "Halo Ring R1 Created Catalog API 2 hours ago" in told


async def test_the_last_imports_are_told_with_how_they_stand(server, viewer):
    await add_job(server, name="old.csv", state=JobState.DONE, stored=1)
    for state in (JobState.CANCELED, JobState.QUEUED, JobState.RUNNING, JobState.FAILED):
        await add_job(server, state=state)
    failed = await add_job(server, name="rings.csv", state=JobState.DONE, stored=1200, rejected=3)
    shown = await viewer.get("/dashboard")
    told = card(shown, "Last imports")
    assert "rings.csv Done 1,200 stored, 3 rejected · 1 second ago" in told
    assert f"Import {failed - 1} Failed" in told
    assert "Running" in told
    assert "Waiting" in told
    assert "old.csv" not in told
    assert shown.page.select_one(f'a[href="/dashboard/imports/{failed}"]')


async def test_hostile_texts_are_shown_as_they_are(server, viewer):
    await put(server, "R1", name=HOSTILE, quantity=0)
    await add_job(server, name=HOSTILE[:200], state=JobState.DONE)
    today = int(server.clock.now()) // DAY_SECONDS * DAY_SECONDS
    server.journal.count("shop", Count(SEARCH_COUNTS, today, HOSTILE[:150], (2, 2, 0)))
    shown = await viewer.get("/dashboard")
    assert shown.words.count('<script>hurt("x")</script>') >= 4
    assert [one.get("src") is not None for one in shown.page.select("script")] == [True, True]


@pytest.mark.parametrize("error", [IndexBehindError(0), IndexAwayError("nobody answers")], ids=str)
async def test_the_page_is_shown_without_alerts_where_the_search_is_away(anyio_backend, error):
    class Away(MemorySearchIndex):
        async def search(self, tenant, query, deadline=None):
            raise error

    server = Server(index=Away())
    await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop")
    shown = await (await visitor(server, "shop", Role.VIEWER)).get("/dashboard")
    assert shown.status == 200
    assert "stock alerts are missing" in shown.words
    assert "Not known just now." in card(shown, "Nearly sold out")
    assert "Sold out" not in stats(shown)


async def test_a_store_that_fails_is_told_as_everywhere():
    class Broken(MemorySearchIndex):
        async def search(self, tenant, query, deadline=None):
            raise StoreError("the disk is gone")

    server = Server(index=Broken())
    await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop")
    shown = await (await visitor(server, "shop", Role.VIEWER)).get("/dashboard")
    assert (shown.status, shown.texts("h1")) == (503, ["The store failed"])


async def test_operators_are_led_to_the_server(operator):
    shown = await operator.get("/dashboard")
    assert (shown.status, shown.headers["location"]) == (303, "/dashboard/operator")


async def test_germans_read_german(server, shop):
    german = await visitor(server, "shop", Role.VIEWER, language="de")
    shown = await german.get("/dashboard")
    assert stats(shown)["Artikel"][:2] == ("0", "in 0 Produktgruppen")
    assert "Der Katalog ist leer" in shown.words


async def test_another_tenants_numbers_are_not_shown(server, shop, rival_owner):
    await put(server, "R1", quantity=0, name="Secret ring")
    shown = await rival_owner.get("/dashboard")
    assert stats(shown)["Products"][0] == "0"
    assert "Secret" not in shown.words
