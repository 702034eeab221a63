"""A product that is sent back as it was answered is as it was, whatever it holds."""

from __future__ import annotations

import anyio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facetry.domain.catalog import PutProduct
from facetry.domain.guarding import tag_of
from facetry.domain.product import ProductContent
from facetry.domain.trade import ProductType, Trade, Variation
from tests.api.server import KeyHolder, Server

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
PRICES = st.none() | st.integers(1, 10**15)
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = TEXTS | NUMBERS | st.booleans()
LISTS = st.lists(TEXTS, max_size=3).map(tuple)
PARTS = st.none() | st.lists(
    st.dictionaries(TEXTS | st.sampled_from(["code", "carat"]), SCALARS, max_size=3), max_size=2
)
NAMES = st.none() | TEXTS
VARIATIONS = st.builds(Variation, parent=st.just("P"), field=st.sampled_from(["size", "x"]), value=st.just("7"))
TRADES = st.builds(
    Trade,
    product_type=st.sampled_from(ProductType),
    unrepeatable=st.booleans(),
    quantity_alert=st.none() | st.integers(0, 9),
    auto_refill=st.booleans(),
    location=TEXTS,
    videos=LISTS,
    variation=st.none() | VARIATIONS,
)
PRODUCTS = st.builds(
    ProductContent,
    sku=st.just("R1"),
    name=TEXTS.filter(bool),
    group_id=st.sampled_from(["", "P"]),
    description=TEXTS,
    regular_price=PRICES,
    promotion_price=PRICES,
    images=LISTS,
    search_keywords=LISTS,
    category=LISTS,
    quantity=st.integers(0, 2**53 - 1),
    color=NAMES,
    brand=NAMES,
    size=NAMES,
    active=st.booleans(),
    is_main=st.booleans(),
    currency=st.sampled_from([None, "USD", "EUR"]),
    attributes=st.none() | st.dictionaries(TEXTS, SCALARS | st.lists(SCALARS, max_size=2), max_size=3),
    metals=PARTS.map(lambda parts: parts if parts is None else tuple(parts)),
    gemstones=PARTS.map(lambda parts: parts if parts is None else tuple(parts)),
    trade=st.none() | TRADES,
)


async def check(product):
    server = Server()
    await server.add_tenant("Shop", id="shop", api_key="api-key-of-shop")
    owner = KeyHolder(server, "api-key-of-shop")
    parent = PutProduct(ProductContent(sku="P", name="Parent"))
    await server.catalog.write("shop", [parent, PutProduct(product)])
    before = await server.catalog.product("shop", "R1")
    shown = await owner("GET", "/v2/products/R1")
    assert shown.headers["etag"].startswith(f'"{tag_of(before)}')
    for method in ("PUT", "PATCH"):
        answer = await owner(method, "/v2/products/R1", shown.json, headers={"if-match": shown.headers["etag"]})
        assert (answer.status, answer.json) == (200, shown.json), answer.body
        assert answer.headers["etag"] == shown.headers["etag"]
        assert await server.catalog.product("shop", "R1") == before
    assert await server.store.counts("shop") == (2, 1 if before.group_id == "P" else 2)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PRODUCTS)
def test_an_answer_sent_back_changes_nothing(product):
    anyio.run(check, product)
