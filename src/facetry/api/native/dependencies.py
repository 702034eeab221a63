"""What the handlers of ``/v2`` work with."""

from __future__ import annotations

from dataclasses import dataclass

from facetry.application.catalog import Catalog
from facetry.application.change_feed import ChangeFeed
from facetry.application.gemstones import Gemstones
from facetry.application.import_jobs import Imports
from facetry.application.relay import ChangeRelay
from facetry.application.search import Search
from facetry.application.search_settings import SearchSettings
from facetry.http.admission import Admission
from facetry.http.cross_origin import CrossOrigin
from facetry.http.tenant_limits import UNLIMITED, TenantLimits
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.clock import Clock
from facetry.ports.journal import Journal


@dataclass(frozen=True)
class Dependencies:
    """The use cases behind ``/v2``, and who is let in."""

    admission: Admission
    catalog: Catalog
    store: CatalogStore
    gemstones: Gemstones
    search: Search
    settings: SearchSettings
    relay: ChangeRelay
    feed: ChangeFeed
    imports: Imports
    clock: Clock
    journal: Journal
    cross_origin: CrossOrigin
    limits: TenantLimits = UNLIMITED
