"""The dashboard of one process over its use cases."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from importlib.metadata import version
from urllib.parse import urlsplit

from facetry.application.client_limits import ClientLimits
from facetry.application.gemstones import Gemstones
from facetry.application.import_drafts import ImportDrafts
from facetry.application.records import Records
from facetry.application.server_overview import ServerOverview
from facetry.bootstrap.api_documents import api_documents
from facetry.bootstrap.moving import erase_tenant
from facetry.bootstrap.service import Service
from facetry.dashboard.dependencies import About, Dependencies
from facetry.domain.errors import InvalidValueError, SettingError
from facetry.domain.tenant import HttpsRule
from facetry.http.transport import Transport
from facetry.settings import Settings


def dashboard_dependencies(
    service: Service, states: Mapping[str, bool | None], client_limits: ClientLimits
) -> Dependencies:
    """Return what pages are made of.

    Args:
        service: The use cases of this process.
        states: Whether each engine on another machine answers, kept up to date by who asks them.
        client_limits: The buckets of the Client API.

    Raises:
        SettingError: A setting about proxies cannot be used.
    """
    return Dependencies(
        sign_ins=service.sign_ins,
        second_factor=service.second_factor,
        users=service.users,
        catalog=service.catalog,
        store=service.store,
        records=Records(service.store),
        gemstones=Gemstones(Records(service.store), service.relay),
        search=service.search,
        search_settings=service.search_settings,
        relay=service.relay,
        feed=service.feed,
        imports=service.imports,
        import_drafts=ImportDrafts(service.import_jobs, service.imports, service.clock),
        journal=service.journal,
        tenants=service.tenants,
        overview=ServerOverview(service.store, service.index, service.import_jobs),
        erase_tenant=partial(erase_tenant, service),
        access_keys=service.access_keys,
        key_usage=service.key_usage,
        limiter=service.limiter,
        client_limits=client_limits,
        maintenance=service.maintenance,
        transport=_transport(service.settings),
        clock=service.clock,
        about=About(version=version("facetry"), engines=_engines(service.settings)),
        documents=api_documents(),
        bulk_edits=service.bulk_edits,
        states=states,
    )


def _transport(settings: Settings) -> Transport:
    try:
        return Transport(HttpsRule.NEVER, settings.trusted_proxies)
    except InvalidValueError as error:
        message = f"setting {error.field} {error.message}"
        raise SettingError(message) from error


def _engines(settings: Settings) -> Mapping[str, str]:
    """Return where the engines are, without names and passwords."""
    urls = {"store": settings.store, "search": settings.search, "cache": settings.cache}
    return {name: _shown(url) for name, url in urls.items() if url}


def _shown(url: str) -> str:
    parts = urlsplit(url)
    hosts = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{hosts}{parts.path}" if parts.netloc else url
