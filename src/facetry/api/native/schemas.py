"""The schemas of what ``/v2`` takes and gives, for the OpenAPI document."""

from __future__ import annotations

from facetry.api.native.fields import GROUP_FIELDS, PARTS, PRODUCT_FIELDS
from facetry.domain.currencies import CURRENCIES
from facetry.domain.search.fields import Kind
from facetry.domain.search.query import MAX_LIMIT, MAX_TEXT_LENGTH
from facetry.domain.search.requests.facets import FacetType
from facetry.domain.search.requests.search import MAX_MATCHED, MAX_OFFSET, MAX_TIMEOUT_MS, OnTimeout
from facetry.domain.search.rules import MAX_RULES, TEXT_FIELDS, StopWords

Schema = dict[str, object]

STRING: Schema = {"type": "string"}
BOOLEAN: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
NUMBER: Schema = {"type": "number"}
STRINGS: Schema = {"type": "array", "items": STRING}
_EDGE: Schema = {"type": ["number", "string", "boolean"]}
_SET = [kind.value for kind in Kind if kind not in {Kind.ANY, Kind.PRICE}]
_LEVEL: Schema = {"enum": ["group", "product"]}


def ref(name: str) -> Schema:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def array(items: Schema, **limits: int) -> Schema:
    """Return the schema of an array."""
    return {"type": "array", "items": items, **limits}


def nullable(schema: Schema) -> Schema:
    """Return the schema of a value that may be null."""
    return {"anyOf": [schema, {"type": "null"}]}


def schemas() -> dict[str, Schema]:
    """Return every schema by name."""
    return {
        "Search": _search(),
        "Searches": _taken({"searches": array(ref("Search"), minItems=1, maxItems=20)}, "searches"),
        "Filter": _filter(),
        "Facet": _facet(),
        "Found": _found(),
        "FoundSeveral": _found_several(),
        "Hit": _hit(),
        "HitGroup": {"type": "object", "properties": {name: _of_group(name) for name in GROUP_FIELDS}},
        "HitProduct": {"type": "object", "properties": {name: _of_product(name) for name in PRODUCT_FIELDS}},
        "FacetCounts": _facet_counts(),
        "Category": _category(),
        "Suggestions": _suggestions(),
        "Suggestion": _given({"text": STRING, "count": COUNT}),
        "Rules": _rules(),
        "AttributeSettings": _taken({"attributes": array(ref("AttributeDefinition"))}, "attributes"),
        "AttributeDefinition": _definition(),
        "CatalogSettings": _taken({"language": STRING, "currency": STRING}, "language", "currency"),
        "DryRun": _dry_run(),
        "SettingsVersions": _given(
            {"items": array(_given({"version": COUNT, "time": STRING, "by": STRING}, "time", "by"))}
        ),
        "Attributes": _given({"attributes": array(ref("Attribute"))}),
        "Attribute": _attribute(),
        "Problem": _problem(),
    }


def _given(properties: dict[str, Schema], *optional: str) -> Schema:
    """Return the schema of an object that has all of these properties but for some."""
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required}


def _taken(properties: dict[str, Schema], *required: str) -> Schema:
    """Return the schema of an object that may have no other properties."""
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


def _search() -> Schema:
    return _taken(
        {
            "q": {**STRING, "maxLength": MAX_TEXT_LENGTH, "description": "What was typed; nothing finds everything."},
            "filter": {
                "anyOf": [STRING, ref("Filter"), array(ref("Filter"))],
                "description": "What a matching product must fulfil: in the filter language, or the same as JSON.",
            },
            "facets": array({"anyOf": [STRING, ref("Facet")]}, maxItems=50),
            "count_level": {**_LEVEL, "description": "What facets count that do not say it."},
            "sort": array({"anyOf": [STRING, {"type": "object"}]}, maxItems=8),
            "offset": {**COUNT, "maximum": MAX_OFFSET},
            "limit": {**COUNT, "maximum": MAX_LIMIT},
            "after": {**STRING, "description": "`next` of the page before, in place of an offset."},
            "matched_products": {**COUNT, "maximum": MAX_MATCHED},
            "group_by": {"anyOf": [STRING, array(STRING, maxItems=4)]},
            "fields": {"anyOf": [STRING, array(STRING, maxItems=100)], "description": _fields_note()},
            "prefix": BOOLEAN,
            "typos": BOOLEAN,
            "understand": BOOLEAN,
            "explain": BOOLEAN,
            "highlight": BOOLEAN,
            "currency": {**STRING, "examples": sorted(CURRENCIES)[:3]},
            "min_revision": {**COUNT, "description": "A revision that the answer has to hold."},
            "timeout_ms": {"type": "integer", "minimum": 1, "maximum": MAX_TIMEOUT_MS},
            "on_timeout": {"enum": [option.value for option in OnTimeout]},
        }
    )


def _fields_note() -> str:
    return (
        f"Parts of a hit ({', '.join(PARTS)}), fields of its products ({', '.join(PRODUCT_FIELDS)}) and of its group "
        f"({', '.join(f'group.{name}' for name in GROUP_FIELDS)})."
    )


def _filter() -> Schema:
    parts = array(ref("Filter"))
    return {
        "type": "object",
        "description": 'A condition (`{"color": "Red"}`, `{"price": {"lt": 500}}`, `{"field": "color", "in": []}`), or '
        "`and`, `or`, `not`, `any_product`, `any_stone` of others.",
        "properties": {
            "and": parts,
            "or": parts,
            "not": ref("Filter"),
            "any_product": ref("Filter"),
            "any_stone": ref("Filter"),
        },
    }


def _facet() -> Schema:
    edge: Schema = {"type": ["number", "string"]}
    return _taken(
        {
            "field": STRING,
            "name": STRING,
            "type": {"enum": [kind.value for kind in FacetType]},
            "count_level": _LEVEL,
            "disjunctive": {**BOOLEAN, "description": "Whether conditions on its own field are left out; they are."},
            "size": {"type": "integer", "minimum": 1, "maximum": 1000},
            "order": {"enum": ["count", "value"]},
            "search": STRING,
            "ranges": array(_taken({"from": edge, "to": edge}), minItems=1, maxItems=64),
            "interval": edge,
            "buckets": {"type": "integer", "minimum": 1, "maximum": 1000},
            "root": STRING,
            "depth": {"type": "integer", "minimum": 1, "maximum": 10},
        }
    )


def _found() -> Schema:
    properties: dict[str, Schema] = {
        "search_id": {**STRING, "description": "By which events and the journal speak of this answer."},
        "revision": COUNT,
        "took_ms": NUMBER,
        "partial": {**BOOLEAN, "description": "Whether the time was over before anything was found."},
        "total": nullable(COUNT),
        "total_products": nullable(COUNT),
        "words": COUNT,
        "relaxed": nullable(_given({"words": COUNT, "required": COUNT})),
        "reads": array(_given({"text": STRING, "term": STRING, "filter": STRING}, "term", "filter")),
        "typos": BOOLEAN,
        "did_you_mean": nullable(STRING),
        "facets": {"type": "object", "additionalProperties": ref("FacetCounts")},
        "hits": array(ref("Hit")),
        "next": {**nullable(STRING), "description": "Begins the next page as `after`."},
    }
    return _given(properties, "words", "relaxed", "reads", "typos", "did_you_mean")


def _found_several() -> Schema:
    one: Schema = {"anyOf": [ref("Found"), _given({"error": ref("Problem")})]}
    return _given({"revision": nullable(COUNT), "took_ms": NUMBER, "results": array(one)})


def _hit() -> Schema:
    score = {"word": STRING, "document_frequency": COUNT, "frequency": NUMBER, "weight": NUMBER, "typos": COUNT}
    properties: dict[str, Schema] = {
        "key": STRINGS,
        "group": ref("HitGroup"),
        "score": NUMBER,
        "matched_words": COUNT,
        "matched_count": COUNT,
        "products": array(ref("HitProduct")),
        "cheapest": _given({"sku": STRING, "price": NUMBER, "currency": STRING, "image": STRING}, "image"),
        "highlights": {"type": "object", "additionalProperties": STRING},
        "explanation": array({"type": "object", "properties": dict(score)}),
    }
    return _given(properties, *properties)


def _of_group(name: str) -> Schema:
    if name in {"brands", "colors", "sizes", "category", "search_keywords", "images"}:
        return STRINGS
    if "price" in name:
        return NUMBER
    return {"active": BOOLEAN, "product_count": COUNT}.get(name, STRING)


def _of_product(name: str) -> Schema:
    if name in {"category", "search_keywords", "images"}:
        return STRINGS
    if "price" in name:
        return NUMBER
    parts = array({"type": "object"})
    kinds: dict[str, Schema] = {"quantity": COUNT, "in_stock": BOOLEAN, "active": BOOLEAN, "is_main": BOOLEAN}
    kinds |= {"attributes": {"type": "object"}, "metals": parts, "gemstones": parts}
    return kinds.get(name, STRING)


def _facet_counts() -> Schema:
    bounds: dict[str, Schema] = {"from": _EDGE, "to": _EDGE, "value": _EDGE, "count": COUNT}
    edge = nullable(_EDGE)
    return {
        "anyOf": [
            _given({"values": array(_given({"value": STRING, "count": COUNT})), "other": COUNT, "distinct": COUNT}),
            _given({"ranges": array(_given(bounds, "from", "to", "value")), "min": edge, "max": edge}),
            _given({"categories": array(ref("Category")), "other": COUNT}),
        ]
    }


def _category() -> Schema:
    below = array(ref("Category"))
    properties = {"path": STRING, "name": STRING, "count": COUNT, "categories": below, "other": COUNT}
    return _given(properties, "categories", "other")


def _suggestions() -> Schema:
    texts = array(ref("Suggestion"))
    categories = array(_given({"path": STRING, "name": STRING, "count": COUNT}))
    return _given({"queries": texts, "categories": categories, "brands": texts, "products": array(ref("HitGroup"))})


def _rules() -> Schema:
    synonym = _taken({"phrases": STRINGS, "source": STRING}, "phrases")
    boost = _taken({"field": STRING, "weight": NUMBER, "pivot": NUMBER}, "field")
    pin = _taken({"query": STRING, "first": STRINGS, "hide": STRINGS}, "query")
    return _taken(
        {
            "synonyms": array(synonym, maxItems=MAX_RULES),
            "stop_words": STRINGS,
            "language_stop_words": {"enum": [option.value for option in StopWords]},
            "weights": _taken(dict.fromkeys(TEXT_FIELDS, NUMBER)),
            "boosts": array(boost, maxItems=MAX_RULES),
            "pins": array(pin, maxItems=MAX_RULES),
            "relax_below": COUNT,
            "understanding": BOOLEAN,
            "semantic": {"type": "number", "minimum": 0, "maximum": 1},
        }
    )


def _definition() -> Schema:
    properties: dict[str, Schema] = {
        "name": {**STRING, "minLength": 1, "maxLength": 100},
        "type": {"enum": _SET},
        "scale": {**STRINGS, "description": "The values of a `scale`, lowest first."},
        "unit": STRING,
        "identifier": {**BOOLEAN, "description": "Whether its values are found by an inner part, as SKUs are."},
        "facet": {**BOOLEAN, "default": True, "description": "Whether searches may count its values."},
        "sortable": {**BOOLEAN, "default": True, "description": "Whether hits may be ordered by it."},
        "searchable": {**BOOLEAN, "default": True, "description": "Whether the words of `q` find its values."},
    }
    return _taken(properties, "name", "type")


def _attribute() -> Schema:
    properties: dict[str, Schema] = {
        "name": STRING,
        "type": {"enum": _SET},
        "inferred": {**BOOLEAN, "description": "Whether nobody has set the type: its values seem to have it."},
        "observed": BOOLEAN,
        "distinct": COUNT,
        "scale": STRINGS,
        "unit": STRING,
        "identifier": BOOLEAN,
        "facet": BOOLEAN,
        "sortable": BOOLEAN,
        "searchable": BOOLEAN,
    }
    return _given(properties, "scale", "unit", "identifier", "facet", "sortable", "searchable")


def _dry_run() -> Schema:
    change = {"pointer": STRING, "from": {}, "to": {}}
    misfit: dict[str, Schema] = {"field": STRING, "count": COUNT, "skus": STRINGS}
    search: dict[str, Schema] = {"q": STRING, "before": STRINGS, "after": STRINGS}
    lists = {"changes": array(_given(change)), "misfits": array(_given(misfit)), "searches": array(_given(search))}
    return _given({**lists, "reindexes": BOOLEAN})


def _problem() -> Schema:
    properties: dict[str, Schema] = {
        "type": STRING,
        "title": STRING,
        "status": COUNT,
        "detail": STRING,
        "code": {**STRING, "description": "Stable name of the kind of problem."},
        "request_id": STRING,
        "pointer": {**STRING, "description": "JSON pointer of the part of the request that it is about."},
        "position": {**COUNT, "description": "Offset of the character in a filter."},
        "parameter": STRING,
        "current": {"type": "object", "description": "The thing as it is now, where it was changed meanwhile."},
        "left": {**COUNT, "description": "How many pieces there are."},
        "field": STRING,
        "skus": STRINGS,
        "version": COUNT,
        "revision": COUNT,
    }
    return _given(
        properties, "pointer", "position", "parameter", "current", "left", "field", "skus", "version", "revision"
    )
