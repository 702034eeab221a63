"""The table of v1's fields and the check of raw values against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from facetry.api.catalog.composites import AttributeMap, Images, Texts
from facetry.api.catalog.order_readers import PRICES, QUANTITIES, Amount, Moment, Parts
from facetry.api.catalog.order_rendering import ADDRESS_PARTS
from facetry.api.catalog.readers import Fault, Reader
from facetry.api.catalog.scalars import Currency, Flag, Identifier, Price, Text, Whole
from facetry.domain.field_query import DEFAULT_LIMIT, MAX_QUERY_LENGTH
from facetry.domain.product import ProductContent

Errors = list[dict[str, object]]
"""What is wrong, each entry with ``value`` (where one was given), ``msg``, ``param`` and ``location``."""

BODY, QUERY, PATH = "body", "query", "params"
"""Where a value stood, as errors name it."""
MAX_HITS = 100
MAX_OFFSET = 10_000_000


class Field(msgspec.Struct, frozen=True):
    """One field of a request.

    Attributes:
        name: Its name as sent.
        target: What its value becomes.
        reader: How it is cast and checked.
        note: What it is, for the documentation.
        is_mandatory: Whether it must be given.
    """

    name: str
    target: str
    reader: Reader
    note: str
    is_mandatory: bool = True


def _product_fields(least_quantity: int) -> tuple[Field, ...]:
    return (
        Field("sku", "sku", Identifier(), "The SKU of the product"),
        Field("groupID", "group_id", Identifier(), "The product group ID"),
        Field("name", "name", Text(250), "The name of the product"),
        Field("description", "description", Text(2048), "The description of the product"),
        Field("regularPrice", "regular_price", Price(), "Everyday price"),
        Field("promotionPrice", "promotion_price", Price(), "On-sale price"),
        Field("quantity", "quantity", Whole(least_quantity), "Inventory stock quantity"),
        Field("images", "images", Images(), "Product images (recommended multiple)"),
        Field("searchKeywords", "search_keywords", Texts(), "Keywords that the product is found by"),
        Field("category", "category", Texts(), "Category breadcrumbs, such as A>B>C"),
        Field("color", "color", Text(), "Product color", is_mandatory=False),
        Field("brand", "brand", Text(), "Product brand", is_mandatory=False),
        Field("size", "size", Text(), "Product size", is_mandatory=False),
        Field("currency", "currency", Currency(), "Currency of the prices", is_mandatory=False),
        Field("active", "active", Flag(), "Is product available for sale?"),
        Field("isMain", "is_main", Flag(), "Is the product main product in the group?"),
        Field("attributes", "attributes", AttributeMap(), "Free attributes", is_mandatory=False),
    )


PRODUCT_FIELDS = _product_fields(1)
SOLD_OUT_PRODUCT_FIELDS = _product_fields(0)
"""For a PUT over a product whose stored quantity is 0, so that what a GET gave can be PUT again."""
LOGIN_FIELDS = (
    Field("id", "tenant", Text(), "Your customer ID"),
    Field("apiKey", "api_key", Text(), "Your API key"),
)
ORDER_FIELDS = (
    Field("orderID", "order_id", Identifier(), "The order ID, unique"),
    Field("customerID", "customer_id", Identifier(), "Your ID of the customer"),
    Field("orderDate", "order_date", Moment(), "When it was ordered; default now", is_mandatory=False),
    Field("totalAmount", "total", Amount(), "What is to be paid; default the sum of the prices", is_mandatory=False),
    Field("currency", "currency", Currency(), "Currency of the prices", is_mandatory=False),
    Field("isGift", "is_gift", Flag(), "Is it a gift? Default false", is_mandatory=False),
    Field("shippingAddress", "address", Parts(ADDRESS_PARTS), "Where it goes", is_mandatory=False),
    Field("productQuantity", "quantities", QUANTITIES, "Pieces of each product"),
    Field("productPrice", "prices", PRICES, "Price of a piece of each product", is_mandatory=False),
)
SEARCH_FIELDS = (
    Field("q", "text", Text(MAX_QUERY_LENGTH), "Main query parameter"),
    Field("debug", "debug", Flag(), "Show additional information on the search", is_mandatory=False),
    Field("facets", "facets", Flag(), "Include standard facets", is_mandatory=False),
    Field("from", "offset", Whole(0, MAX_OFFSET), "How many leading hits to skip; default 0", is_mandatory=False),
    Field("size", "limit", Whole(0, MAX_HITS), f"How many hits to return; default {DEFAULT_LIMIT}", is_mandatory=False),
)


def check(table: Sequence[Field], raw: Mapping[str, object], location: str) -> tuple[dict[str, object], Errors]:
    """Return the values by target of what was given, and every rule that is broken, in the order of the table.

    A null is as good as nothing given; in a body so is the empty text of a field that may be left out.
    """
    values: dict[str, object] = {}
    errors: Errors = []
    for field in table:
        given = raw.get(field.name)
        if given is None or (given == "" and location == BODY and not field.is_mandatory):
            if field.is_mandatory:
                absent = {"value": None} if field.name in raw else {}
                errors.append({**absent, "msg": "is mandatory", "param": field.name, "location": location})
            continue
        reading = field.reader.read(given)
        if reading.faults:
            errors += [_error(field, fault, location) for fault in reading.faults]
        else:
            values[field.target] = reading.value
    return values, errors


def product_content(values: dict[str, object]) -> ProductContent:
    """Return the product that checked values describe."""
    return ProductContent(**values)  # type: ignore[arg-type]


def _error(field: Field, fault: Fault, location: str) -> dict[str, object]:
    return {"value": fault.value, "msg": fault.message, "param": field.name + fault.suffix, "location": location}
