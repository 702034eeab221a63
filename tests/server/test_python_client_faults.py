"""The Python client over connections that break at any moment: nothing is lost, nothing is done twice."""

from __future__ import annotations

import asyncio
import random
import threading

import pytest

from facetry.client import AsyncFacetry, Delete, Facetry, Product, Retries
from tests.program import Program, new_tenant, wait_until
from tests.server.cutting_proxy import CuttingProxy

WORKERS = 2
STUBBORN = Retries(attempts=60, first_seconds=0.002, longest_seconds=0.02)
LINES = 5_000
SALES = 100
LISTED = 300


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults") / "data"
    with Program(folder, "--workers", WORKERS, "--search", "memory:") as program:
        wait_until(lambda: len(program.answering()) == WORKERS, 30)
        yield program


@pytest.fixture
def keys(program):
    return new_tenant(program.data)


@pytest.fixture
def direct(program, keys):
    with Facetry(f"http://127.0.0.1:{program.port}", keys["apiKey"]) as client:
        yield client


@pytest.fixture
def anyio_backend():
    return "asyncio"


def cut_client(proxy, keys):
    return Facetry(f"http://127.0.0.1:{proxy.port}", keys["apiKey"], retries=STUBBORN, timeout=10)


def test_a_bulk_is_done_once(program, keys, direct):
    products = (Product(sku=f"S{i}", name=f"Ring {i}", group_id=f"G{i // 4}") for i in range(LINES))
    with CuttingProxy(program.port, 7, 150_000) as proxy, cut_client(proxy, keys) as client:
        results = [*client.products.bulk_results(products)]
    assert proxy.cuts >= 5
    assert [one.line for one in results] == list(range(1, LINES + 1))
    # A line that was done again would be answered as one that was there already.
    assert {one.status for one in results} == {201}
    assert {one.sku for one in direct.products.each()} == {f"S{i}" for i in range(LINES)}


def test_single_writes_are_done_once(program, keys, direct):
    direct.products.put(Product(sku="A", name="Ring", quantity=SALES))
    with CuttingProxy(program.port, 8, 3_000) as proxy, cut_client(proxy, keys) as client:
        left = [client.products.change_stock("A", -1).quantity for _ in range(SALES)]
    assert proxy.cuts >= 10
    assert left == [*range(SALES - 1, -1, -1)]
    assert direct.products.get("A").quantity == 0


@pytest.mark.anyio
async def test_writes_at_once_are_done_once(program, keys, direct):
    direct.products.put(Product(sku="A", name="Ring", quantity=SALES))
    with CuttingProxy(program.port, 9, 3_000) as proxy:
        url = f"http://127.0.0.1:{proxy.port}"
        async with AsyncFacetry(url, keys["apiKey"], retries=STUBBORN, timeout=10) as client:

            async def sell(count):
                return [(await client.products.change_stock("A", -1)).quantity for _ in range(count)]

            found = await asyncio.gather(*(sell(SALES // 10) for _ in range(10)))
    assert proxy.cuts >= 10
    assert sorted(quantity for some in found for quantity in some) == [*range(SALES)]
    assert direct.products.get("A").quantity == 0


def test_lists_are_whole(program, keys, direct):
    direct.products.bulk(Product(sku=f"S{i}", name=f"Ring {i}") for i in range(LISTED))
    with CuttingProxy(program.port, 10, 12_000) as proxy, cut_client(proxy, keys) as client:
        assert [one.sku for one in client.products.each(page_size=10)] == [f"S{i}" for i in range(LISTED)]
        hits = [hit.group.group_id for hit in client.hits("ring", page_size=25) if hit.group]
    assert proxy.cuts >= 5
    assert sorted(hits) == sorted(f"S{i}" for i in range(LISTED))


class Copy:
    """A copy of a catalog that follows it."""

    def __init__(self, client):
        self.products = {}
        self.revision = client.changes.revision()
        self._client = client
        self.error = None

    def follow(self, last):
        """Follow until a revision."""
        try:
            for page in self._client.changes.follow(self.revision, include=["products"], wait=2, limit=20):
                assert page.since == self.revision
                for product in page.products:
                    self.products[product.sku] = product
                for sku in page.gone_products:
                    self.products.pop(sku, None)
                self.revision = page.revision
                if last.is_set() and "very last" in self.products:
                    return
        except Exception as error:
            self.error = error
            raise


def test_a_copy_follows(program, keys, direct):
    draw = random.Random(11)
    with CuttingProxy(program.port, 11, 8_000) as proxy, cut_client(proxy, keys) as client:
        copy, last = Copy(client), threading.Event()
        thread = threading.Thread(target=copy.follow, args=(last,))
        thread.start()
        for _ in range(40):
            skus = [f"S{draw.randrange(60)}" for _ in range(5)]
            known = {one.sku for one in direct.products.each()}
            direct.products.bulk(
                Delete(sku) if sku in known and draw.random() < 0.3 else Product(sku=sku, name=str(draw.random()))
                for sku in dict.fromkeys(skus)
            )
        direct.products.put(Product(sku="last", name="Ring"))
        last.set()
        # Whoever has followed up to here by now waits for one change more.
        direct.products.put(Product(sku="very last", name="Ring"))
        thread.join(60)
        assert not thread.is_alive()
    assert copy.error is None
    assert proxy.cuts >= 5
    assert copy.products == {one.sku: one for one in direct.products.each()}


def test_a_kill_amid_a_bulk_loses_and_doubles_nothing(program, keys, direct):
    url, since = f"http://127.0.0.1:{program.port}", direct.changes.revision()
    begun, done = threading.Event(), []

    def rings():
        return (Product(sku=f"S{i}", name=f"Ring {i}") for i in range(LINES))

    with Facetry(url, keys["apiKey"], retries=Retries(attempts=900, first_seconds=0.05, longest_seconds=0.1)) as client:

        def load():
            done.append(client.products.bulk(rings(), progress=lambda _: begun.set(), idempotency_key="load-7"))

        # The system ends a server with the thread that has started it, so that is not the one that ends first.
        thread = threading.Thread(target=load)
        thread.start()
        assert begun.wait(30)
        program.kill()
        program.start()
        thread.join(60)
        (summary,) = done
        assert (summary.lines, summary.failed) == (LINES, 0)
        followed, pages = set(), client.changes.follow(since, include=["products"])
        while len(followed) < LINES:
            followed |= {product.sku for product in next(pages).products}
        assert followed == {f"S{i}" for i in range(LINES)}
        # The same load again finds that all of it was done.
        assert {one.status for one in client.products.bulk_results(rings(), idempotency_key="load-7")} == {201}
        assert client.changes.page(summary.revision).products == ()
