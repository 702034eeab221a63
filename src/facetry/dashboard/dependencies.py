"""What pages are made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from facetry.application.access_keys import AccessKeys
from facetry.application.bulk_edits import BulkEdits
from facetry.application.catalog import Catalog
from facetry.application.change_feed import ChangeFeed
from facetry.application.client_limits import ClientLimits
from facetry.application.gemstones import Gemstones
from facetry.application.import_drafts import ImportDrafts
from facetry.application.import_jobs import Imports
from facetry.application.maintenance import Maintenance
from facetry.application.records import Records
from facetry.application.relay import ChangeRelay
from facetry.application.search import Search
from facetry.application.search_settings import SearchSettings
from facetry.application.second_factor import SecondFactor
from facetry.application.server_overview import ServerOverview
from facetry.application.sign_ins import SignIns
from facetry.application.tenants import Tenants
from facetry.application.users import Users
from facetry.dashboard.api_documents import ApiDocuments
from facetry.http.transport import Transport
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.clock import Clock
from facetry.ports.journal import Journal
from facetry.ports.key_usage import KeyUsage
from facetry.ports.rate_limiter import RateLimiter


@dataclass(frozen=True)
class About:
    """What operators want to know of the server itself.

    Attributes:
        version: Of Facetry.
        engines: The engines by what they are for, without passwords: ``store``, ``search``, ``cache``.
    """

    version: str
    engines: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Dependencies:
    """The use cases and ports behind the pages.

    Attributes:
        erase_tenant: Removes a tenant by its id, with all that is kept of it anywhere.
        documents: Tell how the APIs answer.
        states: Whether each engine on another machine answers, by name; None where that is not known yet.
    """

    sign_ins: SignIns
    second_factor: SecondFactor
    users: Users
    catalog: Catalog
    store: CatalogStore
    records: Records
    gemstones: Gemstones
    search: Search
    search_settings: SearchSettings
    relay: ChangeRelay
    feed: ChangeFeed
    imports: Imports
    import_drafts: ImportDrafts
    journal: Journal
    tenants: Tenants
    overview: ServerOverview
    erase_tenant: Callable[[str], Awaitable[None]]
    access_keys: AccessKeys
    key_usage: KeyUsage
    limiter: RateLimiter
    client_limits: ClientLimits
    maintenance: Maintenance
    transport: Transport
    clock: Clock
    about: About
    documents: ApiDocuments
    bulk_edits: BulkEdits
    states: Mapping[str, bool | None] = field(default_factory=dict)
