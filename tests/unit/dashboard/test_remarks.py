"""What pages say of a value that is refused."""

import pytest

from facetry.dashboard.remarks import remark
from facetry.dashboard.texts import texts_in


@pytest.mark.parametrize(
    ("language", "message", "told"),
    [
        ("en", "must not be empty", "Must not be empty."),
        ("en", "Must not be empty.", "Must not be empty."),
        ("de", "must not be empty", "Darf nicht leer sein."),
        ("de", "is not in any list", "Is not in any list."),
        ("de", "", ""),
    ],
)
def test_it_is_a_sentence_in_the_visitors_language(language, message, told):
    assert remark(texts_in(language), message) == told
