"""Spans of the SDK: parents from elsewhere, parents in the task, errors by kind, and no waiting for a collector."""

import asyncio
import time

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from facetry.domain.errors import ProductNotFoundError
from facetry.engines.opentelemetry.tracer import OpenTelemetryTracer, otlp_exporter
from facetry.telemetry.tracing import traced
from tests.program import HOST, free_port

pytestmark = pytest.mark.anyio

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
PARENT_ID = "b7ad6b7169203331"


class KeptTracer(OpenTelemetryTracer):
    def __init__(self, share):
        self.kept = InMemorySpanExporter()
        super().__init__(self.kept, share)

    @property
    def ended(self):
        assert self._provider.force_flush()
        return self.kept.get_finished_spans()


@pytest.fixture
def tracer():
    tracer = KeptTracer(1.0)
    yield tracer
    tracer._provider.shutdown()


def named(tracer):
    return {span.name: span for span in tracer.ended}


def test_a_request_is_below_the_span_that_it_names(tracer):
    with tracer.request("GET", {"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01", "tracestate": "a=1"}) as span:
        told = span.traceparent
    (ended,) = tracer.ended
    assert told == f"00-{TRACE_ID}-{ended.context.span_id:016x}-01"
    assert (f"{ended.context.trace_id:032x}", f"{ended.parent.span_id:016x}") == (TRACE_ID, PARENT_ID)
    assert ended.context.trace_state.to_header() == "a=1"
    assert (ended.kind, ended.status.status_code) == (SpanKind.SERVER, StatusCode.UNSET)
    assert ended.resource.attributes["service.name"] == "facetry"


@pytest.mark.parametrize("given", ["", "nonsense", f"00-{'0' * 32}-{PARENT_ID}-01", f"ff-{TRACE_ID}-{PARENT_ID}-01"])
def test_a_parent_that_is_none_begins_a_trace(tracer, given):
    with tracer.request("GET", {"traceparent": given}):
        pass
    (ended,) = tracer.ended
    assert ended.parent is None
    assert f"{ended.context.trace_id:032x}" != TRACE_ID


def test_a_request_within_a_request_is_not_below_it(tracer):
    with tracer.request("GET", {}), tracer.request("POST", {}):
        pass
    assert named(tracer)["POST"].parent is None


def test_steps_lie_within_each_other(tracer):
    with tracer.request("GET", {}) as span:
        span.rename("GET /v2/products/{sku}")
        span.note("http.route", "/v2/products/{sku}")
        with tracer.step("outer", "shop"), tracer.step("inner", "shop"):
            pass
    spans = named(tracer)
    assert spans["inner"].parent.span_id == spans["outer"].context.span_id
    assert spans["outer"].parent.span_id == spans["GET /v2/products/{sku}"].context.span_id
    assert dict(spans["inner"].attributes) == {"facetry.tenant": "shop"}
    assert dict(spans["GET /v2/products/{sku}"].attributes) == {"http.route": "/v2/products/{sku}"}


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (ProductNotFoundError("SECRET"), "product_not_found"),
        (ValueError("SECRET"), "ValueError"),
        (asyncio.CancelledError(), "CancelledError"),
    ],
    ids=["ours", "another", "cancelled"],
)
def test_an_error_is_told_by_its_kind_only(tracer, error, kind):
    with pytest.raises(type(error)), tracer.step("step", "shop"):
        raise error
    (ended,) = tracer.ended
    assert dict(ended.attributes) == {"facetry.tenant": "shop", "error.type": kind}
    assert (ended.status.status_code, ended.events) == (StatusCode.ERROR, ())
    assert "SECRET" not in ended.to_json()


def test_a_share_of_none_traces_only_what_its_parent_wants():
    tracer = KeptTracer(0.0)
    with tracer.request("GET", {}) as span:
        assert span.traceparent.endswith("-00")
    with tracer.request("GET", {"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-00"}):
        pass
    assert tracer.ended == ()
    with tracer.request("GET", {"traceparent": f"00-{TRACE_ID}-{PARENT_ID}-01"}):
        pass
    assert len(tracer.ended) == 1
    tracer._provider.shutdown()


class Shelf:
    label = "upper"

    async def take(self, tenant, things, *, gently=False):
        return f"{tenant} takes {things}{' gently' if gently else ''}"


async def test_chosen_methods_are_spans_and_all_else_stays(tracer):
    shelf = traced(Shelf(), tracer, {"take": "shelf.take"})
    assert await shelf.take("shop", 3, gently=True) == "shop takes 3 gently"
    assert shelf.label == "upper"
    assert [span.name for span in tracer.ended] == ["shelf.take"]
    with pytest.raises(AttributeError):
        _ = shelf.other


def test_without_a_tracer_nothing_stands_between():
    shelf = Shelf()
    assert traced(shelf, None, {"take": "shelf.take"}) is shelf


async def test_a_collector_that_is_away_holds_nobody_up(monkeypatch):
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "50")
    tracer = OpenTelemetryTracer(otlp_exporter(f"http://{HOST}:{free_port()}/v1/traces"), 1.0)
    started = time.perf_counter()
    for _ in range(5000):
        with tracer.step("step", "shop"):
            pass
    await tracer.close()
    await tracer.close()
    assert time.perf_counter() - started < 5
