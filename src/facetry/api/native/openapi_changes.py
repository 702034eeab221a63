"""The feed of changes, for the OpenAPI document."""

from __future__ import annotations

from facetry.api.native.changes import (
    CHANGES,
    DEFAULT_LIMIT,
    EVENTS,
    MAX_LIMIT,
    MAX_REVISION,
    MAX_WAIT_SECONDS,
)
from facetry.api.native.fields import Document
from facetry.api.native.openapi_parts import HOLDING, operation, parameter, responses
from facetry.api.native.schemas import BOOLEAN, COUNT, STRING, STRINGS, Schema, array, ref
from facetry.domain.feed import PART_OF
from facetry.http.bodies import JSON

_OBJECTS: Schema = array({"type": "object"})


def paths() -> Document:
    """Return the operations by path."""
    return {CHANGES: {"get": _get()}}


def schemas() -> dict[str, Schema]:
    """Return the schemas by name."""
    gone: Schema = {"type": "object", "properties": {"kind": {"enum": [kind.value for kind in PART_OF]}, "id": COUNT}}
    properties: dict[str, Schema] = {
        "since": COUNT,
        "revision": {**COUNT, "description": "What to ask for changes since the next time."},
        "more": {**BOOLEAN, "description": "Whether another page is there already."},
        "products": _OBJECTS,
        "gone_products": {**STRINGS, "description": "SKUs."},
        "groups": {**STRINGS, "description": "Ids of groups that changed; their products are among the others."},
        "gone_groups": STRINGS,
        **dict.fromkeys(PART_OF.values(), _OBJECTS),
        "gone": array(gone),
    }
    return {"Changes": {"type": "object", "properties": properties, "required": ["since", "revision", "more"]}}


def _get() -> Document:
    since: Schema = {**COUNT, "maximum": MAX_REVISION, "description": "The revision of a copy; left out to start one."}
    wait: Schema = {**COUNT, "maximum": MAX_WAIT_SECONDS, "default": 0, "description": "Seconds to wait for a change."}
    limit: Schema = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    include: Schema = {**STRING, "description": "Which parts come, parted by commas; all where it is left out."}
    last: Document = {
        "name": "Last-Event-ID",
        "in": "header",
        "description": "Of events: the id of the last one, in place of `since`.",
        "schema": {**STRING, "pattern": "^[0-9]{1,16}$"},
    }
    content: Document = {
        JSON: {"schema": ref("Changes")},
        EVENTS: {"schema": {**STRING, "description": "Events `changes`, each with a page as its data."}},
    }
    return {
        **operation("listChanges", "Show what changed after a revision, now or as it comes", "Changes"),
        "parameters": [
            {**parameter("since", since), "example": 0},
            {**parameter("wait", wait), "example": 1},
            {**parameter("include", include), "example": "products,gemstones"},
            {**parameter("limit", limit), "example": DEFAULT_LIMIT},
            HOLDING,
            last,
        ],
        "responses": {
            **responses("400", "401", "403", "409", "410", "429", "503"),
            "200": {"description": "A page, or events for who accepts them.", "content": content},
        },
    }
