"""What any catalog store must do with clients who have ordered, and with what is derived of records."""

from __future__ import annotations

from facetry.domain.catalog import Expecting
from facetry.domain.derived import Derived
from facetry.domain.keeping import DeleteRecord, PatchRecord, Removed
from facetry.domain.order import Client
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.ports.catalog_store import CatalogStore
from facetry.testing.catalog_orders import line, orders, place, revise, the_order
from facetry.testing.catalog_sales import stock
from facetry.testing.samples import done, put, refusals


class ClientsConformance:
    """The rules of clients and derived values, over a fixture ``store``."""

    async def test_a_client_who_has_ordered_stays_and_is_told_of_by_one_reference(self, store: CatalogStore) -> None:
        await done(store, place(client=Client(reference="C-1")), place(client=Client(reference="C-1")), place())
        await done(store, PatchRecord(RecordKind.CLIENT, RecordKey(1), {"reference": "C-2"}))
        assert [order.customer for order in await orders(store)] == ["C-2", "C-2", ""]
        gone = DeleteRecord(RecordKind.CLIENT, RecordKey(1))
        assert await refusals(store, gone) == [("record_in_use", "1")]
        await done(store, revise(1, client_id=0), revise(2, client_id=0))
        assert await done(store, gone) == (Removed(RecordKind.CLIENT, 1),)

    async def test_what_is_derived_is_as_it_is_said(self, store: CatalogStore) -> None:
        await done(
            store, put("R1", quantity=5), place(line("R1", amount=2, price=50_000), client=Client(reference="C"))
        )
        right = Derived(id=1, total=150_000, customer="C")
        wrong = [Derived(id=2), Derived(total=100_000), Derived(customer="D")]
        more = revise(1, ({"id": 1, "amount": 3},))
        assert await refusals(store, *(Expecting(one, more) for one in wrong)) == [
            ("read_only", "id"),
            ("read_only", "total"),
            ("read_only", "customer"),
        ]
        assert await stock(store) == 3
        (outcome,) = await done(store, Expecting(right, more))
        assert the_order(outcome).total == 150_000
        assert await stock(store) == 2
        assert await refusals(store, Expecting(right, revise(9))) == [("record_not_found", "9")]
