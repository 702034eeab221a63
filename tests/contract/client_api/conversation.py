"""How a published conversation is held: what may stand in a case, and how an answer is compared."""

import json
from urllib.parse import urlencode

import msgspec

from facetry.application.access_keys import NewAccessKey
from facetry.application.records import Records
from facetry.domain.errors import IndexFailedError, StoreError
from facetry.domain.leaky_bucket import Bucket
from facetry.domain.tenant import ClientApiSettings, HttpsRule, Scope
from facetry.worker.listing_batches import ListingBatches

ANYTHING = "*"
LOCAL = "127.0.0.1"


class Shop:
    """A shop, and what a case may be given before its request."""

    def __init__(self, server, keys):
        self.server = server
        self.key = keys.access_key

    async def given(self, step):
        """Do one step of ``given``: a call that must succeed, or something that is done to the shop by name."""
        if isinstance(step, str):
            name, _, value = step.partition(" ")
            await getattr(self, f"_{name}")(value)
        else:
            answer = (await self.send(step)).json
            assert answer["status"]["code"] == 100, answer

    async def send(self, request):
        """Send a request: an action with its data by a form, or any raw one with ``method``."""
        if "method" in request:
            return await self.server.call(
                request["method"],
                request.get("target", "/client/V1/"),
                headers=request.get("headers"),
                body=request.get("body", "").encode("utf-8", "surrogateescape"),
                peer=request.get("peer", LOCAL),
                scheme=request.get("scheme", "http"),
            )
        fields = {"auth": self.key, **request}
        texts = {name: v if isinstance(v, str) else json.dumps(v) for name, v in fields.items() if v is not None}
        headers = {"content-type": "application/x-www-form-urlencoded"}
        body = urlencode(texts).encode()
        return await self.server.call("POST", "/client/V1/", headers=headers, body=body, peer=LOCAL)

    async def _key(self, scopes):
        """Call from now on with a key that has these scopes."""
        wish = NewAccessKey(name="k", scopes=tuple(map(Scope, scopes.split())), expires=self.server.clock.time + 60)
        self.key = (await self.server.access_keys.create("shop", wish)).secret

    async def _seconds(self, seconds):
        """Let some time pass."""
        self.server.clock.time += float(seconds)

    async def _disabled(self, what):
        """Disable the shop, or its key."""
        if what == "key":
            await self.server.access_keys.set_disabled("shop", "main", disabled=True)
        else:
            await self.server.tenants.set_active("shop", active=False)

    async def _bucket(self, wish):
        """Give an action another bucket: its name, size and leak."""
        name, size, leak = wish.split()
        await self._set(buckets={name: Bucket(int(size), float(leak))})

    async def _https(self, rule):
        """Let the shop want HTTPS."""
        await self._set(require_https=HttpsRule(rule))

    async def _http_errors(self, _):
        """Let the shop want a status for each failure."""
        await self._set(http_errors=True)

    async def _work(self, _):
        """Do the batches that wait."""
        await ListingBatches(self.server.store, self.server.catalog, Records(self.server.store)).work("shop")

    async def _failing(self, what):
        """Let the store, or the index, fail from now on."""
        if what == "index":
            self.server.index.failure = IndexFailedError("x")
        else:
            self.server.store.write = _failing_write

    async def _set(self, **changes):
        record = await self.server.tenants.get("shop")
        settings = msgspec.structs.replace(record.settings, client_api=ClientApiSettings(**changes))
        await self.server.store.replace_tenant(msgspec.structs.replace(record, settings=settings))


async def _failing_write(tenant, writes, **options):
    raise StoreError("x")


def differences(expected, given, path="answer"):
    """Yield where an answer is not as expected; ``*`` stands for anything, ``"...": "*"`` for further keys."""
    if expected == ANYTHING:
        return
    if isinstance(expected, dict) and isinstance(given, dict):
        open_ended = "..." in expected
        expected = {name: value for name, value in expected.items() if name != "..."}
        if not open_ended and expected.keys() != given.keys():
            yield f"{path}: keys {sorted(given)} instead of {sorted(expected)}"
        for name in expected:
            yield from differences(expected[name], given.get(name, "(missing)"), f"{path}.{name}")
    elif isinstance(expected, list) and isinstance(given, list) and len(expected) == len(given):
        for at, (one, other) in enumerate(zip(expected, given, strict=True)):
            yield from differences(one, other, f"{path}.{at}")
    elif type(expected) is not type(given) or expected != given:
        yield f"{path}: {json.dumps(given)} instead of {json.dumps(expected)}"
