"""The stored form of orders and clients, and of what a tenant says of statuses: what is on disk stays readable."""

from __future__ import annotations

import msgspec

from facetry.domain.channels import Channel
from facetry.domain.order import Address, Client, Order, OrderLine, OrderStatus, StatusDefinition
from facetry.domain.tenant import ClientApiSettings
from facetry.engines.sqlite import documents

ORDER = Order(
    id=3,
    reference="1042",
    channel=3000,
    account_id="a",
    store_name="s",
    client_id=7,
    customer="C-7",
    currency="EUR",
    status=OrderStatus.IN_PRODUCTION,
    own_status=12,
    order_date=1.5,
    due_date=2.5,
    update_date=3.5,
    address=Address(
        first_name="Ada",
        last_name="Lovelace",
        email="e",
        phone="1",
        line_one="12",
        line_two="f",
        city="L",
        state="S",
        country="GB",
        zip="Z",
    ),
    shipping_price=45_000,
    shipping_type="express",
    discount_rate=10.0,
    discount_sum=5,
    final_price=6,
    tracking_number="T",
    carrier="DHL",
    ship_date=4.5,
    comments="c",
    is_gift=True,
    is_archived=True,
    lines=(
        OrderLine(
            id=2,
            sku="R1",
            product_id=9,
            title="Ring",
            amount=2,
            price=1,
            original_price=2,
            buying_price=3,
            comment="x",
            listing_id=4,
            stock_action="revise",
            tracking_number="t",
            carrier="UPS",
        ),
        OrderLine(id=3),
    ),
)
ORDER_DOC = (
    b'{"record":"order","id":3,"reference":"1042","channel":3000,"account_id":"a","store_name":"s","client_id":7,'
    b'"customer":"C-7","currency":"EUR","status":3,"own_status":12,"order_date":1.5,"due_date":2.5,"update_date":3.5,'
    b'"address":{"first_name":"Ada","last_name":"Lovelace","email":"e","phone":"1","line_one":"12","line_two":"f",'
    b'"city":"L","state":"S","country":"GB","zip":"Z"},"shipping_price":45000,"shipping_type":"express",'
    b'"discount_rate":10.0,"discount_sum":5,"final_price":6,"tracking_number":"T","carrier":"DHL","ship_date":4.5,'
    b'"comments":"c","is_gift":true,"is_archived":true,"lines":[{"id":2,"sku":"R1","product_id":9,"title":"Ring",'
    b'"amount":2,"price":1,"original_price":2,"buying_price":3,"comment":"x","listing_id":4,"stock_action":"revise",'
    b'"tracking_number":"t","carrier":"UPS"},{"id":3}]}'
)
CLIENT = Client(
    id=7,
    reference="C-7",
    type="reseller",
    name="Ada",
    username="u",
    company="co",
    email="e",
    phone="1",
    country="UK",
    country_code="GB",
    address="12",
    comments="c",
    tags=("vip",),
    discount=5.0,
    created=1.5,
    updated=2.5,
)
CLIENT_DOC = (
    b'{"record":"client","id":7,"reference":"C-7","type":"reseller","name":"Ada","username":"u","company":"co",'
    b'"email":"e","phone":"1","country":"UK","country_code":"GB","address":"12","comments":"c","tags":["vip"],'
    b'"discount":5.0,"created":1.5,"updated":2.5}'
)


def test_orders_and_clients():
    for record, document in ((ORDER, ORDER_DOC), (CLIENT, CLIENT_DOC)):
        assert documents.encode_record(record) == document
        assert documents.decode_record(document) == record
    small = b'{"record":"order","id":1}'
    assert documents.encode_record(Order(id=1)) == small
    assert documents.decode_record(small[:-1] + b',"from_the_future":[1]}') == Order(id=1)


def test_statuses_and_channels():
    own = ClientApiSettings(
        statuses=(StatusDefinition(12, "Engraving", OrderStatus.IN_PRODUCTION),), channels=(Channel(9000, "Fair"),)
    )
    document = b'{"statuses":[{"number":12,"name":"Engraving","means":3}],"channels":[{"number":9000,"name":"Fair"}]}'
    assert msgspec.json.encode(own) == document
    assert msgspec.json.decode(document, type=ClientApiSettings) == own
