"""What filters mean under a tenant's fields."""

from __future__ import annotations

import pytest

from facetry.domain.errors import SearchError
from facetry.domain.search.fields import AttributeDefinition, Kind, Schema
from facetry.domain.search.filters import And, AnyProduct, AnyStone, Has, Not, Or
from facetry.domain.search.language.meaning import typed
from facetry.domain.search.language.parsing import parse
from facetry.domain.search.spans import DAY, FIRST, LAST
from facetry.domain.search.values import date_key, decimal_key

SCHEMA = Schema(
    [
        AttributeDefinition("note", Kind.TEXT),
        AttributeDefinition("made", Kind.DATE),
        AttributeDefinition("stones", Kind.INTEGER),
        AttributeDefinition("grade", Kind.SCALE, ("low", "Mid", "high")),
        AttributeDefinition("model", Kind.KEYWORD, identifier=True),
        AttributeDefinition("weight", Kind.DECIMAL),
    ]
)
DAY_KEY = date_key("2024-05-31")
NOON = DAY_KEY + DAY // 2

STONE_FIELDS = {"gemstones.shape", "gemstones.certificate_lab"}


def known(name):
    return name in {"attributes.metal", "gemstones.origin", "metals.finish", "metals.color", *STONE_FIELDS}


def meaning(text):
    return typed(parse(text), SCHEMA, known)


def has(name, texts=(), ranges=(), *, exists=False):
    return Has(SCHEMA.field(name), frozenset(texts), tuple(ranges), exists)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("brand = PARLE", has("brand", ["parle"])),
        ("size = 6", has("size", ["6"], [(decimal_key("6"),) * 2])),
        ("size IN [7, 6, S]", has("size", ["6", "7", "s"], [(decimal_key("6"),) * 2, (decimal_key("7"),) * 2])),
        ("metals.purity = 18k", has("metals.purity", ranges=[(decimal_key("750"),) * 2])),
        ("metals.purity = 18", has("metals.purity", ranges=[(decimal_key("18"),) * 2])),
        ("metals.purity >= Pt950", has("metals.purity", ranges=[(decimal_key("950"), LAST)])),
        ("gemstones.shape IN [RB, Heart]", has("gemstones.shape", ["heart", "rb", "round"])),
        ("metals.color != W", Not(has("metals.color", ["w", "white"]))),
        ("gemstones.certificate_lab = gia", has("gemstones.certificate_lab", ["gia"])),
        ("size = 1234567890123456", has("size", ["1234567890123456"])),
        ("size = 0.0000000000000012", has("size", ["0.0000000000000012"])),
        ("size = 123456789012345e1", has("size", ["123456789012345e1"])),
        ("size = 1.000000000000e1", has("size", ["1.000000000000e1"], [(decimal_key("10"),) * 2])),
        ("size < 6.5", has("size", (), [(FIRST, decimal_key("6.5") - 1)])),
        ("metal = 750", has("metal", ["750"], [(decimal_key("750"),) * 2])),
        ("attributes.metal = gold", has("metal", ["gold"])),
        ("gemstones.origin = X", has("gemstones.origin", ["x"])),
        ("sku = Ab-1", has("sku", ["Ab-1"])),
        ("sku = 007", has("sku", ["007"])),
        ("group_id = 7", has("group_id", ["7"])),
        ("model = 7", has("model", ["7"])),
        ("gemstones.certificate_number = 7", has("gemstones.certificate_number", ["7"])),
        ("attributes.note = 7", has("note", ["7"])),
        ('category = "Jewelry>Rings"', has("category", ["jewelry > rings"])),
        ('category = ">"', has("category", [">"])),
        ("price = 5", has("price", (), [(50_000, 50_000)])),
        ("price = 1e-4", has("price", (), [(1, 1)])),
        ("price = 1.00005", has("price")),
        ("price < 1.00005", has("price", (), [(FIRST, 10_000)])),
        ("price <= 1.00005", has("price", (), [(FIRST, 10_000)])),
        ("price > 1.00005", has("price", (), [(10_001, LAST)])),
        ("price >= 1.00005", has("price", (), [(10_001, LAST)])),
        ("price < 1", has("price", (), [(FIRST, 9_999)])),
        ("price <= 1", has("price", (), [(FIRST, 10_000)])),
        ("price > 1", has("price", (), [(10_001, LAST)])),
        ("price >= 1", has("price", (), [(10_000, LAST)])),
        ("price > 1e300", has("price", (), [(LAST, LAST)])),
        ("price < -1e300", has("price", (), [(FIRST, FIRST)])),
        ("price BETWEEN 1 AND 2", has("price", (), [(10_000, 20_000)])),
        ("price BETWEEN 1.00005 AND 1.00005", has("price")),
        ("price IN [2, 1, 1.0001, 1.0002]", has("price", (), [(10_000, 10_002), (20_000, 20_000)])),
        ("price NOT IN [2, 1]", Not(has("price", (), [(10_000, 10_000), (20_000, 20_000)]))),
        ("price != 5", Not(has("price", (), [(50_000, 50_000)]))),
        ("price EXISTS", has("price", exists=True)),
        ("price NOT EXISTS", Not(has("price", exists=True))),
        ("quantity > 5", has("quantity", (), [(6, LAST)])),
        ("in_stock = TRUE", has("in_stock", (), [(1, 1)])),
        ("active IN [true, false]", has("active", (), [(0, 1)])),
        ("gemstones.clarity >= vs1", has("gemstones.clarity", (), [(7, LAST)])),
        ("grade BETWEEN low AND MID", has("grade", (), [(0, 1)])),
        ("gemstones.carat > 0.5", has("gemstones.carat", (), [(decimal_key("0.5") + 1, LAST)])),
        ("gemstones.carat < -0.0", has("gemstones.carat", (), [(FIRST, -1)])),
        ("made = 2024-05-31", has("made", (), [(DAY_KEY, DAY_KEY + DAY - 1)])),
        ("made < 2024-05-31", has("made", (), [(FIRST, DAY_KEY - 1)])),
        ("made <= 2024-05-31", has("made", (), [(FIRST, DAY_KEY + DAY - 1)])),
        ("made > 2024-05-31", has("made", (), [(DAY_KEY + DAY, LAST)])),
        ("made >= 2024-05-31", has("made", (), [(DAY_KEY, LAST)])),
        ("made = 2024-05-31T12:00", has("made", (), [(NOON, NOON)])),
        ("made > 2024-05-31T14:00+02:00", has("made", (), [(NOON + 1, LAST)])),
        ("made BETWEEN 2024-05-31T12:00 AND 2024-05-31", has("made", (), [(NOON, DAY_KEY + DAY - 1)])),
        ("brand = a OR NOT color = b", Or((has("brand", ["a"]), Not(has("color", ["b"]))))),
        ("any_product(brand = a AND color = b)", AnyProduct(And((has("brand", ["a"]), has("color", ["b"]))))),
        ("any_stone(brand = a)", AnyStone(has("brand", ["a"]))),
    ],
)
def test_a_condition_means_exactly(text, condition):
    assert meaning(text) == condition


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("brnd = 1", 0, "there is no field 'brnd'; did you mean brand?"),
        ("brand = 1 OR NOT (Brand = 1)", 18, "there is no field 'Brand'; did you mean brand?"),
        ("groupID = 1", 0, "there is no field 'groupID'; did you mean group_id?"),
        ("carat > 1", 0, "there is no field 'carat'; did you mean gemstones.carat?"),
        ("origin = x", 0, "there is no field 'origin'; did you mean gemstones.origin?"),
        ("finish = x", 0, "there is no field 'finish'; did you mean metals.finish?"),
        ("attributes.mode = x", 0, "there is no field 'attributes.mode'; did you mean attributes.model?"),
        ('"" = x', 0, "there is no field ''"),
        ("zzzzzzzz = x", 0, "there is no field 'zzzzzzzz'"),
        ("gemstones.carat = large", 18, "gemstones.carat compares with a decimal number; 'large' is not that"),
        ("price IN [1, x]", 13, "price compares with a price such as 499.99; 'x' is not that"),
        ("quantity = 5.5", 11, "quantity compares with an integer of 64 bits; '5.5' is not that"),
        ("quantity < 9223372036854775808", 11, ("quantity compares with an integer of 64 bits; "
         "'9223372036854775808' is not that")),
        ("active = yes", 9, "active compares with true or false; 'yes' is not that"),
        ("active < true", 7, "active is true or false; < compares numbers, dates and grades"),
        ("note BETWEEN 1 AND 2", 5, "attributes.note is a text; BETWEEN compares numbers, dates and grades"),
        ("made = May", 7, ("attributes.made compares with an ISO 8601 date or time such as 2024-05-31; "
         "'May' is not that")),
        ("grade > best", 8, "attributes.grade compares with one of low, Mid, high; 'best' is not that"),
        ("size < large", 7, "size compares with a number; 'large' is not that"),
        ("size < 1e999", 7, "size compares with a number; '1e999' is not that"),
        ("price BETWEEN 2 AND 1", 20, "BETWEEN needs the lower value first"),
        ("made BETWEEN 2024-05-31 AND 2024-05-30T23:59", 28, "BETWEEN needs the lower value first"),
    ],
)  # fmt: skip
def test_an_error_points_at_the_part(text, position, message):
    with pytest.raises(SearchError) as caught:
        meaning(text)
    assert (caught.value.position, caught.value.message) == (position, message)
