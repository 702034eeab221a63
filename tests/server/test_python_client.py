"""The Python client against a real server, of one process and of two."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from facetry.client import (
    AsyncFacetry,
    ChangedMeanwhileError,
    ConflictError,
    Delete,
    Facetry,
    InvalidRequestError,
    NoAnswerError,
    NotAuthenticatedError,
    NotFoundError,
    NotPermittedError,
    Patch,
    Product,
    Retries,
    RevisionTooOldError,
    StoredProduct,
)
from facetry.client.types.setting import AttributeDefinition, AttributeTypes, CatalogSettings
from facetry.domain.search.fields import Kind
from facetry.domain.search.rules import SearchRules, Synonym
from tests.program import Program, free_port, new_tenant, wait_until

QUICK = Retries(attempts=3, first_seconds=0.01, longest_seconds=0.05)
LINES = 2_500


@pytest.fixture(scope="module", params=[1, 2], ids=["one process", "two processes"])
def program(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("client") / "data"
    with Program(folder, "--workers", request.param, "--search", "memory:") as program:
        wait_until(lambda: len(program.answering()) == request.param, 30)
        yield program


@pytest.fixture(scope="module")
def url(program):
    return f"http://127.0.0.1:{program.port}"


@pytest.fixture
def keys(program):
    return new_tenant(program.data)


@pytest.fixture
def client(url, keys):
    with Facetry(url, keys["apiKey"], retries=QUICK) as client:
        yield client


@pytest.fixture
async def patient(url, keys, anyio_backend):
    async with AsyncFacetry(url, keys["apiKey"], retries=QUICK) as client:
        yield client


@pytest.fixture
def anyio_backend():
    return "asyncio"


def ring(sku, **more):
    return Product(sku=sku, name=f"Ring {sku}", **more)


def test_a_product_lives(client):
    made = client.products.put(
        ring("A/1", regular_price=Decimal("12.5"), brand="Parle", attributes={"setting": "prong"})
    )
    assert (made.sku, made.id, made.group_id, made.price) == ("A/1", 1, "A/1", Decimal("12.5"))
    assert (made.currency, made.in_stock, client.revision) == ("USD", False, 1)
    assert client.products.get("A/1", min_revision=client.revision) == made
    assert client.products.get_by_id(1) == made
    changed = client.products.patch("A/1", {"quantity": 3, "brand": None, "promotion_price": Decimal("10.25")})
    assert (changed.quantity, changed.brand, changed.price) == (3, None, Decimal("10.25"))
    level = client.products.change_stock("A/1", -1, reason="broken", if_match=changed.etag)
    assert (level.sku, level.quantity) == ("A/1", 2)
    client.products.delete("A/1")
    with pytest.raises(NotFoundError) as caught:
        client.products.get("A/1")
    assert caught.value.code == "product_not_found"


def test_what_was_read_can_be_written_back(client):
    made = client.products.put(ring("A", regular_price=Decimal(5), gemstones=({"type": "diamond", "carat": 0.5},)))
    assert client.products.put(made) == made
    dearer = client.products.put(
        StoredProduct(sku="A", name="x", regular_price=Decimal(7), price=made.price, id=made.id)
    )
    assert (dearer.price, dearer.id) == (7, made.id)


def test_changes_of_what_was_changed_are_refused(client):
    made = client.products.put(ring("A"))
    now = client.products.patch("A", {"quantity": 3}, if_match=made.etag)
    with pytest.raises(ChangedMeanwhileError) as caught:
        client.products.put(ring("A"), if_match=made.etag)
    assert (caught.value.current["quantity"], caught.value.etag) == (3, now.etag)
    with pytest.raises(ChangedMeanwhileError):
        client.products.put(ring("A"), only_new=True)
    with pytest.raises(ChangedMeanwhileError):
        client.products.delete("A", if_match=made.etag)
    assert client.products.get("A") == now


def test_refusals_say_what_is_wrong(client, url, keys):
    client.products.put(ring("A", quantity=2))
    with pytest.raises(ConflictError) as conflict:
        client.products.change_stock("A", -3)
    assert (conflict.value.code, conflict.value.problem["left"]) == ("insufficient_stock", 2)
    with pytest.raises(InvalidRequestError) as invalid:
        client.products.patch("A", {"quantity": -1})
    assert (invalid.value.status, invalid.value.pointer) == (422, "/quantity")
    with Facetry(url, "no key") as nobody, pytest.raises(NotAuthenticatedError):
        nobody.products.get("A")
    with Facetry(url, keys["searchKey"]) as front, pytest.raises(NotPermittedError):
        front.products.get("A")


def test_the_same_key_is_the_same_write(client):
    client.products.put(ring("A", quantity=5))
    for _ in range(2):
        assert client.products.change_stock("A", -1, idempotency_key="sale-7").quantity == 4
    with pytest.raises(ConflictError) as caught:
        client.products.change_stock("A", -2, idempotency_key="sale-7")
    assert caught.value.code == "key_reused"


def test_lists_come_as_pages_and_as_one(client):
    begun = datetime.now(UTC)
    client.products.bulk(ring(f"S{i}", group_id=f"G{i // 3}") for i in range(7))
    page = client.products.page(limit=3)
    assert ([one.sku for one in page.items], page.next) == (["S0", "S1", "S2"], "3")
    assert [one.sku for one in client.products.page(limit=5, after=page.next).items] == ["S3", "S4", "S5", "S6"]
    assert [one.sku for one in client.products.each(page_size=2)] == [f"S{i}" for i in range(7)]
    assert [one.sku for one in client.products.each(group_id="G1")] == ["S3", "S4", "S5"]
    assert len([*client.products.each(updated_from=begun.replace(microsecond=0))]) == 7
    assert [*client.products.each(updated_to=datetime(2020, 1, 1, tzinfo=UTC))] == []
    assert [one.group_id for one in client.groups.each(page_size=2)] == ["G0", "G1", "G2"]
    assert [one.group_id for one in client.groups.page(limit=1, after="G0").items] == ["G1"]


def test_groups_are_read_and_removed(client):
    client.products.bulk([ring("A", group_id="G", color="Red"), ring("B", group_id="G", color="Blue")])
    group = client.groups.get("G", min_revision=client.revision)
    assert (group.products, group.colors, group.product_count) == (("A", "B"), ("Red", "Blue"), 2)
    assert client.groups.delete("G").skus == ("A", "B")
    assert [*client.groups.each()] == []


def test_many_at_once(client):
    seen = []
    summary = client.products.bulk(
        (ring(f"S{i}", quantity=1) for i in range(LINES)), progress=lambda one: seen.append(one.lines)
    )
    assert (summary.lines, summary.failed, summary.failures) == (LINES, 0, [])
    assert seen == [1000, 2000, LINES]
    assert summary.revision == client.revision
    assert sum(1 for _ in client.products.each(min_revision=summary.revision)) == LINES
    results = [
        *client.products.bulk_results([ring("new"), Patch("S1", {"quantity": 3}), Delete("S2"), Patch("no", {})])
    ]
    assert [(one.line, one.status, one.sku) for one in results] == [
        (1, 201, "new"),
        (2, 200, "S1"),
        (3, 204, "S2"),
        (4, 404, "no"),
    ]
    assert [one.is_done for one in results] == [True, True, True, False]


def test_all_or_none(client):
    summary = client.products.bulk([ring("A"), Patch("no", {"quantity": 1}), ring("B")], atomic=True)
    assert (summary.lines, summary.failed) == (3, 3)
    assert [one.code for one in summary.failures] == ["not_done", "product_not_found", "not_done"]
    assert [*client.products.each()] == []


def test_searches(client):
    client.products.bulk(ring(f"S{i}", group_id=f"G{i}", regular_price=Decimal(i + 1), brand="Parle") for i in range(5))
    found = client.search("ring", filter="price < 4", facets=["brand", "price"], sort="price:desc", limit=2)
    assert (found.total, found.total_products, found.revision) == (3, 3, client.revision)
    assert [hit.group.group_id for hit in found.hits if hit.group] == ["G2", "G1"]
    assert [(one.value, one.count) for one in found.facets["brand"].values] == [("Parle", 3)]
    assert found.facets["price"].max == 5
    assert found.hits[0].products[0].price == Decimal(3)
    rest = client.search("ring", filter="price < 4", sort="price:desc", limit=2, after=found.next)
    assert ([hit.cheapest.sku for hit in rest.hits if hit.cheapest], rest.next) == (["S0"], None)
    assert [
        hit.cheapest.sku for hit in client.hits("ring", sort="price:asc", page_size=2, facets=["brand"]) if hit.cheapest
    ] == [f"S{i}" for i in range(5)]
    several = client.search_several([{"q": "ring", "limit": 1}, {"filter": "colour = red"}])
    assert several.results[0].total == 5
    assert several.results[1].error is not None
    assert several.results[1].error["code"] == "bad_search"
    assert client.suggest("ri").queries[0].text == "ring"
    with pytest.raises(InvalidRequestError) as caught:
        client.search(filter="colour = red")
    assert (caught.value.pointer, caught.value.problem["position"]) == ("/filter", 0)


def test_clicks_and_orders_are_reported(client):
    client.products.put(ring("A"))
    found = client.search("ring")
    client.report_click(found.search_id, group_id="A", position=1)
    for _ in range(2):
        client.report_order(found.search_id, sku="A", idempotency_key="order-7")
    with pytest.raises(NotFoundError):
        client.report_click("no search", group_id="A")

    def reported():
        counts = {one.query: (one.searches, one.clicks, one.orders) for one in client.journals.top_queries()}
        return counts.get("ring") == (1, 1, 1)

    wait_until(reported, 20)


def test_journals(client):
    client.search("sapphire", limit=1)
    with pytest.raises(NotFoundError) as caught:
        client.products.get("no")
    wait_until(lambda: [*client.journals.searches(q="sapphire")] and [*client.journals.requests(status=404)], 20)
    line = client.journals.request(caught.value.request_id)
    assert (line.route, line.status, line.code) == ("/v2/products/{sku}", 404, "product_not_found")
    assert [one.hits for one in client.journals.searches(q="sapphire")] == [0]
    assert [one.id for one in client.journals.requests(status=404, start=datetime(2020, 1, 1, tzinfo=UTC))] == [line.id]
    assert client.journals.call_counts(step="day")[0].failures >= 1
    wait_until(lambda: client.journals.empty_queries(by_day=True), 20)
    assert [one.query for one in client.journals.empty_queries()] == ["sapphire"]


def test_settings(client):
    client.products.bulk([ring("A", attributes={"stone": "opal"}), ring("B")])
    rules = client.settings.search.get()
    wish = SearchRules(synonyms=(Synonym(phrases=("ring", "band")),))
    preview = client.settings.search.preview(wish, queries=["band"])
    assert [(one.pointer, one.before) for one in preview.changes] == [("/synonyms/0", None)]
    assert [(one.q, one.before, one.after) for one in preview.searches] == [("band", (), ("A", "B"))]
    stored = client.settings.search.put(wish, if_match=rules.etag)
    assert (stored.value, client.search("band").total) == (wish, 2)
    with pytest.raises(ChangedMeanwhileError):
        client.settings.search.put(wish, if_match=rules.etag)
    assert client.settings.search.get(version=rules.version).value == rules.value
    assert [one.version for one in client.settings.search.versions()][:2] == [stored.version, rules.version]
    client.settings.attributes.put(AttributeTypes((AttributeDefinition("stone", Kind.KEYWORD, facet=False),)))
    (stone,) = client.settings.all_attributes()
    assert (stone.name, stone.type, stone.facet, stone.inferred) == ("attributes.stone", "keyword", False, False)
    client.settings.catalog.put(CatalogSettings(language="de", currency="EUR"))
    assert client.settings.catalog.get().value == CatalogSettings(language="de", currency="EUR")
    assert client.products.get("A").currency == "EUR"


def test_changes_are_followed(client):
    assert client.changes.revision() == 0
    client.products.bulk([ring("A"), ring("B")])
    page = client.changes.page(0, include=["products"])
    assert ([one.sku for one in page.products], page.groups, page.more) == (["A", "B"], (), False)
    pages = client.changes.follow(0, wait=20)
    assert [one.sku for one in next(pages).products] == ["A", "B"]
    timer = threading.Timer(0.2, lambda: client.products.delete("A"))
    timer.start()
    later = next(pages)
    timer.join()
    assert (later.gone_products, later.gone_groups, later.revision) == (("A",), ("A",), client.revision)
    with pytest.raises(RevisionTooOldError) as caught:
        client.changes.page(10_000)
    assert caught.value.code == "revision_too_old"


def test_changes_of_a_product_are_told_and_undone(client):
    client.products.put(ring("A", quantity=3, color="Red"))
    client.products.patch("A", {"color": "Blue"})
    client.products.change_stock("A", -1, reason="broken")
    wait_until(lambda: len([*client.products.history("A")]) == 3, 20)
    stock, color, first = client.products.history("A", page_size=2)
    assert [(one.pointer, one.before, one.after) for one in stock.changes] == [("/quantity", 3, 2)]
    assert (stock.reason, first.changes) == ("broken", ())
    assert [(one.pointer, one.before, one.after) for one in color.changes] == [("/color", "Red", "Blue")]
    undone = client.products.undo("A", color.id)
    assert undone is not None
    assert (undone.color, undone.quantity) == ("Red", 2)
    client.products.patch("A", {"color": "Green"})
    with pytest.raises(ConflictError) as caught:
        client.products.undo("A", color.id)
    assert caught.value.code == "changed_since"
    client.products.put(ring("B"))
    wait_until(lambda: [*client.products.history("B")], 20)
    (made,) = client.products.history("B")
    assert client.products.undo("B", made.id) is None
    with pytest.raises(NotFoundError):
        client.products.get("B")


def test_imports(client, tmp_path):
    file = tmp_path / "catalog.ndjson"
    good = "".join(f'{{"sku": "S{i}", "name": "Ring", "groupID": "G", "regularPrice": 5}}\n' for i in range(50))
    file.write_text(good + '{"sku": "bad", "name": "x", "regularPrice": "dear"}\n')
    tried = client.imports.wait(client.imports.start(file.read_bytes(), dry_run=True, name="try").id, timeout=30)
    assert (tried.state, tried.dry_run, tried.name, [*client.products.each()]) == ("done", True, "try", [])
    seen = []
    started = client.imports.start(file, format="ndjson", idempotency_key="spring")
    job = client.imports.wait(started.id, progress=seen.append, timeout=30)
    assert client.imports.start(file, format="ndjson", idempotency_key="spring").id == job.id
    assert (job.state, job.is_over, job.stored, job.rejected) == ("done", True, 50, 1)
    assert seen[-1] == job
    assert client.imports.get(job.id) == job
    assert [one.id for one in client.imports.each()] == [tried.id, job.id]
    assert b"bad" in client.imports.rejected(job.id)
    assert client.imports.cancel(job.id).state == "done"
    assert len([*client.products.each()]) == 50


def test_several_threads_share_a_client(client):
    def work(number):
        return client.products.put(ring(f"S{number}")).id

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.sku for one in client.products.each()} == {f"S{i}" for i in range(8)}
    assert client.revision == 8


def test_nobody_listens():
    with (
        Facetry(f"http://127.0.0.1:{free_port()}", "key", retries=QUICK) as client,
        pytest.raises(NoAnswerError) as caught,
    ):
        client.products.put(ring("A"))
    assert caught.value.may_have_happened is False


def test_an_asynchronous_source_needs_the_asynchronous_client(client):
    async def lines():
        yield ring("A")

    with pytest.raises(TypeError, match="asynchronous client"):
        client.products.bulk(lines())


@pytest.mark.anyio
async def test_the_other_client_awaits_the_same(patient, tmp_path):
    async def lines():
        for i in range(1_200):
            yield ring(f"S{i}", group_id=f"G{i % 3}")

    summary = await patient.products.bulk(lines())
    assert (summary.lines, summary.failed) == (1_200, 0)
    assert (await patient.products.get("S7", min_revision=patient.revision)).group_id == "G1"
    assert len([one async for one in patient.products.each(group_id="G0")]) == 400
    assert [one.status async for one in patient.products.bulk_results([ring("A"), Delete("S0")])] == [201, 204]
    assert len([hit async for hit in patient.hits("ring", page_size=2)]) == 4
    found, group = await asyncio.gather(patient.search("ring", limit=1), patient.groups.get("A"))
    assert (found.total, group.products) == (4, ("A",))
    with pytest.raises(NotFoundError):
        await patient.products.get("no")
    with pytest.raises(InvalidRequestError):
        async for _ in patient.hits(filter="colour = red"):
            pass
    file = tmp_path / "catalog.ndjson"
    file.write_text('{"sku": "X", "name": "Ring", "groupID": "G", "regularPrice": 5}\n')
    job = await patient.imports.start(file)
    assert (await patient.imports.wait(job.id, timeout=30)).stored == 1
    assert (await patient.settings.catalog.get()).value.currency == "USD"


@pytest.mark.anyio
async def test_the_other_client_follows_changes(patient):
    pages = patient.changes.follow(await patient.changes.revision(), wait=20)
    waiting = asyncio.ensure_future(anext(pages))
    await asyncio.sleep(0.1)
    assert not waiting.done()
    await patient.products.put(ring("A"))
    assert [one.sku for one in (await waiting).products] == ["A"]
    await pages.aclose()


@pytest.mark.anyio
async def test_the_other_client_has_nobody_to_talk_to(anyio_backend):
    async with AsyncFacetry(f"http://127.0.0.1:{free_port()}", "key", retries=QUICK) as client:
        with pytest.raises(NoAnswerError):
            await client.products.get("A")
