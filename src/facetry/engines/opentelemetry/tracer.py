"""The tracer over OpenTelemetry's SDK."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from facetry.domain.errors import FacetryError

SEND_SECONDS = 5.0
"""How long a collector may take for a batch."""
CLOSE_SECONDS = 1.0


def otlp_exporter(endpoint: str) -> SpanExporter:
    """Return what sends spans to a collector's URL (OTLP over HTTP)."""
    return OTLPSpanExporter(endpoint=endpoint, timeout=SEND_SECONDS)


class OpenTelemetryTracer:
    """Makes spans, and hands those that ended to an exporter: in batches, from a thread of its own.

    Where the exporter does not take them as quickly as they come, the oldest are given up.
    """

    def __init__(self, exporter: SpanExporter, share: float) -> None:
        """Trace a share (0 to 1) of the requests that name no parent; of the others those whose parent is traced."""
        self._exporter = exporter
        resource = Resource.create({"service.name": "facetry", "service.version": version("facetry")})
        # The end of the process is ours to see to, so the provider must not wait for its collector there.
        self._provider = TracerProvider(
            sampler=ParentBased(TraceIdRatioBased(share)), resource=resource, shutdown_on_exit=False
        )
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer = self._provider.get_tracer("facetry")
        self._context = TraceContextTextMapPropagator()

    @contextmanager
    def request(self, method: str, headers: Mapping[str, str]) -> Iterator[OpenTelemetrySpan]:
        """See ``telemetry.tracing.Tracer``."""
        parent = self._context.extract(headers, context=trace.set_span_in_context(trace.INVALID_SPAN))
        with self._tracer.start_as_current_span(
            method, parent, SpanKind.SERVER, record_exception=False, set_status_on_exception=False
        ) as span:
            yield OpenTelemetrySpan(span)

    @contextmanager
    def step(self, name: str, tenant: str) -> Iterator[OpenTelemetrySpan]:
        """See ``telemetry.tracing.Tracer``."""
        with self._tracer.start_as_current_span(
            name, attributes={"facetry.tenant": tenant}, record_exception=False, set_status_on_exception=False
        ) as span:
            step = OpenTelemetrySpan(span)
            try:
                yield step
            except (Exception, asyncio.CancelledError) as error:
                step.fail(error.code if isinstance(error, FacetryError) else type(error).__name__)
                raise

    async def close(self) -> None:
        """See ``telemetry.tracing.Tracer``."""
        # The provider waits for its collector as long as that may take, so nobody waits for the provider.
        closing = threading.Thread(target=self._provider.shutdown, name="traces", daemon=True)
        closing.start()
        await asyncio.to_thread(closing.join, CLOSE_SECONDS)
        # Whatever is still being sent is given up.
        self._exporter.shutdown()


class OpenTelemetrySpan:
    """A span of the SDK."""

    def __init__(self, span: Span) -> None:
        """Show a span that somebody else begins and ends."""
        self._span = span

    @property
    def traceparent(self) -> str:
        """See ``telemetry.tracing.Span``."""
        context = self._span.get_span_context()
        return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags & 1:02x}"

    def rename(self, name: str) -> None:
        """See ``telemetry.tracing.Span``."""
        self._span.update_name(name)

    def note(self, name: str, value: str | int | bool) -> None:  # noqa: FBT001 - a value like the others
        """See ``telemetry.tracing.Span``."""
        self._span.set_attribute(name, value)

    def fail(self, kind: str) -> None:
        """See ``telemetry.tracing.Span``."""
        self._span.set_attribute("error.type", kind)
        self._span.set_status(StatusCode.ERROR)
