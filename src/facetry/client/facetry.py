"""The two clients of a server's own API: one blocks, one is awaited."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from facetry.client.changes import AsyncChanges, Changes
from facetry.client.core import Core
from facetry.client.groups import AsyncGroups, Groups
from facetry.client.imports import AsyncImports, Imports
from facetry.client.journals import AsyncJournals, Journals
from facetry.client.methods import AsyncClient, SyncClient
from facetry.client.products import AsyncProducts, Products
from facetry.client.records import (
    AsyncClients,
    AsyncGemstones,
    AsyncListings,
    AsyncOrders,
    Clients,
    Gemstones,
    Listings,
    Orders,
)
from facetry.client.retrying import Retries
from facetry.client.searching import SearchMethods
from facetry.client.transports import AsyncTransport, Transport

if TYPE_CHECKING:
    from facetry.client.settings import AsyncSettings, Settings

TIMEOUT_SECONDS = 30.0


class Facetry(SearchMethods, SyncClient):
    """A client of ``/v2`` whose methods block; several threads may share it.

    Attributes:
        products: Products, single ones and many at once.
        groups: Groups of products.
        gemstones: Gemstones.
        listings: Offers of products on sales channels.
        orders: Orders.
        clients: Those who order.
        changes: What changes in the catalog.
        imports: Imports in the background.
        journals: Who called, and what was searched.
    """

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float = TIMEOUT_SECONDS,
        retries: Retries | None = None,
        **options: Any,  # noqa: ANN401 - whatever httpx takes
    ) -> None:
        """Make a client; nothing is sent yet.

        Args:
            url: Where the server is: ``https://catalog.example``.
            key: The API key, an access key, or the search key.
            timeout: Seconds that an answer may take.
            retries: How often calls are tried again.
            options: Given on to httpx: ``verify``, ``proxy``, ``limits``...
        """
        core, transport = _core(key, retries), Transport(url, timeout, options)
        super().__init__(core, transport)
        self.products = Products(core, transport)
        self.groups = Groups(core, transport)
        self.gemstones = Gemstones(core, transport)
        self.listings = Listings(core, transport)
        self.orders = Orders(core, transport)
        self.clients = Clients(core, transport)
        self.changes = Changes(core, transport)
        self.imports = Imports(core, transport)
        self.journals = Journals(core, transport)

    @cached_property
    def settings(self) -> Settings:
        """Return the settings of the tenant."""
        from facetry.client.settings import Settings  # noqa: PLC0415 - its types bring the grades of the trade

        return Settings(self._core, self._transport)

    @property
    def revision(self) -> int:
        """Return the revision of this client's last write: as ``min_revision``, others' reads hold it too."""
        return self._core.revision


class AsyncFacetry(SearchMethods, AsyncClient):
    """A client of ``/v2`` whose methods are awaited; see ``Facetry``, whose methods and parts it has."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float = TIMEOUT_SECONDS,
        retries: Retries | None = None,
        **options: Any,  # noqa: ANN401 - whatever httpx takes
    ) -> None:
        """Make a client; nothing is sent yet. See ``Facetry``."""
        core, transport = _core(key, retries), AsyncTransport(url, timeout, options)
        super().__init__(core, transport)
        self.products = AsyncProducts(core, transport)
        self.groups = AsyncGroups(core, transport)
        self.gemstones = AsyncGemstones(core, transport)
        self.listings = AsyncListings(core, transport)
        self.orders = AsyncOrders(core, transport)
        self.clients = AsyncClients(core, transport)
        self.changes = AsyncChanges(core, transport)
        self.imports = AsyncImports(core, transport)
        self.journals = AsyncJournals(core, transport)

    @cached_property
    def settings(self) -> AsyncSettings:
        """Return the settings of the tenant."""
        from facetry.client.settings import AsyncSettings  # noqa: PLC0415 - its types bring the grades of the trade

        return AsyncSettings(self._core, self._transport)

    @property
    def revision(self) -> int:
        """Return the revision of this client's last write: as ``min_revision``, others' reads hold it too."""
        return self._core.revision


def _core(key: str, retries: Retries | None) -> Core:
    return Core({"authorization": f"Bearer {key}"}, retries or Retries())
