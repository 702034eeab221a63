"""Statuses of orders as tenants count and name them."""

from __future__ import annotations

import pytest

from facetry.domain.errors import InvalidValueError
from facetry.domain.order import Order, OrderStatus, StatusDefinition
from facetry.domain.order_statuses import Statuses, check_statuses

ENGRAVING = StatusDefinition(12, "At the engraver", OrderStatus.IN_PRODUCTION)
RENAMED = StatusDefinition(5, "Handed over", OrderStatus.DELIVERED)


def test_the_built_in_ones_are_as_published():
    assert Statuses().names == {
        1: "new",
        2: "paid",
        3: "in production",
        4: "shipped",
        5: "delivered",
        6: "completed",
        7: "returned",
        8: "canceled",
        9: "memo out",
    }


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        *((3, 3), ("3", 3), (" 3 ", 3), ("in production", 3), ("In_Production", 3), ("MEMO-OUT", 9), ("memo", 9)),
        *(("cancelled", 8), ("Canceled", 8), (12, 12), ("at the  ENGRAVER", 12), ("handed over", 5), ("delivered", 5)),
    ],
)
def test_a_status_is_read_by_number_or_name(raw, number):
    assert Statuses((ENGRAVING, RENAMED)).read("status", raw) == number


@pytest.mark.parametrize("raw", [0, 10, -1, "", "lost", "٣", True, 3.0, None, [3], "1" * 300])
def test_another_one_is_refused_with_those_that_there_are(raw):
    with pytest.raises(InvalidValueError, match=r"must be one of 1 new, 2 paid, .*, 9 memo out$") as caught:
        Statuses().read("status", raw)
    assert caught.value.field == "status"


def test_an_order_is_in_a_status_of_its_tenant_while_there_is_one():
    statuses = Statuses((ENGRAVING,))
    assert statuses.changes(12) == {"status": 3, "own_status": 12}
    assert statuses.changes(3) == {"status": 3, "own_status": 0}
    order = Order(status=OrderStatus.IN_PRODUCTION, own_status=12)
    assert (statuses.number(order), Statuses().number(order)) == (12, 3)
    assert statuses.number(Order(status=OrderStatus.SHIPPED, own_status=12)) == 4


@pytest.mark.parametrize(
    ("definitions", "field"),
    [
        ([StatusDefinition(0, "x", OrderStatus.NEW)], "number"),
        ([StatusDefinition(1000, "x", OrderStatus.NEW)], "number"),
        ([StatusDefinition(3, "x", OrderStatus.NEW)], "means"),
        ([StatusDefinition(12, " ", OrderStatus.NEW)], "name"),
        ([StatusDefinition(12, "x" * 61, OrderStatus.NEW)], "name"),
        ([StatusDefinition(12, "7", OrderStatus.NEW)], "name"),
        ([StatusDefinition(12, "Paid", OrderStatus.NEW)], "name"),
        ([ENGRAVING, StatusDefinition(12, "x", OrderStatus.NEW)], "number"),
        ([ENGRAVING, StatusDefinition(13, "at the engraver", OrderStatus.NEW)], "name"),
    ],
)
def test_what_a_tenant_may_not_say_is_named(definitions, field):
    with pytest.raises(InvalidValueError) as caught:
        check_statuses(definitions)
    assert caught.value.field == field


def test_what_a_tenant_may_say():
    check_statuses([])
    check_statuses([ENGRAVING, RENAMED, StatusDefinition(999, "x" * 60, OrderStatus.CANCELED)])
