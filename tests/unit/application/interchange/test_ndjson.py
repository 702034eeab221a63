from facetry.application.interchange.ndjson import MOST_UNKNOWN_NAMES, NdjsonReader
from facetry.domain.product import ProductContent
from tests.unit.application.interchange.reading import contents, lines, problems


def test_one_product_a_line_and_null_is_nothing():
    assert contents('{"sku":"A","name":"Ring","brand":null}\n\n  \n{"sku":"B","name":"","name":"Pin"}\r\n') == [
        ProductContent(sku="A", name="Ring", group_id="A"),
        ProductContent(sku="B", name="Pin", group_id="B"),
    ]


def test_a_line_that_is_no_product_is_told_and_the_others_go_on():
    text = '{"sku":"A","name":"Ring"}\n{"sku":\n[1]\n{"sku":"g\udce9","name":"x"}\n{"name":"Pin"}\n'
    assert problems(text) == [
        (2, "", '{"sku":', "is no JSON: Input data was truncated"),
        (3, "", "[1]", "is no JSON object"),
        (4, "", '{"sku":"g\udce9","name":"x"}', "is not in the encoding of the file (name another, such as cp1252)"),
        (5, "sku", None, "is missing"),
    ]


def test_names_that_are_no_field_are_told_once():
    reader = NdjsonReader(lines('{"sku":"A","name":"x","_id":"1"}\n{"sku":"B","name":"x","_id":"2","colour":"red"}\n'))
    assert [record.line for record in reader.records()] == [1, 2]
    assert reader.ignored_columns == ("_id", "colour")
    assert (reader.columns, reader.skipped) == ({}, 0)


def test_no_more_unknown_names_than_fit_are_remembered():
    reader = NdjsonReader(f'{{"x{number}":1}}\n' for number in range(MOST_UNKNOWN_NAMES + 50))
    assert len(list(reader.records())) == MOST_UNKNOWN_NAMES + 50
    assert len(reader.ignored_columns) == MOST_UNKNOWN_NAMES
