"""The server's application: use cases, surfaces, hot reads and the gate, opened and closed as one."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from shutil import disk_usage
from typing import NamedTuple, cast

from litestar import Litestar
from litestar.exceptions import HTTPException
from litestar.handlers import ASGIRouteHandler, HTTPRouteHandler

from facetry.api.catalog import routes as catalog_api
from facetry.api.catalog.openapi import openapi_document as catalog_document
from facetry.api.client import routes as client_api
from facetry.api.docs import routes as docs
from facetry.api.native import routes as native_api
from facetry.api.native.dependencies import Dependencies as NativeDependencies
from facetry.api.native.openapi import openapi_document as native_document
from facetry.api.operations import routes as operations
from facetry.application.client_limits import ClientLimits
from facetry.application.gemstones import Gemstones
from facetry.application.login_limits import LoginLimiter, key_limiter
from facetry.application.records import Records
from facetry.bootstrap.background import Background
from facetry.bootstrap.caches import open_cache
from facetry.bootstrap.client_api import open_client_api, tenant_bucket
from facetry.bootstrap.dashboard import dashboard_dependencies
from facetry.bootstrap.demo import ensure_demo
from facetry.bootstrap.engine_urls import MEMORY, calls_at_once
from facetry.bootstrap.indexes import warm_index
from facetry.bootstrap.probes import Probes
from facetry.bootstrap.service import Service, open_service
from facetry.bootstrap.stores import StoreRole
from facetry.bootstrap.tasks import offer_tasks
from facetry.bootstrap.tracing import traced_application
from facetry.dashboard import routes as dashboard
from facetry.http.admission import Admission
from facetry.http.asgi import Application
from facetry.http.cross_origin import CrossOrigin
from facetry.http.gate import Gate, Sharing, let_through
from facetry.http.hot import HotReads
from facetry.http.invalidation import CacheInvalidation
from facetry.http.journaling import RequestJournal
from facetry.http.keys import Keys
from facetry.http.surface import Surface, Surfaces
from facetry.http.tenant_limits import UNLIMITED, TenantLimits
from facetry.http.tokens import Tokens
from facetry.http.under_way import UnderWay
from facetry.http.verified import VerifiedTokens
from facetry.settings import Settings
from facetry.telemetry.json_log import configure_logging
from facetry.telemetry.line_writer import LineWriter
from facetry.telemetry.metrics import Metrics
from facetry.telemetry.request_log import RequestLog

_log = logging.getLogger(__name__)

WARM_TENANTS = 64
"""So many tenants are opened before the server says that it is ready; the others when they are first asked for."""


@dataclass(frozen=True)
class App:
    """A process's application, to be served.

    Attributes:
        asgi: What the HTTP server calls.
        service: The use cases behind it.
        operations: Tells how the server is.
        metrics: What the process counts.
        under_way: The requests that it answers.
    """

    asgi: Application
    service: Service
    operations: operations.Operations
    metrics: Metrics
    under_way: UnderWay

    def set_ready(self) -> None:
        """Welcome requests."""
        self.operations.health = operations.Health.READY

    def set_stopping(self) -> None:
        """Say that the server is going away, to whoever asks whether it is ready and to who waits for changes."""
        self.operations.health = operations.Health.STOPPING
        self.service.feed.stop()


@asynccontextmanager
async def open_app(settings: Settings, number: int, *, has_apis: bool = True) -> AsyncIterator[App]:
    """Open the application of worker ``number``; 0 owns the data directory.

    Args:
        settings: What it is made of.
        number: Which of several processes this is.
        has_apis: Whether it answers anything but questions of operators.

    Raises:
        SettingError: A setting cannot be used.
        StoreError: The store cannot be opened.
    """
    writer = LineWriter(sys.stderr.buffer)
    configure_logging(writer, settings.log_level)
    metrics = Metrics(_metrics_directory(settings), fresh=number == 0)
    log = RequestLog(writer if settings.log_requests else None, on_flush=metrics.sample)
    try:
        role = StoreRole.OWNER if number == 0 else StoreRole.FOLLOWER
        async with open_service(settings, role=role, metrics=metrics, is_server=True) as service:
            # Nothing is written before the index can keep up: compiling its code takes longer than a write waits.
            await warm_index(settings)
            if number == 0:
                await _prepare(service)
            await _open_indexes(service)
            offer_tasks(service)
            probes = Probes(service)
            app = _assemble(service, metrics, log, probes, has_apis=has_apis)
            background = Background(service, probes)
            background.start()
            if number == 0:
                # What is the same for all workers is told by one of them, because numbers of workers are added up.
                background.show(metrics)
                probes.show(metrics)
            sampling = asyncio.create_task(metrics.keep_sampled())
            yield app
            sampling.cancel()
            log.flush()
            await background.stop()
    finally:
        log.flush()
        metrics.close()
        writer.close()


def _assemble(service: Service, metrics: Metrics, log: RequestLog, probes: Probes, *, has_apis: bool) -> App:
    settings = service.settings
    cache = open_cache(settings)
    invalidation = CacheInvalidation(cache)
    # Where marks are true only after a look, a caller who is not known yet is looked at too.
    verified = VerifiedTokens(service.clock, ask=service.store.look if service.store.looks else None)
    service.relay.listen(invalidation)
    service.relay.listen(verified)
    log.listen(RequestJournal(service.journal, verified, settings.journal_rate).take)
    service.marks.listen(service.feed.heard)
    _show(service, metrics)
    limits = TenantLimits(service.limiter, tenant_bucket(settings)) if settings.tenant_limit else UNLIMITED
    apis = _apis(service, verified, limits) if has_apis else _Apis([], [])
    pages = []
    if apis.client_limits is not None:
        pages.append(dashboard.surface(dashboard_dependencies(service, probes.states, apis.client_limits)))
    told = operations.Operations(metrics, settings.metrics_token, engines=probes.states)
    router = Litestar(
        route_handlers=[*apis.routes, *operations.routes(told)],
        exception_handlers={HTTPException: operations.refused, Exception: let_through},
        openapi_config=None,
        logging_config=None,
    )
    hot = HotReads(cache, invalidation, verified, service.relay, metrics)
    surfaces = Surfaces([*apis.surfaces, *pages], operations.surface())
    gate = Gate(cast("Application", router), surfaces, hot, metrics, log, Sharing(limits, calls_at_once(settings)))
    return App(traced_application(gate, service.tracer), service, told, metrics, gate.under_way)


class _Apis(NamedTuple):
    """What answers calls of the published interfaces, and the buckets of the Client API; None without any."""

    routes: list[HTTPRouteHandler | ASGIRouteHandler]
    surfaces: list[Surface]
    client_limits: ClientLimits | None = None


def _apis(service: Service, verified: VerifiedTokens, limits: TenantLimits) -> _Apis:
    settings = service.settings
    tokens = Tokens(service.tenants, service.clock, verified, service.store.mark)
    v1 = catalog_api.Dependencies(
        catalog=service.catalog,
        search=service.search,
        tenants=service.tenants,
        tokens=tokens,
        login_limiter=LoginLimiter(service.limiter, "v1"),
        relay=service.relay,
        records=Records(service.store),
        clock=service.clock,
        limits=limits,
    )
    cross_origin = CrossOrigin(settings.cors_origins, native_api.SHOP_FRONT)
    keys = Keys(service.tenants, verified, service.store.mark)
    gemstones = Gemstones(Records(service.store), service.relay)
    dependencies = NativeDependencies(
        admission=Admission(tokens, keys, service.clock, service.key_usage, key_limiter(service.limiter, "v2")),
        catalog=service.catalog,
        store=service.store,
        gemstones=gemstones,
        search=service.search,
        settings=service.search_settings,
        relay=service.relay,
        feed=service.feed,
        imports=service.imports,
        clock=service.clock,
        journal=service.journal,
        cross_origin=cross_origin,
        limits=limits,
    )
    v2 = native_api.NativeApi(dependencies)
    client = open_client_api(service, verified, service.limiter, gemstones)
    pages = docs.routes(catalog_document(version("facetry")), native_document(version("facetry")), client.page)
    return _Apis(
        [*catalog_api.routes(v1), *native_api.routes(v2), *pages],
        [catalog_api.surface(), native_api.surface(cross_origin, v2), client_api.surface(client.protocol)],
        client.limits,
    )


def _show(service: Service, metrics: Metrics) -> None:
    """Show what this process counts of its engines."""
    settings = service.settings
    metrics.tally("facetry_journal_dropped_total", lambda: service.journal.dropped)
    metrics.gauge("facetry_consumers_waiting", service.feed.all_waiting)
    if service.role is StoreRole.OWNER and settings.store != MEMORY:
        metrics.gauge("facetry_disk_free_bytes", lambda: _free_bytes(settings.data))


def _free_bytes(path: Path) -> int:
    try:
        return disk_usage(path).free
    except OSError:
        # Nothing can be written to what is not there.
        return 0


async def _prepare(service: Service) -> None:
    if service.settings.demo:
        await ensure_demo(service)


async def _open_indexes(service: Service) -> None:
    """Open the index of the first tenants, so that their first search need not."""
    if service.index.capabilities.is_shared:
        return
    for tenant in (await service.tenants.list())[:WARM_TENANTS]:
        await service.relay.reach(tenant.id)


def _metrics_directory(settings: Settings) -> Path | None:
    return None if settings.workers == 1 else settings.data / "metrics"
