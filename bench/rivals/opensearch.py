"""OpenSearch as its guides say: groups with nested products, counts of groups by the way back from their products."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Protocol

import msgspec

from bench.rivals.connection import Connection
from bench.rivals.documents import TEXTS, Fields, facts, fields, is_flat, texts
from bench.rivals.opensearch_node import Node
from bench.rivals.rival import HITS, MATCHED, Answer
from bench.shapes.question import Among, Condition, Facet, Question, RangeCounts, ValueCounts
from bench.shapes.shape import Shape
from facetry.domain.group import ProductGroup

Json = dict[str, Any]
_INDEX = "/catalog"
_BULK_PRODUCTS = 4000
_VALUES = 50
_encode = msgspec.json.Encoder().encode


class OpenSearch:
    """One node with one index of one shard."""

    name = "OpenSearch 3.8"

    def __init__(self) -> None:
        """Start a node.

        Raises:
            UnavailableError: What it needs is not here.
        """
        self._node = Node()
        self.port = self._node.port
        self.pid = self._node.pid
        self._connection = Connection(self.port)
        self._form: _Form = _Nested()

    def refusal(self, _shape: Shape, _question: Question) -> str:
        """Return nothing: it can answer everything."""
        return ""

    def load(self, shape: Shape) -> None:
        """Index a catalog and merge it into one segment, which is the fastest to search."""
        self._form = _Flat() if is_flat(shape) else _Nested()
        settings = {
            "number_of_shards": 1,
            "number_of_replicas": 0,
            "refresh_interval": -1,
            "mapping.nested_objects.limit": 100_000,
        }
        mappings = {"dynamic": False, "properties": self._form.properties(fields(shape))}
        self._connection.ask("PUT", _INDEX, {"settings": {"index": settings}, "mappings": mappings})
        for body in self._bulks(shape):
            errors = self._connection.ask("POST", f"{_INDEX}/_bulk?filter_path=errors", body)["errors"]
            if errors:
                raise RuntimeError("OpenSearch refused a document")
        self._connection.ask("POST", f"{_INDEX}/_forcemerge?max_num_segments=1")
        self._connection.ask("POST", f"{_INDEX}/_refresh")

    def ask(self, question: Question) -> Answer:
        """Search over HTTP and parse hits and counts."""
        body = self.request(question)
        return self._form.answer(self._connection.ask("POST", f"{_INDEX}/_search", body), question)

    def request(self, question: Question) -> Json:
        """Return the body of a search."""
        return {
            "size": HITS,
            "track_total_hits": True,
            "query": _text_query(question),
            **self._form.narrowing(question),
        }

    def close(self) -> None:
        """Stop the node."""
        self._connection.close()
        self._node.close()

    def _bulks(self, shape: Shape) -> Iterator[bytes]:
        size = max(1, _BULK_PRODUCTS * shape.size.groups // shape.size.products)
        groups = shape.groups()
        while page := list(islice(groups, size)):
            yield b"".join(self._line(group) for group in page)

    def _line(self, group: ProductGroup) -> bytes:
        action = _encode({"index": {"_id": group.group_id}})
        return action + b"\n" + _encode(self._form.document(group)) + b"\n"


class _Form(Protocol):
    """How groups lie in the index, and what follows for queries and answers."""

    def properties(self, known: Fields) -> Json: ...

    def document(self, group: ProductGroup) -> Json: ...

    def narrowing(self, question: Question) -> Json: ...

    def answer(self, found: Json, question: Question) -> Answer: ...


class _Flat:
    """Every group is its one product."""

    def properties(self, known: Fields) -> Json:
        return {**_text_properties(), **_fact_properties(known)}

    def document(self, group: ProductGroup) -> Json:
        return {"group_id": group.group_id, **texts(group), **facts(group.products[0])}

    def narrowing(self, question: Question) -> Json:
        aggs: Json = {}
        for own, names in _by_conditions(question):
            counts = {facet.field: _counts(facet) for facet in names}
            aggs[f"under {own}"] = {"filter": _all(question.others(names[0])), "aggs": counts}
        return {"post_filter": _all(question.conditions), "aggs": aggs, **_order(question, "price", None)}

    def answer(self, found: Json, question: Question) -> Answer:
        counts: dict[str, dict[str, int]] = {}
        for own, names in _by_conditions(question):
            bucket = found["aggregations"][f"under {own}"]
            for facet in names:
                buckets = bucket[facet.field]["buckets"]
                counts[facet.field] = {str(b["key"]): b["doc_count"] for b in buckets if b["doc_count"]}
        hits = [hit["_source"]["group_id"] for hit in found["hits"]["hits"]]
        return Answer(found["hits"]["total"]["value"], hits, counts, len(hits))


class _Nested:
    """A group holds its products, each a hidden document of its own."""

    def properties(self, known: Fields) -> Json:
        return {**_text_properties(), "products": {"type": "nested", "properties": _fact_properties(known)}}

    def document(self, group: ProductGroup) -> Json:
        products = [facts(product) for product in group.products]
        return {"group_id": group.group_id, **texts(group), "products": products}

    def narrowing(self, question: Question) -> Json:
        aggs: Json = {}
        for own, names in _by_conditions(question):
            counts = {facet.field: self._counts(facet) for facet in names}
            aggs[f"under {own}"] = {"filter": _all(question.others(names[0]), "products."), "aggs": counts}
        matched = {"size": MATCHED, "sort": [{"products.price": "asc"}]}
        nested = {"path": "products", "query": _all(question.conditions, "products."), "inner_hits": matched}
        counted = {"aggs": {"products": {"nested": {"path": "products"}, "aggs": aggs}}} if aggs else {}
        return {
            "_source": {"excludes": ["products"]},
            "post_filter": {"nested": nested},
            **counted,
            **_order(question, "products.price", _all(question.conditions, "products.")),
        }

    def answer(self, found: Json, question: Question) -> Answer:
        counts: dict[str, dict[str, int]] = {}
        for own, names in _by_conditions(question):
            bucket = found["aggregations"]["products"][f"under {own}"]
            for facet in names:
                buckets = bucket[facet.field]["buckets"]
                counts[facet.field] = {str(b["key"]): b["groups"]["doc_count"] for b in buckets if b["doc_count"]}
        listed = found["hits"]["hits"]
        matched = sum(len(hit["inner_hits"]["products"]["hits"]["hits"]) for hit in listed)
        return Answer(found["hits"]["total"]["value"], [hit["_source"]["group_id"] for hit in listed], counts, matched)

    def _counts(self, facet: Facet) -> Json:
        counting = _counts(facet, "products.")
        if "terms" in counting:
            counting["terms"]["order"] = {"groups": "desc"}
        return {**counting, "aggs": {"groups": {"reverse_nested": {}}}}


def _text_properties() -> Json:
    return {"group_id": {"type": "keyword"}, **{name: {"type": "text", "analyzer": "english"} for name in TEXTS}}


def _fact_properties(known: Fields) -> Json:
    texts_and_numbers = {name: {"type": "keyword"} for name in ("sku", *known.texts)}
    return {**texts_and_numbers, **{name: {"type": "double"} for name in known.numbers}}


def _text_query(question: Question) -> Json:
    if not question.q:
        return {"match_all": {}}
    weighted = [f"{name}^{weight}" for name, weight in TEXTS.items()]
    words = question.q.split()
    typed, typing = (words[:-1], words[-1:]) if question.is_typing else (words, [])
    every: list[Json] = [
        {"multi_match": {"query": word, "type": "phrase_prefix", "fields": weighted}} for word in typing
    ]
    if typed:
        text = {"query": " ".join(typed), "type": "cross_fields", "operator": "and", "fields": weighted}
        every.append({"multi_match": text})
    return {"bool": {"must": every}}


def _all(conditions: Iterable[Condition], path: str = "") -> Json:
    return {"bool": {"filter": [_condition(condition, path) for condition in conditions]}}


def _condition(condition: Condition, path: str) -> Json:
    if isinstance(condition, Among):
        return {"terms": {path + condition.field: list(condition.values)}}
    return {"range": {path + condition.field: {"gte": condition.low, "lte": condition.high}}}


def _counts(facet: Facet, path: str = "") -> Json:
    if isinstance(facet, ValueCounts):
        return {"terms": {"field": path + facet.field, "size": _VALUES}}
    return {"range": {"field": path + facet.field, "ranges": list(_ranges(facet))}}


def _ranges(facet: RangeCounts) -> Iterator[Json]:
    for number, low in enumerate(facet.bounds):
        end = {"to": facet.bounds[number + 1]} if number + 1 < len(facet.bounds) else {}
        yield {"key": str(number), "from": low, **end}


def _by_conditions(question: Question) -> list[tuple[str, Sequence[Facet]]]:
    """Return facets that count under the same conditions together: filtered ones alone, all others in one."""
    filtered = {condition.field for condition in question.conditions}
    alone = [(facet.field, [facet]) for facet in question.facets if facet.field in filtered]
    rest = [facet for facet in question.facets if facet.field not in filtered]
    return [*alone, *([("all", rest)] if rest else [])]


def _order(question: Question, field: str, matching: Json | None) -> Json:
    if question.order == "relevance":
        return {}
    is_cheapest = question.order == "price"
    order: Json = {"order": "asc" if is_cheapest else "desc"}
    if matching is not None:
        order |= {"mode": "min" if is_cheapest else "max", "nested": {"path": "products", "filter": matching}}
    return {"sort": [{field: order}]}
