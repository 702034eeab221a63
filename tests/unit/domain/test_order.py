"""Orders and clients as values."""

from __future__ import annotations

import pytest

from facetry.domain.order import Address, Client, Order, OrderLine, nameless_link

LINES = (OrderLine(id=1, price=125_000, amount=2), OrderLine(id=2), OrderLine(id=3, price=5, amount=3))


@pytest.mark.parametrize(
    ("fields", "total"),
    [
        ({}, 250_015),
        ({"shipping_price": 10}, 250_025),
        ({"discount_rate": 10.0}, 225_013),
        ({"discount_sum": 15, "discount_rate": 50.0}, 250_000),
        ({"discount_sum": 0, "discount_rate": 50.0}, 250_015),
        ({"discount_sum": 10**9}, 0),
        ({"final_price": 7, "shipping_price": 10}, 7),
        ({"final_price": 0}, 0),
    ],
)
def test_what_is_to_be_paid(fields, total):
    assert Order(lines=LINES, **fields).total == total


def test_what_a_client_is_found_by():
    assert Client(email="A@b.C").links == ("a@b.c", nameless_link("A@B.c"))
    assert Client(email="A@b.C", reference="C").links == ("a@b.c",)
    assert Client().links == ()
    assert (Client(reference="C").unique, Order(reference="O").unique) == ("C", "O")
    assert (Order(client_id=3).links, Order().links) == (("3",), ())


def test_a_name_is_of_two_parts():
    assert Address(first_name="Ada", last_name="Lovelace").name == "Ada Lovelace"
    assert Address(last_name="Madonna").name == "Madonna"
    assert Address().name == ""
