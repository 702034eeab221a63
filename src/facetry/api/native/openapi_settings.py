"""The operations on settings, for the OpenAPI document."""

from __future__ import annotations

from facetry.api.native.fields import Document
from facetry.api.native.openapi_parts import HOLDING, idempotency_key, operation, parameter, responses, success
from facetry.api.native.schemas import BOOLEAN, COUNT, STRING, Schema, ref
from facetry.http.bodies import JSON

_TAG = "Settings"
_READ_FAILURES = responses("400", "401", "403", "404", "409", "429", "503")
_PUT_FAILURES = responses("400", "401", "403", "409", "412", "413", "415", "422", "429", "503")
_EXPECTED: Document = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag that is replaced, several, or `*`.",
    "schema": STRING,
}
_KEY = idempotency_key("A repeat within 24 hours does nothing and gets the same answer. Not of a dry run.")
_ETAG: Document = {"ETag": {"description": "The version.", "schema": STRING}}
_WRITTEN: Document = {
    **_ETAG,
    "Facetry-Revision": {
        "description": "The tenant's revision that holds the write; not of a dry run.",
        "schema": COUNT,
    },
}


def paths() -> Document:
    """Return the operations by path."""
    sections: list[tuple[str, str, str, str, Schema]] = [
        ("search", "Rules", "the rules of search", "Rules", {"synonyms": [{"phrases": ["ring", "band"]}]}),
        (
            "attributes",
            "AttributeTypes",
            "the types of attributes",
            "AttributeSettings",
            {"attributes": [{"name": "supplier", "type": "keyword", "sortable": False, "searchable": False}]},
        ),
        (
            "catalog",
            "Catalog",
            "language and currency",
            "CatalogSettings",
            {"language": "en", "currency": "USD"},
        ),
    ]
    found: Document = {"/v2/attributes": {"get": _attributes()}}
    for section, name, what, schema, example in sections:
        found[f"/v2/settings/{section}"] = {"get": _get(name, what, schema), "put": _put(name, what, schema, example)}
        found[f"/v2/settings/{section}/versions"] = {"get": _versions(name, what)}
    return found


def _get(name: str, what: str, schema: str) -> Document:
    described = operation(f"get{name}", f"Show {what}, as they are or as they were", _TAG)
    version = parameter("version", {**COUNT, "minimum": 1})
    return {
        **described,
        "parameters": [version, HOLDING],
        "responses": {**_READ_FAILURES, **success(ref(schema), _ETAG)},
    }


def _put(name: str, what: str, schema: str, example: Schema) -> Document:
    described = operation(f"put{name}", f"Replace {what}, at once for all searches, or say what that would do", _TAG)
    queries = {**STRING, "description": "Parted by commas: what a dry run searches for, before and after."}
    return {
        **described,
        "parameters": [_EXPECTED, _KEY, parameter("dry_run", BOOLEAN), parameter("queries", queries)],
        "requestBody": {"required": True, "content": {JSON: {"schema": ref(schema), "example": example}}},
        "responses": {**_PUT_FAILURES, **success({"anyOf": [ref(schema), ref("DryRun")]}, _WRITTEN)},
    }


def _versions(name: str, what: str) -> Document:
    described = operation(f"list{name}Versions", f"Say who replaced {what} when, newest first", _TAG)
    return {**described, "parameters": [HOLDING], "responses": {**_READ_FAILURES, **success(ref("SettingsVersions"))}}


def _attributes() -> Document:
    described = operation("listAttributes", "Show which attributes there are", _TAG)
    return {**described, "parameters": [HOLDING], "responses": {**_READ_FAILURES, **success(ref("Attributes"))}}
