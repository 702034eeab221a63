"""The operations on gemstones, listings, orders and clients, for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from facetry.api.native import record_bodies as bodies
from facetry.api.native.clients import CLIENT, CLIENTS
from facetry.api.native.fields import Document
from facetry.api.native.gemstones import GEMSTONE, GEMSTONES, STOCK
from facetry.api.native.listings import LISTING, LISTINGS
from facetry.api.native.openapi_parts import HOLDING, operation, parameter, responses, success
from facetry.api.native.orders import ORDER, ORDERS, SHIPMENT
from facetry.api.native.reads import AFTER, DEFAULT_LIMIT, LIMIT, MAX_LIMIT
from facetry.api.native.schemas import COUNT, NUMBER, STRING, Schema, array, ref
from facetry.http.bodies import JSON

TAGS = ("Gemstones", "Listings", "Orders", "Clients")
_READ_FAILURES = responses("400", "401", "403", "404", "409", "429", "503")
_WRITE_FAILURES = responses("400", "401", "403", "404", "409", "412", "413", "415", "422", "429", "503")
_REVISION: Document = {"Facetry-Revision": {"description": "The revision that holds the write.", "schema": STRING}}
_TAG: Document = {"ETag": {"description": "Changes whenever the thing does.", "schema": STRING}}
_HEADERS = {
    "If-Match": "The write is only done where this is the ETag.",
    "If-None-Match": "`*`: only if there is none yet.",
    "Idempotency-Key": "A repeat within 24 hours does nothing and gets the same answer.",
}
_REF = "#/components/schemas/"
_TIME: Schema = {**STRING, "format": "date-time"}
_ALWAYS_SHOWN: Mapping[str, Sequence[str]] = {
    "Gemstone": ("id", "code", "name", "type", "quantity", "is_unique", "is_real", "images", "details"),
    "Listing": ("id", "sku", "channel", "status", "quantity", "images"),
    "Order": ("id", "status", "address", "is_gift", "is_archived", "lines", "total"),
    "OrderLine": ("id", "amount"),
    "Client": ("id", "type", "tags"),
}
_STONE: Document = {
    "code": "D-1007",
    "name": "Round 0.50 G VS1",
    "type": "diamond",
    "creation": "natural",
    "shape": "round",
    "carat": 0.5,
    "color": "G",
    "clarity": "VS1",
    "cut": "excellent",
    "quantity": 1,
    "price_per_carat": 2900,
    "certificate": {"lab": "GIA", "number": "2141438167"},
    "details": {"depth": 61.9},
}
_OFFER: Document = {"sku": "SOL-14K-6", "channel": 1100, "account_id": "shop", "external_id": "110034", "price": 1200}
_ORDER: Document = {
    "reference": "W-1001",
    "status": "paid",
    "client": {"reference": "C-77", "name": "Ada Lovelace", "email": "ada@example.com"},
    "address": {"first_name": "Ada", "city": "London", "country": "GB"},
    "shipping_price": 15,
    "lines": [{"sku": "SOL-14K-6", "amount": 1, "price": 1100}],
}
_BUYER: Document = {"reference": "C-78", "name": "Grace Hopper", "email": "grace@example.com", "tags": ["vip"]}


@dataclass(frozen=True)
class _Kind:
    """What differs between the kinds of records.

    Attributes:
        name: Of its schema.
        filters: Schemas of the parameters that narrow a list.
        example: Of a new one.
        changes: Of a patch.
        can_go: Whether one can be deleted.
    """

    name: str
    filters: Mapping[str, Schema]
    example: Document
    changes: Document
    can_go: bool = True


_GEMSTONE = _Kind(
    "Gemstone",
    {"type": STRING, "shape": STRING, "carat_from": NUMBER, "carat_to": NUMBER},
    _STONE,
    {"price": 1390, "certificate": None, "details": {"table": 57}},
)
_LISTING = _Kind(
    "Listing", {"sku": STRING, "channel": STRING, "status": STRING}, _OFFER, {"status": "ended", "title": "Solitaire"}
)
_ORDERED = _Kind(
    "Order",
    {
        "reference": STRING,
        "client_id": {**COUNT, "minimum": 1},
        "status": STRING,
        "date_from": _TIME,
        "date_to": _TIME,
    },
    _ORDER,
    {"status": "in_production", "lines": [{"id": 1, "comment": "engrave it"}, {"title": "Engraving", "price": 40}]},
    can_go=False,
)
_CLIENT = _Kind("Client", {"email": STRING, "reference": STRING}, _BUYER, {"discount": 5, "phone": None})


def paths() -> Document:
    """Return the operations by path."""
    code, number = _in_path("code", STRING, "D-1007"), _in_path("id", {**COUNT, "minimum": 1}, 1)
    shipment: Document = {"tracking_number": "JD0146", "carrier": "DHL"}
    return {
        GEMSTONES: _all(_GEMSTONE),
        GEMSTONE: {"parameters": [code], **_one(_GEMSTONE), "put": _put()},
        STOCK: {"parameters": [code], "post": _change_stock()},
        LISTINGS: _all(_LISTING),
        LISTING: {"parameters": [number], **_one(_LISTING)},
        ORDERS: _all(_ORDERED),
        ORDER: {"parameters": [number], **_one(_ORDERED)},
        SHIPMENT: {
            "parameters": [number],
            "post": _written("shipOrder", "Note the parcels of an order", "Order", "Shipment", shipment),
        },
        CLIENTS: _all(_CLIENT),
        CLIENT: {"parameters": [number], **_one(_CLIENT)},
    }


def schemas() -> dict[str, Schema]:
    """Return the schemas by name: of what is shown, and behind ``Fields`` of what is written."""
    kinds = (bodies.Gemstone, bodies.Listing, bodies.Order, bodies.Client, bodies.Shipment)
    _, components = msgspec.json.schema_components(kinds, ref_template=_REF + "{name}Fields")
    # Defaults are tuples, which JSON does not have.
    made: dict[str, dict[str, Any]] = msgspec.json.decode(msgspec.json.encode(components))
    found: dict[str, Schema] = {}
    for name, schema in made.items():
        found[f"{name}Fields"] = {key: value for key, value in schema.items() if key != "title"}
        if name not in {"Shipment", "Parcel"}:
            found[name] = _shown(name, schema)
    stock: dict[str, Schema] = {"code": STRING, "id": COUNT, "quantity": COUNT}
    found["GemstoneStock"] = {"type": "object", "properties": stock, "required": [*stock]}
    return found


def _shown(name: str, schema: Mapping[str, Any]) -> Schema:
    """Return the schema of a thing as answers show it: what it does not have is not there."""
    properties = {field: _never_null(one) for field, one in schema["properties"].items() if field != "client"}
    required = [*_ALWAYS_SHOWN.get(name, ())]
    return {"type": "object", "description": schema["description"], "properties": properties, "required": required}


def _never_null(schema: Mapping[str, Any]) -> Schema:
    kept = [_of_shown(one) for one in schema.get("anyOf", [schema]) if one != {"type": "null"}]
    return kept[0] if len(kept) == 1 else {"anyOf": kept}


def _of_shown(schema: Mapping[str, Any]) -> Schema:
    """Return a schema with references to what is shown in the place of those to what is written."""
    if "$ref" in schema:
        return {"$ref": schema["$ref"].removesuffix("Fields")}
    return {**schema, "items": _of_shown(schema["items"])} if "items" in schema else {**schema}


def _all(kind: _Kind) -> Document:
    size = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    narrowing = [parameter(name, schema) for name, schema in kind.filters.items()]
    paging = [parameter(LIMIT, size), parameter(AFTER, {**STRING, "description": "`next` of the page before."})]
    page: Schema = {
        "type": "object",
        "properties": {"items": array(ref(kind.name)), "next": {**STRING, "description": "Begins the next page."}},
        "required": ["items"],
    }
    tag, things = f"{kind.name}s", f"{kind.name.lower()}s"
    listed = {
        **operation(f"list{tag}", f"Show a page of {things}", tag),
        "parameters": [*paging, *narrowing, HOLDING],
        "responses": {**_READ_FAILURES, **success(page)},
    }
    location: Document = {"Location": {"description": "Its path.", "schema": STRING}}
    added = {
        **operation(f"add{kind.name}", f"Add {_article(kind)}", tag),
        "parameters": _headers("Idempotency-Key"),
        **_body(kind.name, kind.example),
        "responses": {**_WRITE_FAILURES, "201": _answer("It is there now.", kind.name, location)},
    }
    return {"get": listed, "post": added}


def _one(kind: _Kind) -> Document:
    shown = {
        **operation(f"get{kind.name}", f"Show {_article(kind)}", f"{kind.name}s"),
        "parameters": [HOLDING],
        "responses": {**_READ_FAILURES, **success(ref(kind.name), _TAG)},
    }
    summary = f"Change {_article(kind)} where the document speaks of it"
    found: Document = {
        "get": shown,
        "patch": _written(f"patch{kind.name}", summary, kind.name, kind.name, kind.changes),
    }
    if kind.can_go:
        found["delete"] = {
            **operation(f"delete{kind.name}", f"Remove {_article(kind)}", f"{kind.name}s"),
            "parameters": _headers("If-Match", "Idempotency-Key"),
            "responses": {**_WRITE_FAILURES, "204": {"description": "It is gone.", "headers": _REVISION}},
        }
    return found


def _put() -> Document:
    summary = "Store a gemstone, new or in place of the one with its code"
    described = _written("putGemstone", summary, "Gemstone", "Gemstone", _STONE)
    answers = {**described["responses"], "201": _answer("It is new.", "Gemstone", {})}
    headers = _headers("If-Match", "If-None-Match", "Idempotency-Key")
    return {**described, "parameters": headers, "responses": answers}


def _change_stock() -> Document:
    summary = "Add to the stock of a gemstone, or take away"
    described = _written("changeGemstoneStock", summary, "Gemstone", "Gemstone", {})
    example = {"change": 2, "reason": "counted"}
    body = {"required": True, "content": {JSON: {"schema": ref("StockChange"), "example": example}}}
    answers = {**described["responses"], "200": _answer("As it is now.", "GemstoneStock", {})}
    return {**described, "requestBody": body, "responses": answers}


def _written(operation_id: str, summary: str, shown: str, sent: str, example: Document) -> dict[str, Any]:
    return {
        **operation(operation_id, summary, f"{shown}s"),
        "parameters": _headers("If-Match", "Idempotency-Key"),
        **_body(sent, example),
        "responses": {**_WRITE_FAILURES, "200": _answer("As it is now.", shown, {})},
    }


def _answer(text: str, schema: str, headers: Document) -> Document:
    return {
        "description": text,
        "headers": {**_TAG, **_REVISION, **headers},
        "content": {JSON: {"schema": ref(schema)}},
    }


def _body(name: str, example: Document) -> Document:
    schema = ref(f"{name}Fields")
    return {"requestBody": {"required": True, "content": {JSON: {"schema": schema, "example": example}}}}


def _headers(*names: str) -> list[Document]:
    return [{"name": name, "in": "header", "description": _HEADERS[name], "schema": STRING} for name in names]


def _in_path(name: str, schema: Schema, example: object) -> Document:
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": example}


def _article(kind: _Kind) -> str:
    return f"{'an' if kind.name[0] in 'AEIOU' else 'a'} {kind.name.lower()}"
