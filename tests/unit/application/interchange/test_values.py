import pytest

from facetry.application.interchange.record import Problem
from facetry.application.interchange.values import FIELD_NAMES, MAX_QUANTITY, read_content
from facetry.domain.product import ProductContent
from facetry.domain.trade import ProductType, Trade, Variation

BASE = {"sku": "A1", "name": "Ring"}
NUMBER = "must be a decimal number such as 5.99"
WHOLE = "must be a whole number"


def problem_of(**values):
    found = read_content(BASE | values)
    assert isinstance(found, tuple)
    return [(problem.field, problem.value, problem.reason) for problem in found]


def test_fields_stand_in_the_order_of_the_catalog_api():
    assert FIELD_NAMES == (
        "images", "searchKeywords", "category", "isMain", "sku", "name", "description", "groupID", "regularPrice",
        "promotionPrice", "quantity", "color", "brand", "size", "active", "currency", "attributes",
        "metals", "gemstones", "backOffice",
    )  # fmt: skip


def test_all_fields_are_read():
    values = {
        "images": ["https://a.example/1.jpg"],
        "searchKeywords": ["ring", 18],
        "category": "Jewelry>Rings",
        "isMain": "1",
        "sku": 4711,
        "name": "Ring",
        "description": "Gold",
        "groupID": "G",
        "regularPrice": "7.5",
        "promotionPrice": 5,
        "quantity": "3",
        "color": "gold",
        "brand": "Ax",
        "size": 5.5,
        "active": "FALSE",
        "currency": "EUR",
        "attributes": {"carat": 0.5, "stones": ["ruby", None]},
        "unknown": object(),
    }
    assert read_content(values) == ProductContent(
        images=("https://a.example/1.jpg",),
        search_keywords=("ring", "18"),
        category=("Jewelry>Rings",),
        is_main=True,
        sku="4711",
        name="Ring",
        description="Gold",
        group_id="G",
        regular_price=75_000,
        promotion_price=50_000,
        quantity=3,
        color="gold",
        brand="Ax",
        size="5.5",
        active=False,
        currency="EUR",
        attributes={"carat": 0.5, "stones": ["ruby", None]},
    )


def test_sku_and_name_are_enough():
    assert read_content(BASE) == ProductContent(sku="A1", name="Ring", group_id="A1")


def test_both_demanded_fields_are_named_where_they_are_missing():
    assert read_content({"brand": "Ax"}) == (
        Problem("sku", None, "is missing"),
        Problem("name", None, "is missing"),
    )


def test_every_wrong_value_is_named():
    assert problem_of(regularPrice="abc", quantity="1.5", active="perhaps") == [
        ("regularPrice", "abc", NUMBER),
        ("quantity", "1.5", WHOLE),
        ("active", "perhaps", "must be true or false"),
    ]


@pytest.mark.parametrize("raw", ["5,99", "1e3", "", "NaN", True, [5], {}, float("inf")])
def test_a_price_is_a_decimal_number(raw):
    assert problem_of(promotionPrice=raw) == [("promotionPrice", raw, NUMBER)]


@pytest.mark.parametrize("raw", ["0", 0, "-5", -0.01, 10**12])
def test_the_domain_sets_the_range_of_prices(raw):
    assert problem_of(promotionPrice=raw) == [
        ("promotionPrice", raw, "must be greater than 0 and at most 100000000000")
    ]


@pytest.mark.parametrize(
    ("raw", "pieces"), [("0", 0), (" 7 ", 7), ("5.00", 5), (5.0, 5), ("+2", 2), (MAX_QUANTITY,) * 2]
)
def test_a_quantity_is_a_whole_number(raw, pieces):
    assert read_content(BASE | {"quantity": raw}).quantity == pieces


@pytest.mark.parametrize("raw", ["", "1e3", "five", 1.5, True, [1], float("nan"), float("inf"), "9" * 18])
def test_what_is_no_whole_number_is_refused(raw):
    assert [(field, reason) for field, _, reason in problem_of(quantity=raw)] == [("quantity", WHOLE)]


@pytest.mark.parametrize(("raw", "reason"), [(-1, "must not be negative"), (2**53, f"must be at most {MAX_QUANTITY}")])
def test_a_quantity_has_a_range(raw, reason):
    assert problem_of(quantity=raw) == [("quantity", raw, reason)]


@pytest.mark.parametrize("raw", [True, "true", "TRUE", "1", 1, "yes"])
def test_what_is_true(raw):
    assert read_content(BASE | {"isMain": raw}).is_main is True


@pytest.mark.parametrize("raw", [{}, True, [["a"]]])
def test_a_text_is_no_object_flag_or_list_in_a_list(raw):
    assert problem_of(searchKeywords=raw) == [("searchKeywords", raw, "must be text")]


@pytest.mark.parametrize("field", ["sku", "name", "images", "color"])
def test_bytes_of_another_encoding_are_told_with_the_way_out(field):
    reason = "is not in the encoding of the file (name another, such as cp1252)"
    assert problem_of(**{field: "g\udce9"}) == [(field, "g\udce9", reason)]


@pytest.mark.parametrize("raw", ["gold", ["gold"], 5])
def test_attributes_are_an_object(raw):
    assert problem_of(attributes=raw) == [("attributes", raw, "must be a JSON object")]


@pytest.mark.parametrize("value", [{"a": 1}, [["a"]], [{"a": 1}]])
def test_attributes_are_flat(value):
    reason = "x must be text, a number, true, false or a list of these"
    assert problem_of(attributes={"x": value}) == [("attributes", {"x": value}, reason)]


@pytest.mark.parametrize("raw", [{"g\udce9": 1}, {"x": "g\udce9"}, {"x": ["g\udce9"]}])
def test_attributes_are_in_the_encoding_of_the_file(raw):
    assert [(field, reason[:30]) for field, _, reason in problem_of(attributes=raw)] == [
        ("attributes", "is not in the encoding of the ")
    ]


def test_a_broken_rule_of_the_domain_is_told_with_the_value():
    assert problem_of(sku=" A1") == [("sku", " A1", "must not begin or end with a blank")]
    assert problem_of(groupID="..") == [("groupID", "..", "must not be a dot segment")]


def test_metals_and_gemstones_are_lists_of_flat_objects():
    stone = {"type": "Diamond", "carat": 0.5, "certificate_number": None}
    product = {"sku": "A", "name": "a", "metals": {"name": "Gold"}, "gemstones": [stone]}
    read = read_content(product)
    assert isinstance(read, ProductContent)
    assert (read.metals, read.gemstones) == (({"name": "Gold"},), (stone,))
    for wrong in ("gold", ["gold"], [{"colors": ["a"]}], [{"a": {}}], [{}] * 201):
        problems = read_content(product | {"gemstones": wrong})
        assert isinstance(problems, tuple)
        assert [problem.field for problem in problems] == ["gemstones"]


def test_what_a_back_office_keeps_is_one_object():
    kept = {"product_type": 2, "auto_refill": True, "variation": {"parent": "P", "field": "size", "value": "7"}}
    read = read_content({"sku": "A", "name": "a", "backOffice": kept})
    assert isinstance(read, ProductContent)
    assert read.trade == Trade(product_type=ProductType.LOOSE, auto_refill=True, variation=Variation("P", "size", "7"))
    assert read_content({"sku": "A", "name": "a"}).trade is None
    for wrong in ("x", [], {"product_type": 9}, {"location": 5}, {"variation": {"parent": "P"}}):
        assert [problem[:2] for problem in problem_of(backOffice=wrong)] == [("backOffice", wrong)]
