"""The 53,940 stones of a real list, as gemstones and as loose products, found by their grades as the list has them."""

from __future__ import annotations

import csv
import gzip
from itertools import islice

import pytest

from facetry.application.interchange.importing import ImportOptions, import_file
from facetry.application.interchange.stones import StoneForm, StoneOptions
from facetry.application.records import Records
from facetry.domain.jewelry.scales import CLARITY, COLOR, GRADE
from facetry.domain.record import RecordKind
from tests.program import Program, done, new_tenant
from tests.support import data_path
from tests.unit.application.shop import Shop

SLICE = 3_000
EVERY = 53_940
CUTS = {"Fair": "F", "Good": "G", "Very Good": "VG", "Premium": "EX", "Ideal": "I"}
"""What the list says, and the grade of the published scale; the list has no Poor."""

slow = pytest.mark.slow


@pytest.fixture(scope="module", params=[SLICE, pytest.param(EVERY, marks=slow)], ids=["slice", "every"])
def listed(request, tmp_path_factory):
    """Return a file with some or all of the stones, and its rows."""
    with gzip.open(data_path("diamonds", "diamonds.csv.gz"), "rt", encoding="utf-8") as lines:
        # Every 17th stone, so that a slice holds all sizes and grades; all of them in their order.
        head, *rest = lines
    step = 1 if request.param == EVERY else EVERY // SLICE
    chosen = [head, *islice(rest[::step], request.param)]
    path = tmp_path_factory.mktemp("diamonds") / "diamonds.csv"
    path.write_text("".join(chosen), encoding="utf-8")
    rows = list(csv.DictReader(chosen))
    assert len(rows) == request.param
    return path, rows


def at_least(scale, grade):
    """Return the grades of a scale from one upwards."""
    return frozenset(scale[scale.index(grade) :])


QUERIES = [
    (
        "gemstones.carat >= 1 AND gemstones.clarity >= VS1",
        lambda row: float(row["carat"]) >= 1 and row["clarity"] in at_least(CLARITY, "VS1"),
    ),
    ("gemstones.carat >= 0.5 AND gemstones.carat < 0.7", lambda row: 0.5 <= float(row["carat"]) < 0.7),
    (
        "gemstones.color >= F AND gemstones.cut >= EX AND price <= 2500",
        lambda row: row["color"] in "DEF" and row["cut"] in {"Premium", "Ideal"} and int(row["price"]) <= 2500,
    ),
    ("gemstones.cut = P OR gemstones.cut = F", lambda row: row["cut"] == "Fair"),
    (
        "gemstones.clarity IN [IF, VVS1] AND NOT gemstones.color = D",
        lambda row: row["clarity"] in {"IF", "VVS1"} and row["color"] != "D",
    ),
    (
        "gemstones.depth > 62.5 AND gemstones.table <= 57",
        lambda row: float(row["depth"]) > 62.5 and float(row["table"]) <= 57,
    ),
    ("gemstones.length < 4", lambda row: 0 < float(row["x"]) < 4),
    ("gemstones.type = diamond AND gemstones.clarity < SI2", lambda row: row["clarity"] == "I1"),
]


class Searches:
    """Searches of one tenant through ``/v2``."""

    def __init__(self, connection, key):
        self._connection = connection
        self._headers = {"authorization": f"Bearer {key}"}

    def __call__(self, **wish):
        answer = self._connection("POST", "/v2/search", {"limit": 1, **wish}, self._headers)
        assert answer.status == 200, answer.body
        return answer.json


@pytest.fixture(scope="module")
def searches(listed, tmp_path_factory):
    """Return searches of a shop that has the list as loose products."""
    path, rows = listed
    with Program(tmp_path_factory.mktemp("shop") / "data") as program:
        keys = new_tenant(program.data)
        flags = ("--tenant", keys["id"], "--stones-as", "products", "--json", "--data", program.data)
        report = done("import", path, *flags).json
        assert (report["format"], report["things"]) == ("gemstones", "loose products")
        assert (report["stored"], report["created"], report["rejected"]) == (len(rows), len(rows), 0)
        with program.connect() as connection:
            yield Searches(connection, keys["apiKey"])


@pytest.mark.parametrize(("condition", "holds"), QUERIES, ids=[query for query, _ in QUERIES])
@pytest.mark.timeout(900)
def test_a_search_by_grades_finds_what_the_list_has(listed, searches, condition, holds):
    expected = sum(map(holds, listed[1]))
    assert searches(filter=condition)["total"] == expected
    assert 0 < expected < len(listed[1])


@pytest.mark.timeout(900)
def test_facets_count_what_the_list_has(listed, searches):
    facets = searches(facets=["gemstones.clarity", "gemstones.color", "gemstones.cut"])["facets"]
    named = ("clarity", "color", "cut")
    found = [{one["value"]: one["count"] for one in facets[f"gemstones.{name}"]["values"]} for name in named]
    expected = [{}, {}, {}]
    for row in listed[1]:
        for place, grade in enumerate((row["clarity"], row["color"], CUTS[row["cut"]])):
            expected[place][grade] = expected[place].get(grade, 0) + 1
    assert found == expected
    assert [set(one) <= set(scale) for one, scale in zip(found, (CLARITY, COLOR, GRADE), strict=True)] == [True] * 3


@pytest.mark.timeout(900)
def test_a_loose_stone_is_a_whole_product(listed, searches):
    row = listed[1][0]
    (hit,) = searches(filter="sku = diamonds-2")["hits"]
    (product,) = hit["products"]
    assert (product["name"], product["price"]) == ("0.23 ct Diamond, E SI2", int(row["price"]))
    assert product["category"] == ["Loose Stones>Diamonds"]
    assert product["quantity"] == 1


@pytest.mark.anyio
@pytest.mark.timeout(900)
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_the_list_as_gemstones(listed):
    path, rows = listed
    shop = Shop()
    await shop.open()
    records = Records(shop.store)
    options = ImportOptions(path=path, stones=StoneOptions(form=StoneForm.GEMSTONES, prefix="D"))
    report = await import_file(options, shop.catalog, "t", records=records)
    assert (report.stored, report.created, report.rejected, report.problems) == (len(rows), len(rows), 0, 0)
    assert report.notes["derived_code"].count == len(rows)
    zeros = sum(float(row[name]) == 0 for row in rows for name in "xyz")
    assert (report.notes["zero_size"].count if "zero_size" in report.notes else 0) == zeros
    stored = [stone async for stone in records.each("t", RecordKind.GEMSTONE)]
    assert [stone.code for stone in stored] == [f"D-{line}" for line in range(2, len(rows) + 2)]
    for stone, row in zip(stored, rows, strict=True):
        assert (stone.type, stone.carat, stone.color, stone.clarity) == (
            "diamond",
            float(row["carat"]),
            row["color"],
            row["clarity"],
        )
        assert (stone.cut, stone.price, stone.quantity) == (CUTS[row["cut"]], int(row["price"]) * 10_000, 1)
        assert (stone.details["depth"], stone.details["table"]) == (float(row["depth"]), float(row["table"]))
        sizes = [stone.details.get(name) for name in ("length", "width", "height")]
        assert sizes == [float(row[name]) or None for name in "xyz"]
