"""Random filters: they are read or refused at a place, text and JSON say the same, meanings hold on products."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from facetry.domain.analysis import keyword
from facetry.domain.errors import SearchError
from facetry.domain.product import Product
from facetry.domain.search.fields import AttributeDefinition, Kind, Schema
from facetry.domain.search.filters import NO_STONE, Candidate, is_true
from facetry.domain.search.language.documents import read_filter
from facetry.domain.search.language.meaning import typed
from facetry.domain.search.language.parsing import parse
from facetry.domain.search.language.syntax import (
    Asked,
    Condition,
    Conjunction,
    Disjunction,
    Literal,
    Negation,
    Operator,
    Question,
)
from facetry.domain.search.language.writing import written
from facetry.testing.search_samples import product
from tests.support import data_path

GRADES = ("low", "Mid", "high")
SCHEMA = Schema(
    [
        AttributeDefinition("note", Kind.TEXT),
        AttributeDefinition("made", Kind.DATE),
        AttributeDefinition("teeth", Kind.INTEGER),
        AttributeDefinition("grade", Kind.SCALE, GRADES),
        AttributeDefinition("gemstones.lab", Kind.BOOLEAN),
    ]
)
TEXTS = ["Red", "red ", "RED", "6", "6.0", "06", "6e0", "-0", "0", "é", "e\u0301", "6x", ""]
DATES = ["2024-05-31", "20240601", "2024-05-31T00:00", "2024-05-31T23:59:59.999999", "2024-06-01T01:00+02:00"]
PRICES = ["1", "1.0000", "1.00005", "1.0001", "0.9999", "2", "-1", "1e300", "1e-300"]
VALUES = {
    "brand": TEXTS,
    "size": TEXTS,
    "sku": TEXTS,
    "metal": TEXTS,
    "note": TEXTS,
    "category": ["Jewelry", "jewelry > RINGS", "Jewelry>Rings", "Rings"],
    "price": PRICES,
    "regular_price": PRICES,
    "quantity": ["0", "1", "2", "-1", "9223372036854775806"],
    "in_stock": ["true", "FALSE"],
    "made": DATES,
    "teeth": ["6", "06", "+6", "7"],
    "grade": ["low", "MID", "high"],
    "gemstones.carat": ["0.1", "0.30000000000000004", "0.3", ".3", "1e308", "-0.0", "0"],
    "gemstones.lab": ["true", "false"],
    "metals.purity": ["585", "585.0", "750"],
}
KEYWORDS = {"brand", "size", "sku", "metal", "category"}
NO_ORDER = {"note", "in_stock", "gemstones.lab"}
ORDERED = {Operator.LESS, Operator.LESS_OR_EQUAL, Operator.GREATER, Operator.GREATER_OR_EQUAL}
JSON_NAMES = {
    Operator.EQUAL: "eq",
    Operator.UNEQUAL: "ne",
    Operator.LESS: "lt",
    Operator.LESS_OR_EQUAL: "lte",
    Operator.GREATER: "gt",
    Operator.GREATER_OR_EQUAL: "gte",
    Operator.IN: "in",
    Operator.NOT_IN: "not_in",
    Operator.BETWEEN: "between",
    Operator.NOT_BETWEEN: "not_between",
}
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)

literals = st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(Literal)
bare = st.sampled_from(["a", "OR", "not", "in", "any_stone", "5", 'a"b', "a\\", "\\", "x y", "\n", "ın", "["]).map(
    Literal
)


@st.composite
def conditions(draw):
    operator = draw(st.sampled_from(Operator))
    count = {Operator.EXISTS: 0, Operator.NOT_EXISTS: 0, Operator.BETWEEN: 2, Operator.NOT_BETWEEN: 2}.get(operator, 1)
    most = 4 if operator in {Operator.IN, Operator.NOT_IN} else count
    values = draw(st.lists(literals | bare, min_size=count, max_size=most))
    return Condition(draw(literals | bare), operator, tuple(values))


def trees(leaves):
    def more(parts):
        several = st.lists(parts, min_size=2, max_size=3).map(tuple)
        asked = st.builds(Asked, st.sampled_from(Question), parts)
        return several.map(Conjunction) | several.map(Disjunction) | parts.map(Negation) | asked

    return st.recursive(leaves, more, max_leaves=8)


def attempt(function, *arguments):
    """Return what a function returns, else None; and the error that it raises instead."""
    try:
        return function(*arguments), None
    except SearchError as error:
        return None, error


def document(tree):
    match tree:
        case Condition(field, Operator.EXISTS | Operator.NOT_EXISTS as operator):
            return {"field": field.text, "exists": operator is Operator.EXISTS}
        case Condition(field, operator, values):
            texts = [value.text for value in values]
            is_list = operator.value.endswith(("IN", "BETWEEN"))
            return {"field": field.text, JSON_NAMES[operator]: texts if is_list else texts[0]}
        case Conjunction(parts):
            return {"and": [document(part) for part in parts]}
        case Disjunction(parts):
            return {"or": [document(part) for part in parts]}
        case Negation(part):
            return {"not": document(part)}
        case Asked(question, part):
            return {question.value: document(part)}


@given(trees(conditions()))
def test_what_is_written_is_read_as_the_same(tree):
    text = written(tree)
    assert parse(text) == tree
    assert written(parse(text)) == text


@given(trees(conditions()))
def test_json_says_the_same(tree):
    assert read_filter(document(tree)) == tree
    assert read_filter(json.loads(json.dumps([document(tree)]))) == tree


tokens = st.sampled_from(
    [*'()[],=!<>"\\', "<=", "AND ", " OR", "NOT ", " IN [", "BETWEEN", "exists", "a", "5", "any_stone("]
)


@settings(max_examples=300)
@given(st.text() | st.lists(tokens | st.characters(), max_size=20).map("".join))
@example("\ud800")
@example('a = "\ud800"')
@example("a = 1" + " " * 10_000 + "!")
def test_any_text_is_read_or_refused_at_a_character(text):
    tree, error = attempt(parse, text)
    if tree is not None:
        assert parse(written(tree)) == tree
        _, error = attempt(typed, tree, SCHEMA, lambda _: True)
    if error is not None:
        assert error.pointer == "/filter"
        assert 0 <= error.position <= len(text)
        error.message.encode()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["and", "or", "not", "any_stone", "field", "eq", "in", "between", "exists", "price", "brand"]
            )
            | st.text(max_size=2),
            inner,
            max_size=2,
        )
    ),
    max_leaves=10,
)


@settings(max_examples=300)
@given(anything)
def test_any_json_is_read_or_refused_at_a_place(value):
    tree, error = attempt(read_filter, value)
    if tree is not None:
        assert parse(written(tree)) == tree
        _, error = attempt(typed, tree, SCHEMA, lambda _: True)
    if error is not None:
        assert error.pointer == "/filter" or error.pointer.startswith("/filter/")
        assert error.position is None


def test_naughty_strings_are_values():
    for text in json.loads(data_path("naughty-strings", "blns.json").read_text("utf-8")):
        tree = Condition(Literal("brand"), Operator.EQUAL, (Literal(text),))
        assert parse(written(tree)) == tree
        assert typed(tree, SCHEMA, lambda _: False).texts == {keyword(text)}
        for filter_text in (text, f"brand = {text}"):
            found, error = attempt(parse, filter_text)
            assert (found is None) == (error is not None and error.position is not None)


# --- Meaning ----------------------------------------------------------------------------------------------------------


def ordered_literals(name):
    return [value for value in VALUES[name] if name not in KEYWORDS or NUMBER.fullmatch(value)] or ["1"]


@st.composite
def known_conditions(draw):
    name = draw(st.sampled_from(sorted(VALUES)))
    values = st.sampled_from(VALUES[name])
    operator = draw(st.sampled_from(Operator))
    if operator in {Operator.EXISTS, Operator.NOT_EXISTS}:
        return Condition(Literal(name), operator)
    if operator in {Operator.IN, Operator.NOT_IN}:
        return Condition(Literal(name), operator, tuple(map(Literal, draw(st.lists(values, min_size=1, max_size=3)))))
    if operator in {Operator.EQUAL, Operator.UNEQUAL} or name in NO_ORDER:
        operator = operator if operator is Operator.UNEQUAL else Operator.EQUAL
        return Condition(Literal(name), operator, (Literal(draw(values)),))
    count = 1 if operator in ORDERED else 2
    chosen = draw(st.lists(st.sampled_from(ordered_literals(name)), min_size=count, max_size=count))
    return Condition(Literal(name), operator, tuple(map(Literal, chosen)))


stones = st.dictionaries(
    st.sampled_from(["carat", "lab"]), st.sampled_from([0.1, 0.3, 0.1 + 0.2, 1e308, 0, "0.30", True, False, None])
)
attributes = st.fixed_dictionaries(
    {},
    optional={
        "metal": st.lists(st.sampled_from([*TEXTS, 6, 6.5, True, None]), max_size=2),
        "note": st.sampled_from(TEXTS),
        "made": st.sampled_from([*DATES, "2024-05-30T23:59", "2024-06-02"]),
        "teeth": st.sampled_from([6, 7, "06"]),
        "grade": st.sampled_from(["LOW", "mid", "high"]),
    },
)
products = st.builds(
    product,
    sku=st.sampled_from(["6", "6.0", "RED", "red"]),
    brand=st.none() | st.sampled_from(TEXTS),
    size=st.none() | st.sampled_from(TEXTS),
    category=st.lists(st.sampled_from(["Jewelry", "Jewelry>Rings", "jewelry > rings>Gold"]), max_size=2).map(tuple),
    regular_price=st.sampled_from([None, 9_999, 10_000, 10_001, 20_000]),
    promotion_price=st.sampled_from([None, 9_999, 10_000, 10_001]),
    currency=st.sampled_from([None, "USD", "EUR"]),
    quantity=st.sampled_from([0, 1, 2]),
    attributes=st.none() | attributes,
    metals=st.none()
    | st.lists(st.fixed_dictionaries({"purity": st.sampled_from([585, "585.0", 750])}), max_size=2).map(tuple),
    gemstones=st.none() | st.lists(stones, max_size=2).map(tuple),
)


def given_values(name, item: Product, stone):
    """Return the values of a product with one of its stones, as what they are."""
    if name.endswith("price"):
        promotion = item.promotion_price if item.promotion_price is not None else item.regular_price
        minor = promotion if name == "price" else item.regular_price
        return [] if minor is None or item.currency == "EUR" else [Decimal(minor) / 10_000]
    if name.startswith("gemstones."):
        return [shown(stone.get(name[10:]))]
    if name.startswith("metals."):
        return [shown(metal.get(name[7:])) for metal in item.metals or ()]
    if name == "category":
        paths = [[part.strip() for part in one.split(">")] for one in item.category]
        return [" > ".join(path[:end]) for path in paths for end in range(1, len(path) + 1)]
    if name in {"metal", "note", "made", "teeth", "grade"}:
        value = (item.attributes or {}).get(name)
        return [shown(one) for one in (value if isinstance(value, list) else [value])]
    return [{"in_stock": item.quantity > 0}.get(name, getattr(item, name, None))]


def shown(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and value < 2**53:
        return str(int(value))
    return value if value is None else str(value)


def moment(text):
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


READERS = {
    "price": Decimal,
    "regular_price": Decimal,
    "in_stock": lambda value: {"true": 1, "false": 0}.get(str(value).lower()),
    "gemstones.lab": {"true": 1, "false": 0}.get,
    "grade": lambda value: [one.lower() for one in GRADES].index(value.lower()),
    "made": moment,
    "quantity": int,
    "teeth": int,
}


def number(name, value):
    """Return what a value compares as in a field, None where it does not."""
    return READERS.get(name, lambda text: float(text) if NUMBER.fullmatch(text) else None)(value)


def span_of(name, text):
    """Return the first value that equals a literal, and the last."""
    low = number(name, text)
    try:
        date.fromisoformat(text)
    except ValueError:
        return low, low
    return (low, low + timedelta(days=1) - timedelta(microseconds=1)) if name == "made" else (low, low)


def equals(name, value, text):
    if name == "sku":
        return value == text
    if name == "category":
        return keyword(value) == keyword(" > ".join(part.strip() for part in text.split(">")))
    if name in {"brand", "size", "metal", "note"} and keyword(value) == keyword(text):
        return True
    if name == "note":
        return False
    low, high = span_of(name, text)
    own = number(name, value)
    return own is not None and low is not None and low <= own <= high


def compares(name, operator, value, literals):
    own = number(name, value)
    if own is None:
        return False
    (low, high), (_, highest) = span_of(name, literals[0]), span_of(name, literals[-1])
    return {
        Operator.LESS: own < low,
        Operator.LESS_OR_EQUAL: own <= high,
        Operator.GREATER: own > high,
        Operator.GREATER_OR_EQUAL: own >= low,
        Operator.BETWEEN: low <= own <= highest,
    }[operator]


OPPOSITES = {
    Operator.UNEQUAL: Operator.EQUAL,
    Operator.NOT_IN: Operator.IN,
    Operator.NOT_BETWEEN: Operator.BETWEEN,
    Operator.NOT_EXISTS: Operator.EXISTS,
}


def holds(tree, members, item, stone):
    """Return whether a tree is true of a product with one of its stones, by what its words say."""
    match tree:
        case Conjunction(parts):
            return all(holds(part, members, item, stone) for part in parts)
        case Disjunction(parts):
            return any(holds(part, members, item, stone) for part in parts)
        case Negation(part):
            return not holds(part, members, item, stone)
        case Asked(question, part):
            asked = members if question is Question.ANY_PRODUCT else [item]
            return any(holds(part, members, one, other) for one in asked for other in one.gemstones or ({},))
        case _:
            return condition_holds(tree, item, stone)


def condition_holds(condition, item, stone):
    if condition.operator in OPPOSITES:
        positive = Condition(condition.field, OPPOSITES[condition.operator], condition.values)
        return not condition_holds(positive, item, stone)
    name, texts = condition.field.text, [value.text for value in condition.values]
    values = [value for value in given_values(name, item, stone) if value is not None]
    if condition.operator is Operator.EXISTS:
        return bool(values)
    if condition.operator in {Operator.EQUAL, Operator.IN}:
        return any(equals(name, value, text) for value in values for text in texts)
    return any(compares(name, condition.operator, value, texts) for value in values)


def check(tree, members):
    """Check a filter against products with all their stones."""
    condition, error = attempt(typed, tree, SCHEMA, lambda name: name == "attributes.metal")
    if error is not None:
        # Nothing else is wrong with the conditions that are drawn.
        assert error.message == "BETWEEN needs the lower value first"
        return
    for item in members:
        for stone in item.gemstones or (NO_STONE,):
            candidate = Candidate("G", tuple(members), item, stone, "USD", "USD")
            assert is_true(condition, candidate) == holds(tree, members, item, stone), written(tree)


@settings(max_examples=300)
@given(trees(known_conditions()), st.lists(products, min_size=1, max_size=2))
def test_a_filter_holds_where_its_words_say_so(tree, members):
    check(tree, members)


def with_value(name, text):
    """Return a product that has a value in a field."""
    prefix, _, bare_name = name.rpartition(".")
    if prefix:
        return product("s", **{prefix: ({bare_name: text},)})
    if name in {"metal", "note", "made", "teeth", "grade"}:
        return product("s", attributes={name: text})
    if name == "sku":
        return product(text or "s")
    return product("s", **{name: (text,) if name == "category" else text})


def members_with(name):
    if name.endswith("price"):
        return [product("s", regular_price=price) for price in (None, 9_999, 10_000, 10_001, 20_000)]
    if name in {"quantity", "in_stock"}:
        return [product("s", quantity=quantity) for quantity in (0, 1, 2)]
    more = {"made": ["2024-05-30T23:59:59.999999", "2024-06-01"], "category": ["Jewelry>Rings>Gold"]}
    return [product("s"), *(with_value(name, text) for text in [*VALUES[name], *more.get(name, ())])]


@pytest.mark.parametrize("name", sorted(VALUES))
def test_every_comparison_of_a_field_holds_where_its_words_say_so(name):
    members = members_with(name)
    for text in VALUES[name]:
        check(Condition(Literal(name), Operator.EQUAL, (Literal(text),)), members)
        check(Condition(Literal(name), Operator.NOT_IN, (Literal(text), Literal(VALUES[name][0]))), members)
    check(Condition(Literal(name), Operator.EXISTS), members)
    for low in ordered_literals(name) if name not in NO_ORDER else ():
        for operator in ORDERED:
            check(Condition(Literal(name), operator, (Literal(low),)), members)
        for high in ordered_literals(name):
            check(Condition(Literal(name), Operator.BETWEEN, (Literal(low), Literal(high))), members)


def test_the_order_of_bounds_is_that_of_their_values():
    with pytest.raises(SearchError, match="BETWEEN needs the lower value first"):
        typed(parse("size BETWEEN 10 AND 9"), SCHEMA, lambda _: False)
