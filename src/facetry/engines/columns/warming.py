"""Compiling every kernel ahead of the first search."""

from __future__ import annotations

from facetry.domain.field_query import FieldQuery, RangeFacet, ValueFacet
from facetry.domain.group import GroupIdentity, derive_group
from facetry.domain.product import Product
from facetry.engines.columns.builder import build_segment
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.merging import Source, merge_segments
from facetry.engines.columns.plan import find_words, make_plan
from facetry.engines.columns.scratch import ScratchPool
from facetry.engines.columns.searching import find_groups
from facetry.engines.columns.segment import Segment
from facetry.engines.columns.snapshot import Part, Snapshot


def warm_up() -> None:
    """Search and merge something tiny, so that every kernel is compiled, or loaded from where it is kept.

    Takes seconds on a machine where that never happened before, and a fraction of one after that.
    """
    dictionaries = Dictionaries()

    def segment(group_id: str) -> Segment:
        product = Product(sku=group_id, name="ring", brand="A", regular_price=1, object_id="", joined=1)
        group = derive_group(GroupIdentity(group_id, "", 1), [product])
        return build_segment([group], "en", dictionaries, 0)

    first = merge_segments([Source(s, s.all_live) for s in (segment("a"), segment("b"))]).segment
    parts = (Part.whole(first), Part.whole(segment("c")))
    snapshot = Snapshot(1, "en", parts, dictionaries).with_changes(2, (), ["a"])
    facets = (ValueFacet("brands", "brand"), RangeFacet("prices", "regular_price_min", (0,), "USD"))
    query = FieldQuery(text="ring", facets=facets, offset=1)
    find_groups(find_words(make_plan(query), snapshot), ScratchPool(), 1 << 20, lambda: False)
    snapshot.groups_after("", 1)
