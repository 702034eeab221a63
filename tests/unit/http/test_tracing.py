"""What the span of a request tells, and what its answer tells of it."""

from contextlib import contextmanager

import pytest

from facetry.domain.tenant import TenantSettings
from facetry.http.exchange import SCOPE_KEY, Exchange, Session
from facetry.http.tracing import TracedApplication

pytestmark = pytest.mark.anyio

SESSION = Session(tenant="shop", name="Shop", label="l", settings=TenantSettings(), expires=0.0)


class KeptSpan:
    traceparent = "00-1-2-01"

    def __init__(self, name):
        self.name, self.told, self.kind = name, {}, None

    def rename(self, name):
        self.name = name

    def note(self, name, value):
        self.told[name] = value

    def fail(self, kind):
        self.kind = kind


class KeptTracer:
    def __init__(self):
        self.spans, self.headers = [], []

    @contextmanager
    def request(self, method, headers):
        self.headers.append(headers)
        self.spans.append(KeptSpan(method))
        yield self.spans[-1]


def answering(status, change=lambda scope: None):
    async def application(scope, receive, send):
        change(scope)
        await send({"type": "http.response.start", "status": status, "headers": [(b"x-request-id", b"id1")]})
        await send({"type": "http.response.body", "body": b"{}"})

    return application


async def call(application, method="GET", headers=()):
    tracer, sent = KeptTracer(), []

    async def send(message):
        sent.append(message)

    scope = {"type": "http", "method": method, "headers": list(headers)}
    await TracedApplication(application, tracer)(scope, None, send)
    return tracer, sent


def routed(route="", session=None, **more):
    def change(scope):
        exchange = scope[SCOPE_KEY] = Exchange("id1", 0.0, "")
        exchange.route, exchange.session = route, session
        scope.update(more)

    return change


async def test_a_routed_request_is_told_by_its_route_and_tenant():
    tracer, sent = await call(answering(200, routed("/v2/products/{sku}", SESSION)))
    (span,) = tracer.spans
    assert (span.name, span.kind) == ("GET /v2/products/{sku}", None)
    assert span.told == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "facetry.request_id": "id1",
        "facetry.kept": False,
        "http.route": "/v2/products/{sku}",
        "facetry.tenant": "shop",
    }
    assert sent == [
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"x-request-id", b"id1"), (b"traceparent", b"00-1-2-01")],
        },
        {"type": "http.response.body", "body": b"{}"},
    ]


async def test_the_framework_may_have_found_the_route():
    tracer, _ = await call(answering(200, routed(path_template="/healthz")))
    assert tracer.spans[0].name == "GET /healthz"


async def test_no_path_is_told_where_there_is_no_route():
    tracer, _ = await call(answering(404, routed()))
    assert (tracer.spans[0].name, tracer.spans[0].kind) == ("GET", None)
    assert "http.route" not in tracer.spans[0].told


async def test_what_is_kept_is_told_without_a_route():
    tracer, _ = await call(answering(200))
    assert (tracer.spans[0].name, tracer.spans[0].told["facetry.kept"]) == ("GET", True)


async def test_a_failure_is_one_and_a_made_up_method_is_not_told():
    tracer, _ = await call(answering(503, routed("/v2/search")), method="SECRET")
    assert (tracer.spans[0].name, tracer.spans[0].kind) == ("_OTHER /v2/search", "503")


async def test_only_the_headers_of_traces_are_looked_at():
    headers = [(b"traceparent", b"00-a-b-01"), (b"tracestate", b"a=\xff"), (b"authorization", b"Bearer SECRET")]
    tracer, _ = await call(answering(200), headers=headers)
    assert tracer.headers == [{"traceparent": "00-a-b-01", "tracestate": "a=\xff"}]


async def test_what_is_no_request_is_passed_on():
    tracer, seen = KeptTracer(), []

    async def application(scope, receive, send):
        seen.append(scope)

    await TracedApplication(application, tracer)({"type": "lifespan"}, None, None)
    assert (seen, tracer.spans) == ([{"type": "lifespan"}], [])
