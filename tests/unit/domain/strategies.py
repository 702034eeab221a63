"""Products that Hypothesis draws."""

from __future__ import annotations

from hypothesis import strategies as st

from facetry.domain.money import MAX_PRICE
from facetry.domain.product import ProductContent

SKUS = st.sampled_from(["R1", "r1", "R2", "R3", "R4", "é", "G"])
GROUPS = st.sampled_from(["G", "g", "H", "R1", ""])
PRICES = st.none() | st.integers(1, 9) | st.integers(1, MAX_PRICE)
WORDS = st.lists(st.sampled_from(["a", "b", "c", ""]), max_size=3).map(tuple)
COLORS = st.none() | st.sampled_from(["gold", "silver", ""])


def contents() -> st.SearchStrategy[ProductContent]:
    """Return products whose SKUs and groups meet each other often."""
    return st.builds(
        ProductContent,
        sku=SKUS,
        name=st.text(min_size=1, max_size=5),
        group_id=GROUPS,
        description=st.text(max_size=5),
        regular_price=PRICES,
        promotion_price=PRICES,
        images=WORDS,
        search_keywords=WORDS,
        category=WORDS,
        quantity=st.integers(0, 2**53),
        color=COLORS,
        brand=COLORS,
        size=COLORS,
        active=st.booleans(),
        is_main=st.booleans(),
        currency=st.sampled_from([None, "USD", "EUR"]),
    )
