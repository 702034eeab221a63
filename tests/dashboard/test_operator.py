"""Pages of the operator: tenants with keys shown once, quotas, owners' links, and the engines."""

from __future__ import annotations

from urllib.parse import quote

import msgspec
import pytest

from facetry.application.server_overview import Order, ServerOverview, TenantWish
from facetry.application.sign_ins import CONFIRMED_SECONDS
from facetry.application.tenants import NewTenant
from facetry.domain.errors import IndexAwayError
from facetry.domain.import_job import ImportJob, ImportWish
from facetry.domain.quotas import Quotas
from facetry.domain.user import Role
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.memory.search_index import MemorySearchIndex
from facetry.testing.samples import put
from tests.api.server import Server, product
from tests.dashboard.server import Visitor, visitor

pytestmark = pytest.mark.anyio

TENANTS = "/dashboard/operator"
SHOP = f"{TENANTS}/tenants/shop"
HOSTILE = "<script>alert(1)</script> \"\u202e' a/b?c#d"


async def test_tenants_are_listed_with_what_they_have(operator, shop, rival):
    await shop.post(product("A"))
    shown = await operator.get(TENANTS)
    assert shown.status == 200
    rows = shown.texts("tbody tr")
    assert rows[0].startswith("rival Rival Active 0 0")
    assert rows[1].startswith("shop Conte America Active 1 1")
    assert "1 to 2 of 2" in shown.words


async def test_a_list_without_tenants_says_what_one_is(operator):
    assert "There is no tenant yet" in (await operator.get(TENANTS)).words


async def test_tenants_are_searched_and_come_in_pages(operator, server):
    for number in range(30):
        await server.tenants.create(NewTenant(name=f"Shop {number:02}", id=f"t{number:02}"))
    first = await operator.get(TENANTS)
    assert len(first.page.select("tbody tr")) == 25
    (url,) = [one["href"] for one in first.page.select("a[rel=next]")]
    second = await operator.get(url)
    assert second.texts("tbody a") == [f"t{number}" for number in range(25, 30)]
    assert "26 to 30 of 30" in second.words
    part = await operator.get(f"{TENANTS}?q=SHOP+07", htmx=True)
    assert part.texts("tbody a") == ["t07"]
    assert part.page.select("html") == []
    assert "No tenant has this" in (await operator.get(f"{TENANTS}?q=none")).words


@pytest.mark.parametrize("page", [TENANTS, f"{TENANTS}/engines"])
async def test_behind_the_last_page_is_the_last_one(operator, server, page):
    for number in range(26):
        await server.tenants.create(NewTenant(name=f"Shop {number:02}", id=f"t{number:02}"))
    for first in ("26", "999999999"):
        shown = await operator.get(f"{page}?first={first}&sort=name")
        assert shown.texts("tbody td:first-child") == ["t25"]
        assert "26 to 26 of 26" in shown.words
        assert shown.page.select_one("a[rel=prev]")["href"] == f"{page}?q=&sort=name&first=0"
    assert "No tenant has this" in (await operator.get(f"{page}?q=nobody&first=50")).words


async def test_a_tenant_is_made_and_its_keys_are_shown_once(operator, server):
    values = {"name": "Nova", "id": "nova", "language": "de", "currency": "eur", "email": "owner@nova.example"}
    shown = await operator.post(f"{TENANTS}/new", values)
    assert shown.status == 200
    keys = await server.tenants.keys("nova")
    for key in (keys.api_key, keys.access_key, keys.search_key):
        assert key in shown.text
    assert (keys.tenant.settings.language, keys.tenant.settings.currency) == ("de", "EUR")
    again = await operator.get(f"{TENANTS}/tenants/nova")
    assert keys.api_key not in again.text
    assert "owner@nova.example" in again.words
    (owner,) = await server.users.list("nova")
    assert (owner.role, owner.password) == (Role.OWNER, "")
    (link,) = [line for line in shown.texts("pre") if "/dashboard/welcome/" in line]
    assert link.startswith("http://catalog.example/dashboard/welcome/")
    assert (await Visitor(server).get(link.removeprefix("http://catalog.example"))).status == 200


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"id": "shop"}, "id"),
        ({"currency": "x"}, "currency"),
        ({"email": "no e-mail"}, "email"),
    ],
    ids=str,
)
async def test_a_tenant_that_cannot_be_is_told_beside_its_field(operator, server, shop, values, field):
    before = await server.tenants.list()
    shown = await operator.post(
        f"{TENANTS}/new", {"name": "Nova", "id": "", "language": "en", "currency": "USD", "email": "", **values}
    )
    assert shown.status == 422
    assert shown.page.select_one(f"#field-{field}-error") is not None
    assert shown.page.select_one("#field-name")["value"] == values.get("name", "Nova").strip()
    assert await server.tenants.list() == before


async def test_quotas_are_set_and_taken_away(operator, server, shop):
    page = await operator.get(SHOP)
    values = {name: value[-1] for name, value in page.values(f'form[action="{SHOP}/quotas"]').items()}
    assert values["products"] == ""
    done = await operator.post(f"{SHOP}/quotas", {**values, "products": "5", "writes_per_second": "9"})
    assert done.headers["location"] == SHOP
    assert (await server.tenants.get("shop")).settings.quotas == Quotas(products=5, writes_per_second=9)
    assert "The quotas are saved." in (await operator.follow(done)).words
    for name, text in (("products", "-1"), ("products", "x"), ("writes_per_second", "0"), ("bytes", "9" * 17)):
        refused = await operator.post(f"{SHOP}/quotas", {name: text})
        assert refused.status == 422
        assert refused.page.select_one(f"#field-{name}-error") is not None
    assert (await server.tenants.get("shop")).settings.quotas.products == 5
    await operator.post(f"{SHOP}/quotas", {"products": ""})
    assert (await server.tenants.get("shop")).settings.quotas == Quotas()


async def test_a_disabled_tenant_lets_nobody_in(operator, owner, server):
    assert (await owner.get("/dashboard/account")).status == 200
    shown = await operator.follow(await operator.post(f"{SHOP}/active", {"active": "off"}))
    assert "The tenant is disabled" in shown.words
    assert (await owner.get("/dashboard/account")).status == 303
    await operator.post(f"{SHOP}/active", {"active": "on"})
    assert (await server.tenants.get("shop")).active
    assert (await owner.get("/dashboard/account")).status == 200


async def test_owners_get_links(operator, owner, server):
    shown = await operator.post(f"{SHOP}/owners", {"email": "second@shop.example"})
    (link,) = shown.texts("pre")
    (invited,) = [user for user in await server.users.list("shop") if user.email == "second@shop.example"]
    assert (await server.users.by_link(link.rpartition("/")[2])).id == invited.id
    renewed = await operator.post(f"{SHOP}/owners/{owner.user.id}/link")
    assert (await server.users.by_link(renewed.texts("pre")[0].rpartition("/")[2])).id == owner.user.id
    twice = await operator.post(f"{SHOP}/owners", {"email": "second@shop.example"})
    assert (twice.status, twice.texts("#field-email-error")) == (422, ["There is a user with this e-mail already."])
    missing = await operator.post(f"{TENANTS}/tenants/none/owners", {"email": "a@shop.example"})
    assert missing.status == 404


async def test_a_link_is_not_given_for_a_user_of_another_tenant(operator, owner, rival):
    assert (await operator.post(f"{TENANTS}/tenants/rival/owners/{owner.user.id}/link")).status == 404


async def test_a_tenant_is_deleted_once_its_id_was_typed(operator, owner, server):
    for text in ("", "Shop", "sho"):
        refused = await operator.post(f"{SHOP}/delete", {"confirmation": text})
        assert refused.status == 422
        assert "Must be the id of the tenant." in refused.words
    assert (await server.tenants.get("shop")).id == "shop"
    done = await operator.post(f"{SHOP}/delete", {"confirmation": "shop"})
    assert done.headers["location"] == TENANTS
    assert list(await server.tenants.list()) == []
    assert list(await server.users.list("shop")) == []
    assert (await owner.get("/dashboard/account")).status == 303
    assert (await operator.get(SHOP)).status == 404


async def test_hostile_names_are_text(operator, server):
    tenant = "a/b?c#d%2F <b>é💍"
    await server.tenants.create(NewTenant(name=HOSTILE.replace("\u202e", ""), id=tenant))
    listed = await operator.get(TENANTS)
    assert listed.page.select("main script") == []
    (url,) = [one["href"] for one in listed.page.select("tbody a")]
    assert url == f"{TENANTS}/tenants/{quote(tenant, safe='')}"
    shown = await operator.get(url)
    assert shown.status == 200
    assert shown.texts("h1") == [" ".join(HOSTILE.replace("\u202e", "").split())]
    assert (await operator.post(f"{url}/active", {"active": "off"})).headers["location"] == url


async def test_engines_and_their_indexes_are_told(operator, server, shop, rival):
    await shop.post(product("A"))
    server.pages.states.update({"mongodb": True, "redis": False, "opensearch": None})
    shown = await operator.get(f"{TENANTS}/engines")
    assert "Facetry 0.0.0" in shown.words
    assert "mongodb Answers redis Does not answer opensearch Not asked yet" in shown.words
    assert sorted(row.split()[0] for row in shown.texts("tbody tr")) == ["rival", "shop"]
    assert "Nothing waits." in shown.words
    server.pages.states.clear()
    assert "All engines are part of this process." in (await operator.get(f"{TENANTS}/engines")).words


async def test_indexes_of_all_tenants_come_in_pages_and_only_those_shown_are_looked_at(server, operator):
    looked = []

    class Watched(MemorySearchIndex):
        async def revision(self, tenant):
            looked.append(tenant)
            return await super().revision(tenant)

    for number in range(60):
        await server.tenants.create(NewTenant(name=f"Shop {59 - number:02}", id=f"t{number:02}"))
    for tenant, writes in (("t31", 2), ("t07", 3), ("t55", 2)):
        await server.store.write(tenant, [put(f"R{number}") for number in range(writes)])
    overview = ServerOverview(server.store, Watched(), server.import_jobs)
    for order, expected in ((Order.ID, "t02 t03 t04"), (Order.NAME, "t57 t56 t55"), (Order.CHANGES, "t55 t00 t01")):
        looked.clear()
        states, count = await overview.index_states(TenantWish(2, 3, order=order))
        assert ([one.tenant.id for one in states], count) == (expected.split(), 60)
        assert looked == expected.split()
    assert (await overview.index_states(TenantWish(0, 3, "SHOP 5")))[1] == 10
    first = await operator.get(f"{TENANTS}/engines?sort=changes")
    assert first.texts("tbody tr td:first-child")[:4] == ["t07", "t31", "t55", "t00"]
    assert "1 to 25 of 60" in first.words
    assert first.page.select_one("th[aria-sort=descending]").get_text(strip=True) == "Revision"
    last = await operator.get(f"{TENANTS}/engines?sort=changes&first=50")
    assert ("51 to 60 of 60" in last.words, last.page.select("a[rel=next]")) == (True, [])
    assert last.page.select_one("a[rel=prev]")["href"] == f"{TENANTS}/engines?q=&sort=changes&first=25"
    assert "No tenant has this" in (await operator.get(f"{TENANTS}/engines?q=nobody&sort=odd")).words
    by_name = await operator.get(first.page.select_one("th a")["href"].replace("/engines", "").replace("=id", "=name"))
    assert by_name.texts("tbody a")[:2] == ["t59", "t58"]


async def test_an_index_that_is_away_is_told_as_unknown(server, shop):
    class Away(MemorySearchIndex):
        async def revision(self, tenant):
            raise IndexAwayError("nobody answers")

    overview = ServerOverview(server.store, Away(), server.import_jobs)
    (state,), count = await overview.index_states(TenantWish(0, 10))
    assert count == 1
    assert (state.indexed, state.behind) == (None, state.revision)
    assert msgspec.structs.replace(state, revision=7, indexed=9).behind == 0


async def test_imports_that_wait_are_told(operator, server, shop):
    async def pieces():
        yield b"sku\nA\n"

    wish = ImportWish(name="rings.csv")
    job = await server.import_jobs.add("shop", ImportJob(wish=wish, created=server.clock.now()), pieces(), 1000)
    shown = await operator.get(f"{TENANTS}/engines")
    assert shown.page.select_one("progress")["max"] == str(job.bytes_total)
    assert f"Import {job.id} of shop" in shown.words


async def test_a_tenant_may_be_made_without_an_owner(operator, server):
    shown = await operator.post(f"{TENANTS}/new", {"name": "Nova", "id": "", "language": "en", "currency": "USD"})
    (tenant,) = await server.tenants.list()
    assert shown.texts("h1") == ["Nova"]
    assert tenant.id in shown.text
    assert shown.texts("pre") == []
    assert "Make tenant" in (await operator.get(f"{TENANTS}/new")).words


async def test_links_of_owners_need_the_password_again(operator, owner, server):
    """They open a catalog, and operators see none."""
    server.clock.time += CONFIRMED_SECONDS
    before = await server.users.list("shop")
    for path in (f"{SHOP}/owners", f"{SHOP}/owners/{owner.user.id}/link"):
        shown = await operator.post(path, {"email": "own@evil.example"})
        assert shown.headers["location"] == f"/dashboard/account/confirm?next={quote(SHOP, safe='')}"
    assert await server.users.list("shop") == before


async def test_a_lost_race_for_a_tenant_is_told_as_that(anyio_backend):
    class Contested(MemoryCatalogStore):
        async def replace_tenant(self, tenant):
            await super().replace_tenant(tenant)
            return await super().replace_tenant(tenant)

    server = Server(store=Contested())
    await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop")
    operator = await visitor(server, "", Role.OPERATOR)
    for path, values in (("/quotas", {"products": "5"}), ("/active", {"active": "off"})):
        shown = await operator.post(f"{SHOP}{path}", values)
        assert (shown.status, shown.texts("h1")) == (409, ["Somebody else changed this meanwhile"])
