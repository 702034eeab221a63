"""The answer of a search as JSON."""

from __future__ import annotations

import math
from collections import OrderedDict
from datetime import UTC, datetime, timedelta

import msgspec

from facetry.api.native.fields import PRODUCTS, Document, Shape, effective_price
from facetry.api.native.kept_products import KeptProducts
from facetry.api.native.visibility import visible_group, visible_highlights, visible_query
from facetry.domain.group import ProductGroup
from facetry.domain.money import price_to_number
from facetry.domain.product import Product
from facetry.domain.search.counting import facet_field
from facetry.domain.search.cursor import cursor_of
from facetry.domain.search.fields import Field, Kind
from facetry.domain.search.query import Facet, SearchQuery
from facetry.domain.search.result import (
    FacetResult,
    RangesResult,
    SearchHit,
    SearchResult,
    TreeNode,
    ValuesResult,
)
from facetry.domain.search.values import HIGHEST, LOWEST, PATH_SEPARATOR, key_float

Number = int | float | str | bool | None
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)
_MAX_EXACT = 2**53
_ENCODE = msgspec.json.Encoder().encode
_Known = tuple[str, int, str, tuple[str, ...], bool]
MAX_GROUPS = 2_000


class GroupDocuments:
    """Groups of one tenant as they were answered last: a shop's leading ones stand in most of its answers."""

    def __init__(self, tenant: str, products: KeptProducts, limit: int = MAX_GROUPS) -> None:
        """Begin empty; at most ``limit`` are kept, beside the products of all tenants."""
        self.tenant = tenant
        self.products = products
        self._limit = limit
        self._kept: OrderedDict[_Known, msgspec.Raw] = OrderedDict()

    def __len__(self) -> int:
        """Return how many are kept."""
        return len(self._kept)

    def document(self, group: ProductGroup, view: View) -> msgspec.Raw:
        """Return a group as a view shows it, encoded."""
        currency, fields = view.query.default_currency, view.shape.group
        key = (group.object_id, group.revision, currency, fields, view.sees_inactive)
        document = self._kept.pop(key, None)
        if document is None:
            seen = group if view.sees_inactive else visible_group(group, currency)
            document = msgspec.Raw(_ENCODE(view.shape.group_document(seen, currency)))
        self._kept[key] = document
        if len(self._kept) > self._limit:
            self._kept.popitem(last=False)
        return document


class View(msgspec.Struct, frozen=True):
    """How a search is answered: what of each hit, and whether the caller sees what is inactive."""

    query: SearchQuery
    shape: Shape
    groups: GroupDocuments
    sees_inactive: bool = True

    @property
    def asked(self) -> SearchQuery:
        """Return what the index is asked.

        Behind a cursor nobody knows how many hits there were before it, so one more than is wanted tells whether
        another page follows.
        """
        query = self.query if self.sees_inactive else visible_query(self.query)
        more = query.after is not None and query.limit > 0
        return msgspec.structs.replace(query, limit=query.limit + 1) if more else query


def result_document(result: SearchResult, view: View, took_ms: float) -> Document:
    """Return a result."""
    query = view.query
    is_relaxed = result.required_words < result.words
    return {
        "revision": result.revision,
        "took_ms": round(took_ms, 3),
        "partial": False,
        "total": result.total,
        "total_products": result.total_products,
        "words": result.words,
        "relaxed": {"words": result.words, "required": result.required_words} if is_relaxed else None,
        "reads": [_without_empty(msgspec.structs.asdict(read)) for read in result.reads],
        "typos": result.typos,
        "did_you_mean": result.did_you_mean or None,
        "facets": {facet.name: facet_document(facet, result.facets[facet.name]) for facet in query.facets},
        "hits": [hit_document(hit, view) for hit in result.hits[: query.limit]],
        "next": _next(result, query),
    }


def partial_document(revision: int, took_ms: float) -> Document:
    """Return what is answered where the time was over before anything was known, and the caller asked for that."""
    return {
        "revision": revision,
        "took_ms": round(took_ms, 3),
        "partial": True,
        "total": None,
        "total_products": None,
        "facets": {},
        "hits": [],
        "next": None,
    }


def hit_document(hit: SearchHit, view: View) -> Document:
    """Return a hit, in the parts that are wanted."""
    query, shape = view.query, view.shape
    currency, parts = query.default_currency, shape.parts
    document: Document = {"key": hit.key} if query.group_by or "key" in parts else {}
    if "group" in parts:
        document["group"] = view.groups.document(hit.group, view)
    for name in ("score", "matched_words", "matched_count"):
        if name in parts:
            document[name] = getattr(hit, name)
    if PRODUCTS in parts:
        tenant, products = view.groups.tenant, view.groups.products
        document["products"] = [products.document(tenant, product, shape, currency) for product in hit.matched]
    if "cheapest" in parts and hit.cheapest is not None:
        document["cheapest"] = _cheapest(hit.cheapest, currency)
    if query.highlight and "highlights" in parts:
        document["highlights"] = hit.highlights if view.sees_inactive else visible_highlights(hit, currency)
    if query.explain and "explanation" in parts:
        document["explanation"] = hit.explanation
    return document


def facet_document(facet: Facet, result: FacetResult) -> Document:
    """Return the counts of a facet."""
    if isinstance(result, ValuesResult):
        return {"values": result.values, "other": result.other, "distinct": result.distinct}
    if isinstance(result, RangesResult):
        field = facet_field(facet)
        return {
            "ranges": [{**ends(field, found.first, found.last), "count": found.count} for found in result.ranges],
            "min": None if result.lowest is None else shown(field, result.lowest),
            "max": None if result.highest is None else shown(field, result.highest),
        }
    return {"categories": [_category(node) for node in result.nodes], "other": result.other}


def ends(field: Field, first: int, last: int) -> Document:
    """Return the ends of a range of number keys: ``from`` is in it, ``to`` is not; an open end is left out.

    A range that is one value of a scale, or one of true and false, is that value.
    """
    if first == last and field.kind in {Kind.SCALE, Kind.BOOLEAN}:
        return {"value": shown(field, first)}
    found: Document = {}
    if first > LOWEST + 1:
        found["from"] = shown(field, first)
    if last < HIGHEST:
        found["to"] = shown(field, last + 1)
    return {name: value for name, value in found.items() if value is not None}


def shown(field: Field, key: int) -> Number:
    """Return the value that a number key stands for, in the field's unit; None where JSON has none for it."""
    match field.kind:
        case Kind.PRICE:
            return price_to_number(key)
        case Kind.INTEGER:
            return key
        case Kind.BOOLEAN:
            return key > 0
        case Kind.DATE:
            return _date(key)
        case Kind.SCALE:
            return field.scale[key] if 0 <= key < len(field.scale) else None
        case _:
            return _decimal(key_float(key))


def _decimal(number: float) -> int | float | None:
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < _MAX_EXACT else number


def _date(microseconds: int) -> str | None:
    """Return a date, with its time where that is not midnight."""
    try:
        moment = _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return None
    if (moment - _EPOCH) % _DAY:
        return moment.replace(tzinfo=None).isoformat() + "Z"
    return moment.date().isoformat()


def _category(node: TreeNode) -> Document:
    document: Document = {"path": node.path, "name": node.path.rpartition(PATH_SEPARATOR)[2], "count": node.count}
    if node.children or node.other:
        document |= {"categories": [_category(child) for child in node.children], "other": node.other}
    return document


def _cheapest(product: Product, currency: str) -> Document:
    price = effective_price(product)
    document: Document = {"sku": product.sku, "price": None if price is None else price_to_number(price)}
    document["currency"] = product.currency or currency
    if product.images:
        document["image"] = product.images[0]
    return document


def _next(result: SearchResult, query: SearchQuery) -> str | None:
    """Return the cursor of the page that follows, None where this one is the last."""
    shown = result.hits[: query.limit]
    is_last = query.offset + len(shown) >= result.total if query.after is None else len(shown) == len(result.hits)
    return None if is_last or not shown else cursor_of(query, shown[-1].position, result.revision)


def _without_empty(document: Document) -> Document:
    return {name: value for name, value in document.items() if value != ""}
