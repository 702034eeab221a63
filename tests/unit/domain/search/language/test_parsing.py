"""Filters as text: what is read, what is refused and where."""

from __future__ import annotations

import timeit

import pytest

from facetry.domain.errors import SearchError
from facetry.domain.search.fields import Schema
from facetry.domain.search.language.meaning import typed
from facetry.domain.search.language.parsing import parse
from facetry.domain.search.language.syntax import (
    MAX_CONDITIONS,
    MAX_DEPTH,
    MAX_LENGTH,
    MAX_VALUES,
    Asked,
    Condition,
    Conjunction,
    Disjunction,
    Literal,
    Negation,
    Operator,
    Place,
    Question,
)


def compare(field, operator, *values):
    return Condition(Literal(field), operator, tuple(Literal(value) for value in values))


A = compare("a", Operator.EQUAL, "1")
B = compare("b", Operator.EQUAL, "2")
C = compare("c", Operator.EQUAL, "3")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("price = 5", compare("price", Operator.EQUAL, "5")),
        ("price!=5", compare("price", Operator.UNEQUAL, "5")),
        ("price<5", compare("price", Operator.LESS, "5")),
        ("price <=-5", compare("price", Operator.LESS_OR_EQUAL, "-5")),
        ("price > .5", compare("price", Operator.GREATER, ".5")),
        ("price\n>=\t5e3", compare("price", Operator.GREATER_OR_EQUAL, "5e3")),
        ('color IN [Red, "Rose Gold",x]', compare("color", Operator.IN, "Red", "Rose Gold", "x")),
        ("color not in [Red]", compare("color", Operator.NOT_IN, "Red")),
        ("price between 1 and 2", compare("price", Operator.BETWEEN, "1", "2")),
        ("price NOT BETWEEN 1 AND 2", compare("price", Operator.NOT_BETWEEN, "1", "2")),
        ("price Exists", compare("price", Operator.EXISTS)),
        ("price NOT EXISTS", compare("price", Operator.NOT_EXISTS)),
        ('"my field" = ""', compare("my field", Operator.EQUAL, "")),
        (r'a = "7\" \\ \n\u00e9\ud83d\udc8d"', compare("a", Operator.EQUAL, '7" \\ \né💍')),
        ('a = "two\nlines"', compare("a", Operator.EQUAL, "two\nlines")),
        ("made >= 2024-05-31T10:00:00+02:00", compare("made", Operator.GREATER_OR_EQUAL, "2024-05-31T10:00:00+02:00")),
        ("style = RB-14/18_k.%'&;:#é💍", compare("style", Operator.EQUAL, "RB-14/18_k.%'&;:#é💍")),
        ('state = "OR"', compare("state", Operator.EQUAL, "OR")),
        ("state = IN", compare("state", Operator.EQUAL, "IN")),
        ("exists EXISTS", compare("exists", Operator.EXISTS)),
        ("any_stone = 5", compare("any_stone", Operator.EQUAL, "5")),
        ("ın = ın", compare("ın", Operator.EQUAL, "ın")),
        ("a = 1 AND b = 2 OR c = 3", Disjunction((Conjunction((A, B)), C))),
        ("a = 1 and (b = 2 or c = 3)", Conjunction((A, Disjunction((B, C))))),
        ("a = 1 AND b = 2 AND c = 3", Conjunction((A, B, C))),
        ("(a = 1 AND b = 2) AND c = 3", Conjunction((Conjunction((A, B)), C))),
        ("((a = 1))", A),
        ("NOT a = 1 AND b = 2", Conjunction((Negation(A), B))),
        ("not NOT (a = 1 OR b = 2)", Negation(Negation(Disjunction((A, B))))),
        ("any_product(a = 1) AND NOT ANY_STONE (b = 2)",
         Conjunction((Asked(Question.ANY_PRODUCT, A), Negation(Asked(Question.ANY_STONE, B))))),
    ],
)  # fmt: skip
def test_a_text_is_read(text, tree):
    assert parse(text) == tree


def test_every_part_knows_where_it_stands():
    tree = parse('price >= 5 AND "my field" IN [a, b]', "/searches/0/filter")
    first, second = tree.parts
    offsets = [first.field, first, first.values[0], second.field, second, *second.values]
    assert [part.place.offset for part in offsets] == [0, 6, 9, 15, 26, 30, 33]
    assert {part.place.pointer for part in offsets} == {"/searches/0/filter"}


def test_places_make_no_difference():
    assert parse("  a = 1") == parse("a   =   1")
    assert hash(parse("  a = 1")) == hash(parse("a   =   1"))
    assert Place("x", 1) != ("x", 1)


@pytest.mark.parametrize(
    ("text", "position", "message"),
    [
        ("", 0, "a condition such as price < 500 is expected here, not the end"),
        ("  ", 2, "a condition such as price < 500 is expected here, not the end"),
        ("price", 5, "an operator (= != < <= > >= IN BETWEEN EXISTS) is expected here, not the end"),
        ("price <", 7, "a value is expected here, not the end"),
        ("price < AND a = 1", 8, "a value is expected here, not 'AND'; as a text it is put in double quotes"),
        ("= 5", 0, "a condition such as price < 500 is expected here, not '='"),
        ("a == 5", 3, "a value is expected here, not '='"),
        ("a ! 5", 2, "'!' stands for nothing here; values with such characters are put in double quotes"),
        ("a = \x00", 4, "'\\x00' stands for nothing here; values with such characters are put in double quotes"),
        ("a = \ud800", 4, "'\\ud800' stands for nothing here; values with such characters are put in double quotes"),
        ("a NOT 5", 6, ("IN, BETWEEN or EXISTS is expected here, not '5'; "
         "a name or value with blanks is put in double quotes")),
        ("a IN 5", 5, ("[ and a list of values is expected here, not '5'; "
         "a name or value with blanks is put in double quotes")),
        ("a IN []", 6, "a value is expected here, not ']'"),
        ("a IN [b", 7, ", or ] is expected here, not the end"),
        ("a BETWEEN 1, 2", 11, "AND and the upper end is expected here, not ','"),
        ("brand = White Gold", 14,
         "AND, OR or the end is expected here, not 'Gold'; a name or value with blanks is put in double quotes"),
        ("(a = 1", 6, "AND, OR or ) is expected here, not the end"),
        ("a = 1)", 5, "AND, OR or the end is expected here, not ')'"),
        ("a = 1 AND", 9, "a condition such as price < 500 is expected here, not the end"),
        ('a = "x', 4, "the quote that begins here does not end"),
        ('a = 7"', 5, "the quote that begins here does not end"),
        (r'a = "x\q"', 6, "a backslash here must be written twice, or stand before a quote or as in JSON"),
        (r'a = "\ud800"', 4, "'\\ud800' is half a character"),
        ('a = "\udfff"', 4, "'\\udfff' is half a character"),
    ],
)  # fmt: skip
def test_an_error_points_at_the_character(text, position, message):
    with pytest.raises(SearchError) as caught:
        parse(text, "/filter")
    assert (caught.value.pointer, caught.value.position, caught.value.message) == ("/filter", position, message)
    assert caught.value.code == "bad_search"


def test_depth_is_limited():
    assert parse("(" * MAX_DEPTH + "a = 1" + ")" * MAX_DEPTH) == A
    for opening in ("(", "NOT ", "any_product(", "any_stone("):
        with pytest.raises(SearchError, match="at most 50 levels"):
            parse(opening * 5_000 + "a = 1")


def test_length_is_limited():
    longest = "a = " + "b" * (MAX_LENGTH - 4)
    assert parse(longest).values[0].text == longest[4:]
    with pytest.raises(SearchError, match="at most 65536 characters") as caught:
        parse(longest + "b")
    assert caught.value.position == MAX_LENGTH


def test_conditions_and_values_are_limited():
    many = " OR ".join(["a = 1"] * MAX_CONDITIONS)
    assert len(parse(many).parts) == MAX_CONDITIONS
    with pytest.raises(SearchError, match="at most 500 conditions") as caught:
        parse(f"{many} OR bad = 1")
    assert caught.value.position == len(many) + 4
    values = ",".join(["1"] * MAX_VALUES)
    assert len(parse(f"a IN [{values}]").values) == MAX_VALUES
    with pytest.raises(SearchError, match="at most 10000 values"):
        parse(f"a IN [{values}, 1]")


def test_ten_conditions_take_microseconds():
    text = (
        'brand = "Parle" AND (color IN [Red, Rose] OR price < 500) AND NOT size = 6 AND gemstones.carat >= 0.5 '
        "AND any_stone(gemstones.clarity >= VS1) AND price BETWEEN 1.5 AND 10 AND name EXISTS AND quantity != 4 "
        "AND metals.purity = 750"
    )
    schema = Schema()
    fastest = min(timeit.repeat(lambda: typed(parse(text), schema, lambda _: False), number=20, repeat=20)) / 20
    # About 100 microseconds; a busy machine that also measures coverage takes many times as long.
    assert fastest < 0.01
