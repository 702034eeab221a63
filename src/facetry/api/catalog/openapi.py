"""The OpenAPI 3.1 document of v1, made from the table of rules and the published samples."""

from __future__ import annotations

from collections.abc import Sequence

from facetry.api.catalog import openapi_orders, samples
from facetry.api.catalog.openapi_parts import body, failures, in_path, operation, outcome, response
from facetry.api.catalog.readers import Schema
from facetry.api.catalog.rendering import Document
from facetry.api.catalog.routes import GROUP, LOGIN, PRODUCT, PRODUCTS, SEARCH
from facetry.api.catalog.rules import LOGIN_FIELDS, SEARCH_FIELDS, Field
from facetry.api.catalog.schemas import ref, schemas

_ABOUT = """Keep a catalog of products and search it.

Log in, send the token as `x-access-token`, and store products. Product groups are all products with one `groupID`;
they follow every change of a product at once, and so does the search. Bodies may be sent as a form, as a multipart
form or as JSON. In a path, a slash inside a SKU or group id is written `%2F`.

In a form a list is a repeated name (`images=a&images=b`, or `images[]=a`), and an object such as `attributes` is JSON
text or `attributes[name]=value`. In JSON, numbers and texts are cast both ways. An empty text in an optional field is
as good as none; unknown fields are ignored."""


def openapi_document(version: str) -> Document:
    """Return the document; ``version`` is the server's."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Catalog API", "version": version, "description": _ABOUT},
        "tags": [{"name": name} for name in ("Login", "Products", "Product groups", openapi_orders.TAG, "Search")],
        "security": [{"token": []}],
        "paths": {
            LOGIN: _login_paths(),
            PRODUCTS: _products_paths(),
            PRODUCT: _product_paths(),
            GROUP: _group_paths(),
            **openapi_orders.order_paths(),
            SEARCH: _search_paths(),
        },
        "components": {
            "schemas": schemas(),
            "securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "x-access-token"}},
            "responses": _shared_responses(),
        },
    }


def _login_paths() -> Document:
    schema: Schema = {"anyOf": [ref("LoggedIn"), ref("Refusal")]}
    examples = {"access": samples.LOGGED_IN, "no access": samples.NOT_LOGGED_IN}
    answers = {
        "200": response("A token, or a refusal.", schema, examples),
        "429": {"$ref": "#/components/responses/TooOften"},
        **failures("400", "422", "500"),
    }
    shared: Document = {"tags": ["Login"], "security": [], "responses": answers}
    get = {"operationId": "login", "summary": "Get a token", "parameters": _parameters(LOGIN_FIELDS)}
    post = {"operationId": "loginByBody", "summary": "Get a token, with a body", "requestBody": body("LoginInput")}
    return {"get": {**shared, **get}, "post": {**shared, **post, "responses": {**answers, **failures("413")}}}


def _products_paths() -> Document:
    exists = samples.refusal("Product with SKU 9398111 already exists, please use PUT to update it ...")
    post = operation(
        ("storeProduct", "Store a new product", "Products"),
        outcome("The product, or a refusal.", "Stored", {"stored": samples.STORED, "SKU exists": exists}),
        "400",
        "413",
        "422",
    )
    put = operation(
        ("replaceProduct", "Replace a product, or store a new one", "Products"),
        outcome("The product.", "Stored", {"updated": samples.UPDATED, "new": samples.STORED}),
        "400",
        "413",
        "422",
    )
    taken = body("ProductInput", samples.PARLE)
    return {"post": {**post, "requestBody": taken}, "put": {**put, "requestBody": taken}}


def _product_paths() -> Document:
    absent = samples.refusal("Product with SKU 93984746 not found ...")
    get = operation(
        ("getProduct", "Get a product", "Products"),
        outcome("The product, or a refusal.", "Product", {"product": samples.PRODUCT, "not found": absent}),
        "422",
    )
    gone = samples.done("Product with SKU 9398473 deleted and the product group is updated ...")
    absent = samples.refusal("Product with SKU 9398473 does not exist ...")
    delete = operation(
        ("deleteProduct", "Delete a product; the last one takes its group with it", "Products"),
        outcome("Done, or a refusal.", "Done", {"deleted": gone, "not there": absent}),
        "422",
    )
    return {"parameters": [in_path("SKU", "The product SKU")], "get": get, "delete": delete}


def _group_paths() -> Document:
    absent = samples.refusal("Product Group with ID B3940866 not found ...")
    get = operation(
        ("getProductGroup", "Get a product group by its id, or by one of its SKUs", "Product groups"),
        outcome("The group, or a refusal.", "Group", {"group": samples.GROUP, "not found": absent}),
        "422",
    )
    gone = samples.done("Product group is now deleted ...")
    absent = samples.refusal("Product Group with ID 9398473 does not exist ...")
    delete = operation(
        ("deleteProductGroup", "Delete a product group with all its products", "Product groups"),
        outcome("Done, or a refusal.", "Done", {"deleted": gone, "not there": absent}),
        "422",
    )
    return {"parameters": [in_path("PGID", "The product group ID")], "get": get, "delete": delete}


def _search_paths() -> Document:
    get = operation(
        ("search", "Search product groups", "Search"),
        outcome("What was found.", "Found", {"found": samples.FOUND}),
        "400",
        "422",
    )
    fields: Document = {
        "name": "qfield",
        "in": "query",
        "description": "Group fields to search; by default name, productSKUs, searchKeywords and groupID.",
        "schema": {"type": "array", "items": {"type": "string"}},
        "example": ["name", "brands"],
    }
    query, *others = _parameters(SEARCH_FIELDS)
    return {"get": {**get, "parameters": [query, fields, *others]}}


def _shared_responses() -> Document:
    failure = ref("Failure")
    malformed = samples.failure("INVALID", "The request cannot be read: malformed JSON: expecting value at character 0")
    too_large = samples.failure("INVALID", "The body is longer than 1 MiB, which is the most that is taken")
    too_often = samples.failure("INVALID", "Too many failed logins, please try again in 3 s")
    failed = samples.failure("ERROR", "Something went wrong on our side, please try again")
    broken = response("Rules are broken.", ref("RulesBroken"), {"broken": samples.RULES_BROKEN})
    return {
        "Unreadable": response("The request cannot be read.", failure, {"malformed": malformed}),
        "TooLarge": response("The body is too large.", failure, {"too large": too_large}),
        "TooOften": response("Too many failed logins.", failure, {"too often": too_often}),
        "RulesBroken": broken,
        "Failed": response("Our own failure.", failure, {"failed": failed}),
    }


def _parameters(fields: Sequence[Field]) -> list[Document]:
    return [
        {
            "name": field.name,
            "in": "query",
            "required": field.is_mandatory,
            "description": field.note,
            "schema": field.reader.schema,
        }
        for field in fields
    ]
