import pytest

from facetry.application.interchange.table import LONGEST_CELL, Table, found_delimiter
from facetry.domain.errors import InterchangeError
from tests.unit.application.interchange.reading import lines


def table_of(text, delimiter=None):
    table = Table(lines(text), delimiter)
    return table.header, list(table.rows())


@pytest.mark.parametrize(
    ("header", "delimiter"),
    [
        ("sku,name", ","),
        ("sku;name;a,b", ";"),
        ("sku\tname", "\t"),
        ("sku|name", "|"),
        ('"a;b;c",d', ","),
        ("sku", ","),
    ],
)
def test_the_delimiter_is_found_in_the_header(header, delimiter):
    assert found_delimiter(header) == delimiter


def test_rows_come_with_the_line_they_begin_on():
    assert table_of('\ufeff sku ,name\r\nA,"two\r\nlines"\r\n\r\nB,"with ""quotes"", and commas"\r\n') == (
        ["sku", "name"],
        [(2, ["A", "two\r\nlines"]), (5, ["B", 'with "quotes", and commas'])],
    )


def test_blank_lines_before_the_header_count():
    assert table_of("\n\nsku,name\nA,B") == (["sku", "name"], [(4, ["A", "B"])])


def test_missing_cells_are_empty_and_further_ones_stay():
    assert table_of("a,b,c\n1\n1,2,3,4\n,,\n,\n") == (
        ["a", "b", "c"],
        [(2, ["1", "", ""]), (3, ["1", "2", "3", "4"]), (4, ["", "", ""])],
    )


def test_a_named_delimiter_is_used():
    assert table_of("a,b#c\n1,2#3\n", "#") == (["a,b", "c"], [(2, ["1,2", "3"])])


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff\n"])
def test_a_file_without_header_is_refused(text):
    with pytest.raises(InterchangeError, match="the file is empty"):
        table_of(text)


def test_an_endless_quote_costs_its_rows_and_no_more():
    text = 'a,b\n1,"open\n' + ("x" * 1000 + "\n") * (LONGEST_CELL // 1000) + "2,3\n"
    header, rows = table_of(text)
    assert header == ["a", "b"]
    assert rows[0] == (2, None)
    assert rows[-1][1] == ["2", "3"]


def test_a_header_that_never_ends_is_refused():
    with pytest.raises(InterchangeError, match="the header cannot be read"):
        table_of('"' + "x" * (LONGEST_CELL + 1))
