"""The operations on the histories of products and records, for the OpenAPI document."""

from __future__ import annotations

from facetry.api.native.fields import Document
from facetry.api.native.history import FORCE, HISTORY, UNDO
from facetry.api.native.openapi_parts import HOLDING, operation, parameter, responses, success
from facetry.api.native.reads import AFTER, DEFAULT_LIMIT, LIMIT, MAX_LIMIT
from facetry.api.native.record_histories import HISTORIES
from facetry.api.native.schemas import BOOLEAN, COUNT, STRING, Schema, array, ref
from facetry.domain.record import RecordKind
from facetry.http.bodies import JSON

ACTIONS = ("create", "update", "delete", "stock", "sale", "order", "record", "undo")
_TAG = "Products"
_SKU: Document = {"name": "sku", "in": "path", "required": True, "schema": STRING, "example": "SOL-14K-6"}
_CODE: Document = {"name": "code", "in": "path", "required": True, "schema": STRING, "example": "D-1007"}
_NUMBER: Document = {"name": "id", "in": "path", "required": True, "schema": {**COUNT, "minimum": 1}, "example": 1}
_ID: Document = {"name": "id", "in": "path", "required": True, "schema": {**COUNT, "minimum": 1}, "example": 1}
_HEADERS: Document = {
    "If-Match": "The change is only taken back where this is the product's ETag.",
    "Idempotency-Key": "A repeat within 24 hours does nothing and gets the same answer.",
}
_REVISION: Document = {"Facetry-Revision": {"description": "The revision that holds the write.", "schema": STRING}}


def paths() -> Document:
    """Return the operations by path."""
    return {
        HISTORY: {"parameters": [_SKU], "get": _history()},
        UNDO: {"parameters": [_SKU, _ID], "post": _undo()},
        **{path: _of_records(kind) for kind, path in HISTORIES.items()},
    }


def _of_records(kind: RecordKind) -> Document:
    name = kind.value.capitalize()
    place = _CODE if kind is RecordKind.GEMSTONE else _NUMBER
    return {"parameters": [place], "get": _history(name, f"{name}s")}


def schemas() -> dict[str, Schema]:
    """Return the schemas by name."""
    field: dict[str, Schema] = {
        "pointer": {**STRING, "description": "Of the field; empty for the whole thing."},
        "from": {"description": "The value before; left out where there was none."},
        "to": {"description": "The value after; likewise."},
    }
    change: dict[str, Schema] = {
        "id": {**COUNT, "description": "Names the change among those of its product or record."},
        "revision": {**COUNT, "description": "Of the write that made it."},
        "time": {**STRING, "format": "date-time"},
        "by": {**STRING, "description": "The id of an access key, or `api_key`, `token`, `import` or `operator`."},
        "action": {"enum": [*ACTIONS]},
        "reason": STRING,
        "changes": array(_object(field, "pointer")),
    }
    required = ("id", "revision", "time", "by", "action", "changes")
    page: dict[str, Schema] = {"items": array(ref("ProductChange")), "next": STRING}
    return {"ProductChange": _object(change, *required), "ProductHistory": _object(page, "items")}


def _object(properties: dict[str, Schema], *required: str) -> Schema:
    return {"type": "object", "properties": properties, "required": list(required)}


def _history(name: str = "Product", tag: str = _TAG) -> Document:
    what = f"{'an' if name[0] in 'AEIOU' else 'a'} {name.lower()}"
    described = operation(f"list{name}History", f"Show who changed what of {what}, newest first", tag)
    size: Schema = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    known = [
        parameter(LIMIT, size),
        parameter(AFTER, {**STRING, "description": "`next` of the page before."}),
        HOLDING,
    ]
    answers = {**responses("400", "401", "403", "404", "409", "429", "503"), **success(ref("ProductHistory"))}
    return {**described, "parameters": known, "responses": answers}


def _undo() -> Document:
    described = operation("undoProductChange", "Take a change of a product back by a new one", _TAG)
    force = parameter(FORCE, {**BOOLEAN, "description": "Also what was changed again since then."})
    headers = [{"name": name, "in": "header", "description": note, "schema": STRING} for name, note in _HEADERS.items()]
    answers: Document = {
        **responses("400", "401", "403", "404", "409", "412", "422", "429", "503"),
        "200": _shown("The product as it is then."),
        "201": _shown("The product, which was gone."),
        "204": {"description": "It had been created, and is gone.", "headers": _REVISION},
    }
    return {**described, "parameters": [force, *headers], "responses": answers}


def _shown(text: str) -> Document:
    return {"description": text, "headers": _REVISION, "content": {JSON: {"schema": ref("Product")}}}
