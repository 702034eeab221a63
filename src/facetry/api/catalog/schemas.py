"""The schemas of what v1 takes and gives, for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Sequence

from facetry.api.catalog.order_rendering import ADDRESS_PARTS, STATUSES
from facetry.api.catalog.readers import Schema
from facetry.api.catalog.rules import LOGIN_FIELDS, ORDER_FIELDS, PRODUCT_FIELDS, Field

_STRING: Schema = {"type": "string"}
_STRINGS: Schema = {"type": "array", "items": _STRING}
_FLAG: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_NUMBER: Schema = {"type": "number"}
_OBJECT_ID: Schema = {"type": "string", "pattern": "^[0-9a-f]{24}$"}
_ANYTHING: Schema = {}


def ref(name: str) -> Schema:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def taken(fields: Sequence[Field]) -> Schema:
    """Return the schema of an object with these fields."""
    return {
        "type": "object",
        "properties": {field.name: described(field) for field in fields},
        "required": [field.name for field in fields if field.is_mandatory],
    }


def described(field: Field) -> Schema:
    """Return a field's schema with its note."""
    note = ". ".join(filter(None, (field.note, str(field.reader.schema.get("description", "")))))
    return {**field.reader.schema, "description": note}


def schemas() -> dict[str, Schema]:
    """Return every schema by name."""
    return {
        "LoginInput": taken(LOGIN_FIELDS),
        "ProductInput": taken(PRODUCT_FIELDS),
        "LoggedIn": _given(
            token=_STRING, validFor=_COUNT, success={"const": True}, code={"const": "OK"}, message=_STRING
        ),
        "Refusal": _given(success={"const": False}, code={"const": "INVALID"}, message=_STRING),
        "TokenRefused": _given(
            apiResponseKeySuccess={"const": False}, apiResponseKeyCode={"const": "INVALID"}, message=_STRING
        ),
        "Failure": _failure(),
        "RulesBroken": _given(errors={"type": "array", "minItems": 1, "items": ref("RuleBroken")}),
        "RuleBroken": _rule_broken(),
        "Done": _given(success={"const": True}, code={"const": "OK"}, message=_STRING),
        "ProductContent": _product(),
        "Product": {"allOf": [_given(_id=_OBJECT_ID), ref("ProductContent")]},
        "Stored": _stored(),
        "GroupSource": _group(),
        "Group": {"allOf": [_given(_id=_OBJECT_ID), ref("GroupSource")]},
        "GroupProduct": _group_product(),
        **_order_schemas(),
        **_search_schemas(),
    }


def _given(**properties: Schema) -> Schema:
    """Return the schema of an object that has all these properties."""
    return {"type": "object", "properties": properties, "required": [*properties]}


def _with_optional(schema: Schema, **properties: Schema) -> Schema:
    held = schema["properties"]
    assert isinstance(held, dict)  # noqa: S101 - narrows what ``_given`` made
    return {**schema, "properties": {**held, **properties}}


def _failure() -> Schema:
    codes: Schema = {"enum": ["INVALID", "ERROR"]}
    always = _given(success={"const": False}, code=codes, message=_STRING, requestId=_STRING)
    return _with_optional(always, revision={**_COUNT, "description": "The revision that is stored."})


def _rule_broken() -> Schema:
    param: Schema = {
        "type": "string",
        "description": "The field; `images[0]` is an element of a list, `attributes[color]` one attribute.",
    }
    always = _given(msg=_STRING, param=param, location={"enum": ["body", "query", "params"]})
    return _with_optional(always, value={"description": "What was sent; left out where nothing was."})


def _prices(*names: str) -> dict[str, Schema]:
    return dict.fromkeys(names, _NUMBER)


def _product() -> Schema:
    always = _given(
        images=_STRINGS,
        searchKeywords=_STRINGS,
        category=_STRINGS,
        isMain=_FLAG,
        sku=_STRING,
        name=_STRING,
        description=_STRING,
        groupID=_STRING,
        quantity=_COUNT,
        active=_FLAG,
    )
    return _with_optional(
        always,
        **_prices("regularPrice", "promotionPrice"),
        color=_STRING,
        brand=_STRING,
        size=_STRING,
        currency=_STRING,
        attributes={"type": "object"},
    )


def _stored() -> Schema:
    shown = _given(
        success={"const": True},
        code={"const": "OK"},
        reponse={"$ref": "#/components/schemas/ProductContent", "description": "As the samples spell it."},
        response=ref("ProductContent"),
    )
    return _with_optional(shown, message={"const": "Product Updated"})


def _group() -> Schema:
    always = _given(
        productSKUs={**_STRINGS, "minItems": 1},
        colors=_STRINGS,
        brands=_STRINGS,
        sizes=_STRINGS,
        images=_STRINGS,
        searchKeywords=_STRINGS,
        category=_STRINGS,
        groupID=_STRING,
        name=_STRING,
        description=_STRING,
        active=_FLAG,
        products={"type": "object", "additionalProperties": ref("GroupProduct")},
    )
    return _with_optional(
        always, **_prices("regularPriceMin", "regularPriceMax", "promotionPriceMin", "promotionPriceMax")
    )


def _group_product() -> Schema:
    always = _given(
        sku=_STRING,
        images=_STRINGS,
        searchKeywords=_STRINGS,
        quantity=_COUNT,
        active=_FLAG,
        category=_STRINGS,
        attributes={"type": ["object", "null"]},
        isMain={**_FLAG, "description": "The effective main product, of which every group has one."},
    )
    return _with_optional(
        always, **_prices("regularPrice", "promotionPrice"), color=_STRING, brand=_STRING, size=_STRING
    )


def _order_schemas() -> dict[str, Schema]:
    order = _given(
        orderID=_STRING,
        customerID=_STRING,
        orderDate={"type": "string", "format": "date-time"},
        totalAmount=_NUMBER,
        currency=_STRING,
        isGift=_FLAG,
        status={"enum": [*STATUSES]},
        shippingAddress={"type": "object", "properties": dict.fromkeys(ADDRESS_PARTS, _STRING)},
        productQuantity={"type": "object", "additionalProperties": _COUNT},
        productPrice={"type": "object", "additionalProperties": _NUMBER},
    )
    done: dict[str, Schema] = {"success": {"const": True}, "code": {"const": "OK"}, "message": _STRING}
    return {
        "OrderInput": taken(ORDER_FIELDS),
        "Order": order,
        "OrderReply": _given(**done, response=ref("Order")),
        "OrdersReply": _given(**done, response={"type": "array", "items": ref("Order")}),
        "OrdersDeleted": _given(**done, response=_given(orderIDs=_STRINGS)),
    }


def _search_schemas() -> dict[str, Schema]:
    hit = _given(_index=_STRING, _type={"const": "_doc"}, _id=_STRING, _score=_NUMBER, _source=ref("GroupSource"))
    hits = _given(
        total=_given(value=_COUNT, relation={"const": "eq"}),
        max_score={"type": ["number", "null"]},
        hits={"type": "array", "items": ref("Hit")},
    )
    bucket = _with_optional(_given(key=_STRING, doc_count=_COUNT), **{"from": _NUMBER, "to": _NUMBER})
    facet = _with_optional(
        _given(buckets={"type": "array", "items": bucket}),
        doc_count_error_upper_bound=_COUNT,
        sum_other_doc_count=_COUNT,
    )
    found = _with_optional(
        _given(took=_COUNT, timed_out={"const": False}, _shards={"type": "object"}, hits=ref("Hits")),
        aggregations={"type": "object", "additionalProperties": ref("Facet")},
        debug={"type": "object"},
    )
    return {"Hit": hit, "Hits": hits, "Facet": facet, "Found": found}
