"""Values of query strings and forms."""

import pytest

from facetry.dashboard.values import SentFile, Values, read_form
from facetry.domain.errors import MalformedBodyError

FORM = "application/x-www-form-urlencoded"
PARTS = (
    b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nJos\xc3\xa9\r\n'
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="rings.csv"\r\n\r\nsku,name\r\n'
    b'--b\r\nContent-Disposition: form-data; name="none"; filename=""\r\n\r\n\r\n--b--\r\n'
)


def test_the_last_value_of_a_name_counts_and_blanks_around_it_do_not():
    values = Values([("q", "one"), ("q", "  two "), ("tag", "a"), ("tag", "b")])
    assert (values.text("q"), values.raw("q"), values.texts("tag")) == ("two", "  two ", ("a", "b"))
    assert (values.text("none", "x"), values.raw("none", "y"), values.texts("none")) == ("x", "y", ())
    assert "q" in values
    assert "none" not in values


@pytest.mark.parametrize(
    ("text", "number"),
    [("7", 7), ("007", 7), (" 12 ", 12), ("-1", 5), ("1.5", 5), ("", 5), ("²", 5), ("٣", 5), ("1" * 10, 5)],
)
def test_only_what_is_a_whole_number_is_read_as_one(text, number):
    assert Values([("page", text)]).number("page", 5) == number


@pytest.mark.parametrize(("text", "is_set"), [("on", True), ("TRUE", True), ("1", True), ("off", False), ("", False)])
def test_a_checkbox_is_set_or_not(text, is_set):
    assert Values([("active", text)]).flag("active") is is_set
    assert not Values().flag("active")


def test_a_form_is_read():
    values = read_form(FORM, b"name=Jos%C3%A9+P&empty=")
    assert values.pairs == (("name", "José P"), ("empty", ""))
    assert read_form("", b"").pairs == ()


def test_a_form_with_files_is_read():
    values = read_form('multipart/form-data; boundary="b"', PARTS)
    assert values.pairs == (("name", "José"),)
    assert values.file("file") == SentFile("rings.csv", b"sku,name")
    assert values.file("none") is None


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        (FORM, b"name=%FF"),
        (FORM, "name=é".encode()),
        (FORM, b"&".join([b"a=1"] * 5_000)),
        ("multipart/form-data", b"--b"),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--b--\r\n',
        ),
    ],
)
def test_what_is_no_form_is_refused(content_type, body):
    with pytest.raises(MalformedBodyError):
        read_form(content_type, body)
