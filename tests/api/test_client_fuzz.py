"""Generated calls of every action: no failure of ours, no code outside the table, and nothing of another tenant."""

import asyncio
import json
from urllib.parse import quote, urlencode

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st

from facetry.api.client.codes import MESSAGES, Code
from tests.api.client_actions import FORM, status_of
from tests.api.server import JSON, AccessKeyHolder, Server, product

SECRET = "onlyrivalmayseethis"
KEY = "access-key-of-shop"

numbers = st.one_of(st.integers(-5, 60), st.integers(), st.floats(allow_nan=False, allow_infinity=False))
words = st.sampled_from(
    [
        *(
            "",
            " ",
            "0",
            "1",
            "2",
            "-1",
            "yes",
            "no",
            "true",
            "1e9",
            "18kt",
            "VS2",
            "RB",
            "1/2 ct",
            "D-F",
            "USD",
            "1000",
        ),
        *(
            "SHOP-1",
            "SHOP-2",
            "RIVAL-1",
            "1,2,3",
            "2020-01-01",
            "2020-01-01T00:00:00Z",
            "\x00",
            "\ud7ff",
            "💍",
            "A" * 300,
        ),
        *("__proto__", "../x", "'; --", "{", "[]", "%00", "no_action", "revise", "remove", "append", "replace"),
    ]
)
scalars = st.one_of(st.none(), st.booleans(), numbers, words, st.text(max_size=20))
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3), max_leaves=6
)


def altered(sample):
    """Return values like a sample: parts of it left out, or with something else in their place."""
    if isinstance(sample, dict):
        parts = {name: altered(value) for name, value in sample.items()}
        like = st.fixed_dictionaries({}, optional=parts)
        return st.one_of(like, like, like, st.just(sample), values)
    if isinstance(sample, list):
        return st.one_of(st.lists(st.one_of(*map(altered, sample)), max_size=3) if sample else values, values)
    return st.one_of(st.just(sample), st.just(sample), scalars, values)


def data_of(action):
    """Return what may be sent as an action's data: like its sample, made of its fields, or anything."""
    names = [field.name for field in action.fields]
    made = st.dictionaries(st.sampled_from(names), values, max_size=6) if names else values
    record = st.one_of(altered(action.sample), made, values)
    return st.one_of(record, st.lists(record, max_size=3), words)


ARRAYS = st.dictionaries(
    st.sampled_from(["metals", "gemstones", "images", "x"]),
    st.sampled_from(["replace", "append", "update", "remove", "x", 1, None]),
    max_size=3,
)
NOTHING = st.just({})
FURTHER = st.one_of(
    *[NOTHING] * 12,
    *[st.fixed_dictionaries({"actions": ARRAYS})] * 3,
    *[st.fixed_dictionaries({name: values}) for name in ("actions", "auth", "action", "http_error")],
)
WAYS = st.sampled_from(["form", "json", "query"])


def calls(actions):
    """Return the parameters of a call, and how it is sent."""
    made = [st.tuples(st.sampled_from([action.name, *action.aliases]), data_of(action)) for action in actions]
    return st.tuples(st.one_of(*made), FURTHER, WAYS)


class Fuzzed:
    """A server with two shops, and one event loop to call it in."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self.server = Server()
        self.run(self._stock())

    def run(self, work):
        return self.loop.run_until_complete(work)

    async def _stock(self):
        for name, key, marker in (("shop", KEY, "ring"), ("rival", "access-key-of-rival", SECRET)):
            _, client = await self.server.add_tenant(name, id=name, access_key=key)
            for number in (1, 2):
                sku = f"{name.upper()}-{number}"
                await client.post(product(sku, sku, name=f"{marker} {number}", attributes={"carat": 1.5}))
        self.rival = AccessKeyHolder(self.server, "access-key-of-rival")
        self.before = await self.rival_state()

    async def rival_state(self):
        """Return all that the rival finds of its own."""
        found = [await self.server.store.product("rival", f"RIVAL-{number}") for number in (1, 2)]
        return found, await self.server.store.counts("rival"), await self.server.store.revision("rival")

    async def send(self, fields, way):
        if way == "json":
            body = json.dumps(fields).encode("utf-8", "surrogatepass")
            return await self.server.call("POST", "/client/V1/", headers={"content-type": JSON}, body=body)
        texts = {name: v if isinstance(v, str) and name != "data" else json.dumps(v) for name, v in fields.items()}
        if way == "query":
            query = urlencode(texts, errors="replace", quote_via=quote)
            return await self.server.call("GET", f"/client/V1?{query}")
        body = urlencode(texts, errors="replace").encode()
        return await self.server.call("POST", "/client/V1", headers={"content-type": FORM}, body=body)


def fuzz(examples, seed):
    fuzzed = Fuzzed()
    seen = set()

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(calls(list(fuzzed.server.client_actions)))
    def call(case):
        (name, data), further, way = case
        # Time passes, so that limited actions are not always refused.
        fuzzed.server.clock.time += 1
        answer = fuzzed.run(fuzzed.send({"auth": KEY, "action": name, "data": data, **further}, way))
        code, message = status_of(answer)
        assert answer.status == 200, case
        assert code in set(Code) - {Code.FAILED}, (case, answer.json)
        assert message.startswith(MESSAGES[Code(code)])
        assert SECRET.encode() not in answer.body, case
        seen.add(code)

    call()
    assert fuzzed.run(fuzzed.rival_state()) == fuzzed.before
    fuzzed.loop.close()
    return seen


def test_generated_calls():
    assert fuzz(600, 20_251_122) >= {100, 200, 303}


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("seed", range(10))
def test_many_generated_calls(seed):
    assert fuzz(5_000, seed) >= {100, 200, 300, 303}
