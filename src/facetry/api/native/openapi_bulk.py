"""The operation on many products at once, for the OpenAPI document."""

from __future__ import annotations

import json

from facetry.api.native.bulk import BULK, NDJSON
from facetry.api.native.fields import Document
from facetry.api.native.openapi_parts import idempotency_key, operation, parameter, responses
from facetry.api.native.schemas import BOOLEAN, STRING, Schema

_EXAMPLE = (
    {"op": "upsert", "product": {"sku": "A", "name": "Ring"}},
    {"op": "patch", "sku": "B", "changes": {"quantity": 3}},
    {"op": "delete", "sku": "C"},
    {"sku": "D", "name": "A line that is a product is an upsert"},
)
_LINES: Schema = {**STRING, "description": "A JSON object a line."}
_KEY = idempotency_key("Makes a repeat do only what had not been done.")


def paths() -> Document:
    """Return the operation by its path."""
    sent = "".join(f"{json.dumps(line)}\n" for line in _EXAMPLE)
    body = {"required": True, "content": {NDJSON: {"schema": _LINES, "example": sent}}}
    wanted: Schema = {**STRING, "enum": ["all", "failed"], "default": "all"}
    parameters = [_KEY, parameter("atomic", {**BOOLEAN, "default": False}), parameter("results", wanted)]
    about = "A result a line, in the order of what was sent, and a last line that says that all is done."
    answer = {"200": {"description": about, "content": {NDJSON: {"schema": _LINES}}}}
    failures = responses("400", "401", "403", "409", "413", "415", "429", "503")
    return {
        BULK: {
            "post": {
                **operation("writeProductsInBulk", "Write many products, line by line", "Products"),
                "parameters": parameters,
                "requestBody": body,
                "responses": {**failures, **answer},
            }
        }
    }
