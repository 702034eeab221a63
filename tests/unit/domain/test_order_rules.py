"""What an order may become."""

from itertools import product

from facetry.domain.order import Order, OrderLine, OrderStatus
from facetry.domain.order_rules import can_become


def test_what_is_over_stays_so_but_a_returned_order_may_be_canceled():
    refused = {pair for pair in product(OrderStatus, repeat=2) if not can_become(*pair)}
    going_on = {*OrderStatus} - {OrderStatus.RETURNED, OrderStatus.CANCELED}
    assert refused == {
        *product({OrderStatus.RETURNED, OrderStatus.CANCELED}, going_on),
        (OrderStatus.CANCELED, OrderStatus.RETURNED),
    }


def test_amounts_of_an_order_add_up():
    lines = (OrderLine(id=1, price=10_000, amount=3), OrderLine(id=2), OrderLine(id=3, price=5_000))
    order = Order(lines=lines, shipping_price=2_000, discount_rate=10.0)
    assert (order.goods, order.discount, order.total) == (35_000, 3_500, 33_500)
    assert Order(lines=lines, discount_sum=1_000, discount_rate=10.0).discount == 1_000
    assert Order(lines=lines, discount_sum=99_000).total == 0
    assert Order(lines=lines, final_price=7).total == 7
