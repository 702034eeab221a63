"""The conformance suite of the ``SearchIndex`` port."""

from __future__ import annotations

from facetry.testing.search_changes import ChangesConformance, KeepingConformance
from facetry.testing.search_exact import ExactSearchConformance
from facetry.testing.search_facets import FacetsConformance, PagesConformance
from facetry.testing.search_matches import MatchesConformance, ScoresConformance
from facetry.testing.search_silence import SilentAttributesConformance
from facetry.testing.search_work import WorkConformance


class SearchIndexConformance(
    MatchesConformance,
    ScoresConformance,
    FacetsConformance,
    PagesConformance,
    ChangesConformance,
    KeepingConformance,
    WorkConformance,
    SilentAttributesConformance,
    ExactSearchConformance,
):
    """Everything that the contract of ``ports.search_index`` promises.

    A subclass provides the pytest fixture ``index``, an open index that holds nothing.
    """
