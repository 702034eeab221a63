"""Reading records by a table of their fields."""

from __future__ import annotations

import pytest

from facetry.api.client.action import FieldNote
from facetry.api.client.record_fields import MAX_HINTS, Faults, RecordField, RecordTable, notes, shown_time
from facetry.domain import record_values
from facetry.domain.errors import InvalidFieldsError, InvalidValueError, MissingFieldsError
from facetry.domain.record_values import MAX_ENTRIES, text, texts


def several(path, raw):
    raise InvalidFieldsError(((f"{path}[0]", "is wrong"), (f"{path}[1]", "is wrong as well")))


TABLE = RecordTable(
    (
        RecordField("size", "how_big", record_values.count, "integer", "How big.", 0, ("bigness",)),
        RecordField("parts", "parts", several, "list", "What is in it."),
    ),
    passed_over=("seen",),
)


COMMENTS = RecordTable((RecordField("comments", "comments", text, "text", "", ""),))


def test_a_record_is_read_by_target():
    faults = Faults()
    assert TABLE.read({"bigness": "3", "seen": 1}, faults) == {"how_big": 3}
    assert TABLE.read({"size": " "}, faults) == {"how_big": 0}
    assert TABLE.read({"parts": None}, faults) == {"parts": None}
    assert faults.error() is None


def test_every_fault_is_told_with_its_path():
    faults = Faults()
    assert TABLE.read({"sizes": 1, "size": 0, "parts": [1]}, faults, "a.") == {}
    assert TABLE.read([], faults, "b.") == TABLE.read(7, faults) == {}
    assert faults.invalid == [
        ("a.sizes", "is no field here, did you mean size?"),
        ("a.size", "must be at least 1"),
        ("a.parts[0]", "is wrong"),
        ("a.parts[1]", "is wrong as well"),
        ("b", "must be an object"),
        ("data", "must be an object"),
    ]
    error = faults.error()
    assert isinstance(error, InvalidFieldsError)
    assert error.faults == tuple(faults.invalid)
    faults.missing.append("c")
    error = faults.error()
    assert isinstance(error, MissingFieldsError)
    assert error.names == ("c",)


@pytest.mark.parametrize(("raw", "found"), [(" a ", "a"), (5, "5"), (0.5, "0.5"), ("x" * 10_000, "x" * 10_000)])
def test_texts_are_read(raw, found):
    assert text("t", raw) == found


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (True, "must be text"),
        ([], "must be text"),
        ("x" * 10_001, "must have at most 10000 characters"),
        ("\ud800", "must hold valid Unicode only"),
    ],
)
def test_what_is_no_text_is_refused(raw, message):
    with pytest.raises(InvalidValueError) as caught:
        text("t", raw)
    assert (caught.value.field, caught.value.message) == ("t", message)


def test_lists_of_texts_are_read():
    assert texts("t", "a, b,,c ") == texts("t", ["a", " b ", "", None, "c"]) == ("a", "b", "c")


def test_fields_are_documented():
    assert notes(TABLE, ("parts",)) == (
        FieldNote("size", "integer", "How big."),
        FieldNote("parts", "list", "What is in it.", is_required=True),
    )


def test_a_time_that_is_not_there_is_shown_as_such():
    assert [shown_time(None), shown_time(0.0), shown_time(1.0)] == [None, None, "1970-01-01T00:00:01Z"]


def test_a_name_that_is_nearly_one_gets_a_hint():
    faults = Faults()
    assert COMMENTS.read({"commentz": 1, "zzz": 2}, faults) == {}
    assert faults.invalid == [
        ("commentz", "is no field here, did you mean comments?"),
        ("zzz", "is no field here"),
    ]


def test_only_the_first_faults_of_a_record_are_looked_into():
    faults = Faults()
    COMMENTS.read({f"comments{at}": at for at in range(MAX_HINTS + 3)}, faults)
    hinted = [message.endswith("did you mean comments?") for _, message in faults.invalid]
    assert hinted == [True] * MAX_HINTS + [False] * 3


def test_a_very_long_name_gets_no_hint():
    faults = Faults()
    COMMENTS.read({"comments" * 20: 1}, faults)
    assert faults.invalid == [("comments" * 20, "is no field here")]


def test_a_list_of_texts_has_an_end():
    assert len(texts("tags", ["a"] * MAX_ENTRIES)) == MAX_ENTRIES
    for many in (["a"] * (MAX_ENTRIES + 1), "a," * MAX_ENTRIES):
        with pytest.raises(InvalidValueError, match=f"must be at most {MAX_ENTRIES}") as caught:
            texts("tags", many)
        assert caught.value.field == "tags"


def test_what_is_there_and_wrong_is_not_missing():
    faults = Faults(missing=["a.size", "a.parts"])
    assert TABLE.read({"bigness": "x", "parts": 1}, faults, "a.") == {}
    error = faults.error()
    assert isinstance(error, InvalidFieldsError)
    assert [path for path, _ in error.faults] == ["a.bigness", "a.parts[0]", "a.parts[1]"]
    faults.missing.append("a.other")
    error = faults.error()
    assert isinstance(error, MissingFieldsError)
    assert error.names == ("a.other",)
