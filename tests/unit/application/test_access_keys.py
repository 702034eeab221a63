import msgspec
import pytest

from facetry.application.access_keys import FORGET_SECONDS, MAX_KEYS, AccessKeys, NewAccessKey
from facetry.application.secrets import Vault
from facetry.domain.errors import InvalidValueError, RecordNotFoundError, TenantExistsError, TenantNotFoundError
from facetry.domain.tenant import ALL_SCOPES, Scope
from facetry.engines.memory.key_usage import MemoryKeyUsage

pytestmark = pytest.mark.anyio


@pytest.fixture
def usage():
    return MemoryKeyUsage()


@pytest.fixture
async def keys(shop, usage):
    return AccessKeys(shop.store, Vault(bytes(range(32))), shop.clock, usage)


async def listed(keys):
    return {shown.key.name: shown for shown in await keys.list("t")}


async def test_the_key_that_a_tenant_was_made_with_comes_first(keys, shop):
    made = await keys.create("t", NewAccessKey(name="Kiosk", scopes=(Scope.WRITE, Scope.READ), expires=2_000_000.0))
    first, second = await keys.list("t")
    assert (first.key.id, first.key.name, first.key.scopes, first.key.expires) == ("main", "main", ALL_SCOPES, None)
    assert first.secret == (await shop.tenants.keys("t")).access_key
    assert second == made
    assert (made.key.scopes, made.key.expires, made.key.created) == (
        (Scope.READ, Scope.WRITE),
        2_000_000.0,
        1_000_000.0,
    )
    assert len(made.secret) >= 43
    assert made.secret.encode() not in made.key.sealed + made.key.digest


async def test_what_is_unknown_is_refused(keys):
    with pytest.raises(TenantNotFoundError):
        await keys.list("nobody")
    with pytest.raises(TenantNotFoundError):
        await keys.create("nobody", NewAccessKey(name="k"))
    for work in (keys.rotate("t", "x"), keys.delete("t", "x"), keys.set_disabled("t", "x", disabled=True)):
        with pytest.raises(RecordNotFoundError) as refused:
            await work
        assert refused.value.message == "access key x not found"


@pytest.mark.parametrize(
    ("wish", "field", "message"),
    [
        (NewAccessKey(name=" "), "name", "must have 1 to 100 printable characters"),
        (NewAccessKey(name="a\nb"), "name", "must have 1 to 100 printable characters"),
        (NewAccessKey(name="x" * 101), "name", "must have 1 to 100 printable characters"),
        (NewAccessKey(name="k", scopes=()), "scopes", "must be some of read, write, orders, listings"),
        (NewAccessKey(name="k", expires=1_000_000.0), "expires", "must lie in the future"),
        (NewAccessKey(name="k", expires=float("inf")), "expires", "must lie in the future"),
        (NewAccessKey(name="k", expires=float("nan")), "expires", "must lie in the future"),
        (NewAccessKey(name="k", expires=253_402_300_800.0), "expires", "must end before the year 10000"),
    ],
)
async def test_wishes_that_are_not_allowed(keys, wish, field, message):
    with pytest.raises(InvalidValueError) as refused:
        await keys.create("t", wish)
    assert (refused.value.field, refused.value.message) == (field, message)
    assert list(await listed(keys)) == ["main"]


async def test_a_rotated_key_keeps_what_it_is(keys, shop):
    made = await keys.create("t", NewAccessKey(name="k", scopes=(Scope.READ,), expires=1_500_000.0))
    new = await keys.rotate("t", made.key.id, 3600)
    assert new.secret != made.secret
    assert (new.key.id, new.key.name, new.key.scopes, new.key.expires) == (made.key.id, "k", (Scope.READ,), 1_500_000.0)
    old = (await listed(keys))["k (replaced)"]
    assert (old.secret, old.key.scopes, old.key.expires) == (made.secret, (Scope.READ,), 1_003_600.0)
    assert old.key.id not in {made.key.id, "main"}


async def test_an_old_secret_never_lives_longer_than_it_would_have(keys, shop):
    made = await keys.create("t", NewAccessKey(name="k", expires=1_000_100.0))
    await keys.rotate("t", made.key.id, 3600)
    assert (await listed(keys))["k (replaced)"].key.expires == 1_000_100.0
    shop.clock.time = 1_000_100.0
    await keys.rotate("t", made.key.id, 3600)
    assert [name for name in await listed(keys) if "replaced" in name] == ["k (replaced)"]


async def test_an_overlap_is_no_negative_time(keys):
    for seconds in (-1.0, float("inf"), float("nan")):
        with pytest.raises(InvalidValueError, match="must not be negative"):
            await keys.rotate("t", "main", seconds)
    assert list(await listed(keys)) == ["main"]


async def test_an_overlap_ends_while_dates_can_name_it(keys):
    with pytest.raises(InvalidValueError, match="must end before the year 10000"):
        await keys.rotate("t", "main", 999_999_999 * 3600.0)
    assert list(await listed(keys)) == ["main"]


async def test_the_first_key_cannot_be_deleted(keys):
    with pytest.raises(InvalidValueError, match="cannot be deleted: rotate or disable it"):
        await keys.delete("t", "main")
    assert list(await listed(keys)) == ["main"]


async def test_keys_that_ended_long_ago_are_dropped(keys, shop):
    await keys.create("t", NewAccessKey(name="short", expires=1_000_001.0))
    shop.clock.time = 1_000_001.0 + FORGET_SECONDS - 1
    await keys.create("t", NewAccessKey(name="a"))
    assert list(await listed(keys)) == ["main", "short", "a"]
    shop.clock.time += 1
    await keys.set_disabled("t", "main", disabled=True)
    assert list(await listed(keys)) == ["main", "a"]


async def test_there_are_not_too_many(keys, shop):
    record = await shop.tenants.get("t")
    made = await keys.create("t", NewAccessKey(name="k"))
    many = tuple(
        msgspec.structs.replace(made.key, id=f"k{number}", digest=f"digest {number}".encode())
        for number in range(MAX_KEYS)
    )
    await shop.store.replace_tenant(msgspec.structs.replace(record, version=record.version + 1, access_keys=many))
    for work in (keys.create("t", NewAccessKey(name="one more")), keys.rotate("t", "main", 60)):
        with pytest.raises(InvalidValueError, match="cannot be added: there are 100 already"):
            await work
    await keys.rotate("t", "k7")
    await keys.delete("t", "k8")
    await keys.create("t", NewAccessKey(name="one more"))


async def test_of_two_changes_at_once_one_is_refused(keys, shop):
    read = shop.store.tenant

    async def changing(tenant):
        record = await read(tenant)
        shop.store.tenant = read
        await keys.create("t", NewAccessKey(name="other"))
        return record

    shop.store.tenant = changing
    with pytest.raises(TenantExistsError, match="changed meanwhile"):
        await keys.create("t", NewAccessKey(name="k"))
    assert list(await listed(keys)) == ["main", "other"]


async def test_the_last_use_is_that_of_the_key(keys, usage):
    made = await keys.create("t", NewAccessKey(name="k"))
    usage.used("t", made.key.id, 1_000_050.0)
    usage.used("t", "main", 999_999.0)
    assert [shown.last_used for shown in await keys.list("t")] == [None, 1_000_050.0]
