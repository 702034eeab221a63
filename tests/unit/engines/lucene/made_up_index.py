"""A tenant's groups as documents in memory, searched as Lucene does: nested documents, aggregations, orders, pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import chain
from typing import Any

import msgspec

from facetry.domain.group import ProductGroup
from facetry.domain.search.fields import Attributes, Schema
from facetry.engines.lucene.documents import GroupDocuments
from facetry.engines.lucene.meeting import built_in_slots, look_at
from facetry.engines.lucene.slots import Slots
from facetry.engines.lucene.tenant_state import TenantState, analysis_of
from facetry.engines.lucene.texts import word_documents
from tests.unit.engines.lucene.made_up_lucene import Json, inside, score_of, values_of

TENANT = "acme"
_LAST = (1, "")


class Node(msgspec.Struct):
    """A document that is nested in others, from the outermost one on."""

    document: Json
    outer: tuple[Json, ...]


class MadeUpIndex:
    """Stands for what asks about a tenant.

    Attributes:
        calls: How many were made.
        refused: So many of the next calls say that queries have to be built anew.
    """

    def __init__(self, groups: Sequence[ProductGroup], definitions: Attributes = ()) -> None:
        """Hold groups."""
        self.tenant = TENANT
        self.calls = self.refused = 0
        met = look_at(groups, Schema(definitions))
        slots, _ = Slots().with_keys(met.slots | built_in_slots())
        self.state = TenantState(
            revision=1,
            language="en",
            analysis=analysis_of(definitions),
            slots=slots.all(),
            known=frozenset(met.fields),
            long=frozenset(met.long),
        )
        made = GroupDocuments(TENANT, "en", definitions, slots)
        self.groups = [made.of(group, 1) for group in groups]
        self.documents = [*self.groups, *(source for _, source in word_documents(TENANT, self.groups))]

    async def ask(self, bodies: Sequence[Json], _seconds: float | None = None) -> list[Json] | None:
        """Return the answers to several searches."""
        self.calls += 1
        if self.refused:
            self.refused -= 1
            return None
        return [self._answer(body) for body in bodies]

    def _answer(self, body: Json) -> Json:
        scored = [(one, score_of(body["query"], one)) for one in self.documents]
        found = [(one, score) for one, score in scored if score is not None]
        counted = {name: aggregated(asked, [Node(one, ()) for one, _ in found]) for name, asked in _aggs(body).items()}
        kept = [(one, score) for one, score in found if score_of(body.get("post_filter", {"match_all": {}}), one)]
        return {"hits": {"total": {"value": len(kept)}, "hits": _page(body, kept)}, "aggregations": counted}


def aggregated(asked: Json, nodes: Sequence[Node]) -> Json:
    """Return what an aggregation says of some documents."""
    ((kind, how),) = [(name, value) for name, value in asked.items() if name != "aggs"]
    match kind:
        case "filter":
            return _counted(asked, [node for node in nodes if score_of(how, node.document) is not None])
        case "nested":
            return _counted(asked, [inner for node in nodes for inner in _inner(node, how["path"])])
        case "reverse_nested":
            depth = 1 if "path" in how else 0
            return {"doc_count": len({id((*node.outer, node.document)[depth]) for node in nodes})}
        case "filters":
            queries = how["filters"].items()
            return {"buckets": {name: aggregated({"filter": one, **_rest(asked)}, nodes) for name, one in queries}}
        case "terms":
            return _terms(asked, how, nodes)
        case _:
            assert kind == "composite"
            return _composite(asked, how, nodes)


def _aggs(asked: Json) -> Json:
    return asked.get("aggs", {})


def _rest(asked: Json) -> Json:
    return {"aggs": _aggs(asked)}


def _counted(asked: Json, nodes: Sequence[Node]) -> Json:
    return {"doc_count": len(nodes), **{name: aggregated(one, nodes) for name, one in _aggs(asked).items()}}


def _inner(node: Node, path: str) -> list[Node]:
    if node.outer or path == "p":
        inner = node.document["c" if node.outer else "p"]
        return [Node(one, (*node.outer, node.document)) for one in inner]
    return [one for product in _inner(node, "p") for one in _inner(product, path)]


def _buckets(asked: Json, field: str, nodes: Sequence[Node]) -> list[Json]:
    """Return a bucket for each value, in the order of values."""
    values = sorted(set(chain.from_iterable(values_of(node.document, field) for node in nodes)))
    having = {value: [node for node in nodes if value in values_of(node.document, field)] for value in values}
    return [{"key": value, **_counted(asked, own)} for value, own in having.items()]


def _terms(asked: Json, how: Json, nodes: Sequence[Node]) -> Json:
    buckets = _buckets(asked, how["field"], nodes)
    if "include" in how:
        only = re.compile(how["include"], re.DOTALL)
        buckets = [bucket for bucket in buckets if only.fullmatch(bucket["key"])]
    if how.get("order", {}).get("_key") == "desc":
        buckets.reverse()
    return {"buckets": buckets[: how["size"]], "sum_other_doc_count": len(buckets[how["size"] :])}


def _composite(asked: Json, how: Json, nodes: Sequence[Node]) -> Json:
    ((name, source),) = how["sources"][0].items()
    buckets = _buckets(asked, source["terms"]["field"], nodes)
    if "after" in how:
        buckets = [bucket for bucket in buckets if bucket["key"] > how["after"][name]]
    return {"buckets": [bucket | {"key": {name: bucket["key"]}} for bucket in buckets[: how["size"]]]}


def _page(body: Json, found: list[tuple[Json, float]]) -> list[Json]:
    if not body["size"]:
        return []
    hits = [_hit(body, document, score) for document, score in found]
    sorts = body.get("sort", [])
    for place, sort in reversed([*enumerate(sorts)]):
        _sort(hits, place, sort)
    if "search_after" in body:
        hits = [hit for hit in hits if _is_behind(hit["sort"], body["search_after"], sorts)]
    return hits[body.get("from", 0) :][: body["size"]]


def _hit(body: Json, document: Json, score: float) -> Json:
    return {
        "_score": score,
        "_source": {"body": document.get("body")},
        "fields": {field: values_of(document, field) for field in body.get("docvalue_fields", ())},
        "sort": [_sort_value(sort, document, score) for sort in body.get("sort", [])],
    }


def _sort_value(sort: Json, document: Json, score: float) -> Any:
    ((field, how),) = sort.items()
    if field == "_score":
        return score
    scope, nodes = how.get("nested"), [document]
    while scope:
        nodes = [one for outer in nodes for one in inside(outer, scope["path"])]
        asked = scope.get("filter", {"match_all": {}})
        nodes, scope = [one for one in nodes if score_of(asked, one) is not None], scope.get("nested")
    values = [value for one in nodes for value in values_of(one, field)]
    return {"min": min, "max": max}[how.get("mode", "min")](values, default=None)


def _sort(hits: list[Json], place: int, sort: Json) -> None:
    (how,) = sort.values()
    hits.sort(key=lambda hit: hit["sort"][place] or _nothing(hit["sort"][place]), reverse=how["order"] == "desc")
    hits.sort(key=lambda hit: hit["sort"][place] is None)


def _nothing(value: Any) -> Any:
    return "" if value is None else value


def _is_behind(own: Sequence[Any], after: Sequence[Any], sorts: Sequence[Json]) -> bool:
    for mine, other, sort in zip(own, after, sorts, strict=True):
        (how,) = sort.values()
        if mine != other:
            if mine is None or other is None:
                return mine is None
            return bool((mine < other) == (how["order"] == "desc"))
    return False
