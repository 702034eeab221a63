import pytest

from facetry.api.client.record_fields import MAX_ENTRIES, MAX_HINTS, Faults, RecordField, RecordTable, text, texts
from facetry.domain.errors import InvalidValueError

TABLE = RecordTable((RecordField("comments", "comments", text, "text", "", ""),))


def test_a_name_that_is_nearly_one_gets_a_hint():
    faults = Faults()
    assert TABLE.read({"coments": 1, "zzz": 2}, faults) == {}
    assert faults.invalid == [
        ("coments", "is no field here, did you mean comments?"),
        ("zzz", "is no field here"),
    ]


def test_only_the_first_faults_of_a_record_are_looked_into():
    faults = Faults()
    TABLE.read({f"comments{at}": at for at in range(MAX_HINTS + 3)}, faults)
    hinted = [message.endswith("did you mean comments?") for _, message in faults.invalid]
    assert hinted == [True] * MAX_HINTS + [False] * 3


def test_a_very_long_name_gets_no_hint():
    faults = Faults()
    TABLE.read({"comments" * 20: 1}, faults)
    assert faults.invalid == [("comments" * 20, "is no field here")]


def test_a_list_of_texts_has_an_end():
    assert len(texts("tags", ["a"] * MAX_ENTRIES)) == MAX_ENTRIES
    for many in (["a"] * (MAX_ENTRIES + 1), "a," * MAX_ENTRIES):
        with pytest.raises(InvalidValueError, match=f"must be at most {MAX_ENTRIES}") as caught:
            texts("tags", many)
        assert caught.value.field == "tags"
