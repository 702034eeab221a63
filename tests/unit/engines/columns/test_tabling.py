from __future__ import annotations

import random

import msgspec
import numpy as np
import pytest

from facetry.domain.product import Product
from facetry.domain.search.fields import Schema
from facetry.domain.search.values import LOWEST, product_texts, stone_texts
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.kept_groups import BIG_GROUP
from facetry.engines.columns.table import Table, ValueColumn, merge_tables
from facetry.engines.columns.tabling import product_table, stone_table
from facetry.testing.search_samples import product

FIELDS = [
    *("name", "sku", "brand", "color", "size", "currency", "category", "search_keywords"),
    *("attributes.metal", "attributes.n", "attributes.", "attributes.a.b", "metals.type", "metals.purity"),
]
STONE_FIELDS = ["gemstones.carat", "gemstones.shape"]


def drawn(draw: random.Random, number: int) -> Product:
    scalars = ["red", "Red", "", 1, 1.0, True, False, 0, -0.0, 2.5, None, 10**20, 1e20, "1"]

    def some(names: list[str]):
        return {name: draw.choice(scalars) for name in names if draw.random() < 0.6}

    attributes = some(["metal", "n", "", "a.b"])
    if draw.random() < 0.3:
        attributes["n"] = draw.choices(scalars, k=draw.randrange(4))
    parts = [some(["carat", "shape"]) for _ in range(draw.randrange(3))]
    metals = tuple(some(["type", "purity"]) for _ in range(draw.randrange(3)))
    return product(
        str(number),
        brand=draw.choice(["A", "B", None]),
        color=draw.choice([None, None, None, "red"]),
        currency=draw.choice([None, "", "EUR"]),
        category=tuple(draw.choices(["Jewelry>Rings", "Jewelry > Rings", "x", ">"], k=draw.randrange(3))),
        search_keywords=tuple(draw.choices("abc", k=draw.randrange(3))),
        quantity=draw.choice([0, 5, 10**30]),
        promotion_price=draw.choice([None, 7]),
        attributes=attributes if draw.random() < 0.8 else None,
        metals=metals if draw.random() < 0.8 else None,
        gemstones=tuple(parts) if draw.random() < 0.5 else None,
        joined=number,
    )


def texts(table: Table, name: str, dictionaries: Dictionaries) -> list[set[str]]:
    found: list[set[str]] = [set() for _ in range(table.size)]
    if name in table.columns:
        column = table.columns[name]
        rows, codes = column.pairs()
        assert rows.dtype == codes.dtype == np.int32
        assert (np.diff(rows) >= 0).all()
        for row, code in zip(rows.tolist(), codes.tolist(), strict=True):
            value = dictionaries[name].values_by_code[code]
            assert value not in found[row]
            found[row].add(value)
    return found


@pytest.mark.parametrize("seed", range(12))
def test_tables_hold_what_products_have_also_when_merged(seed):
    draw = random.Random(seed)
    schema, dictionaries = Schema(), Dictionaries()
    parts = [[drawn(draw, 100 * part + n) for n in range(draw.randrange(12))] for part in range(3)]
    tables = [product_table(products, dictionaries) for products in parts]
    everything = [product for products in parts for product in products]
    origins = np.array(draw.sample(range(len(everything)), len(everything) * 2 // 3), np.int64)
    for table, products in [
        *zip(tables, parts, strict=True),
        (merge_tables(tables, origins), [everything[i] for i in origins]),
    ]:
        assert table.size == len(products)
        for name in FIELDS:
            expected = [set(product_texts(schema.field(name), product)) for product in products]
            assert texts(table, name, dictionaries) == expected
        numbers = {name: array.tolist() for name, array in table.numbers.items()}
        assert numbers["promotion_price"] == [LOWEST if p.promotion_price is None else 7 for p in products]
        assert numbers["quantity"] == [min(p.quantity, 2**63 - 2) for p in products]
        assert numbers["joined"] == [p.joined for p in products]


@pytest.mark.parametrize("seed", range(6))
def test_a_product_without_stones_has_the_empty_one(seed):
    draw = random.Random(seed)
    products = [drawn(draw, n) for n in range(30)]
    schema, dictionaries = Schema(), Dictionaries()
    starts, table = stone_table(products, dictionaries)
    assert np.diff(starts).tolist() == [len(p.gemstones or ((),)) for p in products]
    for name in STONE_FIELDS:
        expected = [set(stone_texts(schema.field(name), s)) for p in products for s in p.gemstones or ({},)]
        assert texts(table, name, dictionaries) == expected


@pytest.mark.parametrize("seed", range(8))
def test_the_table_of_a_big_group_follows_every_change(seed):
    draw = random.Random(seed)
    schema, dictionaries = Schema(), Dictionaries()
    products = [drawn(draw, n) for n in range(BIG_GROUP + 100)]
    product_table(products, dictionaries)
    for step in range(6):
        products = [
            drawn(draw, 1000 * step + n) if draw.random() < 0.01 else one
            for n, one in enumerate(products)
            if draw.random() < 0.99
        ]
        products.insert(draw.randrange(len(products)), drawn(draw, 9000 + step))
        if step == 3:
            dictionaries = Dictionaries()
        if step == 4:
            products = list(products)
        table = product_table(products, dictionaries)
        for name in FIELDS:
            expected = [set(product_texts(schema.field(name), one)) for one in products]
            assert texts(table, name, dictionaries) == expected
        fresh = product_table([*map(msgspec.structs.replace, products)], Dictionaries())
        assert {name: array.tolist() for name, array in table.numbers.items()} == {
            name: array.tolist() for name, array in fresh.numbers.items()
        }
        assert table.columns.keys() == fresh.columns.keys()


def test_an_unchanged_big_group_has_an_equal_table():
    dictionaries = Dictionaries()
    products = [product(str(n), color=f"c{n % 7}", joined=n) for n in range(BIG_GROUP)]
    first, second = (product_table(products, dictionaries) for _ in range(2))
    assert second.columns["color"].codes.tolist() == first.columns["color"].codes.tolist()
    assert second.numbers["joined"].tolist() == first.numbers["joined"].tolist()


def test_equal_values_of_other_kinds_are_told_apart_in_a_big_group():
    dictionaries = Dictionaries()
    products = [product(str(n), attributes={"n": 1}, joined=n) for n in range(BIG_GROUP)]
    product_table(products, dictionaries)
    products[7] = msgspec.structs.replace(products[7], attributes={"n": True})
    found = texts(product_table(products, dictionaries), "attributes.n", dictionaries)
    assert found[6:9] == [{"1"}, {"true"}, {"1"}]


def test_no_stones_at_all_make_no_table():
    starts, table = stone_table([product("1"), product("2", gemstones=())], Dictionaries())
    assert (starts.tolist(), table.size, table.columns) == ([], 0, {})


def test_a_column_takes_its_smaller_form():
    rows, codes = np.array([1, 2], np.int32), np.array([7, 8], np.int32)
    assert ValueColumn.of(rows, codes, 5).rows is not None
    dense = ValueColumn.of(rows, codes, 4)
    assert (dense.rows, dense.codes.tolist()) == (None, [-1, 7, 8, -1])
    assert ValueColumn(codes, rows).dense(4).tolist() == [-1, 7, 8, -1]
    several = ValueColumn.of(np.array([0, 0], np.int32), codes, 1)
    assert several.rows is not None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((1, 20, 1), ["1", "20", "1"]),
        ((1.0, 2.5, 1.0), ["1", "2.5", "1"]),
        ((True, False, True), ["true", "false", "true"]),
        ((10**20, 1, 0), ["100000000000000000000", "1", "0"]),
        ((1e20, -0.0, 0.0), ["1e+20", "0", "0"]),
    ],
)
def test_equal_numbers_of_other_kinds_have_texts_of_their_own(values, expected):
    products = [product(str(n), attributes={"n": value}, joined=n) for n, value in enumerate(values)]
    dictionaries = Dictionaries()
    found = texts(product_table(products, dictionaries), "attributes.n", dictionaries)
    assert found == [{text} for text in expected]
