"""What keeping orders must do in any catalog store: stock follows their lines, once and whole."""

from __future__ import annotations

import asyncio
from typing import Any

from facetry.domain.catalog import AllOrNone, DeleteProduct, Outcome, Refused, Write
from facetry.domain.keeping import DeleteRecord, PatchRecord, PutRecord, Recorded, Removed
from facetry.domain.listing import ListingStatus
from facetry.domain.order import Client, Order, OrderLine, OrderStatus
from facetry.domain.ordering import LineShipment, PlaceOrder, ReviseOrder, ShipOrder
from facetry.domain.patching import ArrayAction
from facetry.domain.product import Part
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.ports.catalog_store import CatalogStore
from facetry.testing.catalog_sales import offer, offers, stock, stones_left
from facetry.testing.samples import TENANT, all_records, done, gemstone, put, recorded, refusals, sale, the_record

ORDER, CLIENT = RecordKind.ORDER, RecordKind.CLIENT
_ACTIVE, _ENDED = ListingStatus.ACTIVE, ListingStatus.ENDED


def line(sku: str, amount: int = 1, **fields: Any) -> OrderLine:  # noqa: ANN401 - any field of a line
    """Return a line that has no number yet."""
    return OrderLine(id=0, sku=sku, amount=amount, **fields)


def place(*lines: OrderLine, client: Client | None = None, **fields: Any) -> PlaceOrder:  # noqa: ANN401 - any field
    """Return the write that stores an order with these lines."""
    return PlaceOrder(Order(lines=lines, **fields), client)


def revise(key: int, lines: tuple[dict[str, Any], ...] | None = None, **changes: Any) -> ReviseOrder:  # noqa: ANN401
    """Return the write that changes an order."""
    return ReviseOrder(RecordKey(key), changes, lines)


def cancel(key: int) -> ReviseOrder:
    """Return the write that cancels an order."""
    return revise(key, status=OrderStatus.CANCELED.value)


def the_order(outcome: Outcome) -> Order:
    """Return the order of an outcome that must be ``Recorded``."""
    order = recorded(outcome)
    assert isinstance(order, Order)
    return order


async def orders(store: CatalogStore) -> list[Order]:
    """Return all orders."""
    return [one for one in await all_records(store) if isinstance(one, Order)]


class OrdersConformance:
    """Placing, changing and shipping orders."""

    async def test_an_order_takes_its_pieces_out_of_stock(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=5, gemstones=({"code": "a", "quantity": 2},)), put("R2", quantity=1))
        await done(store, PutRecord(gemstone("a", quantity=9)))
        (outcome,) = await done(store, place(line("R1", 2, price=5), line("R2"), line("R1"), reference="O"))
        order = the_order(outcome)
        assert order == Order(
            id=1,
            reference="O",
            lines=(
                OrderLine(id=1, sku="R1", amount=2, price=5, product_id=1, title="Ring R1"),
                OrderLine(id=2, sku="R2", product_id=2, title="Ring R2"),
                OrderLine(id=3, sku="R1", product_id=1, title="Ring R1"),
            ),
            stones={1: 6},
        )
        assert isinstance(outcome, Recorded)
        assert outcome.created
        assert await the_record(store, ORDER, "O") == order
        assert [await stock(store, sku) for sku in ("R1", "R2")] == [2, 0]
        assert await stones_left(store, "a") == [3]

    async def test_as_many_stones_come_back_as_went(self, store: CatalogStore) -> None:
        parts: tuple[Part, ...] = ({"code": "a", "quantity": 2}, {"code": "b"})
        await done(store, *(put(f"R{number}", quantity=5, gemstones=parts) for number in (1, 2, 3)))
        await done(store, PutRecord(gemstone("a", quantity=3)), PutRecord(gemstone("b", quantity=9)))
        await done(store, place(line("R1", 2)), place(line("R2")), place(line("R3"), line("R1")))
        assert await stones_left(store, "a", "b") == [0, 4]
        await done(store, revise(1, lines=({"id": 1, "amount": 1},)), cancel(2))
        assert await stones_left(store, "a", "b") == [2, 6]
        # Neither what the products are by now nor what the stone is called changes what went.
        await done(store, put("R1", quantity=5, gemstones=()), DeleteProduct("R3"))
        await done(store, PatchRecord(RecordKind.GEMSTONE, RecordKey(code="b"), {"code": "c"}))
        await done(store, cancel(1), cancel(3), revise(3, status=OrderStatus.CANCELED.value, comments="again"))
        assert await stones_left(store, "a", "c") == [3, 9]
        assert [order.stones for order in await orders(store)] == [{}, {}, {}]

    async def test_all_lines_have_their_pieces_or_none(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=5), put("R2", quantity=1), offer())
        client = Client(reference="C")
        assert await refusals(
            store,
            place(line("R1", 2, stock_action="remove"), line("R2", 2), client=client),
            place(line("R2"), line("R1"), line("R2"), client=client),
            place(line("R1"), line("R9"), client=client),
            place(line("R1"), line("", product_id=9), client=client),
            place(line("R1", product_id=2), client=client),
            place(line("R1"), client_id=7),
            place(line("R1", 0)),
            place(line("R1", stock_action="burn")),
            PlaceOrder(Order(lines=(OrderLine(id=1, sku="R1"), OrderLine(id=1, sku="R2")))),
        ) == [
            *[("insufficient_stock", "R2")] * 2,
            ("product_not_found", "R9"),
            ("product_not_found", "9"),
            ("invalid_value", "sku"),
            ("record_not_found", "7"),
            ("invalid_value", "amount"),
            ("invalid_value", "stock_action"),
            ("invalid_value", "order_product_id"),
        ]

    async def test_a_reference_is_taken_once(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=2))
        await done(store, place(line("R1", 2), reference="O"), place(reference=""), place(reference=""))
        assert await refusals(store, place(line("R1", 2), reference="O"), revise(2, reference="O")) == [
            ("record_exists", "O"),
            ("record_exists", "O"),
        ]

    async def test_a_line_may_be_of_no_product_where_that_is_taken(self, store: CatalogStore) -> None:
        order = Order(lines=(line("R9", 3), line("", title="Engraving")))
        assert await refusals(store, PlaceOrder(order)) == [("product_not_found", "R9")]
        (outcome,) = await done(store, PlaceOrder(order, takes_unknown=True))
        lines = the_order(outcome).lines
        assert lines == (OrderLine(id=1, sku="R9", amount=3), OrderLine(id=2, title="Engraving"))
        # That there is such a product later makes no difference to a line that was kept without one.
        await done(store, put("R9", quantity=1), revise(1, comments="c"), cancel(1))
        assert await stock(store, "R9") == 1

    async def test_cancelling_gives_back_once_and_is_final(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=5), place(line("R1", 2)), place(line("R1", 3)))
        await done(store, cancel(1), cancel(1))
        assert await stock(store) == 2
        assert await refusals(store, *(revise(1, status=status) for status in (1, 4, 7, 9))) == [
            *[("invalid_value", "status")] * 4
        ]
        await done(store, revise(2, status=OrderStatus.RETURNED.value))
        assert await stock(store) == 5
        assert await refusals(store, revise(2, status=6)) == [("invalid_value", "status")]
        await done(store, cancel(2), DeleteRecord(ORDER, RecordKey(2)))
        assert await stock(store) == 5

    async def test_what_was_over_before_it_came_takes_nothing(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=1))
        await done(store, place(line("R1", 7), status=OrderStatus.CANCELED))
        await done(store, cancel(1), revise(1, ({"sku": "R1", "amount": 5},)))
        assert await stock(store) == 1

    async def test_a_deletion_moves_no_stock(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=5), place(line("R1", 2)))
        assert await done(store, DeleteRecord(ORDER, RecordKey(1))) == (Removed(ORDER, 1),)
        assert await stock(store) == 3

    async def test_the_stock_follows_the_lines(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=5), put("R2", quantity=5))
        await done(store, place(line("R1", 2, comment="c"), line("R2")))
        (outcome,) = await done(store, revise(1, ({"id": 1, "amount": 4}, {"sku": "R2", "amount": 3})))
        assert [(one.id, one.sku, one.amount, one.comment) for one in the_order(outcome).lines] == [
            (1, "R1", 4, "c"),
            (3, "R2", 3, ""),
        ]
        assert [await stock(store, sku) for sku in ("R1", "R2")] == [1, 2]
        assert await refusals(store, revise(1, ({"id": 1, "amount": 6}, {"id": 3, "amount": 1}))) == [
            ("insufficient_stock", "R1")
        ]
        (outcome,) = await done(store, revise(1, ({"id": 1, "sku": "R2"}, {"id": 3, "sku": "R1"})))
        assert [(one.id, one.sku, one.product_id) for one in the_order(outcome).lines] == [(1, "R2", 2), (3, "R1", 1)]
        assert [await stock(store, sku) for sku in ("R1", "R2")] == [2, 1]

    async def test_lines_are_added_changed_and_taken_away(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=5), put("R2", quantity=5), place(line("R1"), line("R2")))

        async def after(action: ArrayAction, *lines: dict[str, Any]) -> list[tuple[int, str, int]]:
            (outcome,) = await done(store, ReviseOrder(RecordKey(1), {}, lines, action))
            return [(one.id, one.sku, one.amount) for one in the_order(outcome).lines]

        assert await after(ArrayAction.UPDATE, {"id": 2, "amount": 3}) == [(1, "R1", 1), (2, "R2", 3)]
        assert await after(ArrayAction.APPEND, {"sku": "R1"}) == [(1, "R1", 1), (2, "R2", 3), (3, "R1", 1)]
        assert await after(ArrayAction.REMOVE, {"id": 1}) == [(2, "R2", 3), (3, "R1", 1)]
        assert [await stock(store, sku) for sku in ("R1", "R2")] == [4, 2]
        assert await refusals(store, revise(1, ({"id": 1},))) == [("invalid_value", "order_product_id")]

    async def test_a_product_that_is_gone_holds_nothing_up(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=5), place(line("R1", 2)), place(line("R1", 2)), DeleteProduct("R1"))
        await done(store, revise(1, comments="c"), revise(1, ({"id": 1, "amount": 1},)), cancel(1))
        assert await refusals(store, revise(2, ({"id": 1, "amount": 3},))) == [("product_not_found", "R1")]
        await done(store, put("R1", quantity=9), cancel(2))
        assert await stock(store) == 9

    async def test_listings_follow_as_each_line_says(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=9), put("R2", quantity=9), put("R3", quantity=9))
        await done(store, offer(quantity=9), offer("R2", quantity=9), offer("R3", quantity=9))
        lines = (line("R1", 2), line("R2", 2, stock_action="revise"), line("R3", 2, stock_action="remove"))
        await done(store, place(*lines, line("R2", stock_action="no_action")))
        assert await offers(store) == [(9, _ACTIVE), (6, _ACTIVE), (0, _ENDED)]
        await done(store, cancel(1))
        assert await offers(store) == [(9, _ACTIVE), (9, _ACTIVE), (0, _ENDED)]

    async def test_a_parcel_ships_an_order(self, store: CatalogStore) -> None:
        await done(store, place(own_status=12), place(status=OrderStatus.DELIVERED, ship_date=3.0), place())
        (first,) = await done(store, ShipOrder(RecordKey(1), 9.0, "T", "DHL", 5.0))
        assert the_order(first) == Order(
            id=1, status=OrderStatus.SHIPPED, tracking_number="T", carrier="DHL", ship_date=5.0, update_date=9.0
        )
        (second,) = await done(store, ShipOrder(RecordKey(2), 9.0, "T"))
        assert (the_order(second).status, the_order(second).ship_date) == (OrderStatus.DELIVERED, 3.0)
        await done(store, cancel(3))
        assert await refusals(store, ShipOrder(RecordKey(3), 9.0, "T"), ShipOrder(RecordKey(4), 9.0, "T")) == [
            ("invalid_value", "status"),
            ("record_not_found", "4"),
        ]

    async def test_an_order_is_shipped_when_all_its_lines_are(self, store: CatalogStore) -> None:
        await done(store, PlaceOrder(Order(lines=(line("A"), line("B"))), takes_unknown=True))
        (outcome,) = await done(store, ShipOrder(RecordKey(1), 9.0, lines=(LineShipment(2, "T2", "UPS"),)))
        order = the_order(outcome)
        assert (order.status, order.ship_date, order.tracking_number) == (OrderStatus.NEW, None, "")
        assert [(one.tracking_number, one.carrier) for one in order.lines] == [("", ""), ("T2", "UPS")]
        (outcome,) = await done(store, ShipOrder(RecordKey(1), 11.0, lines=(LineShipment(1, "T1"),)))
        order = the_order(outcome)
        assert (order.status, order.ship_date, order.update_date) == (OrderStatus.SHIPPED, 11.0, 11.0)
        assert await refusals(store, ShipOrder(RecordKey(1), 9.0, lines=(LineShipment(3, "T"),))) == [
            ("invalid_value", "order_product_id")
        ]

    async def test_a_client_is_found_or_made(self, store: CatalogStore) -> None:
        ada = Client(reference="C-1", name="Ada", email="Ada@example.com", created=1.0, updated=1.0)
        again = Client(email="ada@EXAMPLE.com", phone="1", updated=2.0)
        other = Client(reference="C-2", email="ada@example.com")
        givers = (ada, again, other, Client(reference="C-1", name="Countess"), Client(name="Bob"), Client(name="Bob"))
        outcomes = await done(store, *(place(client=client) for client in givers), place(client_id=1))
        placed = [the_order(outcome) for outcome in outcomes]
        assert [(order.client_id, order.customer) for order in placed] == [
            *((1, "C-1"), (1, "C-1"), (2, "C-2"), (1, "C-1"), (3, ""), (4, ""), (1, "C-1"))
        ]
        assert await the_record(store, CLIENT, 1) == Client(
            id=1, reference="C-1", name="Ada", email="Ada@example.com", phone="1", created=1.0, updated=2.0
        )
        assert [order.id for order in await store.records_after(TENANT, ORDER, 0, 9, "1")] == [1, 2, 4, 7]

    async def test_those_who_share_an_address_are_told_apart_by_reference(self, store: CatalogStore) -> None:
        shared = [Client(reference=f"C-{number}", email="shop@example.com") for number in (1, 2, 3)]
        guests = [Client(email="SHOP@example.com"), Client(email="ada@example.com"), Client(email="ada@example.com")]
        later = [Client(reference=f"D-{number}", email="Ada@example.com") for number in (1, 2, 1)]
        outcomes = await done(store, *(place(client=client) for client in (*shared, *guests, *later)))
        placed = [the_order(outcome) for outcome in outcomes]
        assert [order.client_id for order in placed] == [1, 2, 3, 1, 4, 4, 4, 5, 4]
        assert [order.customer for order in placed[4:]] == ["", "", "D-1", "D-2", "D-1"]

    async def test_the_client_of_an_order_may_change(self, store: CatalogStore) -> None:
        await done(store, place(client=Client(reference="C-1", email="a@b")), place(client=Client(email="c@d")))

        async def after(key: int, **client: Any) -> Client:  # noqa: ANN401 - any field of a client
            await done(store, ReviseOrder(RecordKey(key), {}, client=client))
            order = await the_record(store, ORDER, key)
            assert isinstance(order, Order)
            found = await the_record(store, CLIENT, order.client_id)
            assert isinstance(found, Client)
            assert order.customer == found.reference
            return found

        assert await after(1, email="", name="N") == Client(id=1, reference="C-1", name="N")
        assert await after(2, reference="C-2") == Client(id=2, reference="C-2", email="c@d")
        assert await after(2, reference="C-1", phone="5") == Client(id=1, reference="C-1", name="N", phone="5")
        assert await after(2, reference="C-3", updated=4.0) == Client(id=3, reference="C-3", created=4.0, updated=4.0)
        assert await after(1, id=3) == Client(id=3, reference="C-3", created=4.0, updated=4.0)
        await done(store, revise(1, client_id=0), revise(2, client_id=2))
        first, second = await orders(store)
        assert (first.client_id, first.customer, second.client_id, second.customer) == (0, "", 2, "C-2")
        assert await after(1, email="c@d", comments="x") == Client(id=2, reference="C-2", email="c@d", comments="x")
        assert await refusals(store, revise(1, client_id=9), ReviseOrder(RecordKey(1), {}, client={"id": 9})) == [
            ("record_not_found", "9"),
            ("record_not_found", "9"),
        ]

    async def test_an_address_changes_in_parts(self, store: CatalogStore) -> None:
        await done(store, place())
        whole = {"first_name": "Jean Paul", "last_name": "Gaultier", "city": "Paris"}
        await done(store, revise(1, address=whole), revise(1, address={"zip": "75"}))
        # The same name, however it is parted, leaves the parts as they are where they come from one text.
        other = {"first_name": "Jean", "last_name": "Paul Gaultier"}
        (outcome,) = await done(store, ReviseOrder(RecordKey(1), {"address": other}, parts_names=True))
        address = the_order(outcome).address
        assert (address.first_name, address.last_name) == ("Jean Paul", "Gaultier")
        assert (address.city, address.zip) == ("Paris", "75")
        (outcome,) = await done(store, revise(1, address=other))
        assert the_order(outcome).address.first_name == "Jean"
        (outcome,) = await done(store, revise(1, address={"first_name": "", "last_name": ""}))
        assert the_order(outcome).address.name == ""

    async def test_what_no_order_can_hold_is_refused(self, store: CatalogStore) -> None:
        await done(store, place())
        assert await refusals(
            store,
            place(reference="a\nb"),
            place(comments="\ud800"),
            place(client=Client(reference="x" * 201)),
            revise(1, weight=1),
            revise(1, comments="\ud800"),
            revise(1, ({"amount": "many"},)),
            ReviseOrder(RecordKey(1), {}, client={"discount": "x"}),
            ShipOrder(RecordKey(1), 1.0, "\ud800"),
            PlaceOrder(Order(lines=tuple(OrderLine(id=n + 1) for n in range(2_001)))),
        ) == [
            ("invalid_value", field)
            for field in ("reference", "order", "reference", "weight", "order", "order", "client", "order", "products")
        ]

    async def test_an_order_is_one_of_several_writes(self, store: CatalogStore) -> None:
        await done(store, put("R1", quantity=3))
        assert await refusals(store, AllOrNone((place(line("R1", 2)), sale("R1", 2)))) == [("insufficient_stock", "R1")]
        await done(store, AllOrNone((place(line("R1", 2)), sale("R1"))))
        assert (await stock(store), len(await orders(store))) == (0, 1)


class OrderRacesConformance:
    """Many orders at once."""

    async def test_the_last_piece_is_ordered_once(self, store: CatalogStore, peer: CatalogStore) -> None:
        await done(store, put("R1", quantity=1), put("R2", quantity=60))
        writes: list[Write] = [place(line("R2"), line("R1")) if n % 3 else sale("R1") for n in range(60)]
        receipts = await asyncio.gather(*((store, peer)[n % 2].write(TENANT, [one]) for n, one in enumerate(writes)))
        outcomes = [receipt.outcomes[0] for receipt in receipts]
        assert len([one for one in outcomes if not isinstance(one, Refused)]) == 1
        assert await stock(store) == 0
        assert await stock(peer, "R2") == 60 - len(await orders(peer))

    async def test_cancelled_at_once_by_many_gives_back_once(self, store: CatalogStore, peer: CatalogStore) -> None:
        await done(store, put("R1", quantity=9), place(line("R1", 4)))
        await asyncio.gather(*((store, peer)[n % 2].write(TENANT, [cancel(1)]) for n in range(40)))
        assert await stock(store) == await stock(peer) == 9

    async def test_a_reference_that_many_send_makes_one_order(self, store: CatalogStore, peer: CatalogStore) -> None:
        await done(store, put("R1", quantity=9))
        write = place(line("R1"), reference="O", client=Client(email="a@b"))
        receipts = await asyncio.gather(*((store, peer)[n % 2].write(TENANT, [write]) for n in range(40)))
        codes = [one.outcomes[0].code for one in receipts if isinstance(one.outcomes[0], Refused)]
        assert codes == ["record_exists"] * 39
        assert (await stock(store), len(await orders(store))) == (8, 1)
