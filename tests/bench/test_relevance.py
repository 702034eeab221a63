from __future__ import annotations

import msgspec
import pytest

from bench.relevance.judged import Judged, JudgedProduct, esci, icecat, import_lines
from bench.relevance.others import WEIGHTINGS, sqlite, texts
from bench.relevance.report import DEFAULT, Row, figures, interval, table
from tests.support import data_path

RING = JudgedProduct(
    "R", "Gold ring", "Parle", ("Jewelry", "Rings > Bands"), ("band",), "Gold", "fine", {"g": 3.5}, 9.5
)
SILVER = JudgedProduct("S", "Silver ring")
CHAIN = JudgedProduct("C", "Chain", attributes={"metal": "gold", "links": 40})
SHOP = Judged("shop", (RING, SILVER, CHAIN), {"1": "gold ring", "2": "chain!", "3": "?"}, {"1": {"R": 100, "S": 10}})


def judge(gains: dict[str, dict[str, int]]) -> Judged:
    pytest.importorskip("ir_measures", reason="the dependency group bench is not installed")
    return Judged("shop", SHOP.products, dict.fromkeys(gains, "gold ring"), gains)


def test_a_product_is_imported_whole():
    ring, silver, _ = map(msgspec.json.decode, import_lines(SHOP.products))
    assert ring == {
        "sku": "R",
        "isMain": True,
        "name": "Gold ring",
        "description": "fine",
        "searchKeywords": ["band"],
        "category": ["Jewelry>Rings   Bands"],
        "brand": "Parle",
        "color": "Gold",
        "regularPrice": 9.5,
        "attributes": {"g": 3.5},
        "quantity": 1,
        "active": True,
    }
    assert {"brand", "color", "description", "regularPrice"}.isdisjoint(silver)


def test_other_engines_see_the_same_texts():
    assert texts(RING) == {
        "name": "Gold ring",
        "brand": "Parle",
        "category": "Jewelry Rings > Bands",
        "keywords": "band",
        "variants": "Gold",
        "prose": "fine",
    }
    assert texts(CHAIN)["variants"] == " gold"


def test_sqlite_looks_for_any_word():
    catalog = Judged(SHOP.name, SHOP.products, {"1": "gold ring", "2": "chain!"}, SHOP.gains)
    runs = sqlite(catalog)
    assert list(runs) == list(WEIGHTINGS)
    assert runs["ours"]["1"][0] == "R"
    assert set(runs["ours"]["1"]) == {"R", "S", "C"}
    assert runs["ours"]["2"] == ["C"]


def test_gains_count_as_they_are_and_unjudged_hits_nothing():
    catalog = judge({"1": {"R": 100, "S": 10}})
    assert catalog.ndcg({"1": ["R", "S"]}) == 1.0
    assert catalog.ndcg({"1": ["C", "R"]}) == pytest.approx((100 / 1.584963) / (100 + 10 / 1.584963), abs=1e-6)
    assert catalog.ndcg_of_judged({"1": ["C", "R", "S"]}) == 1.0


def test_a_query_without_hits_counts_as_a_bad_one():
    catalog = judge({"1": {"R": 100}, "2": {"C": 1}})
    assert catalog.by_query({"1": ["R"], "2": []}) == {"1": 1.0, "2": 0.0}
    assert catalog.ndcg({"1": ["R"], "2": []}) == 0.5


def test_the_table_compares_with_the_program_as_shipped():
    catalog = judge({"1": {"R": 100}, "2": {"C": 1}})
    found = [Row(DEFAULT, {"1": ["R"], "2": []}), Row("other", {"1": [], "2": ["C"]})]
    assert table(catalog, found).splitlines()[2:] == [
        f"| {DEFAULT} | 0.500 | 0.500 | +0.000 (+0.000 to +0.000) | 0 / 0 |",
        "| other | 0.500 | 0.500 | +0.000 (-1.000 to +1.000) | 1 / 1 |",
    ]
    (figure,) = figures(catalog, found)
    assert (figure.found, figure.ok) == ("0.500", False)


def test_the_interval_is_that_of_means():
    assert interval([0.25] * 9) == (0.25, 0.25)
    low, high = interval([0.0, 1.0] * 50)
    assert 0.4 < low < 0.44
    assert 0.56 < high < 0.6


def test_the_judged_catalogs_are_whole():
    data_path("esci-us-sample")
    data_path("icecat-chorus")
    for catalog, products, queries, judgements in ((esci(), 6764, 75, 3405), (icecat(), 19406, 67, 1780)):
        known = {product.id for product in catalog.products}
        assert (len(catalog.products), len(known), len(catalog.queries)) == (products, products, queries)
        assert sum(map(len, catalog.gains.values())) == judgements
        assert set(catalog.gains) == set(catalog.queries)
