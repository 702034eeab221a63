"""What the actions work with."""

from __future__ import annotations

from dataclasses import dataclass

from facetry.application.catalog import Catalog
from facetry.application.gemstones import Gemstones
from facetry.application.records import Records
from facetry.application.relay import ChangeRelay
from facetry.application.search import Search
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.clock import Clock


@dataclass(frozen=True)
class Dependencies:
    """The use cases behind the actions, and the store for reads that have none.

    Attributes:
        catalog: Writes, which are searchable when they are done.
        search: Searches.
        records: Reads of gemstones, listings, batches, orders, clients and sales.
        gemstones: Searches of gemstones.
        store: Reads by id, code and link; nothing is ever written through it.
        relay: Brings up what searches see.
        clock: The time.
    """

    catalog: Catalog
    search: Search
    records: Records
    gemstones: Gemstones
    store: CatalogStore
    relay: ChangeRelay
    clock: Clock
