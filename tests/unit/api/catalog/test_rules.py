"""The table of rules over raw values: what is taken, as what, and every way to be refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.api.catalog.rules import (
    BODY,
    LOGIN_FIELDS,
    PRODUCT_FIELDS,
    QUERY,
    SEARCH_FIELDS,
    SOLD_OUT_PRODUCT_FIELDS,
    check,
    product_content,
)
from facetry.domain.currencies import CURRENCIES
from facetry.domain.product import ProductContent
from tests.api.server import product

PRODUCT = {field.name: field for field in PRODUCT_FIELDS}
MANDATORY = [
    "sku",
    "groupID",
    "name",
    "description",
    "regularPrice",
    "promotionPrice",
    "quantity",
    "images",
    "searchKeywords",
    "category",
    "active",
    "isMain",
]
ID_LENGTH = "must have 1 to 50 characters"
ID_BLANK = "must not begin or end with a blank"
UNICODE = "must be valid Unicode, without lone surrogates"
PRICE = "must be a decimal number such as 5.99"
POSITIVE = "must be greater than 0"
DEAR = "must be at most 100000000000"
WHOLE = "must be a whole number"
FLAG = "must be true, false, 1 or 0"
ONCE = "must be given once"
TEXT = "must be text"
ADDRESS = "must be an http, https or ftp address with a host"
CURRENCY = "must be an ISO 4217 currency code such as USD"
SCALARS = "must be text, a number, true, false or a list of them"
NOT_JSON = (
    "must be an object, but it is malformed JSON: expecting property name enclosed in double quotes at character 1"
)
OBJECT = "must be an object of texts, numbers, booleans or lists of them"


def brief(value):
    return ascii(value)[:40]


def read(name, raw):
    """Return the value that a field of a product gets from a raw one."""
    values, errors = check(PRODUCT_FIELDS, product("1", **{name: raw}), BODY)
    assert errors == []
    return values.get(PRODUCT[name].target)


def messages(name, raw, table=PRODUCT_FIELDS):
    """Return what is wrong with one raw value, as pairs of parameter and message."""
    _, errors = check(table, product("1", **{name: raw}), BODY)
    return [(error["param"], error["msg"]) for error in errors]


def test_a_product():
    values, errors = check(PRODUCT_FIELDS, product("1", color="Red", attributes={"a": 1}, other="x"), BODY)
    assert errors == []
    assert product_content(values) == ProductContent(
        sku="1",
        group_id="G1",
        name="Ring 1",
        description="a ring",
        regular_price=125_000,
        promotion_price=100_000,
        quantity=3,
        images=("https://example.com/a.jpg",),
        search_keywords=("ring",),
        category=("Jewelry>Rings",),
        color="Red",
        active=True,
        is_main=False,
        attributes={"a": 1},
    )


def test_nothing_given():
    values, errors = check(PRODUCT_FIELDS, {}, BODY)
    assert values == {}
    assert errors == [{"msg": "is mandatory", "param": name, "location": "body"} for name in MANDATORY]
    assert list(errors[0]) == ["msg", "param", "location"]


def test_every_broken_rule_in_the_order_of_the_table():
    raw = product(" " * 51, active="maybe", quantity="0", images=["x", "http://a", 5])
    _, errors = check(PRODUCT_FIELDS, raw, BODY)
    assert errors == [
        {"value": " " * 51, "msg": ID_LENGTH, "param": "sku", "location": "body"},
        {"value": " " * 51, "msg": ID_BLANK, "param": "sku", "location": "body"},
        {"value": "0", "msg": "must be at least 1", "param": "quantity", "location": "body"},
        {"value": "x", "msg": ADDRESS, "param": "images[0]", "location": "body"},
        {"value": 5, "msg": ADDRESS, "param": "images[2]", "location": "body"},
        {"value": "maybe", "msg": FLAG, "param": "active", "location": "body"},
    ]
    assert list(errors[0]) == ["value", "msg", "param", "location"]


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("sku", "a b/c", "a b/c"),
        ("sku", "constructor", "constructor"),
        ("sku", "__proto__", "__proto__"),
        ("sku", "💍" * 50, "💍" * 50),
        ("sku", 12345, "12345"),
        ("sku", 10**40, "1" + "0" * 40),
        ("sku", 1.5, "1.5"),
        ("sku", 2.0, "2"),
        ("sku", 1e300, "1e+300"),
        ("sku", True, "true"),
        ("sku", "...", "..."),
        ("groupID", "a", "a"),
        ("name", "n" * 250, "n" * 250),
        ("name", " a\x00\n", " a\x00\n"),
        ("name", False, "false"),
        ("description", "💍" * 2048, "💍" * 2048),
        ("regularPrice", ".5", 5_000),
        ("regularPrice", "+5", 50_000),
        ("regularPrice", "007.50", 75_000),
        ("regularPrice", "5.99", 59_900),
        ("regularPrice", 1e3, 10_000_000),
        ("regularPrice", 0.1 + 0.2, 3_000),
        ("regularPrice", 8, 80_000),
        ("regularPrice", "0.00005", None),
        ("regularPrice", "0.00015", 2),
        ("regularPrice", "100000000000", 10**15),
        ("promotionPrice", 999, 9_990_000),
        ("quantity", "1", 1),
        ("quantity", "+007", 7),
        ("quantity", 5.0, 5),
        ("quantity", 2**53 - 1, 2**53 - 1),
        ("images", "http://a", ("http://a",)),
        ("images", ["//cdn.example.com/a.png", "a.example/b?c#d"], ("//cdn.example.com/a.png", "a.example/b?c#d")),
        ("searchKeywords", "ring", ("ring",)),
        ("searchKeywords", ["", 5, True, "a"], ("", "5", "true", "a")),
        ("category", ["A>B>C"], ("A>B>C",)),
        ("color", "Red", "Red"),
        ("color", "", None),
        ("color", None, None),
        ("size", 7, "7"),
        ("brand", "b" * 5000, "b" * 5000),
        ("currency", "EUR", "EUR"),
        ("currency", "eur", "EUR"),
        ("currency", "", None),
        ("active", True, True),
        ("active", "false", False),
        ("active", 1, True),
        ("active", 0.0, False),
        ("isMain", "1", True),
        ("isMain", "0", False),
        ("attributes", '{"a": [1, "x", null, true, 1.5]}', {"a": [1, "x", None, True, 1.5]}),
        ("attributes", {"__proto__": "x", "constructor": 1}, {"__proto__": "x", "constructor": 1}),
        ("attributes", {}, {}),
        ("attributes", "", None),
        ("attributes", {"n": -(2**63), "m": 2**63 - 1}, {"n": -(2**63), "m": 2**63 - 1}),
    ],
    ids=brief,
)
def test_what_is_taken(name, raw, value):
    if value is None and name == "regularPrice":
        assert messages(name, raw) == [(name, POSITIVE)]
    else:
        assert read(name, raw) == value


@pytest.mark.parametrize(
    ("name", "raw", "expected"),
    [
        ("sku", None, ["is mandatory"]),
        ("sku", "", [ID_LENGTH]),
        ("sku", "x" * 51, [ID_LENGTH]),
        ("sku", "a\x00b", ["must not contain control characters"]),
        ("sku", "a\x85b", ["must not contain control characters"]),
        ("sku", "\ta", ["must not contain control characters", ID_BLANK]),
        ("sku", " a", [ID_BLANK]),
        ("sku", "a\u2003", [ID_BLANK]),
        ("sku", ".", ["must not be . or .."]),
        ("groupID", "..", ["must not be . or .."]),
        ("sku", "\ud800", [UNICODE]),
        ("sku", ["a", "b"], [ONCE]),
        ("sku", {"$ne": 1}, [TEXT]),
        ("sku", 10**50, [ID_LENGTH]),
        ("name", "", ["must have 1 to 250 characters"]),
        ("name", "n" * 251, ["must have 1 to 250 characters"]),
        ("name", "\udfff" * 251, ["must have 1 to 250 characters", UNICODE]),
        ("description", "", ["must have 1 to 2048 characters"]),
        ("description", ["a"], [ONCE]),
        ("regularPrice", "5.", [PRICE]),
        ("regularPrice", "1e3", [PRICE]),
        ("regularPrice", "5,99", [PRICE]),
        ("regularPrice", "NaN", [PRICE]),
        ("regularPrice", " 5", [PRICE]),
        ("regularPrice", "", [PRICE]),
        ("regularPrice", "٥", [PRICE]),
        ("regularPrice", True, [PRICE]),
        ("regularPrice", 0, [POSITIVE]),
        ("regularPrice", "-5", [POSITIVE]),
        ("promotionPrice", -0.5, [POSITIVE]),
        ("promotionPrice", "1" * 50, [DEAR]),
        ("promotionPrice", 1e300, [DEAR]),
        ("promotionPrice", 10**400, [DEAR]),
        ("promotionPrice", [5], [ONCE]),
        ("promotionPrice", {"$gt": 0}, ["must be a decimal number"]),
        ("quantity", "0", ["must be at least 1"]),
        ("quantity", -5, ["must be at least 1"]),
        ("quantity", 1.5, [WHOLE]),
        ("quantity", "5.0", [WHOLE]),
        ("quantity", "five", [WHOLE]),
        ("quantity", True, [WHOLE]),
        ("quantity", 2**53, ["must be at most 9007199254740991"]),
        ("quantity", "9" * 5000, [WHOLE]),
        ("quantity", [1], [ONCE]),
        ("quantity", {}, ["must be a whole number"]),
        ("active", "yes", [FLAG]),
        ("active", "True", [FLAG]),
        ("active", 2, [FLAG]),
        ("active", "", [FLAG]),
        ("isMain", [True], [ONCE]),
        ("isMain", {"a": 1}, ["must be true or false"]),
        ("color", ["a", "b"], [ONCE]),
        ("color", "\ud800", [UNICODE]),
        ("size", {}, [TEXT]),
        ("currency", "XYZ", [CURRENCY]),
        ("currency", "US", [CURRENCY]),
        ("currency", ["USD"], [ONCE]),
        ("currency", {}, ["must be a currency code"]),
        ("images", [], ["must have at least one address"]),
        ("searchKeywords", [], ["must have at least one text that is not empty"]),
        ("searchKeywords", "", ["must have at least one text that is not empty"]),
        ("category", ["", ""], ["must have at least one text that is not empty"]),
        ("category", ["a"] * 1001, ["must have at most 1000 elements"]),
        ("images", ["http://a"] * 1001, ["must have at most 1000 elements"]),
        (
            "attributes",
            "{",
            [NOT_JSON],
        ),
        ("attributes", "[1]", [OBJECT]),
        ("attributes", 5, [OBJECT]),
        ("attributes", ["a"], [OBJECT]),
        ("attributes", {str(i): i for i in range(1001)}, ["must have at most 1000 attributes"]),
    ],
    ids=brief,
)
def test_what_is_refused(name, raw, expected):
    assert messages(name, raw) == [(name, message) for message in expected]


@pytest.mark.parametrize(
    ("name", "raw", "param", "message"),
    [
        ("searchKeywords", ["a", ["b"]], "searchKeywords[1]", TEXT),
        ("searchKeywords", ["a", None], "searchKeywords[1]", TEXT),
        ("category", [{"a": 1}, "a"], "category[0]", TEXT),
        ("category", ["\ud800"], "category[0]", UNICODE),
        ("images", ["http://a", ""], "images[1]", ADDRESS),
        ("attributes", {"a": {"b": 1}}, "attributes[a]", SCALARS),
        ("attributes", {"a": [[1]]}, "attributes[a]", SCALARS),
        ("attributes", {"a": "\ud800"}, "attributes[a]", SCALARS),
        ("attributes", {"a": 2**63}, "attributes[a]", SCALARS),
        ("attributes", {"a": [1] * 1001}, "attributes[a]", "must have at most 1000 elements"),
        ("attributes", {"": 1}, "attributes[]", "must have a name of 1 to 100 characters"),
        ("attributes", {"\ud800": 1}, "attributes[\ud800]", "must have a name of 1 to 100 characters"),
    ],
    ids=brief,
)
def test_a_part_that_is_refused_is_named(name, raw, param, message):
    assert messages(name, raw) == [(param, message)]


@pytest.mark.parametrize(
    "address",
    [
        "http://a",
        "https://localhost:8000/a.png",
        "ftp://files.example.com",
        "HTTPS://EXAMPLE.COM/A",
        "https://user:secret@example.com/a",
        "https://example.com?x=1#y",
        "http://192.0.2.1/a",
        "http://[2001:db8::1]:80/a",
        "https://homepages.cae.wisc.edu/~ece533/images/fruits.png",
        "https://münchen.example/ä ".strip(),
        "https://my_bucket.s3.example.com/a%20b(1).jpg",
        "example.com",
        "example.com:8080/a",
        "www.example.com/a b".replace(" ", "+"),
        "https://example.com./a",
    ],
    ids=brief,
)
def test_addresses(address):
    assert read("images", [address]) == (address,)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "localhost",
        "http://",
        "http:///a",
        "http:/a.example",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "data:image/png;base64,AA==",
        "mailto:a@example.com",
        "a@example.com",
        "gopher://example.com",
        "http://a b",
        "http://example.com/a b",
        "http://example.com/\x00",
        "http://example.com/<script>",
        "http://-a.example",
        "http://example.com:port",
        "http://.example",
        "/a.png",
        "../a.png",
        "http://example.com/\ud800",
        "http://example.com/" + "a" * 4096,
    ],
    ids=brief,
)
def test_no_addresses(text):
    assert messages("images", [text]) == [("images[0]", ADDRESS)]


def test_a_long_host_is_refused_quickly():
    hostile = ["a." * 2000 + "!", "a" * 4000 + "!", "http://" + "a-" * 2000, "http://" + "a@" * 2000]
    assert messages("images", hostile) == [(f"images[{i}]", ADDRESS) for i in range(4)]


def test_a_sold_out_product_may_stay_so():
    assert messages("quantity", 0, SOLD_OUT_PRODUCT_FIELDS) == []
    assert messages("quantity", -1, SOLD_OUT_PRODUCT_FIELDS) == [("quantity", "must be at least 0")]


def test_currencies_are_three_capitals():
    assert {"USD", "EUR", "INR", "XAU"} <= CURRENCIES
    assert all(len(code) == 3 and code.isascii() and code.isupper() for code in CURRENCIES)
    assert len(CURRENCIES) == 184


def test_an_empty_parameter_of_a_query_is_no_absent_one():
    _, errors = check(SEARCH_FIELDS, {"q": "a", "facets": "", "from": ""}, QUERY)
    assert [(e["param"], e["msg"], e["location"]) for e in errors] == [
        ("facets", FLAG, "query"),
        ("from", WHOLE, "query"),
    ]


def test_login_fields():
    assert check(LOGIN_FIELDS, {"id": 5, "apiKey": "k"}, BODY) == ({"tenant": "5", "api_key": "k"}, [])
    _, errors = check(LOGIN_FIELDS, {"id": "", "apiKey[$ne]": ""}, QUERY)
    assert [(e["param"], e["msg"]) for e in errors] == [
        ("id", "must not be empty"),
        ("apiKey", "is mandatory"),
    ]


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters()),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=3), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*PRODUCT, "other"]), JSON_VALUES))
def test_any_value_is_taken_or_refused_by_name(changes):
    values, errors = check(PRODUCT_FIELDS, {**product("1"), **changes}, BODY)
    if errors:
        assert {error["param"].partition("[")[0] for error in errors} <= changes.keys()
    else:
        assert isinstance(product_content(values), ProductContent)
