"""Whose a token is, and which tokens are nobody's."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest

from facetry.application.relay import ChangeRelay
from facetry.application.secrets import Vault
from facetry.application.tenants import NewTenant, Rotation, Tenants
from facetry.domain.tenant import TenantSettings
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.http.exchange import Session
from facetry.http.tokens import MAX_TOKEN_BYTES, Tokens
from facetry.http.verified import VerifiedTokens
from facetry.testing.samples import put

pytestmark = pytest.mark.anyio


class SetClock:
    def __init__(self):
        self.time = 1_600_000_000.0

    def now(self):
        return self.time


class CountingTenants(Tenants):
    """Tenants that count how often a key was looked up, and do something once in between."""

    lookups = 0
    meanwhile = None

    async def verifying_secret(self, kid):
        self.lookups += 1
        found = await super().verifying_secret(kid)
        if self.meanwhile is not None:
            action, self.meanwhile = self.meanwhile, None
            await action()
        return found


class Office:
    """Everything about tokens over the reference store, with the tenants shop and rival."""

    def __init__(self):
        self.clock = SetClock()
        self.store = MemoryCatalogStore()
        self.tenants = CountingTenants(self.store, Vault(bytes(range(32))), self.clock)
        self.verified = VerifiedTokens(self.clock)
        self.tokens = Tokens(self.tenants, self.clock, self.verified, self.store.mark)
        self.relay = ChangeRelay(self.store, None)
        self.relay.listen(self.verified)

    async def open(self):
        wish = NewTenant(name="Shop", id="shop", label="l", settings=TenantSettings(currency="EUR"))
        self.shop = (await self.tenants.create(wish)).tenant
        self.rival = (await self.tenants.create(NewTenant(name="Rival", id="rival"))).tenant
        return self

    def secret(self, tenant):
        return self.tenants.signing_secret(tenant)

    def forged(self, tenant, header=None, claims=None, secret=None):
        """Return a token made by hand, right in everything that is not given."""
        key = self.secret(tenant)
        now = int(self.clock.now())
        whole_claims = {"tenant": tenant.id, "version": tenant.token_version, "iat": now, "exp": now + 60}
        return signed(
            {"alg": "HS256", "kid": key.kid} | (header or {}),
            whole_claims | (claims or {}),
            key.secret if secret is None else secret,
        )


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def signed(header, claims, secret, digest=hashlib.sha256):
    text = f"{part(header)}.{part(claims)}"
    signature = base64.urlsafe_b64encode(hmac.digest(secret, text.encode(), digest)).rstrip(b"=").decode()
    return f"{text}.{signature}"


def opened(token):
    return [json.loads(base64.urlsafe_b64decode(text + "==")) for text in token.split(".")[:2]]


@pytest.fixture
async def office(anyio_backend):
    return await Office().open()


async def test_an_issued_token_says_who_until_when_and_by_which_key(office):
    header, claims = opened(office.tokens.issue(office.shop))
    assert header == {"typ": "JWT", "alg": "HS256", "kid": office.secret(office.shop).kid}
    assert claims == {"tenant": "shop", "version": 1, "iat": 1_600_000_000, "exp": 1_600_086_400}


async def test_an_issued_token_opens_a_session(office):
    session = await office.tokens.session(office.tokens.issue(office.shop))
    assert session == Session(
        tenant="shop", name="Shop", label="l", settings=TenantSettings(currency="EUR"), expires=1_600_086_400.0
    )


async def test_a_token_made_by_hand_is_good_if_it_is_right(office):
    assert (await office.tokens.session(office.forged(office.shop))).tenant == "shop"


async def test_a_token_is_verified_once(office):
    token = office.tokens.issue(office.shop)
    assert office.tokens.peek(token.encode()) is None
    first = await office.tokens.session(token)
    lookups = office.tenants.lookups
    assert await office.tokens.session(token) is first
    assert office.tokens.peek(token.encode()) is first
    assert office.tenants.lookups == lookups


async def test_it_ends_on_the_second(office):
    token = office.tokens.issue(office.shop)
    unseen = office.forged(office.shop, claims={"exp": 1_600_086_400})
    await office.tokens.session(token)
    office.clock.time += 86_399.9
    assert (await office.tokens.session(token)).tenant == "shop"
    office.clock.time += 0.1
    assert office.tokens.peek(token.encode()) is None
    assert await office.tokens.session(token) is None
    assert await office.tokens.session(unseen) is None


@pytest.mark.parametrize(
    "change",
    [
        {"header": {"alg": "none"}},
        {"header": {"alg": "HS384"}},
        {"header": {"alg": "RS256"}},
        {"header": {"alg": ["HS256"]}},
        {"header": {"kid": "unknown"}},
        {"header": {"kid": 1}},
        {"header": {"kid": None}},
        {"header": {"crit": ["exp"]}},
        {"header": {"b64": False, "crit": ["b64"]}},
        {"claims": {"tenant": "rival"}},
        {"claims": {"tenant": "nobody"}},
        {"claims": {"tenant": 5}},
        {"claims": {"version": 2}},
        {"claims": {"version": 0}},
        {"claims": {"version": "1"}},
        {"claims": {"exp": 1_600_000_000}},
        {"claims": {"exp": "never"}},
        {"claims": {"exp": None}},
        {"claims": {"exp": 1e999}},
        {"secret": b"another secret of thirty-two byt"},
        {"secret": b""},
    ],
)
async def test_a_token_that_is_wrong_in_one_thing_is_nobodys(office, change):
    token = office.forged(office.shop, **change)
    assert await office.tokens.session(token) is None
    assert len(office.verified) == 0


async def test_a_token_nested_too_deep_to_be_read_is_nobodys(office):
    deep = base64.urlsafe_b64encode(b'{"alg":"HS256","kid":"x","z":' + b"[" * 1_400).decode()
    assert await office.tokens.session(f"{deep}.e30.x") is None


async def test_another_tenants_key_signs_for_nobody_else(office):
    rival = office.secret(office.rival)
    assert await office.tokens.session(office.forged(office.shop, {"kid": rival.kid}, secret=rival.secret)) is None
    assert await office.tokens.session(office.forged(office.shop, secret=rival.secret)) is None


async def test_a_token_without_signature_is_nobodys(office):
    token = office.tokens.issue(office.shop)
    head, claims, _ = token.split(".")
    none = part({"alg": "none", "kid": office.secret(office.shop).kid})
    for text in (f"{head}.{claims}.", f"{head}.{claims}", f"{none}.{claims}.", f"{none}.{claims}", f"{token}.{head}"):
        assert await office.tokens.session(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "....",
        "e30.e30.e30",
        "bnVsbA.e30.",
        "W10.e30.",
        "\0.\0.\0",
        "é.é.é",
        "\udcff.a.b",
        "ÿ" * 40,
        "a" * 100_000,
        "." * 100_000,
        "{}.{}.{}",
        "Bearer x.y.z",
        "eyJhbGciOiJIUzI1NiJ9.e30.x",
    ],
)
async def test_garbage_is_nobodys(office, text):
    assert await office.tokens.session(text) is None


async def test_a_hundred_thousand_bytes_are_not_even_looked_at(office):
    token = office.forged(office.shop, claims={"filler": "x" * 100_000})
    assert len(token) > 100_000 > MAX_TOKEN_BYTES
    assert await office.tokens.session(token) is None
    assert office.tenants.lookups == 0


@pytest.mark.parametrize("end", ["rotate", "disable", "delete"])
async def test_tokens_end_with_the_key_the_login_or_the_tenant(office, end):
    token, other = office.tokens.issue(office.shop), office.tokens.issue(office.rival)
    unseen = office.forged(office.shop)
    await office.tokens.session(token)
    await office.tokens.session(other)
    if end == "rotate":
        await office.tenants.rotate("shop", [Rotation.API_KEY])
    elif end == "disable":
        await office.tenants.set_active("shop", active=False)
    else:
        await office.tenants.delete("shop")
    assert await office.tokens.session(token) is None
    assert office.tokens.peek(token.encode()) is None
    assert await office.tokens.session(unseen) is None
    assert (await office.tokens.session(other)).tenant == "rival"


async def test_a_new_tenant_with_a_deleted_ones_id_has_none_of_its_tokens(office):
    token = office.tokens.issue(office.shop)
    assert await office.tokens.session(token) is not None
    await office.tenants.delete("shop")
    await office.tenants.create(NewTenant(name="Shop", id="shop"))
    assert await office.tokens.session(token) is None
    assert len(office.verified) == 0


async def test_enabling_a_tenant_again_brings_no_token_back(office):
    token = office.tokens.issue(office.shop)
    await office.tenants.set_active("shop", active=False)
    enabled = await office.tenants.set_active("shop", active=True)
    assert await office.tokens.session(token) is None
    assert (await office.tokens.session(office.tokens.issue(enabled))).tenant == "shop"


async def test_new_signing_keys_leave_old_tokens_their_day(office):
    old = office.tokens.issue(office.shop)
    rotated = (await office.tenants.rotate("shop", [Rotation.TOKEN_KEYS])).tenant
    new = office.tokens.issue(rotated)
    assert opened(new)[0]["kid"] != opened(old)[0]["kid"]
    assert (await office.tokens.session(old)).tenant == "shop"
    assert (await office.tokens.session(new)).tenant == "shop"
    office.clock.time += 86_400
    assert await office.tokens.session(old) is None


async def test_a_write_to_the_catalog_ends_no_token(office):
    token = office.tokens.issue(office.shop)
    session = await office.tokens.session(token)
    lookups = office.tenants.lookups
    await office.store.write("shop", [put("a")])
    await office.relay.settle("shop")
    await office.store.write("shop", [put("b")])
    assert await office.tokens.session(token) is not None
    await office.relay.settle("shop")
    assert office.tokens.peek(token.encode()) == session
    assert office.tenants.lookups >= lookups


async def test_the_relay_ends_tokens_at_once(office):
    token, other = office.tokens.issue(office.shop), office.tokens.issue(office.rival)
    await office.tokens.session(other)
    await office.relay.settle("shop")
    await office.tokens.session(token)
    await office.tenants.rotate("shop", [Rotation.API_KEY])
    await office.relay.settle("shop")
    assert office.tokens.peek(token.encode()) is None
    assert office.tokens.peek(other.encode()).tenant == "rival"
    assert len(office.verified) == 1


async def test_a_tenant_that_changes_while_its_token_is_verified_is_seen_as_it_is_then(office):
    async def rotate():
        await office.tenants.rotate("shop", [Rotation.API_KEY])

    office.tenants.meanwhile = rotate
    assert await office.tokens.session(office.tokens.issue(office.shop)) is None
    assert len(office.verified) == 0


async def test_a_catalog_that_changes_while_a_token_is_verified_does_no_harm(office):
    async def write():
        # The second look at the key is the one after the mark was taken.
        office.tenants.meanwhile = write_again

    async def write_again():
        await office.store.write("shop", [put("a")])

    office.tenants.meanwhile = write
    token = office.tokens.issue(office.shop)
    assert (await office.tokens.session(token)).tenant == "shop"
    assert len(office.verified) == 0
    assert (await office.tokens.session(token)).tenant == "shop"
    assert len(office.verified) == 1


async def test_remembered_tokens_are_bounded(office):
    verified = VerifiedTokens(office.clock, limit=2)
    tokens = Tokens(office.tenants, office.clock, verified, office.store.mark)
    issued = [office.forged(office.shop, claims={"n": n}) for n in range(3)]
    for token in issued:
        await tokens.session(token)
    assert [verified.peek(token.encode()) is not None for token in issued] == [False, True, True]
    verified.drop(issued[1].encode())
    verified.drop(issued[2].encode())
    verified.drop(b"unknown")
    verified.forget("shop")
    assert len(verified) == 0
