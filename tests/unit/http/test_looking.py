"""Where marks are true only after a look, each request looks once, and sees all that was done before it came."""

import asyncio
import json

import pytest

from facetry.application.login_limits import key_limiter
from facetry.application.tenants import Rotation
from facetry.domain.catalog import PutProduct
from facetry.domain.errors import NotAuthenticatedError, StoreError
from facetry.domain.product import ProductContent
from facetry.engines.memory.catalog_store import MemoryCatalogStore
from facetry.engines.memory.key_usage import MemoryKeyUsage
from facetry.engines.memory.rate_limiter import MemoryRateLimiter
from facetry.http.admission import Admission
from facetry.http.client_admission import ClientAdmission
from facetry.http.keys import Keys
from facetry.http.verified import VerifiedTokens
from tests.unit.application.two_machines import FarStore
from tests.unit.http.stage import Stage

pytestmark = pytest.mark.anyio


class Machine(Stage):
    """One of two machines."""

    def __init__(self, core):
        super().__init__(store=FarStore(core))
        self.far = self.store
        usage, guesses = MemoryKeyUsage(), key_limiter(MemoryRateLimiter(self.clock), "keys")
        self.keys = Keys(self.tenants, self.verified, self.store.mark)
        self.admission = Admission(self.tokens, self.keys, self.clock, usage, guesses)
        self.client = ClientAdmission(self.tenants, self.verified, self.store.mark, self.clock, usage, guesses)

    def looks(self):
        """Return how often the store was asked since the last time."""
        looked, self.far.looked = self.far.looked, []
        return len(looked)

    async def name(self, token, sku="A1"):
        """Return what the server says is the name of a product."""
        return (await self.call("GET", f"/p/{sku}", token=token)).body


@pytest.fixture
def core():
    return MemoryCatalogStore()


@pytest.fixture
def machines(core):
    return Machine(core), Machine(core)


async def put(machine, name, tenant="t"):
    await machine.store.write(tenant, [PutProduct(ProductContent(sku="A1", name=name, group_id="G"))])


async def test_a_kept_answer_is_not_given_after_another_machine_wrote(machines, anyio_backend):
    here, there = machines
    token = await here.add_tenant("t")
    # The first answer of all is not kept: it was begun before the tenant was followed.
    await here.name(token)
    for name in ("halo", "solitaire", "halo", "pavé"):
        await put(there, name)
        first = await here.name(token)
        assert json.loads(first)["name"] == name
        assert [await here.name(token) for _ in range(3)] == [first] * 3
    assert here.calls == 5


async def test_each_request_looks_once(machines, anyio_backend):
    here, there = machines
    token = await here.add_tenant("t")
    looks = []
    for change in (False, False, False, True, False):
        if change:
            await put(there, "halo")
        here.looks()
        await here.name(token)
        looks.append((here.looks(), here.calls))
    # The caller is not known, then nothing is kept yet, then the answer is, then it is stale, then kept again.
    assert looks == [(1, 1), (1, 2), (1, 2), (1, 3), (1, 3)]
    await here.call("POST", "/p/A1", token=token, body=[b"{}"])
    assert (here.looks(), here.calls) == (1, 4)


async def test_those_who_wait_for_the_same_answer_each_look_when_they_come(machines, anyio_backend):
    here, _ = machines
    token = await here.add_tenant("t")
    await here.name(token)
    await put(machines[1], "halo")
    here.looks()
    bodies = await asyncio.gather(*(here.name(token) for _ in range(5)))
    assert (len(set(bodies)), here.looks(), here.calls) == (1, 5, 2)


async def test_a_token_ends_on_all_machines_at_once(machines, anyio_backend):
    here, there = machines
    token = await here.add_tenant("t")
    other = there.tokens.issue(await there.store.tenant("t"))
    assert b"bad" not in await here.name(token)
    assert b"bad" not in await here.name(other)
    await there.tenants.set_active("t", active=False)
    assert await here.name(token) == b'{"bad":"token"}'
    assert await here.tokens.session(other) is None


async def test_a_key_ends_on_all_machines_at_once(machines, anyio_backend):
    here, there = machines
    await here.add_tenant("t")
    headers = {b"authorization": f"Bearer {(await there.tenants.keys('t')).api_key}".encode()}
    looks = []
    for _ in range(3):
        here.looks()
        assert (await here.admission.session(headers, "a")).tenant == "t"
        looks.append(here.looks())
    assert (await here.admission.session(headers, "a", looked="t"), here.looks())[1] == 0
    assert looks == [1, 1, 1]
    await there.tenants.rotate("t", [Rotation.API_KEY])
    with pytest.raises(NotAuthenticatedError):
        await here.admission.session(headers, "a")


async def test_an_access_key_ends_on_all_machines_at_once(machines, anyio_backend):
    here, there = machines
    await here.add_tenant("t")
    key = (await there.tenants.keys("t")).access_key
    looks = []
    for looked in ("", "", "t"):
        here.looks()
        assert (await here.client.session(key, "a", looked)).tenant == "t"
        looks.append(here.looks())
    assert looks == [1, 1, 0]
    await there.tenants.rotate("t", [Rotation.ACCESS_KEY])
    with pytest.raises(NotAuthenticatedError):
        await here.client.session(key, "a")


async def test_a_store_that_cannot_be_asked_is_the_routers_matter(machines, anyio_backend):
    here, _ = machines
    token = await here.add_tenant("t")
    for _ in range(2):
        await here.name(token)
    here.far.cut_off()

    async def router(scope, receive, send):
        here.calls += 1
        with pytest.raises(StoreError, match="nobody answers"):
            await here.tokens.session(token)

    here.gate._router = router
    await here.call("GET", "/p/A1", token=token)
    assert here.calls == 3


async def test_where_marks_are_always_true_nobody_looks(anyio_backend):
    stage = Stage()
    assert (stage.hot.looks, stage.gate._find) == (False, stage.hot.find)
    await VerifiedTokens(stage.clock).look("t")
