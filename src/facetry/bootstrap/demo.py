"""The demo tenant, its catalog and what it trades, made on the first start that asks for them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from facetry.application.demo.catalog import demo_products
from facetry.application.demo.trade import LAST, demo_trade
from facetry.application.interchange.values import read_content
from facetry.application.tenants import NewTenant
from facetry.bootstrap.service import Service
from facetry.domain.catalog import PutProduct, Write
from facetry.domain.errors import IndexBehindError, TenantExistsError
from facetry.domain.record import RecordKind
from facetry.settings import Settings

DEMO_TENANT = "demo"
_BATCH = 250


async def ensure_demo(service: Service) -> None:
    """Create the demo tenant unless it is there, and fill its catalog unless it is filled.

    The pictures' addresses are the server's own, so a server at another address fills it anew.
    """
    if await service.store.tenant(DEMO_TENANT) is None:
        # Another machine may be about to make it too.
        with suppress(TenantExistsError):
            await service.tenants.create(NewTenant(name="Demo Jewelry", id=DEMO_TENANT))
    base = base_url(service.settings)
    if not await _is_filled(service, base):
        await _write(service, _writes(base))
    if (await service.store.records(DEMO_TENANT, RecordKind.ORDER, [LAST]))[0] is None:
        await _write(service, demo_trade(service.clock.now()))


async def _write(service: Service, writes: Iterator[Write]) -> None:
    while batch := list(islice(writes, _BATCH)):
        # What is stored already is enough: whoever searches first waits for the index, however slow the machine is.
        with suppress(IndexBehindError):
            await service.catalog.write(DEMO_TENANT, batch)


async def _is_filled(service: Service, base: str) -> bool:
    """Return whether the last product of the catalog is there, with a picture from this address."""
    *_, last = _writes(base)
    stored = await service.store.product(DEMO_TENANT, last.content.sku)
    return stored is not None and stored.images == last.content.images


def _writes(base: str) -> Iterator[PutProduct]:
    for values in demo_products(base):
        content = read_content(values)
        assert not isinstance(content, tuple)  # noqa: S101 - our own catalog keeps the rules, a test says so
        yield PutProduct(content)


def base_url(settings: Settings) -> str:
    """Return the URL at which a browser on this machine reaches the server."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - an address to map
    scheme = "https" if settings.tls_cert else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{settings.port}"
