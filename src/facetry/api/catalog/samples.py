"""The samples of the published text, as the documentation shows them."""

from __future__ import annotations

from facetry.api.catalog.login import ACCESS, NO_ACCESS
from facetry.api.catalog.rendering import Document
from facetry.api.catalog.replies import UNKNOWN_CALLER

_FRUITS = "https://homepages.cae.wisc.edu/~ece533/images/fruits.png"
_BOAT = "https://homepages.cae.wisc.edu/~ece533/images/boat.png"

PARLE: Document = {
    "images": [_FRUITS],
    "searchKeywords": ["Biscuit"],
    "category": ["Food>Snacks>Biscuit"],
    "isMain": True,
    "sku": "9398111",
    "name": "Parle-G",
    "description": "biscuits",
    "groupID": "B39408",
    "regularPrice": 7.99,
    "promotionPrice": 2.99,
    "quantity": 38780,
    "color": "Brown",
    "brand": "Parle",
    "size": "Normal",
    "active": True,
}
KRACKJACK: Document = {
    "images": [_BOAT],
    "searchKeywords": ["Biscuit"],
    "category": ["Food>Snacks>Biscuit"],
    "isMain": False,
    "sku": "9398474",
    "name": "Krackjack",
    "description": "biscuits",
    "groupID": "B39408",
    "regularPrice": 7.99,
    "promotionPrice": 5.99,
    "quantity": 4435,
    "color": "Brown",
    "brand": "HIL",
    "size": "Square",
    "active": True,
}


def refusal(message: str) -> Document:
    """Return a refusal with this message."""
    return {"success": False, "code": "INVALID", "message": message}


def done(message: str) -> Document:
    """Return the reply of a call that has nothing to show."""
    return {"success": True, "code": "OK", "message": message}


def _member(product: Document) -> Document:
    keys = ("sku", "regularPrice", "promotionPrice", "images", "searchKeywords", "quantity", "active", "category")
    traits = {key: product[key] for key in ("color", "brand", "size", "isMain")}
    return {**{key: product[key] for key in keys}, "attributes": None, **traits}


LOGGED_IN: Document = {
    "token": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9...",
    "validFor": 86400,
    "success": True,
    "code": "OK",
    "message": ACCESS,
}
NOT_LOGGED_IN = refusal(NO_ACCESS)
TOKEN_REFUSED: Document = {
    "apiResponseKeySuccess": False,
    "apiResponseKeyCode": "INVALID",
    "message": UNKNOWN_CALLER,
}
STORED: Document = {"success": True, "code": "OK", "reponse": PARLE, "response": PARLE}
UPDATED: Document = {"success": True, "code": "OK", "message": "Product Updated", "reponse": PARLE, "response": PARLE}
PRODUCT: Document = {"_id": "5e07f2b5544f16401a1952e4", **KRACKJACK}
_GROUP_SOURCE: Document = {
    "productSKUs": ["9398111", "9398474"],
    "colors": ["Brown"],
    "brands": ["Parle", "HIL"],
    "sizes": ["Normal", "Square"],
    "images": [_FRUITS],
    "searchKeywords": ["Biscuit"],
    "category": ["Food>Snacks>Biscuit"],
    "groupID": "B39408",
    "name": "Parle-G",
    "description": "biscuits",
    "regularPriceMin": 7.99,
    "regularPriceMax": 7.99,
    "promotionPriceMin": 2.99,
    "promotionPriceMax": 5.99,
    "active": True,
    "products": {"9398111": _member(PARLE), "9398474": _member(KRACKJACK)},
}
GROUP: Document = {"_id": "5e07f10b544f16401a195281", **_GROUP_SOURCE}
FOUND: Document = {
    "took": 7,
    "timed_out": False,
    "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
    "hits": {
        "total": {"value": 1, "relation": "eq"},
        "max_score": 0.18232156,
        "hits": [
            {
                "_index": "conteamerica.ffaabbccdd.productgroups.index",
                "_type": "_doc",
                "_id": "B39408",
                "_score": 0.18232156,
                "_source": _GROUP_SOURCE,
            }
        ],
    },
}
RULES_BROKEN: Document = {
    "errors": [
        {"value": "0", "msg": "must be greater than 0", "param": "regularPrice", "location": "body"},
        {"msg": "is mandatory", "param": "active", "location": "body"},
    ]
}


def failure(code: str, message: str) -> Document:
    """Return the reply to a request that failed as such."""
    return {"success": False, "code": code, "message": message, "requestId": "5d46f4d9ec08dd760000000000000007"}


ORDER_INPUT: Document = {
    "orderID": "1042",
    "customerID": "C-7",
    "orderDate": "2024-05-31T08:30:00.000Z",
    "totalAmount": 11.98,
    "currency": "USD",
    "isGift": False,
    "shippingAddress": {
        "firstName": "Ada",
        "lastName": "Lovelace",
        "email": "ada@example.com",
        "phoneNumber": "+44 20 7946 0000",
        "addressLineOne": "12 St James's Square",
        "addressLineTwo": "Second floor",
        "city": "London",
        "state": "London",
        "country": "GB",
        "pincode": "SW1Y 4JH",
    },
    "productQuantity": {"9398474": 2},
    "productPrice": {"9398474": 5.99},
}


def _order(status: str) -> Document:
    keys = [*ORDER_INPUT]
    at = keys.index("shippingAddress")
    return {**{key: ORDER_INPUT[key] for key in keys[:at]}, "status": status, **{k: ORDER_INPUT[k] for k in keys[at:]}}


ORDER_CREATED: Document = {**done("Order Created"), "response": _order("ORDERED")}
ORDER_FOUND: Document = {**done("Order Found"), "response": _order("ORDERED")}
ORDERS_FOUND: Document = {**done("1 Orders Found"), "response": [_order("ORDERED")]}
ORDER_UPDATED: Document = {**done("Order Updated"), "response": _order("SHIPPED")}


def orders_deleted(message: str) -> Document:
    """Return the reply to a deletion of the order of the samples."""
    return {**done(message), "response": {"orderIDs": ["1042"]}}
