"""The operations on products and groups, for the OpenAPI document."""

from __future__ import annotations

from facetry.api.native.fields import GROUP_FIELDS, Document
from facetry.api.native.groups import GROUP, GROUPS
from facetry.api.native.openapi_parts import HOLDING, operation, parameter, responses, success
from facetry.api.native.product_rendering import PRODUCT_TYPES
from facetry.api.native.products import PRODUCT, PRODUCT_BY_ID, PRODUCTS, STOCK
from facetry.api.native.reads import AFTER, DEFAULT_LIMIT, LIMIT, MAX_LIMIT
from facetry.api.native.schemas import BOOLEAN, COUNT, NUMBER, STRING, STRINGS, Schema, array, nullable, ref
from facetry.domain.product import MAX_QUANTITY
from facetry.http.bodies import JSON

_PRODUCTS, _GROUPS = "Products", "Groups"
_READ_FAILURES = responses("400", "401", "403", "404", "409", "429", "503")
_WRITE_FAILURES = responses("400", "401", "403", "404", "409", "412", "413", "415", "422", "429", "503")
_REVISION: Document = {"Facetry-Revision": {"description": "The revision that holds the write.", "schema": STRING}}
_TAG: Document = {"ETag": {"description": "Changes whenever the product does.", "schema": STRING}}
_PIECES: Schema = {**COUNT, "maximum": MAX_QUANTITY}
_SKU, _GROUP_ID = "SOL-14K-6", "SOL"
_EXAMPLE: Document = {
    "group_id": _GROUP_ID,
    "name": "Solitaire 14k",
    "regular_price": 1250,
    "promotion_price": 1100,
    "quantity": 3,
    "brand": "Parle",
    "category": ["Bridal>ring"],
    "attributes": {"setting": "prong"},
    "metals": [{"name": "gold", "purity": "585", "color": "white"}],
    "gemstones": [{"type": "diamond", "carat": 0.5, "color": "G", "clarity": "VS1", "code": "D-1007"}],
}


def paths() -> Document:
    """Return the operations by path."""
    sku, number = _in_path("sku", STRING, _SKU), _in_path("id", {**COUNT, "minimum": 1}, 1)
    group_id = _in_path("group_id", STRING, _GROUP_ID)
    shown = success(ref("Product"), _TAG)
    return {
        PRODUCTS: {"get": _list_products()},
        PRODUCT: {
            "parameters": [sku],
            "get": _read("getProduct", "Show a product", _PRODUCTS, shown),
            "put": _put(),
            "patch": _patch(),
            "delete": _delete_product(),
        },
        PRODUCT_BY_ID: {
            "parameters": [number],
            "get": _read("getProductById", "Show the product with a number", _PRODUCTS, shown),
        },
        STOCK: {"parameters": [sku], "post": _change_stock()},
        GROUPS: {"get": _read("listGroups", "Show a page of groups", _GROUPS, success(_page("Group")), *_paging())},
        GROUP: {
            "parameters": [group_id],
            "get": _read("getGroup", "Show a group", _GROUPS, success(ref("Group"))),
            "delete": _delete_group(),
        },
    }


def schemas() -> dict[str, Schema]:
    """Return the schemas by name."""
    names = [name for name in GROUP_FIELDS if name != "image"]
    texts = ("brands", "colors", "sizes", "category", "search_keywords", "images")
    group: dict[str, Schema] = {name: NUMBER if "price" in name else STRING for name in names}
    group |= {"active": BOOLEAN, "product_count": COUNT, **dict.fromkeys(texts, STRINGS), "products": STRINGS}
    prices = [name for name in names if "price" in name]
    written = {name: nullable(schema) for name, schema in _fields().items()}
    return {
        "Product": _object(_fields(), *(name for name in _fields() if name not in _MAY_BE_MISSING)),
        "NewProduct": {
            **_object({**written, "name": {**STRING, "minLength": 1}}, "name"),
            "additionalProperties": False,
        },
        "ProductChanges": {**_object({**written, "name": STRING}), "additionalProperties": False},
        "Variation": {**_object(dict.fromkeys(_VARIATION, STRING), *_VARIATION), "additionalProperties": False},
        "StockChange": {
            **_object({"change": {"type": "integer"}, "reason": {**STRING, "maxLength": 200}}, "change"),
            "additionalProperties": False,
        },
        "Stock": _object({"sku": STRING, "id": COUNT, "quantity": _PIECES}, "sku", "id", "quantity"),
        "Group": _object(group, *(name for name in group if name not in prices)),
    }


_VARIATION = ("parent", "field", "value")
_MAY_BE_MISSING = frozenset(
    {"regular_price", "promotion_price", "price", "brand", "color", "size", "quantity_alert", "variation"}
)


def _fields() -> dict[str, Schema]:
    price: Schema = {**NUMBER, "exclusiveMinimum": 0, "maximum": 10**11}
    value: Schema = {"type": ["string", "number", "boolean", "null"]}
    parts = array({"type": "object", "additionalProperties": value})
    return {
        "sku": {**STRING, "maxLength": 50},
        "id": {**COUNT, "description": "Derived."},
        "group_id": {**STRING, "description": "The SKU where nothing else is said."},
        "name": STRING,
        "description": STRING,
        "regular_price": price,
        "promotion_price": price,
        "price": {**price, "description": "Derived: the promotion price, else the regular one."},
        "currency": STRING,
        "quantity": _PIECES,
        "in_stock": {**BOOLEAN, "description": "Derived."},
        "active": BOOLEAN,
        "is_main": BOOLEAN,
        **dict.fromkeys(("brand", "color", "size"), STRING),
        **dict.fromkeys(("category", "search_keywords", "images"), STRINGS),
        "attributes": {"type": "object", "additionalProperties": {"anyOf": [value, array(value)]}},
        "metals": parts,
        "gemstones": parts,
        "product_type": {"enum": [*PRODUCT_TYPES]},
        "unrepeatable": BOOLEAN,
        "quantity_alert": _PIECES,
        "auto_refill": BOOLEAN,
        "location": STRING,
        "videos": STRINGS,
        "variation": ref("Variation"),
    }


def _object(properties: dict[str, Schema], *required: str) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def _page(schema: str) -> Schema:
    return _object({"items": array(ref(schema)), "next": {**STRING, "description": "Begins the next page."}}, "items")


def _list_products() -> Document:
    times = [parameter(name, {**STRING, "format": "date-time"}) for name in ("updated_from", "updated_to")]
    further = [*_paging(), *times, parameter("group_id", STRING)]
    return _read("listProducts", "Show a page of products", _PRODUCTS, success(_page("Product")), *further)


def _put() -> Document:
    described = operation("putProduct", "Store a product, new or in place of the one with its SKU", _PRODUCTS)
    headers = [*_headers("If-Match", "If-None-Match", "Idempotency-Key")]
    body = _body("NewProduct", _EXAMPLE)
    created = {"201": _stored("Product", "It is new.")}
    return {
        **described,
        "parameters": headers,
        **body,
        "responses": {**_WRITE_FAILURES, **created, "200": _stored("Product", "It was there.")},
    }


def _patch() -> Document:
    described = operation("patchProduct", "Change a product where the document speaks of it", _PRODUCTS)
    body = _body("ProductChanges", {"quantity": 4, "attributes": {"setting": None, "style": "halo"}})
    return {**described, **_written(body, {"200": _stored("Product", "As it is now.")})}


def _change_stock() -> Document:
    described = operation("changeStock", "Add to the stock of a product, or take away", _PRODUCTS)
    body = _body("StockChange", {"change": -1, "reason": "broken"})
    return {**described, **_written(body, {"200": _stored("Stock", "As it is now.")})}


def _delete_product() -> Document:
    described = operation("deleteProduct", "Remove a product", _PRODUCTS)
    return {**described, **_written({}, {"204": {"description": "It is gone.", "headers": _REVISION}})}


def _delete_group() -> Document:
    described = operation("deleteGroup", "Remove a group with all its products", _GROUPS)
    answer = success(_object({"skus": STRINGS}, "skus"), _REVISION)
    written = {"parameters": [*_headers("Idempotency-Key")], "responses": {**_WRITE_FAILURES, **answer}}
    return {**described, **written}


def _written(body: Document, answers: Document) -> Document:
    headers = [*_headers("If-Match", "Idempotency-Key")]
    return {"parameters": headers, **body, "responses": {**_WRITE_FAILURES, **answers}}


def _body(schema: str, example: Document) -> Document:
    return {"requestBody": {"required": True, "content": {JSON: {"schema": ref(schema), "example": example}}}}


def _stored(schema: str, text: str) -> Document:
    return {"description": text, "headers": {**_TAG, **_REVISION}, "content": {JSON: {"schema": ref(schema)}}}


def _read(operation_id: str, summary: str, tag: str, answer: Document, *parameters: Document) -> Document:
    described = operation(operation_id, summary, tag)
    known = [*parameters, HOLDING]
    return {**described, "parameters": known, "responses": {**_READ_FAILURES, **answer}}


def _paging() -> list[Document]:
    size = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    return [parameter(LIMIT, size), parameter(AFTER, {**STRING, "description": "`next` of the page before."})]


def _headers(*names: str) -> list[Document]:
    notes = {
        "If-Match": "The write is only done where this is the ETag.",
        "If-None-Match": "`*`: only if there is none yet.",
        "Idempotency-Key": "A repeat within 24 hours does nothing and gets the same answer.",
    }
    return [{"name": name, "in": "header", "description": notes[name], "schema": STRING} for name in names]


def _in_path(name: str, schema: Schema, example: object) -> Document:
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": example}
