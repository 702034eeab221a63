"""Pages of the search studio: searches tried out, what is searched, and the rules of searching."""

from __future__ import annotations

from facetry.application.asked_queries import AskedQueries
from facetry.application.search_trial import SearchTrial
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.routing import Page
from facetry.dashboard.studio.asked import Asked
from facetry.dashboard.studio.drafts import Drafts
from facetry.dashboard.studio.frame import HERE
from facetry.dashboard.studio.pins import Pins
from facetry.dashboard.studio.ranking import Rankings
from facetry.dashboard.studio.synonyms import Synonyms
from facetry.dashboard.studio.trying import Trying
from facetry.dashboard.studio.versions import Versions
from facetry.domain.user import Role


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of this area."""
    trial = SearchTrial(dependencies.search)
    drafts = Drafts(dependencies.search_settings, trial)
    synonyms, pins = Synonyms(drafts), Pins(drafts, dependencies.catalog)
    ranking, versions = Rankings(drafts, dependencies.search), Versions(drafts, dependencies.search_settings)
    asked = Asked(AskedQueries(dependencies.journal, dependencies.clock))
    return [
        Page("GET", HERE, Trying(trial).show, Role.VIEWER),
        Page("GET", f"{HERE}/queries", asked.show, Role.VIEWER),
        Page("GET", f"{HERE}/synonyms", synonyms.show, Role.VIEWER),
        Page("POST", f"{HERE}/synonyms", synonyms.change, Role.EDITOR),
        Page("POST", f"{HERE}/synonyms/remove", synonyms.remove, Role.EDITOR),
        Page("GET", f"{HERE}/pins", pins.show, Role.VIEWER),
        Page("POST", f"{HERE}/pins", pins.change, Role.EDITOR),
        Page("GET", f"{HERE}/ranking", ranking.show, Role.VIEWER),
        Page("POST", f"{HERE}/ranking", ranking.change, Role.EDITOR),
        Page("GET", f"{HERE}/versions", versions.list, Role.VIEWER),
        Page("GET", f"{HERE}/versions/{{version}}", versions.show, Role.VIEWER),
        Page("POST", f"{HERE}/versions/{{version}}", versions.go_back, Role.EDITOR),
    ]
