"""Copies of a catalog that follow it through several processes, a kill and a stop."""

from __future__ import annotations

import asyncio
import json
import random
import threading
import time

import pytest

from facetry.api.native.product_rendering import product_document
from facetry.api.native.record_rendering import record_document
from facetry.domain.catalog import AllOrNone, DeleteGroup, DeleteProduct
from facetry.domain.errors import StoreError
from facetry.domain.feed import PART_OF
from facetry.domain.keeping import DeleteRecord, PutRecord
from facetry.domain.listing import Listing
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import all_groups, all_records, gemstone, names, put, sale
from tests.api.server import product
from tests.program import Program, new_tenant, together, wait_until
from tests.server.followers import CHANGES, ByEvents, ByPages, ByWaiting, read_event

WORKERS = 2


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    with Program(tmp_path_factory.mktemp("changes") / "data", "--workers", WORKERS, "--search", "memory:") as program:
        wait_until(lambda: len(program.answering()) == WORKERS, 30)
        yield program


class Writers:
    """Another process of the directory that writes at random, and one over HTTP; both go on across a kill."""

    def __init__(self, program, keys):
        self._program = program
        self._keys = keys
        self._ended = threading.Event()
        self.written = 0
        self.error = None
        self._threads = [threading.Thread(target=self._guarded, args=(work,)) for work in (self._direct, self._http)]

    def start(self):
        for thread in self._threads:
            thread.start()
        return self

    def end(self):
        self._ended.set()
        for thread in self._threads:
            thread.join(30)
        assert self.error is None, self.error

    def _guarded(self, work):
        try:
            work()
        except BaseException as error:
            self.error = error
            raise

    def _direct(self):
        asyncio.run(self._write())

    async def _write(self):
        dice = random.Random(1)
        store = await open_store(self._program.data, owner=False)
        try:
            while not self._ended.is_set():
                writes = [random_write(dice) for _ in range(dice.randrange(1, 4))]
                try:
                    await store.write(self._keys["id"], writes)
                    self.written += 1
                except StoreError:
                    await asyncio.sleep(0.05)
        finally:
            await store.close()

    def _http(self):
        number = 0
        while not self._ended.is_set():
            try:
                with self._program.connect(self._program.login(self._keys)) as connection:
                    while not self._ended.is_set():
                        number += 1
                        connection.put(product(f"H{number % 40}", f"G{number % 7}", quantity=number))
                        self.written += 1
            except Exception:  # noqa: BLE001 - the server was killed in the middle of whatever
                time.sleep(0.05)


def random_write(dice):
    sku, group, number = f"R{dice.randrange(60)}", f"G{dice.randrange(9)}", dice.randrange(1, 20)
    return dice.choice(
        [
            put(sku, group, quantity=number, is_main=number % 5 == 0),
            put(sku, group, name=f"Ring {number}"),
            DeleteProduct(sku),
            DeleteGroup(group) if number % 4 == 0 else sale(sku),
            AllOrNone(tuple(put(f"A{place}-{number}", group) for place in range(number))),
            PutRecord(gemstone(f"D{number}", quantity=number)),
            PutRecord(Listing(sku=sku, channel=1100, external_id=f"L{number}", quantity=number)),
            DeleteRecord(RecordKind.GEMSTONE, RecordKey(code=f"D{number}")),
            DeleteRecord(RecordKind.LISTING, RecordKey(number)),
        ]
    )


async def whole(data, tenant):
    """Return all that a tenant has, as a mirror has it."""
    store = await open_store(data)
    try:
        products = {one.sku: product_document(one, "USD") for one in await store.products_after(tenant, 0, 1_000_000)}
        records = {part: {} for part in PART_OF.values()}
        for record in await all_records(store, tenant):
            if record.kind in PART_OF:
                records[PART_OF[record.kind]][record.id] = record_document(record)
        groups = set(names(await all_groups(store, tenant)))
        return await store.revision(tenant), as_read((products, groups, records))
    finally:
        await store.close()


def as_read(parts):
    """Return a mirror's parts as JSON brings them."""
    products, groups, records = parts
    return json.loads(json.dumps([products, sorted(groups), records]))


def test_mirrors_are_the_catalog_across_a_kill(program):
    keys = new_tenant(program.data)
    followers = [kind(program.port, keys["apiKey"]) for kind in (ByPages, ByWaiting, ByEvents)]
    writers = Writers(program, keys).start()
    for follower in followers:
        follower.start()
    wait_until(lambda: writers.written > 60 and all(one.mirror.revision > 30 for one in followers), 30)
    program.kill()
    program.start()
    before = writers.written
    wait_until(lambda: writers.written > before + 60, 30)
    writers.end()
    revision, expected = asyncio.run(whole(program.data, keys["id"]))
    for follower in followers:
        mirror = follower.finish(revision)
        assert as_read((mirror.products, mirror.groups, mirror.records)) == expected
        assert follower.pages > 5
    assert followers[-1].broken or followers[0].broken


def test_a_change_is_heard_on_every_worker_within_a_moment(program):
    wait_until(lambda: len(program.answering()) == WORKERS, 30)
    keys = new_tenant(program.data)
    streams = []
    while len({answer.headers["x-request-id"][:16] for _, answer in streams}) < WORKERS:
        assert len(streams) < 60
        streams.append(ByPages(program.port, keys["apiKey"]).get(accept="text/event-stream"))
    for _, answer in streams:
        read_event(answer)
        read_event(answer)
    delays = []
    with program.connect(program.login(keys)) as connection:
        for number in range(5):
            assert connection.put(product(f"S{number}")).json["success"]
            told = time.perf_counter()

            def heard(place, told=told):
                fields = read_event(streams[place][1])
                assert fields["event"] == "changes"
                return time.perf_counter() - told

            delays += together(len(streams), heard)
    for one, _ in streams:
        one.close()
    assert sorted(delays)[len(delays) // 2] < 0.25


def test_a_stop_ends_streams_and_waiting_and_is_not_held_up_by_them(tmp_path):
    with Program(tmp_path / "data", "--search", "memory:") as program:
        keys = new_tenant(program.data)
        followers = [ByPages(program.port, keys["apiKey"]) for _ in range(2)]
        connection, stream = followers[0].get(accept="text/event-stream")
        waited = []

        def wait():
            waiting, answer = followers[1].get("&wait=60")
            waited.append(json.loads(answer.read()))
            waiting.close()

        thread = threading.Thread(target=wait)
        thread.start()
        assert read_event(stream) == {"retry": "1000"}
        assert read_event(stream) == {"": "nothing new", "id": "0"}
        time.sleep(0.2)
        began = time.monotonic()
        assert program.stop() == 0
        assert time.monotonic() - began < 6
        assert read_event(stream) == {"": "nothing new", "id": "0"}
        assert read_event(stream) is None
        thread.join(5)
        assert (waited[0]["revision"], waited[0]["products"]) == (0, [])
        connection.close()
        assert "Traceback" not in program.log


def test_who_hangs_up_frees_its_place(program):
    keys = new_tenant(program.data)
    for _ in range(3):
        followers = [ByEvents(program.port, keys["apiKey"]) for _ in range(50)]
        streams = [one.get(accept="text/event-stream") for one in followers]
        for connection, answer in streams:
            read_event(answer)
            connection.close()
    time.sleep(0.1)
    with program.connect() as connection:
        answer = connection.get(f"{CHANGES}?since=0&wait=1", authorization=f"Bearer {keys['apiKey']}")
        assert answer.status == 200
