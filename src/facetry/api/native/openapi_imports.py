"""Imports in the background, for the OpenAPI document."""

from __future__ import annotations

from facetry.api.native.fields import Document
from facetry.api.native.imports import CSV, IMPORTS
from facetry.api.native.openapi_parts import HOLDING, idempotency_key, operation, parameter, responses, success
from facetry.api.native.schemas import BOOLEAN, COUNT, NUMBER, STRING, Schema, array, ref
from facetry.application.import_jobs import MAX_NAME
from facetry.application.interchange.detection import Format
from facetry.application.interchange.stones import StoneForm
from facetry.domain.import_job import JobState

_TAG = "Imports"
_TIME: Schema = {**STRING, "format": "date-time"}
_ID: Document = {"name": "id", "in": "path", "required": True, "schema": {**COUNT, "minimum": 1}}
_KEY = idempotency_key("A repeat within 24 hours gets the import of the first call.")
_FAILURES = responses("400", "401", "403", "404", "409", "429", "503")
_EXAMPLE = '{"sku": "R1", "name": "Ring"}\n'


def paths() -> Document:
    """Return the operations by path."""
    one = {"parameters": [_ID]}
    return {
        IMPORTS: {"get": _list(), "post": _post()},
        IMPORTS + "/{id}": {"get": _shown(), **one},
        IMPORTS + "/{id}/cancel": {"post": _cancel(), **one},
        IMPORTS + "/{id}/rejected": {"get": _rejected(), **one},
    }


def schemas() -> dict[str, Schema]:
    """Return the schemas by name."""
    properties: dict[str, Schema] = {
        "id": COUNT,
        "name": STRING,
        "state": {"enum": [state.value for state in JobState]},
        "dry_run": BOOLEAN,
        "format": STRING,
        **dict.fromkeys(("created", "started", "finished"), _TIME),
        **dict.fromkeys(("bytes_total", "bytes_read", "stored", "stored_new", "rejected", "skipped"), COUNT),
        "rate": {**NUMBER, "description": "How many are stored a second."},
        "seconds_left": NUMBER,
        "error": {**STRING, "description": "Why it failed."},
    }
    required = ["id", "state", "dry_run", "created", "bytes_total", "bytes_read", "stored", "rejected"]
    return {
        "Import": {"type": "object", "properties": properties, "required": required},
        "Imports": {"type": "object", "properties": {"items": array(ref("Import")), "next": STRING}},
    }


def _post() -> Document:
    texts = ("mapping", "encoding", "stone", "code_prefix")
    parameters = [
        parameter("name", {**STRING, "maxLength": MAX_NAME}),
        parameter("format", {"enum": [one.value for one in Format]}),
        parameter("stones_as", {"enum": [one.value for one in StoneForm]}),
        parameter("dry_run", {**BOOLEAN, "default": False}),
        *(parameter(name, STRING) for name in texts),
    ]
    content: Document = {
        "application/octet-stream": {
            "schema": {**STRING, "description": "The file, plain or gzip; or a workbook (.xlsx)."},
            "example": _EXAMPLE,
        }
    }
    location: Document = {"Location": {"description": "Where the import is.", "schema": STRING}}
    started = success(ref("Import"), location)["200"]
    return {
        **operation("startImport", "Import a file in the background", _TAG),
        "parameters": [*parameters, _KEY],
        "requestBody": {"required": True, "content": content},
        "responses": {**responses("400", "401", "403", "409", "413", "422", "429", "503"), "201": started},
    }


def _list() -> Document:
    limit = parameter("limit", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 50})
    after = parameter("after", {**STRING, "pattern": "^[0-9]{1,15}$"})
    failures = responses("400", "401", "403", "409", "429", "503")
    described = operation("listImports", "Show imports, oldest first", _TAG)
    return {**described, "parameters": [limit, after, HOLDING], "responses": {**failures, **success(ref("Imports"))}}


def _shown() -> Document:
    described = operation("getImport", "Show how far an import has come", _TAG)
    return {**described, "parameters": [HOLDING], "responses": {**_FAILURES, **success(ref("Import"))}}


def _cancel() -> Document:
    described = operation("cancelImport", "End an import; what it has stored stays", _TAG)
    key = idempotency_key("A repeat within 24 hours does nothing and gets the same answer.")
    return {**described, "parameters": [key], "responses": {**_FAILURES, **success(ref("Import"))}}


def _rejected() -> Document:
    rows: Document = {"description": "A row for each problem.", "content": {CSV.partition(";")[0]: {"schema": STRING}}}
    described = operation("listRejectedRows", "Show rejected rows as CSV", _TAG)
    return {**described, "parameters": [HOLDING], "responses": {**_FAILURES, "200": rows}}
