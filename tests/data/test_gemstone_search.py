"""The 53,940 stones of a real list through the Client API: found by their grades as the list has them, and quickly."""

from __future__ import annotations

import csv
import gzip
import statistics
import time

import pytest

from facetry.domain.jewelry.scales import CLARITY, COLOR
from facetry.engines.sqlite.opening import open_store
from tests.api.server import AccessKeyHolder, Server
from tests.support import data_path

pytestmark = pytest.mark.anyio

SLICE, EVERY = 3_000, 53_940
PAGE = 1_000
P95_SECONDS = 0.3
CUTS = {"Fair": "F", "Good": "G", "Very Good": "VG", "Premium": "EX", "Ideal": "I"}


@pytest.fixture(params=[SLICE, pytest.param(EVERY, marks=pytest.mark.slow)], ids=["slice", "every"])
def rows(request):
    with gzip.open(data_path("diamonds", "diamonds.csv.gz"), "rt", encoding="utf-8") as lines:
        found = list(csv.DictReader(lines))
    return found[:: EVERY // request.param][: request.param]


@pytest.fixture
async def office(rows, tmp_path, anyio_backend):
    store = await open_store(tmp_path, owner=True)
    server = Server(store=store)
    await server.add_tenant("Shop", id="shop")
    office = AccessKeyHolder(server, (await server.tenants.keys("shop")).access_key)
    stones = [
        {
            "code": f"D{number}",
            "name": "Diamond",
            "type": 2,
            **{name: row[name] for name in ("carat", "cut", "color", "clarity", "depth", "table", "price")},
        }
        for number, row in enumerate(rows)
    ]
    for start in range(0, len(stones), PAGE):
        await office.ok("gemstone_import", stones[start : start + PAGE])
    yield office
    await store.close()


def at_least(scale, grade):
    return frozenset(scale[scale.index(grade) :])


SEARCHES = [
    (
        {"carat_from": 1, "clarity_from": "VS1"},
        lambda row: float(row["carat"]) >= 1 and row["clarity"] in at_least(CLARITY, "VS1"),
    ),
    (
        {"carat_from": 0.5, "carat_to": 0.7, "color_from": "F", "cut": ["Ideal", "Premium"]},
        lambda row: (
            0.5 <= float(row["carat"]) <= 0.7
            and row["color"] in at_least(COLOR, "F")
            and CUTS[row["cut"]] in {"I", "EX"}
        ),
    ),
    (
        {"price_to": 1000, "depth_from": 60, "depth_to": 62, "table": 57},
        lambda row: int(row["price"]) <= 1000 and 60 <= float(row["depth"]) <= 62 and float(row["table"]) == 57,
    ),
    ({"cut_to": "F"}, lambda row: row["cut"] == "Fair"),
    ({}, lambda _: True),
]


async def test_stones_are_found_by_their_grades(office, rows):
    for wish, holds in SEARCHES:
        expected = [f"D{number}" for number, row in enumerate(rows) if holds(row)]
        found = [one["code"] for one in await office.ok("gemstone_search", wish)]
        assert found == expected, wish
        assert found, wish


async def test_a_search_takes_little_time(office, rows):
    wishes = [wish for wish, _ in SEARCHES if wish]
    await office.ok("gemstone_search", wishes[0])
    taken = []
    for number in range(40):
        began = time.perf_counter()
        await office.ok("gemstone_search", {**wishes[number % len(wishes)], "limit": 100})
        taken.append(time.perf_counter() - began)
    assert statistics.quantiles(taken, n=20)[-1] < P95_SECONDS
