"""What is traced, where the settings say so: which steps of a request are spans, and where they go."""

from __future__ import annotations

from contextlib import AsyncExitStack

from facetry.domain.errors import SettingError
from facetry.http.asgi import Application
from facetry.http.tracing import TracedApplication
from facetry.settings import Settings
from facetry.telemetry.tracing import Tracer

STORE_STEPS = {"write": "store.write"}
INDEX_STEPS = {name: f"index.{name}" for name in ("apply", "rebuild", "match", "search", "suggest")}
CATALOG_STEPS = {
    name: f"catalog.{name}"
    for name in (
        *("add_product", "put_product", "delete_product", "delete_group", "carry_out", "write"),
        *("product", "find_products", "products_after", "group"),
    )
}
SEARCH_STEPS = {name: f"search.{name}" for name in ("match", "search", "suggest")}
FEED_STEPS = {name: f"feed.{name}" for name in ("now", "page", "next_page")}
SETTINGS_STEPS = {
    name: f"settings.{name}"
    for name in ("get", "at", "versions", "set_rules", "set_catalog", "preview", "set_attributes", "attributes")
}
IMPORT_STEPS = {name: f"imports.{name}" for name in ("start", "get", "after", "cancel", "rejections")}


def open_tracer(settings: Settings, stack: AsyncExitStack) -> Tracer | None:
    """Return what traces, closed with the stack; None where nothing is to be traced.

    Raises:
        SettingError: The extra that traces is not installed.
    """
    if not settings.trace_endpoint:
        return None
    try:
        # Loading it takes a third of a second, and it may not be there.
        from facetry.engines.opentelemetry.tracer import OpenTelemetryTracer, otlp_exporter
    except ImportError as error:
        raise SettingError("setting trace_endpoint needs the extra otel: pip install 'facetry[otel]'") from error
    tracer = OpenTelemetryTracer(otlp_exporter(settings.trace_endpoint), settings.trace_share)
    stack.push_async_callback(tracer.close)
    return tracer


def traced_application(application: Application, tracer: Tracer | None) -> Application:
    """Return an application whose requests are spans; the same where nothing is traced."""
    return application if tracer is None else TracedApplication(application, tracer)
