"""A server that sends its traces to a collector: one tree of spans for each request, over what it went through."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.api.server import product
from tests.program import HOST, Program, new_tenant, wait_until

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"
PARENT_ID = "b7ad6b7169203331"
PARENT = f"00-{TRACE_ID}-{PARENT_ID}-01"


class Collector(ThreadingHTTPServer):
    """Keeps the spans that it is sent, by trace and name."""

    def __init__(self):
        super().__init__((HOST, 0), Taking)
        self.bodies = []

    @property
    def endpoint(self):
        return f"http://{HOST}:{self.server_address[1]}/v1/traces"

    def spans(self, trace_id=TRACE_ID):
        found = {}
        for body in list(self.bodies):
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                for scope in resource.scope_spans:
                    found |= {span.name: span for span in scope.spans if span.trace_id.hex() == trace_id}
        return found


class Taking(BaseHTTPRequestHandler):
    def do_POST(self):
        assert urlsplit(self.path).path == "/v1/traces"
        self.server.bodies.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def collector():
    with Collector() as collector:
        threading.Thread(target=collector.serve_forever, args=(0.05,), daemon=True).start()
        yield collector
        collector.shutdown()


@pytest.fixture(scope="module")
def server(tmp_path_factory, collector):
    told = {"FACETRY_TRACE_ENDPOINT": collector.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "100"}
    with Program(tmp_path_factory.mktemp("traced") / "data", env=told) as program:
        yield program


# One change of the index may serve several writes, so it is in the trace of one of them or in one of its own.
def changes_of_the_index(collector):
    return [name for body in collector.bodies for name in (b"index.apply", b"index.rebuild") if name in body]


def attributes(span):
    return {item.key: getattr(item.value, item.value.WhichOneof("value")) for item in span.attributes}


def test_a_write_and_a_search_are_trees_of_spans(server, collector):
    tenant = new_tenant(server.data)
    with server.connect(server.login(tenant)) as shop:
        added = shop("POST", "/catalog/v1/products", product("R1", "R1"), {"traceparent": PARENT})
        found = shop.get("/search/v1/search?q=ring", traceparent=PARENT)
        kept = shop.get("/search/v1/search?q=ring", traceparent=PARENT)
    assert [reply.status for reply in (added, found, kept)] == [200, 200, 200]
    assert all(reply.headers["traceparent"].startswith(f"00-{TRACE_ID}-") for reply in (added, found, kept))
    wait_until(lambda: {"GET", "index.match"} <= collector.spans().keys(), 20, "no spans")
    spans = collector.spans()
    request, step = spans["POST /catalog/v1/products"], spans["catalog.add_product"]
    assert request.parent_span_id.hex() == PARENT_ID
    assert request.span_id.hex() == added.headers["traceparent"].split("-")[2]
    assert attributes(request) == {
        "http.request.method": "POST",
        "http.response.status_code": 200,
        "http.route": "/catalog/v1/products",
        "facetry.request_id": added.headers["x-request-id"],
        "facetry.kept": False,
        "facetry.tenant": tenant["id"],
    }
    assert step.parent_span_id == request.span_id
    assert spans["store.write"].parent_span_id == step.span_id
    assert spans["search.match"].parent_span_id == spans["GET /search/v1/search"].span_id
    assert spans["index.match"].parent_span_id == spans["search.match"].span_id
    assert spans["GET"].span_id.hex() == kept.headers["traceparent"].split("-")[2]
    assert attributes(spans["GET"])["facetry.kept"] is True
    wait_until(lambda: changes_of_the_index(collector), 20, "no change of the index")
    assert not [body for body in collector.bodies if tenant["apiKey"].encode() in body]


def test_what_waits_is_sent_at_the_end(tmp_path, collector):
    told = {"FACETRY_TRACE_ENDPOINT": collector.endpoint, "OTEL_BSP_SCHEDULE_DELAY": "60000"}
    trace_id = TRACE_ID[::-1]
    with Program(tmp_path / "data", env=told) as server:
        with server.connect() as visitor:
            visitor.get("/healthz", traceparent=f"00-{trace_id}-{PARENT_ID}-01")
        assert server.stop() == 0
    assert list(collector.spans(trace_id)) == ["GET /healthz"]
