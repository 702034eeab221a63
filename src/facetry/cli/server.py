"""The commands that serve, and that measure what serving costs here."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Annotated

import typer

from facetry.bootstrap.engine_urls import is_shared, masked
from facetry.bootstrap.service import Service
from facetry.cli.options import Json, print_json, with_settings
from facetry.domain.errors import StoreError
from facetry.settings import Settings

_log = logging.getLogger(__name__)


@with_settings
def serve(  # one parameter an option
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option("--port", help="Port to listen on.", show_default="8080")] = None,
    workers: Annotated[int | None, typer.Option("--workers", help="Number of processes.", show_default="1")] = None,
    demo: Annotated[
        bool | None, typer.Option("--demo", help="Serve the demo catalog, made on the first start.")
    ] = None,
    tls_cert: Annotated[Path | None, typer.Option("--tls-cert", help="PEM file of the certificate chain.")] = None,
    tls_key: Annotated[Path | None, typer.Option("--tls-key", help="PEM file of the private key.")] = None,
    background: Annotated[
        bool | None,
        typer.Option("--background/--no-background", help="Do the work of the background too.", show_default="do it"),
    ] = None,
    *,
    settings: Settings,
) -> None:
    """Serve until SIGTERM; SIGHUP rereads the TLS files."""
    del host, port, workers, demo, tls_cert, tls_key, background  # They are in the settings.
    from facetry.bootstrap.serve import serve as run  # loads the server, which other commands do without

    run(settings, _announce)


@with_settings
def worker(
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[
        int | None, typer.Option("--port", help="Port for /healthz, /readyz and /metrics.", show_default="8080")
    ] = None,
    *,
    settings: Settings,
) -> None:
    """Do the work of the background on shared engines until SIGTERM, without answering calls."""
    del host, port  # They are in the settings.
    from facetry.bootstrap.serve import work  # loads the server, which other commands do without

    work(settings, _announce_worker)


async def _announce_worker(service: Service) -> None:
    from facetry.bootstrap.demo import base_url  # loads the demo catalog

    settings = service.settings
    typer.echo(f"Facetry works in the background on {masked(settings.store)}, see {base_url(settings)}/readyz")


async def _announce(service: Service) -> None:
    """Say where the server is and, with the demo catalog, how to use it."""
    from facetry.bootstrap.demo import DEMO_TENANT, base_url  # loads the demo catalog

    settings = service.settings
    base = base_url(settings)
    await _announce_links(service)
    where = masked(settings.store) if is_shared(settings) else settings.data
    typer.echo(
        f"Facetry serves {where} on {base}  (dashboard: {base}/dashboard, API reference: {base}/docs, stop: Ctrl-C)"
    )
    if settings.demo:
        keys = await service.tenants.keys(DEMO_TENANT)
        products, groups = await service.store.counts(DEMO_TENANT)
        typer.echo(
            _DEMO.format(
                base=base,
                id=DEMO_TENANT,
                api_key=keys.api_key,
                access_key=keys.access_key,
                search_key=keys.search_key,
                products=products,
                groups=groups,
            )
        )


async def _announce_links(service: Service) -> None:
    """Print links for the first people, on standard error: who pipes the output has no use for a secret."""
    from facetry.bootstrap.first_links import first_links  # loads the demo catalog

    try:
        links = await first_links(service)
    except StoreError as error:
        # A full disk, say: it is served all the same, and the next start tries again.
        _log.warning("links for the first users cannot be made: %s", error.message)
    else:
        for link in links:
            typer.echo(f"{link.purpose}: {link.url}", err=True)


_DEMO = """
The demo catalog has {products:,} products in {groups:,} groups.

  id          {id}
  API key     {api_key}
  access key  {access_key}
  search key  {search_key}

Log in, search, store a product, find it:

  TOKEN=$(curl -s "{base}/admin/v1/customers/login?id={id}&apiKey={api_key}" \\
    | python3 -c 'import json,sys; print(json.load(sys.stdin)["token"])')

  curl -s "{base}/search/v1/search?q=halo+ring&facets=true" -H "x-access-token: $TOKEN"

  curl -s "{base}/catalog/v1/products" -H "x-access-token: $TOKEN" -d sku=MINE-1 \\
    -d name="My first ring" -d description="Made by me" -d groupID=MINE -d regularPrice=99.50 -d promotionPrice=89 \\
    -d quantity=1 -d images=https://shop.example/ring.jpg -d searchKeywords=first \\
    -d category="Jewelry>Rings" -d active=true -d isMain=true

  curl -s "{base}/search/v1/search?q=first" -H "x-access-token: $TOKEN"

Call the Client API with the access key; its actions are at {base}/docs/client:

  curl -sG "{base}/client/V1/" -d auth={access_key} -d action=product_search \\
    --data-urlencode 'data={{"q": "halo ring", "limit": 3}}'

Ask for white gold rings in two sizes, from a shop front:

  curl -s "{base}/v2/search" -H "Authorization: Bearer {search_key}" -H "content-type: application/json" \\
    -d '{{"q": "diamond ring under $3,000", "filter": "color = \\"White Gold\\" AND size IN [6, 6.5]", \
"facets": ["brand", "price"], "sort": ["price:asc"], "limit": 3}}'
"""


def bench(
    rounds: Annotated[int, typer.Option("--rounds", help="How often each kind of work is done.", min=20)] = 400,
    as_json: Json = False,
) -> None:
    """Measure searches, reads and durable writes on this machine, in a temporary directory, without HTTP."""
    from facetry.cli.bench import measure  # loads the engines, which --help does without

    timings = measure(rounds)
    if as_json:
        print_json(timings)
        return
    typer.echo(f"{'':<36}{'median':>10}{'p95':>10}{'per second':>14}")
    for timing in timings:
        typer.echo(f"{timing.name:<36}{timing.median_ms:>7.3f} ms{timing.p95_ms:>7.3f} ms{timing.per_second:>14,.0f}")


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    app.command()(serve)
    app.command()(worker)
    app.command()(bench)
