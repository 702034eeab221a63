"""Compiling every kernel ahead of the first search."""

from __future__ import annotations

from facetry.domain.field_query import FieldQuery, RangeFacet, ValueFacet
from facetry.domain.group import GroupIdentity, ProductGroup, derive_group
from facetry.domain.product import Product
from facetry.domain.search.fields import Schema
from facetry.domain.search.filters import And, AnyProduct, Has
from facetry.domain.search.query import CountLevel, RangesFacet, SearchQuery, SortByField, ValuesFacet
from facetry.engines.columns.builder import build_segment
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.merging import Source, merge_segments
from facetry.engines.columns.plan import find_words, make_plan
from facetry.engines.columns.scratch import Scratch, ScratchPool
from facetry.engines.columns.search.run import SearchRun
from facetry.engines.columns.searching import find_groups
from facetry.engines.columns.segment import Segment
from facetry.engines.columns.snapshot import Part, Snapshot
from facetry.engines.columns.warming_text import warm_up_text


def warm_up() -> None:
    """Search and merge something tiny, so that every kernel is compiled, or loaded from where it is kept.

    Takes seconds on a machine where that never happened before, and a fraction of one after that.
    """
    dictionaries = Dictionaries()

    def segment(group_id: str) -> Segment:
        return build_segment([_group(group_id)], "en", dictionaries, 0)

    first = merge_segments([Source(s, s.all_live) for s in map(segment, ("a", "b", "d"))]).segment
    parts = (Part.whole(first), Part.whole(segment("c")))
    snapshot = Snapshot(1, "en", parts, dictionaries).with_changes(2, (), ["a"])
    facets = (ValueFacet("brands", "brand"), RangeFacet("prices", "regular_price_min", (0,), "USD"))
    query = FieldQuery(text="ring", facets=facets, offset=1)
    find_groups(find_words(make_plan(query), snapshot), ScratchPool(Scratch), 1 << 20, lambda: False)
    snapshot.groups_after("", 1)
    _search(snapshot)
    warm_up_text()


def _group(group_id: str) -> ProductGroup:
    products = [
        Product(
            sku=f"{group_id}{number}",
            name="ring",
            brand="A",
            regular_price=1,
            category=("Jewelry > Rings",),
            gemstones=({"carat": 1.0}, {"carat": 2.0}),
            object_id="",
            joined=number,
        )
        for number in (1, 2)
    ]
    return derive_group(GroupIdentity(group_id, "", 1), products)


def _search(snapshot: Snapshot) -> None:
    """Search in the way of ``/v2``, with something of everything."""
    schema = Schema()
    brand, category, carat, price = map(schema.field, ("brand", "category", "gemstones.carat", "price"))
    conditions = (
        Has(brand, frozenset({"a"})),
        Has(category, frozenset({"jewelry"})),
        Has(price, ranges=((0, 5),)),
        Has(carat, exists=True),
        AnyProduct(Has(brand, exists=True)),
    )
    facets = (
        ValuesFacet("brand", brand),
        ValuesFacet("products", brand, level=CountLevel.PRODUCT),
        ValuesFacet("category", category),
        RangesFacet("price", price, ((0, 5),)),
        RangesFacet("prices", price, ((0, 5),), level=CountLevel.PRODUCT),
        RangesFacet("carat", carat, ((0, 5),)),
    )
    sort = (SortByField(carat), SortByField(brand))
    for condition in (And(()), conditions[0], And(conditions)):
        SearchRun(SearchQuery(filter=condition, facets=facets, sort=sort, limit=1), snapshot).answer()
