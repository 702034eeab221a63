from facetry.api.native.record_rendering import record_document
from facetry.domain.gemstone import Gemstone
from facetry.domain.listing import Listing, ListingStatus
from facetry.domain.order import Address, Client, Order, OrderLine, OrderStatus


def test_a_gemstone():
    stone = Gemstone(
        id=4,
        code="D-1007",
        name="Round",
        type="diamond",
        carat=0.5,
        price=14_500_000,
        price_per_carat=29_000_050,
        quantity=0,
        certificate_lab="GIA",
        certificate_number="21",
        certificate_images=("u",),
        details={"depth": 61.9, "girdle": ""},
    )
    assert record_document(stone) == {
        "id": 4,
        "code": "D-1007",
        "name": "Round",
        "type": "diamond",
        "carat": 0.5,
        "quantity": 0,
        "is_unique": False,
        "is_real": True,
        "price": 1450,
        "price_per_carat": 2900.005,
        "images": [],
        "details": {"depth": 61.9, "girdle": ""},
        "certificate": {"lab": "GIA", "number": "21", "images": ["u"]},
    }
    assert "certificate" not in record_document(Gemstone(code="D", name="n", type="ruby"))


def test_an_order():
    order = Order(
        id=9,
        reference="W-1",
        client_id=2,
        status=OrderStatus.MEMO_OUT,
        order_date=1_600_000_000.0,
        address=Address(first_name="Ada", country="GB"),
        shipping_price=150_000,
        lines=(OrderLine(id=1, sku="R1", product_id=7, price=11_000_000), OrderLine(id=2, title="engraving")),
        stones={1: 2},
    )
    assert record_document(order) == {
        "id": 9,
        "reference": "W-1",
        "client_id": 2,
        "status": "memo_out",
        "order_date": "2020-09-13T12:26:40Z",
        "address": {"first_name": "Ada", "country": "GB"},
        "shipping_price": 15,
        "is_gift": False,
        "is_archived": False,
        "lines": [
            {"id": 1, "sku": "R1", "product_id": 7, "amount": 1, "price": 1100},
            {"id": 2, "title": "engraving", "amount": 1},
        ],
        "total": 1115,
    }


def test_a_listing():
    listing = Listing(id=3, sku="R1", channel=1100, external_id="x", status=ListingStatus.ENDED, price=5000)
    assert record_document(listing) == {
        "id": 3,
        "sku": "R1",
        "channel": 1100,
        "external_id": "x",
        "status": "ended",
        "price": 0.5,
        "quantity": 0,
        "images": [],
    }


def test_a_client():
    client = Client(id=2, reference="C-77", name="Ada", tags=("vip",), discount=2.5, created=1.0)
    assert record_document(client) == {
        "id": 2,
        "reference": "C-77",
        "type": "regular",
        "name": "Ada",
        "tags": ["vip"],
        "discount": 2.5,
        "created": "1970-01-01T00:00:01Z",
    }
