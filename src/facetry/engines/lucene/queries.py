"""The queries that all others are made of, as JSON: always as filters, which score nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

Query = dict[str, Any]
PRODUCT, CANDIDATE = "p", "p.c"
"""Paths of the documents of products, and of products with one of their stones."""
SKU, FACTS, VALUES = "p.sku", "p.c.f", "p.c.v"
EVERYTHING: Query = {"match_all": {}}
NOTHING: Query = {"match_none": {}}


def all_of(queries: Iterable[Query]) -> Query:
    """Return the query of what all these find; without any, of everything."""
    asked = [query for query in queries if query != EVERYTHING]
    if NOTHING in asked:
        return NOTHING
    if len(asked) == 1:
        return asked[0]
    return {"bool": {"filter": asked}} if asked else EVERYTHING


def any_of(queries: Iterable[Query]) -> Query:
    """Return the query of what any of these finds; without any, of nothing."""
    asked = [query for query in queries if query != NOTHING]
    if EVERYTHING in asked:
        return EVERYTHING
    if len(asked) == 1:
        return asked[0]
    return {"bool": {"should": asked, "minimum_should_match": 1}} if asked else NOTHING


def none_of(query: Query) -> Query:
    """Return the query of what this one does not find."""
    if query in (EVERYTHING, NOTHING):
        return NOTHING if query == EVERYTHING else EVERYTHING
    return {"bool": {"must_not": [query]}}


def nested(path: str, query: Query) -> Query:
    """Return the query of documents in which one nested at a path is found by a query; every one has some there."""
    if query in (EVERYTHING, NOTHING):
        return query
    return {"nested": {"path": path, "query": query, "score_mode": "none"}}


def one_of(path: str, texts: Iterable[str]) -> Query:
    """Return the query of documents that have one of some terms in a field."""
    terms: Sequence[str] = sorted(texts)
    return {"terms": {path: terms}} if terms else NOTHING


def between(path: str, first: int, last: int) -> Query:
    """Return the query of documents that have a number from one to another in a field."""
    return {"range": {path: {"gte": first, "lte": last}}} if first <= last else NOTHING
