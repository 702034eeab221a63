"""What operations of the OpenAPI document are made of."""

from __future__ import annotations

from facetry.api.native.fields import Document
from facetry.api.native.problems import PROBLEM
from facetry.api.native.reads import MIN_REVISION
from facetry.api.native.schemas import COUNT, STRING, Schema, ref
from facetry.http.bodies import JSON


def operation(operation_id: str, summary: str, tag: str) -> Document:
    """Return an operation without its parameters, body and answers."""
    return {"operationId": operation_id, "summary": summary, "tags": [tag]}


def success(schema: Schema, headers: Document | None = None) -> Document:
    """Return the answer of an operation that succeeds."""
    answer: Document = {"description": "What was asked for.", "content": {JSON: {"schema": schema}}}
    return {"200": answer if headers is None else {**answer, "headers": headers}}


def responses(*statuses: str) -> Document:
    """Return the problems that an operation may end in."""
    return {status: {"$ref": f"#/components/responses/Problem{status}"} for status in (*statuses, "500")}


def problem(text: str) -> Document:
    """Return what the answer of a kind of failure is."""
    return {"description": text, "content": {PROBLEM: {"schema": ref("Problem")}}}


def parameter(name: str, schema: object) -> Document:
    """Return a parameter of the query string."""
    return {"name": name, "in": "query", "schema": schema}


def idempotency_key(text: str) -> Document:
    """Return the header of a write that can be repeated; ``text`` says what a repeat does."""
    schema = {**STRING, "minLength": 1, "maxLength": 200}
    return {"name": "Idempotency-Key", "in": "header", "description": text, "schema": schema}


HOLDING = parameter(MIN_REVISION, {**COUNT, "description": "A revision that the answer has to hold."})
"""What every read takes."""
