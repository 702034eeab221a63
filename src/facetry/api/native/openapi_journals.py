"""The operations on journals and events, for the OpenAPI document."""

from __future__ import annotations

from facetry.api.native.events import EVENTS
from facetry.api.native.fields import Document
from facetry.api.native.journals import EMPTY, REQUEST, REQUEST_COUNTED, REQUESTS, SEARCHES, STEPS, TOP
from facetry.api.native.openapi_parts import HOLDING, idempotency_key, operation, parameter, responses, success
from facetry.api.native.reads import MAX_LIMIT
from facetry.api.native.schemas import COUNT, NUMBER, STRING, Schema, array, ref
from facetry.http.bodies import JSON

_TAG = "Journals"
_READ_FAILURES = responses("400", "401", "403", "409", "429", "503")
_FROM = parameter("from", {**STRING, "description": "A time, or a date for its beginning."})
_TO = parameter("to", {**STRING, "description": "A time, which is not in it any more, or a date for its end."})
_LIMIT = parameter("limit", {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": 50})
_AFTER = parameter("after", {**STRING, "description": "`next` of the page before."})
_KEY = idempotency_key("Makes a repeat harmless.")
_TIME: Schema = {**STRING, "format": "date-time"}


def paths() -> Document:
    """Return the operations by path."""
    return {
        REQUESTS: {"get": _list("listRequests", "Show calls, newest first", "RequestPage", *_narrowing())},
        REQUEST_COUNTED: {"get": _counts()},
        REQUEST: {"get": _request()},
        SEARCHES: {"get": _list("listSearches", "Show searches, newest first", "SearchPage", parameter("q", STRING))},
        TOP: {"get": _ranked("listTopSearches", "Show what is asked most")},
        EMPTY: {"get": _ranked("listEmptySearches", "Show what finds nothing most often")},
        EVENTS: {"post": _event()},
    }


def schemas() -> dict[str, Schema]:
    """Return the schemas that they speak of."""
    told: dict[str, Schema] = {"time": _TIME, "key": STRING, "surface": {"enum": ["catalog", "client", "native"]}}
    request: dict[str, Schema] = {
        "id": {**STRING, "description": "As `X-Request-Id` and `X-DEBUG-UID` have it."},
        **told,
        "method": STRING,
        "route": {**STRING, "description": "The pattern of the path; of the Client API with the action."},
        "status": {**COUNT, "description": "Of HTTP; 0 where the client left before."},
        "code": STRING,
        "error": STRING,
        "duration_ms": NUMBER,
        "size": COUNT,
    }
    search: dict[str, Schema] = {
        "search_id": STRING,
        **told,
        "query": STRING,
        "filter": STRING,
        "hits": COUNT,
        "duration_ms": NUMBER,
        "revision": COUNT,
    }
    counts = {"time": _TIME, "calls": COUNT, "failures": COUNT}
    query: dict[str, Schema] = {
        "day": {**STRING, "format": "date"},
        "query": STRING,
        **dict.fromkeys(("searches", "empty", "hits", "clicks", "orders"), COUNT),
    }
    return {
        "Request": _object(request, "key", "surface", "code", "error"),
        "RequestPage": _page("Request"),
        "RequestCounts": _object({"step": {"enum": [*STEPS]}, "items": array(_object(counts))}),
        "LoggedSearch": _object(search, "key", "surface", "filter", "hits"),
        "SearchPage": _page("LoggedSearch"),
        "QueryCounts": _object({"items": array(_object(query, "day"))}),
        "Event": _event_schema(),
    }


def _event_schema() -> Schema:
    text = {**STRING, "maxLength": 200}
    properties: dict[str, Schema] = {
        "type": {"enum": ["click", "order"]},
        "search_id": {**text, "description": "Of the answer after which it was done."},
        "group_id": {**text, "description": "What it was; this or `sku` is needed."},
        "sku": text,
        "position": {"type": "integer", "minimum": 1, "maximum": 1_000_000, "description": "The place of the hit."},
    }
    return {**_object(properties, "group_id", "sku", "position"), "additionalProperties": False}


def _object(properties: dict[str, Schema], *optional: str) -> Schema:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def _page(name: str) -> Schema:
    return _object({"items": array(ref(name)), "next": STRING}, "next")


def _narrowing() -> list[Document]:
    return [*(parameter(name, STRING) for name in ("key", "route", "code")), parameter("status", COUNT)]


def _list(operation_id: str, summary: str, schema: str, *parameters: Document) -> Document:
    described = operation(operation_id, summary, _TAG)
    answers = {**_READ_FAILURES, **success(ref(schema))}
    return {**described, "parameters": [*parameters, _FROM, _TO, _LIMIT, _AFTER, HOLDING], "responses": answers}


def _counts() -> Document:
    described = operation("countRequests", "Show how many calls there were, and how many failed", _TAG)
    step = parameter("step", {"enum": [*STEPS], "default": "day"})
    answers = {**_READ_FAILURES, **success(ref("RequestCounts"))}
    return {**described, "parameters": [step, _FROM, _TO, HOLDING], "responses": answers}


def _request() -> Document:
    named = {"name": "request_id", "in": "path", "required": True, "schema": STRING}
    described = operation("getRequest", "Show one call", _TAG)
    answers = {**_READ_FAILURES, **responses("404"), **success(ref("Request"))}
    return {**described, "parameters": [named, HOLDING], "responses": answers}


def _ranked(operation_id: str, summary: str) -> Document:
    described = operation(operation_id, summary, _TAG)
    step = parameter("step", {"enum": ["day"], "description": "Shows each day of its own."})
    answers = {**_READ_FAILURES, **success(ref("QueryCounts"))}
    return {**described, "parameters": [step, _FROM, _TO, _LIMIT, HOLDING], "responses": answers}


def _event() -> Document:
    example = {"type": "click", "search_id": "5d0c0f6b7a9d41f80000000000000007", "group_id": "SOL", "position": 1}
    body = {"required": True, "content": {JSON: {"schema": ref("Event"), "example": example}}}
    failures = responses("400", "401", "403", "404", "409", "413", "415", "422", "429", "503")
    described = operation("reportEvent", "Report a click or an order after a search", _TAG)
    answers: Document = {**failures, "204": {"description": "It is noted."}}
    return {**described, "parameters": [_KEY], "requestBody": body, "responses": answers}
