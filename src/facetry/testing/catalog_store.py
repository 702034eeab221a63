"""The conformance suite of the ``CatalogStore`` port."""

from __future__ import annotations

from facetry.testing.catalog_bulks import BulksConformance
from facetry.testing.catalog_changes import ChangesConformance
from facetry.testing.catalog_clients import ClientsConformance
from facetry.testing.catalog_offers import OffersConformance
from facetry.testing.catalog_orders import OrderRacesConformance, OrdersConformance
from facetry.testing.catalog_quotas import QuotasConformance
from facetry.testing.catalog_reads import DeltaConformance, GroupsConformance, MainProductConformance
from facetry.testing.catalog_records import RecordsConformance
from facetry.testing.catalog_repeats import GuardsConformance, RepeatsConformance, StockConformance
from facetry.testing.catalog_restoring import RestoringConformance
from facetry.testing.catalog_sales import RacesConformance, SalesConformance
from facetry.testing.catalog_tenants import ClosingConformance, MarksConformance, TenantsConformance
from facetry.testing.catalog_touches import TouchesConformance, UndoingConformance
from facetry.testing.catalog_units import (
    AllOrNoneConformance,
    GradesConformance,
    PatchesConformance,
    ProductIdsConformance,
)
from facetry.testing.catalog_variations import VariationsConformance
from facetry.testing.catalog_writes import ConcurrencyConformance, WritesConformance


class CatalogStoreConformance(
    WritesConformance,
    ConcurrencyConformance,
    MainProductConformance,
    GroupsConformance,
    DeltaConformance,
    ChangesConformance,
    ProductIdsConformance,
    PatchesConformance,
    GradesConformance,
    RecordsConformance,
    RestoringConformance,
    AllOrNoneConformance,
    VariationsConformance,
    SalesConformance,
    RacesConformance,
    GuardsConformance,
    RepeatsConformance,
    BulksConformance,
    StockConformance,
    TouchesConformance,
    UndoingConformance,
    QuotasConformance,
    OffersConformance,
    OrdersConformance,
    ClientsConformance,
    OrderRacesConformance,
    TenantsConformance,
    MarksConformance,
    ClosingConformance,
):
    """Everything that the contract of ``ports.catalog_store`` promises.

    A subclass provides two pytest fixtures: ``store``, an open store that holds the tenants ``acme`` and ``zenith`` of
    ``samples.tenant_record`` without products, and ``peer``, a store on the same catalog, as another process opens it
    (the same store, where no other process can).
    """
