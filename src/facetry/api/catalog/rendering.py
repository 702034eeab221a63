"""Products, groups and search results as the documents of v1, key by key in the published order."""

from __future__ import annotations

from itertools import pairwise

from facetry.domain.field_query import FieldQuery
from facetry.domain.field_result import FacetResult, FieldResult, Hit, TermScore, ValueFacetResult
from facetry.domain.group import ProductGroup
from facetry.domain.money import price_to_number
from facetry.domain.product import Product, ProductContent
from facetry.http.exchange import Session

Document = dict[str, object]

GROUP_FIELDS = {
    "name": "name",
    "description": "description",
    "category": "category",
    "productSKUs": "product_skus",
    "searchKeywords": "search_keywords",
    "groupID": "group_id",
    "colors": "colors",
    "brands": "brands",
    "sizes": "sizes",
    "images": "images",
    "regularPriceMin": "regular_price_min",
    "regularPriceMax": "regular_price_max",
    "promotionPriceMin": "promotion_price_min",
    "promotionPriceMax": "promotion_price_max",
    "active": "active",
}
"""The group fields that a search can look in, from v1's name to the domain's."""
_V1_NAMES = {domain: v1 for v1, domain in GROUP_FIELDS.items()}
_SHARDS = {"total": 1, "successful": 1, "skipped": 0, "failed": 0}


def content_document(product: ProductContent) -> Document:
    """Return a product as v1 echoes it: without its object id."""
    document: Document = {
        "images": product.images,
        "searchKeywords": product.search_keywords,
        "category": product.category,
        "isMain": product.is_main,
        "sku": product.sku,
        "name": product.name,
        "description": product.description,
        "groupID": product.group_id,
    }
    _add_prices(document, product)
    document["quantity"] = product.quantity
    _add_traits(document, product)
    document["active"] = product.active
    if product.currency is not None:
        document["currency"] = product.currency
    if product.attributes is not None:
        document["attributes"] = product.attributes
    return document


def product_document(product: Product) -> Document:
    """Return a product as a GET shows it."""
    return {"_id": product.object_id, **content_document(product)}


def group_document(group: ProductGroup) -> Document:
    """Return a group as a GET shows it."""
    return {"_id": group.object_id, **group_source(group)}


def group_source(group: ProductGroup) -> Document:
    """Return a group as a search shows it: without its object id."""
    document: Document = {
        "productSKUs": group.product_skus,
        "colors": group.colors,
        "brands": group.brands,
        "sizes": group.sizes,
        "images": group.images,
        "searchKeywords": group.search_keywords,
        "category": group.category,
        "groupID": group.group_id,
        "name": group.name,
        "description": group.description,
    }
    prices = {
        "regularPriceMin": group.regular_price_min,
        "regularPriceMax": group.regular_price_max,
        "promotionPriceMin": group.promotion_price_min,
        "promotionPriceMax": group.promotion_price_max,
    }
    document.update({name: price_to_number(minor) for name, minor in prices.items() if minor is not None})
    document["active"] = group.active
    document["products"] = {p.sku: _member_document(p, is_main=p.sku == group.main_sku) for p in group.products}
    return document


def search_document(result: FieldResult, session: Session, took_ms: int) -> Document:
    """Return the reply of a search, without facets and debug."""
    index = f"{session.name}.{session.label}.productgroups.index".lower()
    return {
        "took": took_ms,
        "timed_out": False,
        "_shards": _SHARDS,
        "hits": {
            "total": {"value": result.total, "relation": "eq"},
            "max_score": result.max_score,
            "hits": [_hit_document(hit, index) for hit in result.hits],
        },
    }


def aggregations_document(query: FieldQuery, result: FieldResult) -> Document:
    """Return the facets of a result in the order of the query."""
    return {
        facet.name: _facet_document(result.facets[facet.name], getattr(facet, "bounds", ())) for facet in query.facets
    }


def debug_document(query: FieldQuery, result: FieldResult, took_ms: float) -> Document:
    """Return how a query was read, how long it took, and what each hit's score is made of."""
    return {
        "timing": {"search_ms": round(took_ms, 3)},
        "query": {
            "q": query.text,
            "terms": result.terms,
            "qfield": [_V1_NAMES[field] for field in query.fields],
            "from": query.offset,
            "size": query.limit,
        },
        "revision": result.revision,
        "explanation": [_explanation(hit) for hit in result.hits],
    }


def _add_prices(document: Document, product: ProductContent) -> None:
    if product.regular_price is not None:
        document["regularPrice"] = price_to_number(product.regular_price)
    if product.promotion_price is not None:
        document["promotionPrice"] = price_to_number(product.promotion_price)


def _add_traits(document: Document, product: ProductContent) -> None:
    if product.color is not None:
        document["color"] = product.color
    if product.brand is not None:
        document["brand"] = product.brand
    if product.size is not None:
        document["size"] = product.size


def _member_document(product: Product, *, is_main: bool) -> Document:
    """Return a product as its group lists it; ``is_main`` is the effective one, not the flag as sent."""
    document: Document = {"sku": product.sku}
    _add_prices(document, product)
    document["images"] = product.images
    document["searchKeywords"] = product.search_keywords
    document["quantity"] = product.quantity
    document["active"] = product.active
    document["category"] = product.category
    document["attributes"] = product.attributes
    _add_traits(document, product)
    document["isMain"] = is_main
    return document


def _hit_document(hit: Hit, index: str) -> Document:
    return {
        "_index": index,
        "_type": "_doc",
        "_id": hit.group.group_id,
        "_score": hit.score,
        "_source": group_source(hit.group),
    }


def _facet_document(facet: FacetResult, bounds: tuple[int, ...]) -> Document:
    if isinstance(facet, ValueFacetResult):
        return {
            "doc_count_error_upper_bound": 0,
            "sum_other_doc_count": facet.other,
            "buckets": [{"key": entry.value, "doc_count": entry.count} for entry in facet.values],
        }
    starts = [float(price_to_number(bound)) for bound in bounds]
    closed = [
        {"key": f"{start}-{end}", "from": start, "to": end, "doc_count": count}
        for (start, end), count in zip(pairwise(starts), facet.counts[:-1], strict=True)
    ]
    return {"buckets": [*closed, {"key": f"{starts[-1]}-*", "from": starts[-1], "doc_count": facet.counts[-1]}]}


def _explanation(hit: Hit) -> Document:
    return {
        "_id": hit.group.group_id,
        "score": hit.score,
        "fields": [
            {
                "field": _V1_NAMES.get(part.field, part.field),
                "score": part.score,
                "has_every_word": part.complete,
                "terms": [_term_document(term) for term in part.terms],
            }
            for part in hit.explanation
        ],
    }


def _term_document(term: TermScore) -> Document:
    return {
        "term": term.term,
        "frequency": term.frequency,
        "document_frequency": term.document_frequency,
        "weight": term.weight,
    }
