"""Tantivy through its Python bindings; it knows documents, not groups of products."""

from __future__ import annotations

import importlib
import re
import shutil
import tempfile
from collections.abc import Sequence
from typing import Any

from bench.rivals.documents import TEXTS, Fields, facts, fields, is_flat, texts
from bench.rivals.rival import HITS, Answer, UnavailableError
from bench.shapes.question import Among, Condition, Facet, Question, ValueCounts
from bench.shapes.shape import Shape
from facetry.domain.group import ProductGroup

_VALUES = 50
_HEAP = 512 << 20
_SYNTAX = re.compile(r"[^\w\s]+")


class Tantivy:
    """An index of groups; of their products too where each has but one."""

    name = "Tantivy 0.27"

    def __init__(self) -> None:
        """Find the package.

        Raises:
            UnavailableError: It is not installed.
        """
        try:
            self._tantivy: Any = importlib.import_module("tantivy")
        except ImportError as error:
            raise UnavailableError("the package tantivy is missing: pip install tantivy==0.27.0") from error
        self._folder = tempfile.mkdtemp(prefix="facetry-bench-tantivy-")
        self._index: Any = None
        self._searcher: Any = None

    def refusal(self, shape: Shape, question: Question) -> str:
        """Return that filters and counts are not to be had of groups."""
        asks_products = question.conditions or question.facets or question.order != "relevance"
        return "has no groups of products" if asks_products and not is_flat(shape) else ""

    def load(self, shape: Shape) -> None:
        """Index a catalog and wait for the merges."""
        known = fields(shape) if is_flat(shape) else Fields((), ())
        self._index = self._tantivy.Index(self._schema(known), path=self._folder)
        writer = self._index.writer(_HEAP, 2)
        for group in shape.groups():
            writer.add_document(self._tantivy.Document(**_document(group, known)))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def ask(self, question: Question) -> Answer:
        """Search, read the stored fields of the hits, and count under each facet's own conditions."""
        text = self._text(question)
        query = self._narrowed(text, question.conditions)
        options = {} if question.order == "relevance" else self._order(question)
        found = self._searcher.search(query, limit=HITS, count=True, **options)
        hits = [self._searcher.doc(address)["group_id"][0] for _, address in found.hits]
        return Answer(found.count, hits, self._counts(text, question), len(hits))

    def close(self) -> None:
        """Remove its files."""
        self._searcher = self._index = None
        shutil.rmtree(self._folder, ignore_errors=True)

    def _schema(self, known: Fields) -> Any:  # noqa: ANN401 - the package is bound late
        builder = self._tantivy.SchemaBuilder()
        builder.add_text_field("group_id", stored=True, tokenizer_name="raw")
        for name in TEXTS:
            builder.add_text_field(name, stored=True, tokenizer_name="en_stem")
        for name in known.texts:
            builder.add_text_field(name, stored=True, fast=True, tokenizer_name="raw", index_option="basic")
        for name in known.numbers:
            builder.add_float_field(name, stored=True, indexed=True, fast=True)
        return builder.build()

    def _text(self, question: Question) -> Any:  # noqa: ANN401 - the package is bound late
        words = _SYNTAX.sub(" ", question.q).lower().split()
        if not words:
            return self._tantivy.Query.all_query()
        typed, typing = (words[:-1], words[-1]) if question.is_typing else (words, "")
        every = [self._beginning(typing)] if typing else []
        if typed:
            text = " ".join(typed)
            every.append(self._index.parse_query(text, list(TEXTS), field_boosts=TEXTS, conjunction_by_default=True))
        return self._tantivy.Query.boolean_query([(self._tantivy.Occur.Must, one) for one in every])

    def _beginning(self, word: str) -> Any:  # noqa: ANN401 - the package is bound late
        query, should = self._tantivy.Query, self._tantivy.Occur.Should
        return query.boolean_query(
            [(should, query.regex_query(self._index.schema, name, word + ".*")) for name in TEXTS]
        )

    def _narrowed(self, text: Any, conditions: Sequence[Condition]) -> Any:  # noqa: ANN401 - the package is bound late
        must = self._tantivy.Occur.Must
        filters = [(must, self._tantivy.Query.const_score_query(self._condition(c), 0.0)) for c in conditions]
        return self._tantivy.Query.boolean_query([(must, text), *filters]) if filters else text

    def _condition(self, condition: Condition) -> Any:  # noqa: ANN401 - the package is bound late
        query, schema = self._tantivy.Query, self._index.schema
        if isinstance(condition, Among):
            return query.term_set_query(schema, condition.field, list(condition.values))
        kind = self._tantivy.FieldType.Float
        return query.range_query(schema, condition.field, kind, float(condition.low), float(condition.high))

    def _order(self, question: Question) -> dict[str, Any]:
        order = self._tantivy.Order
        return {"order_by_field": "price", "order": order.Asc if question.order == "price" else order.Desc}

    def _counts(self, text: Any, question: Question) -> dict[str, dict[str, int]]:  # noqa: ANN401 - bound late
        counts: dict[str, dict[str, int]] = {}
        together: dict[tuple[Condition, ...], list[Facet]] = {}
        for facet in question.facets:
            together.setdefault(question.others(facet), []).append(facet)
        for conditions, facets in together.items():
            wanted = {facet.field: _aggregation(facet) for facet in facets}
            found = self._searcher.aggregate(self._narrowed(text, conditions), wanted)
            counts |= {facet.field: _buckets(facet, found[facet.field]["buckets"]) for facet in facets}
        return counts


def _document(group: ProductGroup, known: Fields) -> dict[str, object]:
    said = facts(group.products[0])
    numbers = {name: float(said[name] or 0) for name in known.numbers}
    return {"group_id": group.group_id, **texts(group), **{name: str(said[name]) for name in known.texts}, **numbers}


def _aggregation(facet: Facet) -> dict[str, object]:
    if isinstance(facet, ValueCounts):
        return {"terms": {"field": facet.field, "size": _VALUES}}
    ends = [*facet.bounds[1:], None]
    bounds = zip(facet.bounds, ends, strict=True)
    ranges = [{"from": float(low), **({} if end is None else {"to": float(end)})} for low, end in bounds]
    return {"range": {"field": facet.field, "ranges": ranges}}


def _buckets(facet: Facet, buckets: list[dict[str, Any]]) -> dict[str, int]:
    if isinstance(facet, ValueCounts):
        return {str(bucket["key"]): int(bucket["doc_count"]) for bucket in buckets}
    places = {float(low): str(number) for number, low in enumerate(facet.bounds)}
    # Tantivy adds a bucket below the first bound, which has no beginning.
    return {places[b["from"]]: int(b["doc_count"]) for b in buckets if b.get("from") in places and b["doc_count"]}
