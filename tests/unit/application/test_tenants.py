import msgspec
import pytest

from facetry.application.secrets import Vault
from facetry.application.tenants import TOKEN_SECONDS, FoundKey, NewTenant, Rotation, Tenants
from facetry.domain.errors import InvalidValueError, StoreError, TenantExistsError, TenantNotFoundError
from facetry.domain.leaky_bucket import Bucket
from facetry.domain.tenant import ClientApiSettings, HttpsRule, KeyKind, TenantSettings

pytestmark = pytest.mark.anyio


async def test_given_keys_are_kept_and_missing_ones_made(shop):
    made = await shop.tenants.create(NewTenant(name="Other", label="conte"))
    assert len(made.api_key) >= 40
    assert made.api_key != made.access_key
    assert made.tenant.label == "conte"
    assert (await shop.tenants.keys("t")).api_key == "api-key-of-t"
    assert [tenant.id for tenant in await shop.tenants.list()] == sorted(["t", made.tenant.id])


async def test_no_key_is_stored_in_the_clear(shop):
    record = await shop.tenants.get("t")
    assert b"api-key-of-t" not in record.api_key_sealed + record.api_key_digest


async def test_only_the_right_key_of_an_active_tenant_logs_in(shop):
    assert (await shop.tenants.login("t", "api-key-of-t")).id == "t"
    assert await shop.tenants.login("t", "wrong") is None
    assert await shop.tenants.login("none", "api-key-of-t") is None
    await shop.tenants.set_active("t", active=False)
    assert await shop.tenants.login("t", "api-key-of-t") is None
    await shop.tenants.set_active("t", active=True)
    assert (await shop.tenants.login("t", "api-key-of-t")).id == "t"


async def test_disabling_ends_tokens_and_enabling_does_not_revive_them(shop):
    before = (await shop.tenants.get("t")).token_version
    assert (await shop.tenants.set_active("t", active=False)).token_version == before + 1
    assert (await shop.tenants.set_active("t", active=True)).token_version == before + 1


async def test_a_new_api_key_replaces_the_old_one_and_ends_tokens(shop):
    before = (await shop.tenants.get("t")).token_version
    keys = await shop.tenants.rotate("t", [Rotation.API_KEY])
    assert await shop.tenants.login("t", "api-key-of-t") is None
    assert (await shop.tenants.login("t", keys.api_key)).token_version == before + 1


async def test_a_new_access_key_leaves_the_api_key(shop):
    before = await shop.tenants.keys("t")
    after = await shop.tenants.rotate("t", [Rotation.ACCESS_KEY])
    assert after.api_key == before.api_key
    assert after.access_key != before.access_key
    assert (await shop.tenants.by_key(after.access_key)).kind is KeyKind.ACCESS
    assert await shop.tenants.by_key(before.access_key) is None


async def test_each_key_of_an_active_tenant_is_known_for_what_it_is(shop):
    keys = await shop.tenants.keys("t")
    by_kind = {KeyKind.API: keys.api_key, KeyKind.ACCESS: keys.access_key, KeyKind.SEARCH: keys.search_key}
    assert len(set(by_kind.values())) == 3
    for kind, key in by_kind.items():
        found = await shop.tenants.by_key(key)
        assert (found.tenant, found.kind) == (keys.tenant, kind)
        assert await shop.tenants.by_key(key + " ") is None
    await shop.tenants.set_active("t", active=False)
    for key in (*by_kind.values(), "", "\udfff"):
        assert await shop.tenants.by_key(key) is None


async def test_a_key_for_two_purposes_is_known_for_the_mightier(shop):
    keys = await shop.tenants.create(NewTenant(name="Two", id="two", api_key="the-same-key", access_key="the-same-key"))
    assert await shop.tenants.by_key("the-same-key") == FoundKey(keys.tenant, KeyKind.API)


async def test_a_new_search_key_replaces_the_old_one_and_ends_no_token(shop):
    before = await shop.tenants.keys("t")
    after = await shop.tenants.rotate("t", [Rotation.SEARCH_KEY])
    assert (after.api_key, after.access_key) == (before.api_key, before.access_key)
    assert after.tenant.token_version == before.tenant.token_version
    assert await shop.tenants.by_key(before.search_key) is None
    assert await shop.tenants.by_key(after.search_key) == FoundKey(after.tenant, KeyKind.SEARCH)


async def test_a_tenant_from_before_search_keys_gets_one(shop, caplog):
    record = await shop.tenants.get("t")
    bare = {"search_key_digest": b"", "search_key_sealed": b""}
    old = await shop.store.replace_tenant(msgspec.structs.replace(record, **bare))
    assert (await shop.tenants.keys("t")).search_key == ""
    await shop.tenants.complete()
    keys = await shop.tenants.keys("t")
    assert await shop.tenants.by_key(keys.search_key) == FoundKey(keys.tenant, KeyKind.SEARCH)
    assert keys.tenant.version == old.version + 1
    await shop.tenants.complete()
    assert await shop.tenants.keys("t") == keys


async def test_a_tenant_that_changes_meanwhile_gets_its_search_key_from_whom_changed_it(shop, caplog):
    record = await shop.tenants.get("t")
    bare = {"search_key_digest": b"", "search_key_sealed": b""}
    outdated = msgspec.structs.replace(record, **bare)
    shop.store.tenants = lambda: _later([outdated])
    await shop.store.replace_tenant(record)
    await shop.tenants.complete()
    assert (await shop.tenants.get("t")).search_key_digest == record.search_key_digest
    assert "tenant t got no search key: tenant t was changed meanwhile" in caplog.text


async def _later(value):
    return value


async def test_old_token_keys_verify_until_the_last_token_has_ended(shop):
    old = shop.tenants.signing_secret(await shop.tenants.get("t"))
    new = shop.tenants.signing_secret((await shop.tenants.rotate("t", [Rotation.TOKEN_KEYS])).tenant)
    assert new.kid != old.kid
    assert (await shop.tenants.verifying_secret(old.kid))[1] == old
    assert (await shop.tenants.verifying_secret(new.kid))[1] == new
    shop.clock.time += TOKEN_SECONDS + 1
    assert await shop.tenants.verifying_secret(old.kid) is None
    assert (await shop.tenants.verifying_secret(new.kid))[1] == new
    rotated = await shop.tenants.rotate("t", [Rotation.TOKEN_KEYS])
    assert [key.kid for key in rotated.tenant.token_keys][1:] == [new.kid]


async def test_an_unknown_token_key_verifies_nothing(shop):
    assert await shop.tenants.verifying_secret("none") is None


async def test_what_is_taken_is_refused(shop):
    with pytest.raises(TenantExistsError):
        await shop.tenants.create(NewTenant(name="Again", id="t"))
    with pytest.raises(TenantExistsError):
        await shop.tenants.create(NewTenant(name="Again", api_key="api-key-of-t"))
    assert len(await shop.tenants.list()) == 1


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"name": "x", "label": "\x1b[2J"}, "secret"),
        ({"name": "x", "id": "a\nb"}, "id"),
        ({"name": "x", "id": ".."}, "id"),
        ({"name": "x", "api_key": "short"}, "api key"),
        ({"name": "x", "access_key": "with a blank"}, "access key"),
        ({"name": "x", "access_key": "schlüssel"}, "access key"),
        ({"name": "x", "search_key": "schlüssel"}, "search key"),
        ({"name": "x", "search_key": "same-for-all", "access_key": "same-for-all"}, "search key"),
        ({"name": "x", "search_key": "same-for-all", "api_key": "same-for-all"}, "search key"),
        ({"name": "x", "settings": TenantSettings(language="xx")}, "language"),
        ({"name": "x", "settings": TenantSettings(currency="usd")}, "currency"),
        ({"name": "x", "settings": TenantSettings(currency="ZZZ")}, "currency"),
    ],
)
async def test_a_wish_that_cannot_be_used_later_is_refused(shop, wish, field):
    with pytest.raises(InvalidValueError) as caught:
        await shop.tenants.create(NewTenant(**wish))
    assert caught.value.field == field
    assert len(await shop.tenants.list()) == 1


@pytest.mark.parametrize("call", ["get", "keys", "delete"])
async def test_an_unknown_tenant_is_named(shop, call):
    with pytest.raises(TenantNotFoundError, match="tenant none not found"):
        await getattr(shop.tenants, call)("none")


async def test_what_the_client_api_is_told_of_a_tenant(shop):
    own = ClientApiSettings(http_errors=True, require_https=HttpsRule.ALWAYS, buckets={"product_sold": Bucket(1, 0.5)})
    assert (await shop.tenants.set_client_api("t", own)).settings.client_api == own
    assert (await shop.tenants.get("t")).settings.client_api == own
    for bucket in (Bucket(0, 1.0), Bucket(1, 0.0), Bucket(1, float("inf")), Bucket(1, float("nan"))):
        with pytest.raises(
            InvalidValueError, match="of product_sold must have a size of at least 1 and a leak above 0"
        ):
            await shop.tenants.set_client_api("t", ClientApiSettings(buckets={"product_sold": bucket}))
    assert (await shop.tenants.get("t")).settings.client_api == own
    with pytest.raises(TenantNotFoundError):
        await shop.tenants.set_client_api("nobody", own)


class Forgetful:
    """A journal that notes what it is to forget, and fails for once in that place."""

    def __init__(self, failing=None):
        self.failing = failing
        self.forgotten = []

    async def forget(self, tenant, before=None):
        self.forgotten.append((tenant, before))
        if self.failing == len(self.forgotten):
            raise StoreError("no disk")


@pytest.mark.parametrize("failing", [None, 2])
async def test_a_new_tenant_has_nothing_of_what_calls_of_its_namesake_left_early_or_late(shop, failing):
    journal = Forgetful(failing)
    tenants = Tenants(shop.store, Vault(bytes(range(32))), shop.clock, journal)
    made = await tenants.create(NewTenant(name="Again", id="again"))
    assert journal.forgotten == [("again", None), ("again", made.tenant.created)]
    await tenants.create(NewTenant(name="With an id that nobody had"))
    with pytest.raises(TenantExistsError):
        await tenants.create(NewTenant(name="Once more", id="again"))
    assert len(journal.forgotten) == 2


async def test_no_tenant_is_made_before_its_namesake_is_forgotten(shop):
    journal = Forgetful(failing=1)
    tenants = Tenants(shop.store, Vault(bytes(range(32))), shop.clock, journal)
    with pytest.raises(StoreError, match="no disk"):
        await tenants.create(NewTenant(name="Again", id="again"))
    assert await shop.store.tenant("again") is None
    await tenants.create(NewTenant(name="Again", id="again"))
