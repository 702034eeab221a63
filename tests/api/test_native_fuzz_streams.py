"""Generated bodies of what takes no single JSON document: every line of a bulk has its result, and no file fails us."""

import asyncio
import json

import hypothesis
import pytest
from hypothesis import HealthCheck, Phase
from hypothesis import strategies as st

from tests.api.server import KeyHolder, Server, product

KEYS = (
    "op",
    "sku",
    "id",
    "product",
    "changes",
    "name",
    "price",
    "quantity",
    "attributes",
    "stock",
    "variation",
    "group",
)
WORDS = ("upsert", "patch", "delete", "1", "2", "new", "", "\u0000", "ü", "💍")

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.sampled_from(WORDS) | st.text()
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inner, max_size=4),
    max_leaves=8,
)
lines = st.one_of(
    st.fixed_dictionaries(
        {"op": st.sampled_from(WORDS[:3]), "sku": st.sampled_from(WORDS)}, optional={"changes": values}
    ),
    st.fixed_dictionaries({"op": st.just("upsert"), "product": values}),
    values,
).map(lambda document: json.dumps(document).encode())
raw = st.binary(max_size=60).map(lambda text: text.replace(b"\n", b"").replace(b"\r", b""))
bodies = st.lists(lines | raw, max_size=6)
queries = st.sampled_from(["", "?atomic=true", "?results=failed"])


def generated(examples):
    return hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


async def stocked_holder():
    server = Server()
    _, client = await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop")
    await client.post(product("1", "1"))
    return KeyHolder(server, "api-key-of-shop")


def tried(check, strategies, examples):
    """Try a check with generated values, all on one server."""
    with asyncio.Runner() as runner:
        holder = runner.run(stocked_holder())

        @hypothesis.seed(20_261_122)
        @generated(examples)
        @hypothesis.given(**strategies)
        def call(**given):
            runner.run(check(holder, **given))

        call()


async def every_line_has_its_result(holder, parts, query):
    answer = await holder(
        "POST", f"/v2/products:bulk{query}", b"\n".join(parts), headers={"content-type": "application/x-ndjson"}
    )
    assert answer.status in {200, 400, 422}, answer.body
    if answer.status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        return
    results = [json.loads(line) for line in answer.body.splitlines()]
    assert all(result.get("status", 0) < 500 for result in results), results
    said = [number for number, part in enumerate(parts, 1) if part.strip()]
    told = [result["line"] for result in results if "line" in result]
    assert told == (told if query == "?results=failed" else said)
    assert set(told) <= set(said)


async def a_file_is_taken_or_refused(holder, text, form, dry):
    answer = await holder(
        "POST", f"/v2/imports?format={form}&dry_run={dry}", text, headers={"content-type": "application/octet-stream"}
    )
    assert answer.status in {201, 400, 409, 422}, answer.body
    if answer.status == 201:
        assert (await holder("GET", f"/v2/imports/{answer.json['id']}")).status == 200


CHECKS = {
    "bulk": (every_line_has_its_result, {"parts": bodies, "query": queries}),
    "import": (
        a_file_is_taken_or_refused,
        {
            "text": st.binary(max_size=200),
            "form": st.sampled_from(["ndjson", "csv", "shopify", "stones", "", "none"]),
            "dry": st.sampled_from(["true", "false", "perhaps"]),
        },
    ),
}


@pytest.mark.parametrize("name", CHECKS)
def test_generated_bodies(name):
    tried(*CHECKS[name], examples=40)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", CHECKS)
def test_many_generated_bodies(name):
    tried(*CHECKS[name], examples=3000)
