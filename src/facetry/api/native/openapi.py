"""The OpenAPI 3.1 document of ``/v2``."""

from __future__ import annotations

from facetry.api.native import (
    openapi_bulk,
    openapi_changes,
    openapi_history,
    openapi_imports,
    openapi_journals,
    openapi_products,
    openapi_quotas,
    openapi_records,
)
from facetry.api.native.fields import Document
from facetry.api.native.openapi_parts import HOLDING, operation, parameter, problem, responses, success
from facetry.api.native.openapi_settings import paths as settings_paths
from facetry.api.native.routes import SEARCH, SUGGEST
from facetry.api.native.schemas import STRING, Schema, ref, schemas
from facetry.domain.search.query import MAX_TEXT_LENGTH
from facetry.domain.search.suggestions import MAX_SUGGESTIONS
from facetry.http.bodies import JSON

_ABOUT = """A tenant's whole catalog: search it, read and write its products, gemstones, listings, orders and clients
one by one or in bulk, follow its changes, bring in files, set how it is searched, and see what happened.

Send a key as `Authorization: Bearer KEY`: the API key, an access key, which may do what its scopes say, or for shop
fronts the search key, which may only search and sees nothing that is inactive. A token of the Catalog API's login
does what the API key does. Errors are problem details (RFC 9457), each with a stable `code`, the `request_id` and,
where it is about a part of the request, its JSON `pointer`.

A write is in every read and search that follows its answer, which names its revision in `Facetry-Revision`.
`If-Match` makes it conditional, `Idempotency-Key` a repeat of it harmless. All conditions of a filter hold on one and
the same product, and those on gemstones on one and the same stone; totals and counts are exact."""

_TAGS = ("Search", "Products", "Groups", *openapi_records.TAGS, "Settings", "Changes", "Imports", "Journals")
_PARAMETERS_OF_LISTS = ("facets", "sort", "fields", "group_by")
_STATUSES = {
    "400": "The request cannot be read.",
    "401": "The key or token is missing or not valid.",
    "403": "The key may not do this.",
    "404": "There is no such thing.",
    "409": "What is asked does not fit what is there.",
    "410": "What changed since then is not known any more.",
    "412": "It was changed meanwhile.",
    "413": "The body is too large.",
    "415": "The body is no JSON, or compressed.",
    "422": "A value is not allowed.",
    "429": "Too many failed attempts.",
    "500": "Our own failure.",
    "503": "It could not be done in time.",
}


def openapi_document(version: str) -> Document:
    """Return the document; ``version`` is the server's."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Facetry API", "version": version, "description": _ABOUT},
        "tags": [{"name": name} for name in _TAGS],
        "security": [{"key": []}, {"token": []}],
        "paths": {
            SEARCH: {"post": _post_search(), "get": _get_search()},
            SUGGEST: {"get": _suggest()},
            **openapi_products.paths(),
            **openapi_history.paths(),
            **openapi_bulk.paths(),
            **openapi_records.paths(),
            **settings_paths(),
            **openapi_changes.paths(),
            **openapi_imports.paths(),
            **openapi_journals.paths(),
            **openapi_quotas.paths(),
        },
        "components": {
            "schemas": schemas()
            | openapi_products.schemas()
            | openapi_history.schemas()
            | openapi_records.schemas()
            | openapi_changes.schemas()
            | openapi_imports.schemas()
            | openapi_journals.schemas()
            | openapi_quotas.schemas(),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer"},
                "token": {"type": "apiKey", "in": "header", "name": "x-access-token"},
            },
            "responses": {f"Problem{status}": problem(text) for status, text in _STATUSES.items()},
        },
    }


def _post_search() -> Document:
    example = {
        "q": "ring",
        "filter": "price < 500 AND (color IN [Red, Rose] OR gemstones.carat >= 0.5)",
        "facets": ["brand", "price"],
        "sort": ["price:asc"],
    }
    one_or_several: Schema = {"anyOf": [ref("Search"), ref("Searches")]}
    body = {"required": True, "content": {JSON: {"schema": one_or_several, "example": example}}}
    answered: Schema = {"anyOf": [ref("Found"), ref("FoundSeveral")]}
    described = operation("search", "Search, or search several times at once", "Search")
    answers = {**responses("400", "401", "409", "413", "415", "429", "503"), **success(answered)}
    return {**described, "requestBody": body, "responses": answers}


def _get_search() -> Document:
    properties = schemas()["Search"]["properties"]
    assert isinstance(properties, dict)  # noqa: S101 - narrows it for the type checker
    parameters = [parameter(name, _as_parameter(name, schema)) for name, schema in properties.items()]
    described = operation("searchByParameters", "Search by parameters", "Search")
    answers = {**responses("400", "401", "409", "429", "503"), **success(ref("Found"))}
    return {**described, "parameters": parameters, "responses": answers}


def _suggest() -> Document:
    text = {**STRING, "maxLength": MAX_TEXT_LENGTH}
    limit = {"type": "integer", "minimum": 1, "maximum": MAX_SUGGESTIONS, "default": 5}
    described = operation("suggest", "Offer how to go on typing", "Search")
    answers = {**responses("400", "401", "409", "429", "503"), **success(ref("Suggestions"))}
    return {**described, "parameters": [parameter("q", text), parameter("limit", limit), HOLDING], "responses": answers}


def _as_parameter(name: str, schema: object) -> object:
    """Return the schema of a key of a search as a parameter: lists with commas, filters and facets also as JSON."""
    if name in _PARAMETERS_OF_LISTS:
        return {**STRING, "description": "Parted by commas, or repeated."}
    if name == "filter":
        return {**STRING, "description": "In the filter language, or JSON."}
    return schema
