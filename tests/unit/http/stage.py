"""The layers of one server around a router that tests write, called as ASGI calls it."""

from __future__ import annotations

import io
import json
from typing import NamedTuple

from facetry.application.relay import ChangeRelay
from facetry.application.secrets import Vault
from facetry.application.tenants import NewTenant, Tenants
from facetry.engines.memory.cache import MemoryCache
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.http.answer import Answer, json_answer, product_tag
from facetry.http.exchange import SCOPE_KEY
from facetry.http.gate import Gate
from facetry.http.hot import HotReads
from facetry.http.invalidation import CacheInvalidation
from facetry.http.streaming import response_to
from facetry.http.surface import Surface, Surfaces
from facetry.http.tokens import Tokens
from facetry.http.verified import VerifiedTokens
from facetry.telemetry.line_writer import LineWriter
from facetry.telemetry.metrics import Metrics
from facetry.telemetry.request_log import RequestLog

ROUTE = "/p/{sku}"


class SetClock:
    """A clock that tests turn."""

    def __init__(self):
        self.time = 1_600_000_000.0

    def now(self):
        return self.time


class Received(NamedTuple):
    status: int
    headers: list
    body: bytes

    @property
    def named(self):
        return dict(self.headers)

    @property
    def unnamed(self):
        """Everything but the request id."""
        return self.status, [pair for pair in self.headers if pair[0] != b"x-request-id"], self.body


def refusal(status, exchange):
    return json_answer({"refused": status, "id": exchange.request_id}, status=status)


class Stage:
    """A gate before a router; ``calls`` counts how often the router was reached."""

    def __init__(self, max_targets=20_000, body_limit=1 << 20, store=None, unread=(), unshared=(), packed=()):
        self.clock = SetClock()
        self.store = store or MemoryCatalogStore()
        self.tenants = Tenants(self.store, Vault(bytes(range(32))), self.clock)
        self.cache = MemoryCache(1 << 20)
        self.relay = ChangeRelay(self.store, None)
        self.invalidation = CacheInvalidation(self.cache)
        self.verified = VerifiedTokens(self.clock, ask=self.store.look if self.store.looks else None)
        self.relay.listen(self.invalidation)
        self.relay.listen(self.verified)
        self.tokens = Tokens(self.tenants, self.clock, self.verified, self.store.mark)
        self.metrics = Metrics()
        self.output = io.BytesIO()
        self.writer = LineWriter(self.output)
        self.log = RequestLog(self.writer)
        self.hot = HotReads(self.cache, self.invalidation, self.verified, self.relay, self.metrics, max_targets)
        surface = Surface(
            prefixes=("/p/", "/p"),
            refusal=refusal,
            body_limit=body_limit,
            unread=frozenset(unread),
            unshared=frozenset(unshared),
            packed=frozenset(packed),
        )
        other = Surface(prefixes=(), refusal=lambda status, _: Answer(status=status, body=b"other form"))
        self.gate = Gate(self.router, Surfaces([surface], other), self.hot, self.metrics, self.log)
        self.calls = 0
        self.handler = self.product
        self.scopes = []

    async def add_tenant(self, name):
        """Return the token of a new tenant."""
        return self.tokens.issue((await self.tenants.create(NewTenant(name=name, id=name))).tenant)

    async def router(self, scope, receive, send):
        """Check the token as surfaces do, and answer what the test's handler gives."""
        self.calls += 1
        self.scopes.append(dict(scope))
        exchange = scope[SCOPE_KEY]
        exchange.route = ROUTE
        token = dict(scope["headers"]).get(b"x-access-token")
        if token is not None:
            exchange.session = await self.tokens.session(token.decode("latin-1"), exchange.looked)
        answer = await self.handler(scope, receive, exchange)
        await response_to(answer)(scope, receive, send)

    async def product(self, scope, receive, exchange):
        """Answer with the product that the path names, as the store has it."""
        if exchange.session is None:
            return json_answer({"bad": "token"})
        tenant, sku = exchange.session.tenant, scope["path"].rpartition("/")[2]
        revision = await self.relay.settle(tenant)
        found = await self.store.product(tenant, sku)
        value = {"sku": sku, "name": found.name if found else None, "text": "x" * 2000}
        return Answer(
            body=json.dumps(value).encode(), cache_key=f"product {sku}", tags=(product_tag(sku),), revision=revision
        )

    def lines(self):
        """Return the lines of the log, which ends with them."""
        self.log.flush()
        self.writer.close()
        return [json.loads(line) for line in self.output.getvalue().splitlines()]

    async def call(self, method, target, *, token=None, headers=(), body=()):
        """Send one request, its body in chunks, and return what was sent; None where nothing was."""
        messages = []
        await self.run(method, target, messages.append, token=token, headers=headers, body=body)
        if not messages:
            return None
        start, *rest = messages
        assert [message["type"] for message in rest][-1:] == ["http.response.body"]
        return Received(start["status"], start["headers"], b"".join(message["body"] for message in rest))

    async def run(self, method, target, sent, *, token=None, headers=(), body=()):
        """Send one request, and hand every message sent to ``sent``."""
        path, _, query = target.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": "/decoded",
            "raw_path": path.encode("latin-1"),
            "query_string": query.encode(),
            "headers": [*headers, *([(b"x-access-token", token.encode())] if token else [])],
            "client": ("192.0.2.1", 50_000),
        }
        chunks = list(body)

        async def receive():
            if not chunks:
                return {"type": "http.disconnect"}
            chunk = chunks.pop(0)
            return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}

        async def send(message):
            sent(message)

        await self.gate(scope, receive, send)
