"""The part of Lucene's query language that texts are asked in, over documents in memory, with 32-bit scores."""

from __future__ import annotations

import re
import struct
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from operator import ge, gt, le, lt
from typing import Any

from facetry.domain.group import ProductGroup
from facetry.domain.search.fields import Attributes
from facetry.domain.search.text.spelling import distance
from facetry.engines.lucene.documents import packed
from facetry.engines.lucene.texts import text_fields, word_documents

Json = dict[str, Any]
COMPARED = {"gt": gt, "gte": ge, "lt": lt, "lte": le}


def single(number: float) -> float:
    """Return a number as 32 bits hold it."""
    return struct.unpack("f", struct.pack("f", number))[0]


class MadeUpLucene:
    """Documents by their ids, and how many calls were made."""

    def __init__(self) -> None:
        self.documents: dict[str, Json] = {}
        self.calls = 0

    def put(self, tenant: str, *groups: ProductGroup, attributes: Attributes = ()) -> None:
        """Put groups, and documents of their words."""
        for group in groups:
            fields = text_fields(tenant, group, "en", attributes)
            document = {"tenant": tenant, "group": group.group_id, "body": packed(group), **fields}
            self.documents[f"{tenant}/{group.group_id}"] = document
            self.documents.update(word_documents(tenant, [document]))

    def remove(self, tenant: str, group_id: str) -> None:
        """Remove a group; the documents of its words stay."""
        del self.documents[f"{tenant}/{group_id}"]

    async def ask(self, bodies: Sequence[Json]) -> list[Json]:
        """Return the answers to several searches."""
        self.calls += 1
        return [self._answer(body) for body in bodies]

    def scores(self, query: Json) -> dict[str, float]:
        """Return the scores of the groups that a query finds, by their ids."""
        return {document["group"]: score for document, score in self._found(query)}

    def _found(self, query: Json) -> list[tuple[Json, float]]:
        scored = ((document, score_of(query, document)) for document in self.documents.values())
        return [(document, score) for document, score in scored if score is not None]

    def _answer(self, body: Json) -> Json:
        found = self._found(body["query"])
        found.sort(key=lambda one: -one[1])
        for sort in reversed(body.get("sort", [])):
            (path,) = sort
            found.sort(key=lambda one, path=path: values_of(one[0], path))
        hits = [_hit(document, score, body) for document, score in found[: body["size"]]]
        documents = [document for document, _ in found]
        counted = {name: _aggregated(documents, asked) for name, asked in body.get("aggs", {}).items()}
        return {"hits": {"hits": hits, "total": {"value": len(found)}}, "aggregations": counted}


def _hit(document: Json, score: float, body: Json) -> Json:
    fields = {path: values_of(document, path) for path in body.get("docvalue_fields", ())}
    return {"_score": score, "fields": fields, "_source": {"body": document.get("body")}}


def _aggregated(documents: Sequence[Json], asked: Json) -> Json:
    if "filters" in asked:
        queries = asked["filters"]["filters"]
        return {
            "buckets": {
                name: {"doc_count": sum(score_of(query, one) is not None for one in documents)}
                for name, query in queries.items()
            }
        }
    pattern = re.compile(asked["terms"]["include"])
    path = asked["terms"]["field"]
    counts = Counter(term for one in documents for term in values_of(one, path) if pattern.fullmatch(term))
    return {"buckets": [{"key": term, "doc_count": count} for term, count in counts.items()]}


def inside(document: Json, path: str) -> list[Json]:
    """Return the documents that are nested in one, by their path from the outermost one."""
    found = [document]
    for name in path.split("."):
        found = [inner for one in found for inner in one.get(name, [one] if name == "p" else ())]
    return found


def values_of(document: Json, path: str) -> list[str]:
    """Return the values of a field, of a nested document by the last part of its path."""
    value = document.get(path.rpartition(".")[2], [])
    return value if isinstance(value, list) else [value]


def score_of(query: Json, document: Json) -> float | None:
    """Return what a query scores a document, None where it does not find it."""
    ((kind, asked),) = query.items()
    match kind:
        case "match_all" | "match_none":
            return 1.0 if kind == "match_all" else None
        case "constant_score":
            return None if score_of(asked["filter"], document) is None else single(asked["boost"])
        case "dis_max":
            return max(_scores(asked["queries"], document), default=None)
        case "bool":
            return _combined(asked, document)
        case "nested":
            found = any(score_of(asked["query"], one) is not None for one in inside(document, asked["path"]))
            return 1.0 if found else None
        case _:
            ((path, wanted),) = [(asked["field"], {"value": ""})] if kind == "exists" else asked.items()
            return 1.0 if any(_is_match(kind, wanted, value) for value in values_of(document, path)) else None


def _scores(queries: Sequence[Json], document: Json) -> Iterator[float]:
    return (score for query in queries if (score := score_of(query, document)) is not None)


def _combined(asked: Mapping[str, Any], document: Json) -> float | None:
    must, filters, should = asked.get("must", []), asked.get("filter", []), asked.get("should", [])
    needed = [*_scores(must, document)]
    wished = [*_scores(should, document)]
    least = asked.get("minimum_should_match", 0 if must or filters else bool(should))
    is_found = len(needed) == len(must) and len([*_scores(filters, document)]) == len(filters)
    is_denied = bool([*_scores(asked.get("must_not", []), document)])
    return single(sum(needed) + sum(wished)) if is_found and not is_denied and len(wished) >= least else None


def _is_match(kind: str, wanted: Any, value: str) -> bool:
    match kind:
        case "term":
            return value == wanted
        case "terms":
            return value in wanted
        case "prefix" | "exists":
            return value.startswith(wanted["value"])
        case "wildcard":
            return fnmatchcase(value, wanted["value"])
        case "range":
            return all(COMPARED[name](value, end) for name, end in wanted.items())
        case "fuzzy":
            start = wanted["prefix_length"]
            near = distance(wanted["value"][start:], value[start:], wanted["fuzziness"])
            return value[:start] == wanted["value"][:start] and near <= wanted["fuzziness"]
        case _:
            raise AssertionError(kind)
