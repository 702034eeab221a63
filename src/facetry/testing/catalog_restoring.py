"""What storing records again, as a file has kept them, must do in any catalog store."""

from __future__ import annotations

import msgspec

from facetry.domain.catalog import AllOrNone, Refused
from facetry.domain.keeping import LAST_ID, DeleteRecord, PutRecord
from facetry.domain.listing import Listing
from facetry.domain.order import Client, Order, OrderLine, OrderStatus
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.restoring import RestoreRecord
from facetry.ports.catalog_store import CatalogStore
from facetry.testing.samples import done, gemstone, put, recorded, refusals, snapshot, the_product, the_record

GEMSTONE, LISTING, ORDER, CLIENT = RecordKind.GEMSTONE, RecordKind.LISTING, RecordKind.ORDER, RecordKind.CLIENT


class RestoringConformance:
    """Records that come back under their ids, and what they name."""

    async def test_a_record_comes_back_under_its_id(self, store: CatalogStore) -> None:
        (outcome,) = await done(store, RestoreRecord(gemstone("S-7", id=7)))
        assert outcome == msgspec.structs.replace(outcome, record=gemstone("S-7", id=7), created=True)
        assert await the_record(store, GEMSTONE, "S-7") == gemstone("S-7", id=7)
        (later,) = await done(store, PutRecord(gemstone("NEXT")))
        assert recorded(later).id == 8
        await done(store, RestoreRecord(gemstone("S-3", id=3)))
        assert recorded((await done(store, PutRecord(gemstone("LAST"))))[0]).id == 9

    async def test_behind_the_last_id_that_can_be_there_is_room(self, store: CatalogStore) -> None:
        """So whatever a file brings, what the catalog exports comes back."""
        middle = LAST_ID // 2
        restored = [Client(id=one, created=5.0) for one in (LAST_ID - 1, LAST_ID, middle + 3)]
        await done(store, *(RestoreRecord(one) for one in restored))
        made = await done(store, *(PutRecord(Client(name=str(number))) for number in range(3)))
        assert [recorded(one).id for one in made] == [middle + 2, middle + 4, middle + 5]
        clients = await store.records_after("acme", CLIENT, 0, 9)
        assert [one.id for one in clients] == [*range(middle + 2, middle + 6), LAST_ID - 1, LAST_ID]
        # As often as wanted.
        await done(store, *(RestoreRecord(one) for one in clients if isinstance(one, Client)))
        assert await store.records_after("acme", CLIENT, 0, 9) == clients

    async def test_a_write_that_is_undone_claims_no_id(self, store: CatalogStore) -> None:
        await done(store, PutRecord(gemstone("S-1")))
        undone = AllOrNone((RestoreRecord(gemstone("S-50", id=50)), DeleteRecord(GEMSTONE, RecordKey(99))))
        assert await refusals(store, undone) == [("record_not_found", "99")]
        assert recorded((await done(store, PutRecord(gemstone("S-2"))))[0]).id == 2

    async def test_one_with_a_code_takes_the_place_of_its_namesake(self, store: CatalogStore) -> None:
        await done(store, PutRecord(gemstone("A")), PutRecord(gemstone("B")))
        (replaced,) = await done(store, RestoreRecord(gemstone("A", id=2, name="Again")))
        assert replaced == msgspec.structs.replace(replaced, record=gemstone("A", id=1, name="Again"), created=False)
        (moved,) = await done(store, RestoreRecord(gemstone("C", id=2)))
        assert recorded(moved).id == 3
        assert await the_record(store, GEMSTONE, "B") == gemstone("B", id=2)

    async def test_one_without_takes_only_its_own_place(self, store: CatalogStore) -> None:
        client, listing = Client(id=4, name="Ann", created=5.0), Listing(id=4, sku="R1", channel=1)
        order = Order(id=4, order_date=9.0)
        await done(store, *(RestoreRecord(one) for one in (client, listing, order)))
        before = await snapshot(store)
        others = (Client(id=4, created=6.0), Listing(id=4, sku="R2", channel=1), Order(id=4, order_date=8.0))
        named = await refusals(store, *(RestoreRecord(one) for one in others))
        assert named == [("record_exists", "4")] * 3
        assert await snapshot(store) == before
        await done(store, RestoreRecord(msgspec.structs.replace(client, name="Anne")))
        assert await the_record(store, CLIENT, 4) == msgspec.structs.replace(client, name="Anne")

    async def test_an_order_moves_no_stock_and_names_what_is_here(self, store: CatalogStore) -> None:
        await done(store, put("GONE"), put("R1", quantity=5), PutRecord(gemstone("X")), PutRecord(gemstone("S")))
        await done(
            store, RestoreRecord(Client(id=8, reference="C-1")), RestoreRecord(Listing(id=6, sku="R1", channel=1))
        )
        lines = (
            OrderLine(id=1, sku="R1", amount=9, listing_id=6),
            OrderLine(id=2, sku="R1", listing_id=77),
            OrderLine(id=3, sku="OTHER", listing_id=6),
        )
        order = Order(id=3, reference="O", client_id=1, customer="C-1", status=OrderStatus.SHIPPED, lines=lines)
        await done(store, RestoreRecord(order, in_catalog=(1, 3), stones={"S": 4}))
        product = await the_product(store, "R1")
        placed = (
            OrderLine(id=1, sku="R1", product_id=product.product_id, amount=9, listing_id=6),
            lines[1],
            OrderLine(id=3, sku="OTHER"),
        )
        expected = msgspec.structs.replace(order, client_id=8, lines=placed, stones={2: 4})
        assert await the_record(store, ORDER, "O") == expected
        assert (product.quantity, await the_record(store, LISTING, 6)) == (
            5,
            Listing(id=6, sku="R1", channel=1, product_id=product.product_id),
        )

    async def test_what_names_nothing_is_refused(self, store: CatalogStore) -> None:
        await done(store, RestoreRecord(Client(id=2, created=5.0)))
        order = Order(id=1, reference="O", client_id=2)
        writes = (
            RestoreRecord(order, client_created=6.0),
            RestoreRecord(msgspec.structs.replace(order, customer="C-9")),
            RestoreRecord(Order(id=1, reference="O"), stones={"S": 1}),
            RestoreRecord(Order(id=1, reference="O"), stones={"": 1}),
        )
        assert await refusals(store, *writes) == [("record_not_found", name) for name in ("2", "C-9", "S", "")]
        await done(store, RestoreRecord(order, client_created=5.0))
        assert await the_record(store, ORDER, "O") == order

    async def test_what_cannot_be_is_refused(self, store: CatalogStore) -> None:
        before = await snapshot(store)
        wrong = {
            "id": (Client(), Client(id=-1), gemstone("S", id=LAST_ID + 1), Order(id=1, lines=(OrderLine(id=1 << 53),))),
            "client_id": (Order(id=1, client_id=1 << 53), Order(id=1, client_id=-1)),
            "product_id": (Listing(id=1, sku="R1", channel=1, product_id=1 << 53),),
            "listing_id": (Order(id=1, lines=(OrderLine(id=1, sku="R1", listing_id=1 << 53),)),),
            "channel": (Listing(id=1, sku="R1", channel=0),),
            "type": (Client(id=1, type="king"),),
            "created": (Client(id=1, created=1e300),),
            "order_date": (Order(id=1, order_date=-1.0),),
            "price": (gemstone("S", price=-1), Order(id=1, lines=(OrderLine(id=1, price=10**16),))),
            "amount": (Order(id=1, lines=(OrderLine(id=1, amount=0),)),),
        }
        for field, records in wrong.items():
            receipt = await store.write("acme", [RestoreRecord(one) for one in records])
            outcomes = [one for one in receipt.outcomes if isinstance(one, Refused)]
            assert [(one.code, one.subject) for one in outcomes] == [("invalid_value", field)] * len(records)
        stones = [RestoreRecord(Order(id=1, reference="O"), stones={"S": pieces}) for pieces in (-1, 1 << 70)]
        assert await refusals(store, *stones) == [("invalid_value", "stones")] * 2
        assert await snapshot(store) == before
