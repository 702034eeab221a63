"""What queries find among documents, by looking at each: enough of the query language to try ours without an engine."""

from __future__ import annotations

from typing import Any

Document = dict[str, Any]


def is_found(query: dict[str, Any], document: Document, path: str = "") -> bool:
    """Return whether a query finds a document that is nested at a path; empty for one that is not."""
    ((kind, asked),) = query.items()
    match kind:
        case "bool":
            return _is_all(asked, document, path)
        case "nested":
            inner = asked["path"]
            return any(is_found(asked["query"], one, inner) for one in _nested(document, path, inner))
        case "terms" | "range":
            ((field, wanted),) = asked.items()
            return _has(kind, wanted, _values(document, path, field))
        case _:
            assert kind in {"match_all", "match_none"}
            return kind == "match_all"


def _has(kind: str, wanted: Any, values: list[Any]) -> bool:
    if kind == "terms":
        return not set(values).isdisjoint(wanted)
    return any(wanted["gte"] <= value <= wanted["lte"] for value in values)


def _is_all(asked: dict[str, Any], document: Document, path: str) -> bool:
    assert asked.keys() <= {"filter", "must", "should", "must_not", "minimum_should_match"}
    needed = [*asked.get("filter", ()), *asked.get("must", ())]
    found = sum(is_found(one, document, path) for one in asked.get("should", ()))
    return (
        all(is_found(one, document, path) for one in needed)
        and found >= asked.get("minimum_should_match", 0)
        and not any(is_found(one, document, path) for one in asked.get("must_not", ()))
    )


def _nested(document: Document, path: str, inner: str) -> list[Document]:
    assert inner.startswith(path)
    found = [document]
    for name in inner[len(path) :].strip(".").split("."):
        found = [one for outer in found for one in outer[name]]
    return found


def _values(document: Document, path: str, field: str) -> list[Any]:
    """Return the values of a field in a document at a path; a query at another path would find none."""
    assert field.rpartition(".")[0] == path
    value = document.get(field.rpartition(".")[2], [])
    return value if isinstance(value, list) else [value]
