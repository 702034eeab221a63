"""Edits of many products in the background."""

import asyncio

import msgspec
import pytest

from facetry.application.acting import act_as, acting
from facetry.application.bulk_edits import EXAMPLES, KEPT, LOOKED_AT, LOST_SECONDS, BulkEdits, EditWish
from facetry.application.catalog import Catalog
from facetry.application.edit_run import BATCH, EditRun
from facetry.application.fair_room import FairRoom
from facetry.application.records import Records
from facetry.application.relay import ChangeRelay
from facetry.application.search import Search
from facetry.application.secrets import Vault
from facetry.application.selections import Selection, Selections
from facetry.application.tenants import Tenants
from facetry.domain.actor import Actor
from facetry.domain.bulk_edit import MOST_REFUSALS, BulkEdit, EditRefusal, EditStatus
from facetry.domain.catalog import PatchProduct
from facetry.domain.edits import AddStock, AddToPrice, PriceField, ScalePrice, SetActive, SetPrice, SetStock
from facetry.domain.errors import ChangedMeanwhileError, IndexBehindError, InvalidValueError, RecordNotFoundError
from facetry.domain.keeping import PutRecord
from facetry.domain.patching import ProductKey, ProductPatch
from facetry.domain.search.fields import BUILT_IN
from facetry.domain.search.filters import Has
from facetry.domain.search.query import SearchQuery
from facetry.engines.sqlite.opening import open_store
from tests.unit.application.shop import Shop, content

pytestmark = pytest.mark.anyio

ALL = Selection(SearchQuery())
PRICEY = Selection(SearchQuery(filter=Has(BUILT_IN["price"], ranges=((500_000, 10**15),))))


def edits_of(shop, catalog=None):
    return BulkEdits(catalog or shop.catalog, Records(shop.store), Selections(shop.search), shop.clock)


def wish(edit, selection=ALL, **fields):
    return EditWish(edit=edit, selection=selection, currency="USD", **fields)


async def fill(shop, count=5, **fields):
    writes = [
        content(f"S{at:04}", group_id=f"G{at % 7}", **{"regular_price": (at + 1) * 10_000, **fields})
        for at in range(count)
    ]
    for write in writes:
        await shop.catalog.put_product("t", write)


async def prices(shop):
    products = await shop.store.products_after("t", 0, 10_000)
    return [product.regular_price for product in products]


async def done(edits, edit, selection=ALL, **fields):
    started = await edits.start("t", wish(edit, selection, **fields))
    await edits.finish()
    return await edits.get("t", started.id)


async def test_every_selected_product_is_changed_exactly(shop):
    await fill(shop, 100)
    ended = await done(edits_of(shop), ScalePrice(33_333), PRICEY, query="price=50..", by="ada@example.com")
    assert (ended.status, ended.total, ended.done, ended.changed) == (EditStatus.DONE, 51, 51, 51)
    assert (ended.unchanged, ended.refused, ended.query, ended.by) == (0, 0, "price=50..", "ada@example.com")
    # 3.3333 % more, to the nearest cent.
    expected = [
        price if price < 500_000 else (price * 1_033_333 + 50_000_000) // 100_000_000 * 100
        for price in range(10_000, 1_010_000, 10_000)
    ]
    assert await prices(shop) == expected


async def test_an_edit_that_was_begun_ends_though_the_search_is_behind(shop):
    """Nobody is left with one that is said to run and does not."""
    await fill(shop, 3)
    edits = edits_of(shop)
    shop.index.failure = OSError("no room")
    started = await edits.start("t", wish(SetStock(9)))
    await edits.finish()
    ended = await edits.get("t", started.id)
    assert (ended.status, ended.error) == (EditStatus.FAILED, "the search index could not be brought up in time")
    shop.index.failure = None
    await edits.go_on("t", started.id, wish(SetStock(9)))
    await edits.finish()
    ended = await edits.get("t", started.id)
    assert (ended.status, ended.changed, ended.done, ended.total) == (EditStatus.DONE, 3, 3, 3)


async def test_more_products_than_a_batch_has(shop):
    await fill(shop, BATCH + 50)
    ended = await done(edits_of(shop), SetStock(4))
    assert (ended.changed, ended.done, ended.total, ended.last) == (250, 250, 250, "S0249")
    assert {product.quantity for product in await shop.store.products_after("t", 0, 1000)} == {4}


async def test_refusals_are_named_and_the_others_done(shop):
    await fill(shop, 3)
    await shop.catalog.put_product("t", content("EUR", currency="EUR", regular_price=5))
    await shop.catalog.put_product("t", content("NONE"))
    await shop.catalog.put_product("t", content("SAME", regular_price=20_000))
    ended = await done(edits_of(shop), SetPrice(20_000, "USD"))
    assert (ended.changed, ended.unchanged, ended.refused) == (3, 2, 1)
    assert ended.refusals == (EditRefusal("EUR", "invalid_value", "is EUR, and the amount is given in USD"),)


async def test_stock_is_taken_away_only_where_there_is_some(shop):
    await fill(shop, 2, quantity=3)
    await shop.catalog.put_product("t", content("LOW", quantity=1))
    ended = await done(edits_of(shop), AddStock(-2))
    assert (ended.changed, ended.refused) == (2, 1)
    assert ended.refusals[0].sku == "LOW"
    assert [p.quantity for p in await shop.store.products_after("t", 0, 10)] == [1, 1, 1]


async def test_all_refusals_are_counted_and_the_first_ones_named(shop):
    await fill(shop, MOST_REFUSALS + 5, currency="EUR")
    ended = await done(edits_of(shop), AddToPrice(1, "USD"))
    assert (ended.refused, len(ended.refusals)) == (MOST_REFUSALS + 5, MOST_REFUSALS)


class Interrupting(Catalog):
    """A catalog in which somebody else does something each time products were read for an edit."""

    def __init__(self, shop, meanwhile):
        super().__init__(shop.store, shop.relay)
        self.meanwhile = meanwhile

    async def find_products(self, tenant, keys):
        found = await super().find_products(tenant, keys)
        await self.meanwhile(found)
        return found


async def test_a_lost_race_is_won_from_the_new_state(shop):
    await fill(shop, 3)
    left = [1]

    async def meanwhile(_):
        if left:
            left.pop()
            patch = ProductPatch(regular_price=70_000)
            await shop.catalog.do("t", PatchProduct(ProductKey(sku="S0001"), patch))

    ended = await done(edits_of(shop, Interrupting(shop, meanwhile)), ScalePrice(1_000_000))
    assert (ended.changed, ended.refused, ended.unchanged) == (3, 0, 0)
    assert await prices(shop) == [20_000, 140_000, 60_000]


@pytest.mark.parametrize(("edit", "ended_with"), [(SetPrice(10_000, "USD"), BATCH), (ScalePrice(1_000_000), BATCH + 1)])
async def test_a_currency_that_changes_meanwhile_ends_an_edit_by_amounts(shop, edit, ended_with):
    await fill(shop, BATCH + 1, regular_price=70_000)

    async def meanwhile(found):
        if len(found) == 1:
            tenant = await shop.store.tenant("t")
            settings = msgspec.structs.replace(tenant.settings, currency="JPY")
            await shop.store.replace_tenant(msgspec.structs.replace(tenant, settings=settings))

    ended = await done(edits_of(shop, Interrupting(shop, meanwhile)), edit)
    assert (ended.changed, ended.done) == (ended_with, ended_with)
    assert (await prices(shop)).count(70_000) == BATCH + 1 - ended_with
    if ended_with == BATCH:
        assert (ended.status, ended.error) == (EditStatus.FAILED, "the currency was USD, and is JPY now")


async def test_a_race_that_is_always_lost_is_named(shop):
    await fill(shop, 2)

    async def meanwhile(found):
        if any(product.sku == "S0001" for product in found):
            product = await shop.catalog.product("t", "S0001")
            patch = ProductPatch(quantity=product.quantity + 1)
            await shop.catalog.do("t", PatchProduct(ProductKey(sku="S0001"), patch))

    ended = await done(edits_of(shop, Interrupting(shop, meanwhile)), ScalePrice(1_000_000))
    assert (ended.changed, ended.refused) == (1, 1)
    assert (ended.refusals[0].sku, ended.refusals[0].code) == ("S0001", "changed_meanwhile")
    assert await prices(shop) == [20_000, 20_000]


async def test_what_is_gone_by_then_is_named(shop):
    await fill(shop, 2)
    selections = Selections(shop.search)
    stored = (await shop.store.write("t", (PutRecord(BulkEdit(edit=SetStock(1))),))).outcomes[0].record

    class Stale(Selections):
        async def skus(self, tenant, selection):
            return ("GONE", *await super().skus(tenant, selection))

    await EditRun(shop.catalog, shop.clock, "t", stored, "USD").run(Stale(shop.search), ALL, FairRoom(1))
    ended = await BulkEdits(shop.catalog, Records(shop.store), selections, shop.clock).get("t", stored.id)
    assert (ended.status, ended.changed, ended.refused) == (EditStatus.DONE, 2, 1)
    assert ended.refusals == (EditRefusal("GONE", "product_not_found", "product with SKU GONE not found"),)


async def test_a_preview_tells_what_would_change_and_changes_nothing(shop):
    await fill(shop, 12)
    await shop.catalog.put_product("t", content("EUR", currency="EUR", regular_price=5))
    edits = edits_of(shop)
    revision = await shop.store.revision("t")
    preview = await edits.preview("t", wish(SetPrice(20_000, "USD", PriceField.REGULAR)))
    assert (preview.changed, preview.unchanged, preview.refused, preview.looked_at) == (11, 1, 1, 13)
    assert (preview.count.products, preview.is_complete, preview.count.revision) == (13, True, revision)
    assert len(preview.examples) == EXAMPLES
    first = preview.examples[0]
    assert (first.before.sku, first.before.regular_price, first.after.regular_price) == ("S0000", 10_000, 20_000)
    assert preview.refusals[0].sku == "EUR"
    assert await shop.store.revision("t") == revision


async def test_a_preview_of_many_is_of_the_first(shop):
    await fill(shop, 30)

    class Many(Selections):
        async def pages(self, tenant, selection):
            for _ in range(1000):
                async for page in super().pages(tenant, selection):
                    yield page

        async def count(self, tenant, selection):
            found = await super().count(tenant, selection)
            return type(found)(found.revision, found.groups, 30_000)

    edits = BulkEdits(shop.catalog, Records(shop.store), Many(shop.search), shop.clock)
    preview = await edits.preview("t", wish(SetStock(9)))
    assert LOOKED_AT <= preview.looked_at < LOOKED_AT + 30
    assert not preview.is_complete


async def test_what_cannot_be_is_refused_at_once(shop):
    edits = edits_of(shop)
    with pytest.raises(InvalidValueError):
        await edits.preview("t", wish(SetStock(-1)))
    with pytest.raises(InvalidValueError):
        await edits.start("t", wish(SetStock(-1)))
    with pytest.raises(InvalidValueError, match="had 3 products, and has 0 now"):
        await edits.start("t", wish(SetStock(1), expected=3))
    with pytest.raises(InvalidValueError, match=r"^was CHF, and is USD now"):
        await edits.start("t", wish(SetPrice(1, "USD"), told_currency="CHF"))
    with pytest.raises(RecordNotFoundError):
        await edits.get("t", 1)


async def test_an_edit_of_nothing(shop):
    ended = await done(edits_of(shop), SetStock(1), expected=0)
    assert (ended.status, ended.total, ended.changed) == (EditStatus.DONE, 0, 0)


async def stopped_after_a_batch(shop, edits, edit):
    """Stop an edit while its second batch is read."""
    started = []

    async def meanwhile(found):
        if found[0].sku == f"S{BATCH:04}":
            assert (await edits.stop("t", started[0].id)).status is EditStatus.STOPPED

    running = edits_of(shop, Interrupting(shop, meanwhile))
    started.append(await running.start("t", wish(edit)))
    await running.finish()
    return started[0].id


async def test_a_stopped_edit_goes_on_where_it_was(shop):
    await fill(shop, BATCH + 10)
    edits = edits_of(shop)
    edit_id = await stopped_after_a_batch(shop, edits, AddToPrice(1, "USD"))
    stopped = await edits.get("t", edit_id)
    assert (stopped.status, stopped.done, stopped.last) == (EditStatus.STOPPED, BATCH, f"S{BATCH - 1:04}")
    assert await edits.stop("t", edit_id) == stopped
    assert sum(price % 10 for price in await prices(shop)) == BATCH
    await edits.go_on("t", edit_id, wish(AddToPrice(1, "USD")))
    await edits.finish()
    ended = await edits.get("t", edit_id)
    assert (ended.status, ended.done, ended.total) == (EditStatus.DONE, BATCH + 10, BATCH + 10)
    assert all(price % 10 == 1 for price in await prices(shop))
    with pytest.raises(ChangedMeanwhileError):
        await edits.go_on("t", edit_id, wish(AddToPrice(1, "USD")))


async def test_an_edit_whose_process_is_gone_is_known_by_its_silence(shop):
    await fill(shop, 3)
    edits = edits_of(shop)
    started = await edits.start("t", wish(AddStock(1)))
    # Its process is killed before it has done anything.
    (killed,) = edits._tasks
    killed.cancel()
    await asyncio.wait([killed])
    left = await edits.get("t", started.id)
    assert (left.status, edits.is_lost(left)) == (EditStatus.RUNNING, False)
    with pytest.raises(ChangedMeanwhileError):
        await edits.go_on("t", started.id, wish(AddStock(1)))
    shop.clock.time += LOST_SECONDS
    assert edits.is_lost(left)
    await edits.go_on("t", started.id, wish(AddStock(1)))
    await edits.finish()
    assert (await edits.get("t", started.id)).changed == 3


async def test_an_edit_whose_process_ends_in_order_is_lost_at_once(shop):
    await fill(shop, BATCH + 5)
    begun = asyncio.Event()

    async def meanwhile(found):
        if found[0].sku == f"S{BATCH:04}":
            begun.set()
            await asyncio.sleep(60)

    edits = edits_of(shop, Interrupting(shop, meanwhile))
    started = await edits.start("t", wish(AddStock(1)))
    await begun.wait()
    await edits.close()
    left = await edits.get("t", started.id)
    assert (left.status, edits.is_lost(left)) == (EditStatus.RUNNING, True)
    assert (left.done, left.changed) == (BATCH, BATCH)
    others = edits_of(shop)
    await others.go_on("t", started.id, wish(AddStock(1)))
    await others.finish()
    assert (await others.get("t", started.id)).changed == BATCH + 5
    assert {product.quantity for product in await shop.store.products_after("t", 0, 1000)} == {1}


async def test_an_edit_that_runs_shows_that_it_lives(shop):
    await fill(shop, 1)
    stored = (await shop.store.write("t", (PutRecord(BulkEdit(edit=SetStock(1))),))).outcomes[0].record
    run = EditRun(shop.catalog, shop.clock, "t", stored, "USD")
    room = FairRoom(1)
    edits = edits_of(shop)
    async with room.place("t"):
        task = asyncio.create_task(run.run(Selections(shop.search), ALL, room, beat_seconds=0.001))
        shop.clock.time += 5
        for _ in range(200):
            await asyncio.sleep(0.005)
            if (await edits.get("t", stored.id)).touched == shop.clock.time:
                break
        assert (await edits.get("t", stored.id)).touched == shop.clock.time
    await task
    assert (await edits.get("t", stored.id)).status is EditStatus.DONE


async def test_histories_say_who_it_was(shop):
    await fill(shop, 1)
    seen = []

    class Noting(Catalog):
        async def _written(self, tenant, writes):
            seen.append(acting())
            return await super()._written(tenant, writes)

    act_as(Actor("user:ada@example.com"))
    await done(edits_of(shop, Noting(shop.store, shop.relay)), SetActive(active=False))
    assert set(seen) == {Actor("user:ada@example.com")}


async def test_what_is_stored_but_not_searchable_counts_once(shop):
    await fill(shop, 3)

    class Behind(Catalog):
        left = 2

        async def carry_out(self, tenant, write, *, is_admitted=False):
            revision, effect = await super().carry_out(tenant, write, is_admitted=is_admitted)
            if is_admitted and self.left:
                self.left -= 1
                raise IndexBehindError(revision)
            return revision, effect

    ended = await done(edits_of(shop, Behind(shop.store, shop.relay)), AddStock(1))
    assert (ended.status, ended.changed) == (EditStatus.DONE, 3)
    assert {product.quantity for product in await shop.store.products_after("t", 0, 10)} == {1}


class Failing(Catalog):
    """A catalog that cannot be read."""

    def __init__(self, shop, error):
        super().__init__(shop.store, shop.relay)
        self.error = error

    async def find_products(self, tenant, keys):
        raise self.error


async def test_a_failure_is_told_and_can_be_gone_on_from(shop):
    await fill(shop, 2)
    ended = await done(edits_of(shop, Failing(shop, IndexBehindError(3))), SetStock(1))
    assert (ended.status, ended.error, ended.done) == (EditStatus.FAILED, "stored as revision 3, not yet searchable", 0)
    edits = edits_of(shop)
    await edits.go_on("t", ended.id, wish(SetStock(1)))
    await edits.finish()
    again = await edits.get("t", ended.id)
    assert (again.status, again.error, again.changed) == (EditStatus.DONE, "", 2)


async def test_a_second_try_that_fails_leaves_nothing_unnamed(shop):
    await fill(shop, 2)
    calls = []

    async def meanwhile(_):
        calls.append(1)
        if len(calls) > 1:
            raise IndexBehindError(9)
        await shop.catalog.do("t", PatchProduct(ProductKey(sku="S0001"), ProductPatch(quantity=8)))

    ended = await done(edits_of(shop, Interrupting(shop, meanwhile)), ScalePrice(1_000_000))
    assert (ended.status, ended.done, ended.changed, ended.refused) == (EditStatus.FAILED, 2, 1, 1)
    assert ended.refusals[0].sku == "S0001"


async def test_a_bug_ends_an_edit_too(shop, caplog):
    await fill(shop, 2)
    ended = await done(edits_of(shop, Failing(shop, ZeroDivisionError())), SetStock(1))
    assert (ended.status, ended.error) == (EditStatus.FAILED, "an unexpected error; the server's log has it")
    assert "a bulk edit failed" in caplog.text


async def test_an_index_that_never_catches_up_ends_an_edit(shop, caplog):
    await fill(shop, 2)

    class Behind(Catalog):
        async def carry_out(self, tenant, write, *, is_admitted=False):
            if is_admitted:
                raise IndexBehindError(1)
            return await super().carry_out(tenant, write)

    edits = edits_of(shop, Behind(shop.store, shop.relay))
    ended = await done(edits, SetStock(1))
    assert ended.status is EditStatus.RUNNING
    assert "not yet searchable" in caplog.text


async def test_the_last_edits_are_kept(shop):
    edits = edits_of(shop)
    for _ in range(KEPT + 2):
        await edits.start("t", wish(SetStock(1)))
    await edits.finish()
    latest = await edits.latest("t", 1000)
    assert [edit.id for edit in latest] == list(range(KEPT + 2, 2, -1))
    assert [edit.id for edit in await edits.latest("t", 2)] == [KEPT + 2, KEPT + 1]


async def test_an_edit_in_a_store_of_files(tmp_path):
    shop = Shop()
    shop.store = await open_store(tmp_path)
    shop.relay = ChangeRelay(shop.store, shop.index)
    shop.catalog, shop.search = Catalog(shop.store, shop.relay), Search(shop.index, shop.relay)
    shop.tenants = Tenants(shop.store, Vault(bytes(range(32))), shop.clock)
    await shop.open()
    await fill(shop, 20, currency="EUR")
    left = [1]

    async def meanwhile(_):
        if left:
            left.pop()
            await shop.catalog.do("t", PatchProduct(ProductKey(sku="S0001"), ProductPatch(regular_price=70_000)))

    edits = edits_of(shop, Interrupting(shop, meanwhile))
    ended = await done(edits, ScalePrice(1_000_000))
    assert (ended.status, ended.changed, ended.refused) == (EditStatus.DONE, 20, 0)
    assert await prices(shop) == [20_000, 140_000, *range(60_000, 420_000, 20_000)]
    refused = await done(edits, AddToPrice(1, "USD"))
    assert (refused.changed, refused.refused, len(refused.refusals)) == (0, 20, 20)
    assert [edit.id for edit in await edits.latest("t", 10)] == [2, 1]
    await shop.store.close()
