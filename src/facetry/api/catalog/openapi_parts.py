"""What operations of the OpenAPI document are made of."""

from __future__ import annotations

from facetry.api.catalog import samples
from facetry.api.catalog.readers import Schema
from facetry.api.catalog.rendering import Document
from facetry.api.catalog.schemas import ref
from facetry.http.bodies import FORM, JSON, MULTIPART

Examples = dict[str, Document]


def operation(names: tuple[str, str, str], success: Document, *statuses: str) -> Document:
    """Return an operation; ``names`` are its id, its summary and its tag."""
    operation_id, summary, tag = names
    responses = {"200": success, **failures(*statuses, "500")}
    return {"operationId": operation_id, "summary": summary, "tags": [tag], "responses": responses}


def outcome(description: str, schema: str, examples: Examples) -> Document:
    """Return a 200: what was asked for, a refusal, or that of the token."""
    any_of: Schema = {"anyOf": [ref(schema), ref("Refusal"), ref("TokenRefused")]}
    return response(description, any_of, {**examples, "token not valid": samples.TOKEN_REFUSED})


def response(description: str, schema: Schema, examples: Examples) -> Document:
    """Return what an operation answers, with examples by name."""
    named = {name: {"value": value} for name, value in examples.items()}
    return {"description": description, "content": {JSON: {"schema": schema, "examples": named}}}


def failures(*statuses: str) -> Document:
    """Return references to the shared answers of these statuses."""
    names = {"400": "Unreadable", "413": "TooLarge", "422": "RulesBroken", "500": "Failed"}
    return {status: {"$ref": f"#/components/responses/{names[status]}"} for status in statuses}


def body(schema: str, example: Document | None = None) -> Document:
    """Return what a body holds, in each of the forms that it may have."""
    content: Document = {"schema": ref(schema)}
    if example is not None:
        content["example"] = example
    form = {**content, "encoding": {"attributes": {"style": "deepObject", "explode": True}}}
    return {
        "required": True,
        "content": {FORM: form if schema == "ProductInput" else content, MULTIPART: content, JSON: content},
    }


def in_path(name: str, note: str) -> Document:
    """Return a parameter that stands in the path."""
    return {"name": name, "in": "path", "required": True, "description": note, "schema": {"type": "string"}}
