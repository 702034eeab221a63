from __future__ import annotations

import time
from concurrent.futures import CancelledError

import msgspec
import pytest

from facetry.domain.errors import SearchTimeoutError
from facetry.domain.search.query import SearchQuery
from facetry.engines.columns.builder import build_segment
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.search.run import SearchRun
from facetry.engines.columns.snapshot import Part, Snapshot
from facetry.testing.random_catalogs import RandomCatalog


def test_a_deadline_is_looked_at_between_slices():
    assert [*Deadline(slice_rows=4).slices(10)] == [slice(0, 4), slice(4, 8), slice(8, 10)]
    assert [*Deadline(at=0.0).slices(0)] == []
    with pytest.raises(SearchTimeoutError):
        next(Deadline(at=time.monotonic() - 1).slices(1))
    with pytest.raises(CancelledError):
        Deadline(at=time.monotonic() + 60, is_stopped=lambda: True).check()


def test_a_search_ends_wherever_its_time_is_over_and_slices_change_no_answer():
    catalog, dictionaries = RandomCatalog(3), Dictionaries()
    segment = build_segment(catalog.groups(14), "en", dictionaries, 0)
    snapshot = Snapshot(1, "en", (Part.whole(segment),), dictionaries)
    stopped = 0
    for _ in range(40):
        query: SearchQuery = catalog.query()
        whole = SearchRun(query, snapshot).answer()
        for checks in (0, 1, 2, 3, 5, 8, 13, 21, 10**6):
            left = checks

            def is_over() -> bool:
                nonlocal left
                left -= 1
                return left < 0

            try:
                answer = SearchRun(query, snapshot, deadline=Deadline(is_stopped=is_over, slice_rows=3)).answer()
            except CancelledError:
                stopped += 1
            else:
                assert msgspec.to_builtins(answer.facets) == msgspec.to_builtins(whole.facets)
                assert (answer.total, answer.total_products, answer.hits) == (
                    whole.total,
                    whole.total_products,
                    whole.hits,
                )
    assert stopped > 100
