"""The whole HTTP side of a server in one process over the reference engines, called as ASGI calls it."""

import asyncio
import json
from typing import NamedTuple
from urllib.parse import quote, urlencode

from argon2 import PasswordHasher
from litestar import Litestar

from facetry.api.catalog.openapi import openapi_document
from facetry.api.catalog.routes import Dependencies, routes, surface
from facetry.api.client import routes as client_api
from facetry.api.client.actions import Actions
from facetry.api.client.dependencies import Dependencies as ClientDependencies
from facetry.api.client.documentation import page
from facetry.api.client.limits import Limits
from facetry.api.client.protocol import Protocol
from facetry.api.docs import routes as docs
from facetry.api.native import routes as native_api
from facetry.api.native.dependencies import Dependencies as NativeDependencies
from facetry.api.native.openapi import openapi_document as native_document
from facetry.application.access_keys import AccessKeys
from facetry.application.bulk_edits import BulkEdits
from facetry.application.catalog import Catalog
from facetry.application.change_feed import ChangeFeed
from facetry.application.client_limits import ClientLimits
from facetry.application.fair_use import FairUse
from facetry.application.gemstones import Gemstones
from facetry.application.history_notes import HistoryNotes
from facetry.application.import_drafts import ImportDrafts
from facetry.application.import_jobs import Imports
from facetry.application.login_limits import LoginLimiter, key_limiter
from facetry.application.maintenance import Maintenance
from facetry.application.passwords import Passwords
from facetry.application.records import Records
from facetry.application.relay import ChangeRelay
from facetry.application.search import Search
from facetry.application.search_settings import SearchSettings
from facetry.application.second_factor import SecondFactor
from facetry.application.secrets import Vault
from facetry.application.selections import Selections
from facetry.application.server_overview import ServerOverview
from facetry.application.settings_history import SettingsHistory
from facetry.application.sign_ins import SignIns
from facetry.application.tenants import NewTenant, Tenants
from facetry.application.users import Users
from facetry.bootstrap.api_documents import api_documents
from facetry.dashboard import routes as dashboard
from facetry.dashboard.dependencies import About
from facetry.dashboard.dependencies import Dependencies as DashboardDependencies
from facetry.domain.tenant import HttpsRule
from facetry.engines.memory.accounts import MemoryAccounts
from facetry.engines.memory.cache import MemoryCache
from facetry.engines.memory.mending import NothingToMend
from facetry.http.admission import Admission
from facetry.http.client_admission import ClientAdmission
from facetry.http.cross_origin import CrossOrigin
from facetry.http.gate import Gate, Sharing
from facetry.http.hot import HotReads
from facetry.http.invalidation import CacheInvalidation
from facetry.http.journaling import RequestJournal
from facetry.http.keys import Keys
from facetry.http.surface import Surfaces
from facetry.http.tenant_limits import UNLIMITED
from facetry.http.tokens import Tokens
from facetry.http.transport import Transport
from facetry.http.verified import VerifiedTokens
from facetry.telemetry.metrics import Metrics
from facetry.telemetry.request_log import RequestLog
from tests.api.engines import memory_engines

QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Hashes of passwords that are no secrets."""
FORM = "application/x-www-form-urlencoded"
JSON = "application/json"


class SetClock:
    """A clock that tests turn."""

    def __init__(self):
        self.time = 1_600_000_000.0

    def now(self):
        return self.time


class Response(NamedTuple):
    status: int
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Server:
    """One server; every call is one request."""

    def __init__(
        self,
        cors_origins=(),
        index=None,
        *,
        store=None,
        engines=None,
        https=HttpsRule.NEVER,
        further_actions=(),
        log=None,
        limits=UNLIMITED,
        index_wait_seconds=0.2,
    ):
        self.clock = SetClock()
        self.engines = engines(self.clock) if engines else memory_engines(self.clock, store, index)
        self.store, self.index = self.engines.store, self.engines.index
        self.relay = ChangeRelay(self.store, self.index, index_wait_seconds=index_wait_seconds)
        self.fair_use = FairUse(self.store, self.engines.limiter)
        self.catalog = Catalog(self.store, self.relay, self.fair_use)
        self.journal = self.engines.journal
        self.store.on_write(HistoryNotes(self.journal, self.clock))
        self.accounts = MemoryAccounts()
        self.tenants = Tenants(self.store, Vault(bytes(range(32))), self.clock, self.journal, self.accounts)
        self.key_usage = self.engines.key_usage
        self.access_keys = AccessKeys(self.store, Vault(bytes(range(32))), self.clock, self.key_usage)
        verified = VerifiedTokens(self.clock, ask=self.store.look if self.store.looks else None)
        self.tokens = Tokens(self.tenants, self.clock, verified, self.store.mark)
        cache = MemoryCache(64 << 20)
        invalidation = CacheInvalidation(cache)
        self.relay.listen(invalidation)
        self.relay.listen(verified)
        self.search = Search(self.index, self.relay, fair_use=self.fair_use)
        self.log = log or RequestLog(None)
        self.log.listen(RequestJournal(self.journal, verified, rate=1000).take)
        cross_origin = CrossOrigin(cors_origins, native_api.SHOP_FRONT)
        keys = Keys(self.tenants, verified, self.store.mark)
        self.feed = ChangeFeed(self.store)
        self.import_jobs = self.engines.import_jobs
        gemstones = Gemstones(Records(self.store), self.relay)
        settings = SearchSettings(self.store, self.search, self.relay, SettingsHistory(self.store, self.clock))
        imports = Imports(self.import_jobs, self.store, self.clock, 1 << 20, cancel_seconds=1.0)
        native = NativeDependencies(
            admission=Admission(self.tokens, keys, self.clock, self.key_usage, key_limiter(self.engines.limiter, "v2")),
            catalog=self.catalog,
            store=self.store,
            gemstones=gemstones,
            search=self.search,
            settings=settings,
            relay=self.relay,
            feed=self.feed,
            imports=imports,
            clock=self.clock,
            journal=self.journal,
            cross_origin=cross_origin,
            limits=limits,
        )
        dependencies = Dependencies(
            catalog=self.catalog,
            search=self.search,
            tenants=self.tenants,
            tokens=self.tokens,
            login_limiter=LoginLimiter(self.engines.limiter, "v1"),
            relay=self.relay,
            records=Records(self.store),
            clock=self.clock,
            limits=limits,
        )
        actions = client_api.all_actions(
            ClientDependencies(
                catalog=self.catalog,
                search=self.search,
                records=Records(self.store),
                gemstones=gemstones,
                store=self.store,
                relay=self.relay,
                clock=self.clock,
            )
        )
        self.client_actions = known = Actions([*actions, *further_actions])
        protocol = Protocol(
            known,
            ClientAdmission(
                *(self.tenants, verified, self.store.mark, self.clock, self.key_usage),
                key_limiter(self.engines.limiter, "client"),
            ),
            Transport(https, ["198.51.100.0/24"]),
            Limits(self.engines.limiter, {}),
        )
        shown = docs.routes(openapi_document("0.0.0"), native_document("0.0.0"), page(known, {}))
        v2 = native_api.NativeApi(native)
        self.native_routes = native_api.all_routes(native)
        app = Litestar(
            route_handlers=[*routes(dependencies), *native_api.routes(v2), *shown],
            exception_handlers={Exception: self._raise},
            openapi_config=None,
            logging_config=None,
        )
        metrics = Metrics()
        hot = HotReads(cache, invalidation, verified, self.relay, metrics)
        passwords = Passwords(QUICK_HASHER)
        self.users = Users(self.accounts, self.store, self.clock, passwords)
        factor = SecondFactor(self.users, Vault(bytes(range(32))), self.clock, self.engines.limiter)
        self.sign_ins = SignIns(self.accounts, self.store, self.users, passwords, factor)
        self.pages = DashboardDependencies(
            sign_ins=self.sign_ins,
            second_factor=factor,
            users=self.users,
            catalog=self.catalog,
            store=self.store,
            records=Records(self.store),
            gemstones=gemstones,
            search=self.search,
            search_settings=settings,
            relay=self.relay,
            feed=self.feed,
            imports=imports,
            import_drafts=ImportDrafts(self.import_jobs, imports, self.clock),
            journal=self.journal,
            tenants=self.tenants,
            overview=ServerOverview(self.store, self.index, self.import_jobs),
            erase_tenant=self.tenants.delete,
            access_keys=self.access_keys,
            key_usage=self.key_usage,
            limiter=self.engines.limiter,
            client_limits=ClientLimits(self.engines.limiter, {}, [one.name for one in known if one.is_limited]),
            maintenance=Maintenance(self.store, self.index, self.relay, NothingToMend()),
            transport=Transport(HttpsRule.NEVER, ["198.51.100.0/24"]),
            clock=self.clock,
            about=About(version="0.0.0"),
            documents=api_documents(),
            bulk_edits=BulkEdits(self.catalog, Records(self.store), Selections(self.search), self.clock),
        )
        all_surfaces = [surface(), native_api.surface(cross_origin, v2), client_api.surface(protocol)]
        surfaces = Surfaces([*all_surfaces, dashboard.surface(self.pages)], surface())
        self.app = Gate(app, surfaces, hot, metrics, self.log, Sharing(limits))

    @staticmethod
    def _raise(request, error):
        raise error

    async def add_tenant(self, name, **wish):
        """Return the keys of a new tenant and a client that is logged in as it."""
        keys = await self.tenants.create(NewTenant(name=name, **wish))
        return keys, Client(self, self.tokens.issue(keys.tenant))

    async def call(self, method, target, *, headers=None, body=b"", peer="192.0.2.1", scheme="http"):
        """Send one request; the target is raw, as it stands in the request line."""
        status, received, content = await self.call_whole(
            method, target, headers=headers, body=body, peer=peer, scheme=scheme
        )
        return Response(status, dict(received), content)

    async def call_whole(self, method, target, *, headers=None, body=b"", peer="192.0.2.1", scheme="http"):
        """Send one request, and return status, all headers and the body."""
        messages, has_answered = [], asyncio.Event()
        scope = scope_of(method, target, headers, peer, scheme)
        pending = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive():
            if pending:
                return pending.pop()
            await has_answered.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            messages.append(message)
            # A client that has its answer goes, also where the server would read on.
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                has_answered.set()

        try:
            await self.app(scope, receive, send)
        finally:
            has_answered.set()
        start, *rest = messages
        received = [(k.decode(), v.decode("latin-1")) for k, v in start["headers"]]
        return start["status"], received, b"".join(m.get("body", b"") for m in rest)


def scope_of(method, target, headers=None, peer="192.0.2.1", scheme="http"):
    """Return the ASGI scope of a request."""
    path, _, query = target.partition("?")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": path,
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "root_path": "",
        "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in (headers or {}).items()],
        "client": (peer, 50_000),
        "server": ("127.0.0.1", 80),
    }


class KeyHolder:
    """Calls ``/v2`` with one key as bearer."""

    def __init__(self, server, key):
        self.server = server
        self.headers = {"authorization": f"Bearer {key}"}

    async def __call__(self, method, target, body=None, *, headers=None):
        """Send a request; a dictionary or list goes as JSON, bytes as they are."""
        sent = {**self.headers, **(headers or {})}
        if isinstance(body, dict | list):
            body, sent["content-type"] = json.dumps(body).encode(), sent.get("content-type", JSON)
        return await self.server.call(method, target, headers=sent, body=body or b"")

    async def search(self, **document):
        """Search with a JSON body, and return the answer of a search that is good."""
        answer = await self("POST", "/v2/search", document)
        assert answer.status == 200, answer.body
        return answer.json

    async def skus(self, **document):
        """Return the SKUs of all matching products, by hit."""
        found = await self.search(**{"matched_products": 100, "limit": 100, **document})
        return [[product["sku"] for product in hit["products"]] for hit in found["hits"]]

    async def refused(self, document, status=400):
        """Search with what must be refused with a problem, and return that."""
        answer = await self("POST", "/v2/search", document)
        return problem_of(answer, status)


def problem_of(answer, status):
    """Return the problem that an answer with this status must be."""
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json"), answer.body
    assert answer.headers["cache-control"] == "no-store"
    problem = answer.json
    assert (problem["status"], problem["type"]) == (status, f"urn:facetry:problem:{problem['code']}")
    assert problem["title"]
    assert problem["request_id"] == answer.headers["x-request-id"]
    return problem


class AccessKeyHolder:
    """Calls the Client API with one access key."""

    def __init__(self, server, key):
        self.server = server
        self.key = key

    async def __call__(self, action, data=None, **parameters):
        """Call an action by a form, data and actions as JSON; return the answer."""
        fields = {"auth": self.key, "action": action, **parameters}
        if data is not None:
            fields["data"] = data
        texts = {name: json.dumps(v) if isinstance(v, dict | list) else str(v) for name, v in fields.items()}
        return await self.server.call(
            "POST", "/client/V1/", headers={"content-type": FORM}, body=urlencode(texts).encode()
        )

    async def ok(self, action, data=None, **parameters):
        """Call an action that must succeed, and return its data."""
        answer = (await self(action, data, **parameters)).json
        assert answer["status"] == {"code": 100, "message": "OK"}, answer
        return answer["data"]

    async def refused(self, code, action, data=None, **parameters):
        """Call an action that must end with another code than 100, and return its data."""
        answer = (await self(action, data, **parameters)).json
        assert answer["status"]["code"] == code, answer
        return answer["data"]


class Client:
    """Calls a server with one tenant's token."""

    def __init__(self, server, token):
        self.server = server
        self.headers = {"x-access-token": token}

    async def __call__(self, method, target, body=None, *, content_type=None, headers=None):
        """Send a request; a dictionary goes as JSON, a list of pairs as a form, bytes as they are."""
        sent = {**self.headers, **(headers or {})}
        if isinstance(body, dict):
            body, content_type = json.dumps(body).encode(), content_type or JSON
        elif isinstance(body, list):
            body, content_type = urlencode(body).encode(), content_type or FORM
        if content_type is not None:
            sent["content-type"] = content_type
        return await self.server.call(method, target, headers=sent, body=body or b"")

    async def post(self, body, **options):
        return await self("POST", "/catalog/v1/products", body, **options)

    async def put(self, body, **options):
        return await self("PUT", "/catalog/v1/products", body, **options)

    async def product(self, sku):
        return await self("GET", "/catalog/v1/products/" + quote(sku, safe=""))

    async def group(self, name):
        return await self("GET", "/catalog/v1/productgroups/" + quote(name, safe=""))

    async def search(self, **parameters):
        return await self("GET", "/search/v1/search?" + urlencode(parameters, doseq=True))


def product(sku, group="G1", /, **fields):
    """Return a product as v1 takes it in JSON."""
    return {
        "images": ["https://example.com/a.jpg"],
        "searchKeywords": ["ring"],
        "category": ["Jewelry>Rings"],
        "isMain": False,
        "sku": sku,
        "name": f"Ring {sku}",
        "description": "a ring",
        "groupID": group,
        "regularPrice": 12.5,
        "promotionPrice": 10,
        "quantity": 3,
        "active": True,
        **fields,
    }
