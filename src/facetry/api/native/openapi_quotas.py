"""The operation on quotas, for the OpenAPI document."""

from __future__ import annotations

from facetry.api.native.fields import Document
from facetry.api.native.openapi_parts import HOLDING, operation, responses, success
from facetry.api.native.quotas import QUOTAS
from facetry.api.native.schemas import COUNT, STRING, Schema, ref
from facetry.domain.quotas import Quotas, Usage

_FAILURES = responses("400", "401", "403", "409", "429", "503")
_ETAG: Document = {"ETag": {"description": "The version.", "schema": STRING}}
_LIMITS: dict[str, str] = {
    "products": "How many products there may be.",
    "bytes": "How many bytes all products may be, as they are stored.",
    "writes_per_second": "How many things may be written a second; each line of a bulk is one.",
    "searches_per_second": "How many searches a second are answered that no cache answers.",
    "search_seconds_per_minute": "How many seconds a minute the search index may work.",
}
assert tuple(_LIMITS) == Quotas.__struct_fields__  # noqa: S101 - each is told


def paths() -> Document:
    """Return the operation by path."""
    described = operation("getQuotas", "Show what the operator allows, and what is used of it", "Settings")
    return {
        QUOTAS: {
            "get": {**described, "parameters": [HOLDING], "responses": {**_FAILURES, **success(ref("Quotas"), _ETAG)}}
        }
    }


def schemas() -> dict[str, Schema]:
    """Return the schemas by name."""
    limits = {name: {**COUNT, "description": text} for name, text in _LIMITS.items()}
    used = dict.fromkeys(Usage.__struct_fields__, COUNT)
    return {
        "Quotas": {
            "type": "object",
            "required": ["quotas", "used"],
            "properties": {
                "quotas": {"type": "object", "description": "What has no limit is left out.", "properties": limits},
                "used": {"type": "object", "required": [*used], "properties": used},
            },
        }
    }
