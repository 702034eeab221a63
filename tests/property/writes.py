"""Random writes of every kind, which meet each other often."""

from __future__ import annotations

from hypothesis import strategies as st

from facetry.domain.batching import QueueBatch, WorkBatch
from facetry.domain.catalog import AllOrNone, DeleteGroup, DeleteProduct, IfExists, PatchProduct, PutProduct
from facetry.domain.gemstone import Gemstone
from facetry.domain.keeping import DeleteRecord, PatchRecord, PutRecord
from facetry.domain.listing import Batch, BatchStatus, Listing, ListingStatus
from facetry.domain.offering import PutListing
from facetry.domain.order import Client, Order, OrderLine, OrderStatus
from facetry.domain.ordering import LineShipment, PlaceOrder, ReviseOrder, ShipOrder
from facetry.domain.patching import ArrayAction, ProductKey, ProductPatch
from facetry.domain.product import ProductContent
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.sale import Sale
from facetry.domain.selling import SellProduct, SoldAction
from facetry.domain.trade import Trade
from facetry.domain.variations import PutVariation
from tests.unit.domain.strategies import GROUPS, SKUS, contents


def contents_of(sku, **fields):
    """Return a small product."""
    return ProductContent(sku=sku, name="Ring", **fields)


FAVOURITES = st.sampled_from(["R1", "R2"])
NAMED = FAVOURITES | FAVOURITES | SKUS | st.sampled_from(["\ud800", "none"])
CODES = st.sampled_from(["a", "b", "A", ""])
REFERENCES = st.sampled_from(["", "O1", "O2", "a\x00"])
IDS = st.integers(0, 6)
FEW = st.integers(0, 4)
PARTS = st.lists(st.fixed_dictionaries({"code": CODES}, optional={"quantity": FEW}), max_size=3).map(tuple)
TRADES = st.builds(Trade, unrepeatable=st.booleans(), auto_refill=st.booleans())
KEYS = st.builds(ProductKey, id=st.just(0) | st.just(0) | IDS, sku=NAMED)
RECORD_KEYS = st.builds(RecordKey, id=st.integers(0, 3), code=CODES | REFERENCES | st.just("\ud800"))
KINDS = st.sampled_from(RecordKind)

PATCHES = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["n", "", "\ud800"]),
        "group_id": GROUPS,
        "quantity": FEW,
        "regular_price": st.none() | st.integers(1, 9),
        "type": st.sampled_from(["T", "U"]),
        "collection": st.sampled_from(["C", ""]),
        "is_main": st.booleans(),
        "attributes": st.dictionaries(st.sampled_from("ab"), st.none() | st.integers() | st.floats(), max_size=2),
        "gemstones": PARTS,
        "trade": TRADES,
        "actions": st.fixed_dictionaries({}, optional={"gemstones": st.sampled_from(ArrayAction)}),
    },
).map(lambda fields: ProductPatch(**fields))

RECORDS = st.one_of(
    st.builds(
        Gemstone, id=st.just(0) | IDS, code=CODES, name=st.just("n"), type=st.just("ruby"), quantity=st.integers(-1, 4)
    ),
    st.builds(
        Listing, id=st.just(0), sku=SKUS, channel=st.just(1), quantity=FEW, status=st.sampled_from(ListingStatus)
    ),
    st.builds(Batch, status=st.sampled_from(BatchStatus)),
    st.builds(Order, reference=REFERENCES, client_id=st.integers(0, 2), lines=st.just((OrderLine(id=1, sku="R1"),))),
    st.builds(Client, reference=REFERENCES, discount=st.none() | st.floats()),
    st.builds(Sale, reference=st.just("x"), sku=SKUS, quantity=FEW, left=FEW),
)
CHANGES = st.dictionaries(
    st.sampled_from(["quantity", "code", "reference", "sku", "name", "client_id", "status", "no_field"]),
    FEW | CODES | st.just("active"),
    max_size=2,
)

LINES = st.lists(
    st.builds(OrderLine, id=st.just(0) | FEW, sku=NAMED, amount=st.integers(0, 3), price=st.none() | FEW), max_size=3
).map(tuple)
ORDERS = st.one_of(
    st.builds(
        PlaceOrder,
        st.builds(Order, reference=REFERENCES, lines=LINES, status=st.sampled_from(OrderStatus)),
        st.none() | st.builds(Client, reference=REFERENCES, email=st.sampled_from(["", "a@b.c"])),
        st.booleans(),
    ),
    st.builds(
        ReviseOrder,
        RECORD_KEYS,
        st.fixed_dictionaries({}, optional={"status": st.sampled_from(OrderStatus).map(int), "comments": CODES}),
        st.none()
        | st.lists(st.fixed_dictionaries({}, optional={"id": FEW, "sku": FAVOURITES, "amount": FEW}), max_size=2).map(
            tuple
        ),
        st.sampled_from(ArrayAction),
    ),
    st.builds(
        ShipOrder,
        RECORD_KEYS,
        st.just(1.5),
        CODES,
        lines=st.lists(st.builds(LineShipment, FEW, CODES), max_size=2).map(tuple),
    ),
)
VARIATIONS = st.builds(
    PutVariation,
    parent=KEYS,
    sku=st.sampled_from(["V1", "V2", "R1"]),
    field=st.sampled_from(["size", "color", "a"]),
    value=st.sampled_from(["7", "8"]),
    quantity=FEW,
    is_new=st.booleans(),
)
OFFERS = st.fixed_dictionaries(
    {"channel": st.integers(0, 2)},
    optional={
        "external_id": REFERENCES,
        "quantity": st.none() | FEW,
        "price": st.none() | st.integers(-1, 2),
        "status": st.sampled_from(["active", "scheduled", "ended", "lost"]),
        "no_field": FEW,
    },
)

SIMPLE = st.one_of(
    ORDERS,
    VARIATIONS,
    st.builds(PutProduct, contents(), st.sampled_from(IfExists)),
    st.builds(
        lambda sku, group, quantity, stones: PutProduct(
            contents_of(sku, group_id=group, quantity=quantity, gemstones=stones)
        ),
        *(FAVOURITES, GROUPS, st.integers(1, 4), PARTS),
    ),
    st.builds(PatchProduct, KEYS, PATCHES, st.booleans()),
    st.builds(DeleteProduct, NAMED),
    st.builds(DeleteGroup, GROUPS),
    st.builds(SellProduct, KEYS, st.integers(0, 3), st.sampled_from(SoldAction), REFERENCES),
    st.builds(SellProduct, st.builds(ProductKey, sku=FAVOURITES), st.just(1), st.sampled_from(SoldAction)),
    st.builds(PutRecord, RECORDS, st.booleans()),
    st.builds(PutListing, OFFERS, st.none() | KEYS, st.just(0) | IDS),
    st.builds(
        QueueBatch,
        st.lists(KEYS, max_size=2).map(tuple),
        st.lists(IDS, max_size=2).map(tuple),
        st.just(()) | st.just((1,)),
    ),
    st.builds(WorkBatch, st.integers(1, 3), st.integers(1, 2)),
    st.builds(PatchRecord, KINDS, RECORD_KEYS, CHANGES),
    st.builds(DeleteRecord, KINDS, RECORD_KEYS),
)
START = (
    *(PutRecord(Gemstone(code=code, name="n", type="ruby", quantity=4)) for code in "ab"),
    *(PutRecord(Listing(sku=sku, channel=1, quantity=4)) for sku in ("R1", "R1", "R2")),
    *(PutRecord(Order(reference="O1")), PutRecord(Client(reference="O2")), PutRecord(Batch())),
    PutProduct(contents_of("R1", quantity=9, gemstones=({"code": "a", "quantity": 2},))),
    PutProduct(contents_of("R2", quantity=9, trade=Trade(auto_refill=True))),
)
"""What a catalog has before the first of them, so that most of them find what they name."""
WRITES = SIMPLE | st.builds(AllOrNone, st.lists(SIMPLE, max_size=4).map(tuple))
