"""Whatever records a catalog holds, their export comes back as the same records, in any store."""

import asyncio
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facetry.application.catalog import Catalog
from facetry.application.interchange.exporting import export_file
from facetry.application.interchange.importing import ImportOptions, import_file
from facetry.application.records import Records
from facetry.application.relay import ChangeRelay
from facetry.domain.catalog import Refused
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import DeleteRecord, PutRecord
from facetry.domain.listing import Listing, ListingStatus
from facetry.domain.order import Address, Client, Order, OrderLine, OrderStatus
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.storable import is_unicode
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.memory.search_index import MemorySearchIndex
from facetry.engines.sqlite.opening import open_store
from facetry.testing.samples import TENANT, all_records, put, tenant_record

TEXT = st.text(max_size=6).filter(is_unicode)
NAMES = st.text(st.characters(categories=["L", "N"]), max_size=5)
MONEY = st.none() | st.integers(0, 10**9)
MOMENTS = st.floats(0, 4e9)
GEMSTONES = st.builds(
    Gemstone,
    code=NAMES.filter(bool),
    name=TEXT,
    type=st.sampled_from(["diamond", "ruby"]),
    carat=st.none() | st.floats(0.01, 99),
    quantity=st.integers(50, 99),
    cost=MONEY,
    images=st.lists(TEXT, max_size=2).map(tuple),
    details=st.dictionaries(NAMES, st.none() | st.booleans() | st.integers() | TEXT, max_size=2),
)
CLIENTS = st.builds(
    Client, reference=NAMES, name=TEXT, email=TEXT, tags=st.lists(TEXT, max_size=2).map(tuple), created=MOMENTS
)
LISTINGS = st.builds(
    Listing,
    sku=st.sampled_from(["A", "B", "none"]),
    channel=st.integers(1, 9),
    external_id=NAMES,
    status=st.sampled_from(ListingStatus),
    price=MONEY,
    quantity=st.integers(0, 9),
    title=TEXT,
)
LINES = st.builds(
    OrderLine,
    id=st.just(0),
    sku=st.sampled_from(["A", "B", "none", ""]),
    title=TEXT,
    amount=st.integers(1, 3),
    price=MONEY,
)
ORDERS = st.builds(
    Order,
    reference=NAMES,
    client_id=st.integers(0, 2),
    status=st.sampled_from(OrderStatus),
    order_date=MOMENTS,
    due_date=st.none() | MOMENTS,
    discount_rate=st.none() | st.floats(0, 100),
    address=st.builds(Address, city=TEXT),
    lines=st.lists(LINES, max_size=3).map(
        lambda lines: tuple(OrderLine(**{**as_fields(line), "id": at}) for at, line in enumerate(lines, 1))
    ),
)
RECORDS = st.lists(GEMSTONES | CLIENTS | LISTINGS | ORDERS, max_size=12)


def as_fields(line):
    return {name: getattr(line, name) for name in line.__struct_fields__}


class Site:
    """A store of either engine, with all that imports into it and exports from it."""

    def __init__(self, store, folder):
        self.store = store
        self.folder = folder
        self.catalog = Catalog(store, ChangeRelay(store, MemorySearchIndex()))

    async def take(self, file):
        return await import_file(ImportOptions(path=file), self.catalog, TENANT, None, Records(self.store))

    async def file(self, name):
        await export_file(self.store, TENANT, self.folder / name, with_records=True)
        return self.folder / name

    async def kept(self):
        wanted = {RecordKind.GEMSTONE, RecordKind.CLIENT, RecordKind.LISTING, RecordKind.ORDER}
        return [record for record in await all_records(self.store) if record.kind in wanted]


async def opened(engine, folder):
    store = MemoryCatalogStore() if engine == "memory" else await open_store(folder)
    await store.create_tenant(tenant_record(TENANT))
    return Site(store, folder)


async def check(engine, records):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        first = await opened("memory", folder)
        stone, parts = Gemstone(code="in A", name="x", type="ruby", quantity=500), ({"code": "in A", "type": "ruby"},)
        await first.store.write(
            TENANT, [PutRecord(stone), put("A", quantity=99, gemstones=parts), put("B", quantity=99)]
        )
        clients = [PutRecord(Client(reference="one")), PutRecord(Client(created=7.5))]
        await first.store.write(TENANT, [*clients, *map(PutRecord, records)])
        # Ids have gaps where something was removed.
        receipt = await first.store.write(TENANT, [DeleteRecord(RecordKind.GEMSTONE, RecordKey(2))])
        assert len([one for one in receipt.outcomes if isinstance(one, Refused)]) <= 1
        file = await first.file("first.ndjson")
        second = await opened(engine, folder)
        for is_new in (True, False):
            report = await second.take(file)
            assert (report.rejected, report.created > 0) == (0, is_new)
            assert (await second.file("second.ndjson")).read_bytes() == file.read_bytes()
        before, after = await first.kept(), await second.kept()
        assert [(one.kind, one.id, one.unique) for one in after] == [(one.kind, one.id, one.unique) for one in before]
        quantities = [(await site.store.product(TENANT, "A")).quantity for site in (first, second)]
        assert quantities[0] == quantities[1]
        for site in (first, second):
            await site.store.close()


@pytest.mark.parametrize("engine", ["memory", "sqlite"])
@settings(max_examples=20)
@given(records=RECORDS)
def test_records_come_back_as_they_were(engine, records):
    asyncio.run(check(engine, records))
