from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facetry.domain.differences import Difference, differences

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 1, "b": 3}, [Difference("/b", 2, 3)]),
        ({"a": 1}, {"b": 1}, [Difference("/a", 1, None), Difference("/b", None, 1)]),
        ({"a": [1, 2]}, {"a": [1, 3, 4]}, [Difference("/a/1", 2, 3), Difference("/a/2", None, 4)]),
        ({"a/b~c": {"x": [1]}}, {"a/b~c": {"x": []}}, [Difference("/a~1b~0c/x/0", 1, None)]),
        ({"a": {"b": 1}}, {"a": "text"}, [Difference("/a", {"b": 1}, "text")]),
        (1, True, [Difference("", 1, True)]),
    ],
)
def test_what_differs(before, after, expected):
    assert [*differences(before, after)] == expected


@given(DOCUMENTS)
def test_nothing_differs_from_itself(document):
    assert [*differences(document, document)] == []


@given(DOCUMENTS, DOCUMENTS)
def test_other_documents_differ_in_what_the_pointers_name(before, after):
    for one in differences(before, after):
        assert (_at(before, one.pointer), _at(after, one.pointer)) == (one.before, one.after)


def _at(document, pointer):
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(document, list):
            document = document[int(name)] if int(name) < len(document) else None
        else:
            document = (document or {}).get(name)
    return document
