from __future__ import annotations

import pytest

from facetry.domain.group import ProductGroup
from facetry.domain.search.text.documents import HIDDEN
from facetry.engines.columns.text import terms
from facetry.engines.columns.text.terms import has_live_posting, live_postings, postings
from facetry.testing.search_samples import group, product
from tests.unit.engines.columns.text.catalogs import Catalog

IDS = [f"g{number}" for number in range(8)]


def named(group_id: str, *, is_shown: bool = False) -> ProductGroup:
    """Return a ring of which callers who see active products only see the ring where it is shown."""
    products = [product(f"{group_id}-1", group_id=group_id, name="ring", active=is_shown)]
    return group(group_id, *products, product(f"{group_id}-2", group_id=group_id, name="chain"))


@pytest.mark.parametrize("few", [1, 3, 64])
@pytest.mark.parametrize("last", [None, "dead", "shown"])
def test_a_live_posting_is_found_wherever_it_stands(monkeypatch: pytest.MonkeyPatch, few: int, last: str | None):
    monkeypatch.setattr(terms, "_FEW", few)
    catalog = Catalog()
    catalog.put(*(named(group_id, is_shown=last == "shown" and group_id == IDS[-1]) for group_id in IDS))
    if last == "dead":
        catalog.put(gone=(*IDS[:-1],))
    (part,) = catalog.snapshot.parts
    bounds = postings(part.segment, "wring")
    counts = [live_postings(part, bounds, hidden) for hidden in (0, HIDDEN)]
    assert counts == {None: [8, 0], "dead": [1, 0], "shown": [8, 1]}[last]
    assert [has_live_posting(part, bounds, hidden) for hidden in (0, HIDDEN)] == [count > 0 for count in counts]
    assert not has_live_posting(part, (3, 3))
