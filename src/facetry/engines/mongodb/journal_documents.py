"""Lines and counts as documents, and the questions that are asked of them; see ``side_collections``."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import bson
from bson.errors import BSONError
from msgspec import Raw
from pymongo import UpdateOne

from facetry.domain.journal import COUNTS, Count, JournalLine, Line, LineQuery, Ranking, Span

MAX_LINE_BYTES = 8 << 20
"""Half of what a document may have; a longer line is dropped."""

Document = dict[str, Any]
CountKey = tuple[str, int, str]
"""Tenant, time and name."""
_PLACES = range(COUNTS)


def line_document(tenant: str, line: JournalLine) -> Document | None:
    """Return a line as it is stored, without its number; None where nothing can store it."""
    values = {name: getattr(line, name) for name in line.__struct_fields__ if name not in {"id", "time"}}
    fields = {name: bytes(value) if isinstance(value, Raw) else value for name, value in values.items()}
    document = {"t": tenant, "i": line.id, "s": float(line.time), "f": fields}
    try:
        size = len(bson.encode(document))
    except (BSONError, UnicodeEncodeError, OverflowError):
        return None
    return document if size <= MAX_LINE_BYTES else None


def line_of(kind: type[Line], document: Mapping[str, Any]) -> Line:
    """Return the line of a document; fields that a newer version has added are left out."""
    known = {name: value for name, value in document["f"].items() if name in kind.__struct_fields__}
    fields = {name: Raw(value) if isinstance(value, bytes) else value for name, value in known.items()}
    return kind(id=document["i"], time=document["s"], **fields)


def lines_wanted(tenant: str, query: LineQuery) -> Document:
    """Return the condition of the lines that are wanted."""
    # Up to a time is below the next number, so that one bound of the index says both.
    last = math.inf if query.after is None else math.nextafter(query.after[0], math.inf)
    wanted: Document = {"t": tenant, "s": {"$gte": query.span.first, "$lt": min(query.span.end, last)}}
    if query.id is not None:
        wanted["i"] = query.id
    if query.after is not None:
        time, number = query.after
        wanted["$or"] = [{"s": {"$lt": time}}, {"s": time, "_id": {"$lt": number}}]
    for name, value in query.where.items():
        place = {"id": "i", "time": "s"}.get(name, f"f.{name}")
        wanted.setdefault("$and", []).append({place: value})
    return wanted


def count_update(key: CountKey, numbers: Sequence[int]) -> UpdateOne | None:
    """Return what adds to a count; None where nothing can store it."""
    tenant, time, name = key
    update = {"$inc": {f"c{place}": number for place, number in enumerate(numbers)}}
    try:
        bson.encode({"n": name, "t": tenant, **update["$inc"]})
    except (BSONError, UnicodeEncodeError, OverflowError):
        return None
    return UpdateOne({"t": tenant, "s": time, "n": name}, update, upsert=True)


def count_of(kind: str, document: Mapping[str, Any]) -> Count:
    """Return the count of a document that has time and name."""
    return Count(kind, document.get("s", 0), document.get("n", ""), tuple(document[f"c{place}"] for place in _PLACES))


def summing(tenant: str, span: Span, step_seconds: int) -> list[Document]:
    """Return the pipeline that adds up what was counted in each step of time."""
    step = {"$subtract": ["$s", {"$mod": ["$s", step_seconds]}]}
    return [
        {"$match": _counted(tenant, span)},
        {"$group": {"_id": step, **_sums()}},
        {"$sort": {"_id": 1}},
        {"$addFields": {"s": "$_id"}},
    ]


def ranking_names(tenant: str, ranking: Ranking) -> list[Document]:
    """Return the pipeline that finds the names with the highest numbers."""
    by = f"c{ranking.by}"
    if ranking.by_day:
        place = {"partitionBy": "$s", "sortBy": {by: -1, "n": 1}, "output": {"place": {"$documentNumber": {}}}}
        return [
            {"$match": {**_counted(tenant, ranking.span), by: {"$gt": 0}}},
            {"$setWindowFields": place},
            {"$match": {"place": {"$lte": ranking.limit}}},
            {"$sort": {"s": -1, "place": 1}},
        ]
    return [
        {"$match": _counted(tenant, ranking.span)},
        {"$group": {"_id": "$n", **_sums()}},
        {"$match": {by: {"$gt": 0}}},
        {"$sort": {by: -1, "_id": 1}},
        {"$limit": ranking.limit},
        {"$addFields": {"n": "$_id"}},
    ]


def _counted(tenant: str, span: Span) -> Document:
    return {"t": tenant, "s": {"$gte": span.first, "$lt": span.end}}


def _sums() -> Document:
    return {f"c{place}": {"$sum": f"$c{place}"} for place in _PLACES}
