"""What is brought in is what a search returns, and a record that is sent back changes nothing."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.api.server import AccessKeyHolder, Server

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).map(str.strip).filter(bool)
CRUMBS = WORDS.filter(lambda text: ">" not in text)
SKUS = st.text("abcXYZ019-._é ", min_size=1, max_size=50).filter(
    lambda text: text == text.strip() and text not in (".", "..")
)
PRICES = st.integers(1, 10**12).map(lambda minor: minor // 10_000 if minor % 10_000 == 0 else minor / 10_000)
METALS = st.fixed_dictionaries(
    {"name": st.sampled_from(["gold", "silver", "platinum", "Mokume"])},
    optional={
        "purity": st.sampled_from([375, 585, 750, 925, 950]),
        "weight": st.integers(1, 10_000).map(lambda number: number / 100),
        "color": st.sampled_from(["white", "yellow", "rose"]),
    },
)
GEMSTONES = st.fixed_dictionaries(
    {"type": st.sampled_from(["diamond", "ruby"])},
    optional={
        "code": st.sampled_from(["S1", "S2", "S3"]),
        "shape": st.sampled_from(["round", "oval"]),
        "color": st.sampled_from(["D", "G"]),
        "clarity": st.sampled_from(["IF", "SI2"]),
        "carat": st.integers(1, 500).map(lambda number: number / 100),
        "quantity": st.integers(1, 9),
        "setting": WORDS,
    },
)
SCALARS = WORDS | st.integers(-(2**53), 2**53) | st.booleans()
RECORDS = st.fixed_dictionaries(
    {"sku": SKUS, "title": WORDS, "type": CRUMBS},
    optional={
        "description": WORDS,
        "price": PRICES,
        "promotion_price": PRICES,
        "currency": st.sampled_from(["USD", "EUR", "ILS"]),
        "quantity": st.integers(0, 2**40),
        "quantity_alert": st.integers(0, 100),
        "unrepeatable": st.booleans(),
        "auto_refill": st.booleans(),
        "location": WORDS,
        "product_type": st.integers(0, 3),
        "model": SKUS,
        "collection": CRUMBS,
        "tags": st.lists(WORDS, max_size=3),
        "not_for_sale": st.booleans(),
        "is_main": st.booleans(),
        "brand": WORDS,
        "color": WORDS,
        "images": st.lists(WORDS, max_size=3),
        "videos": st.lists(WORDS, max_size=3),
        "metals": st.lists(METALS, max_size=2),
        "gemstones": st.lists(GEMSTONES, max_size=2, unique_by=lambda part: part.get("code", id(part))),
        "additional": st.dictionaries(WORDS, SCALARS | st.lists(SCALARS, min_size=1, max_size=3), max_size=3),
    },
)


async def _conversation(records):
    server = Server()
    keys, _ = await server.add_tenant("Shop", id="shop")
    office = AccessKeyHolder(server, keys.access_key)
    for number, record in enumerate(records, 1):
        (stored,) = await office.ok("product_import", record)
        assert stored["product_id"] == stored["id"] == number
        (found,) = await office.ok("product_search", {"sku": record["sku"], "fields": [*stored]})
        assert found == stored
        assert differing(record, found) == {}
        (again,) = await office.ok("product_update", found)
        assert again == found
    assert [one["sku"] for one in await office.ok("product_search")] == [record["sku"] for record in records]


def differing(said, found):
    """Return what is found otherwise than it was said."""
    wrong = {}
    for name, value in said.items():
        if name == "gemstones":
            pairs = zip(value, found[name], strict=True)
            same = all(part.items() <= other.items() for part, other in pairs)
        elif name == "promotion_price":
            same = found[name] == (None if value == said.get("price") else value)
        else:
            same = found[name] == value
        if not same:
            wrong[name] = (value, found[name])
    return wrong


@settings(max_examples=30)
@given(st.lists(RECORDS, min_size=1, max_size=4, unique_by=lambda record: record["sku"]))
def test_what_is_brought_in_is_found(records):
    asyncio.run(_conversation(records))
