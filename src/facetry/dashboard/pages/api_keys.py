"""Pages of My Account, API: keys, calls, and examples."""

from __future__ import annotations

from facetry.application.request_overview import RequestOverview
from facetry.dashboard.api_access.examples import Examples
from facetry.dashboard.api_access.frame import HERE
from facetry.dashboard.api_access.key_uses import KeyUses
from facetry.dashboard.api_access.keys import Keys
from facetry.dashboard.api_access.requests import Requests
from facetry.dashboard.dependencies import Dependencies
from facetry.dashboard.routing import Page
from facetry.domain.user import Role


def routes(dependencies: Dependencies) -> list[Page]:
    """Return the pages of this area."""
    overview = RequestOverview(dependencies.journal, dependencies.clock)
    uses = KeyUses(dependencies.client_limits, overview)
    keys = Keys(dependencies.tenants, dependencies.access_keys, dependencies.sign_ins, uses)
    requests = Requests(overview, dependencies.access_keys)
    examples = Examples(dependencies.tenants, dependencies.sign_ins)
    key = f"{HERE}/keys/{{key}}"
    return [
        Page("GET", HERE, keys.show, Role.OWNER),
        Page("POST", f"{HERE}/keys", keys.create, Role.OWNER),
        Page("GET", key, keys.show_one, Role.OWNER),
        Page("POST", f"{key}/rotate", keys.rotate, Role.OWNER),
        Page("POST", f"{key}/disable", keys.disable, Role.OWNER),
        Page("POST", f"{key}/enable", keys.enable, Role.OWNER),
        Page("POST", f"{key}/delete", keys.delete, Role.OWNER),
        Page("GET", f"{HERE}/rotate/{{what}}", keys.ask_rotation, Role.OWNER),
        Page("POST", f"{HERE}/rotate/{{what}}", keys.rotate_tenant, Role.OWNER),
        Page("GET", f"{HERE}/requests", requests.show, Role.OWNER),
        Page("GET", f"{HERE}/examples", examples.show, Role.OWNER),
    ]
