import pytest

from facetry.application.interchange.record import LONGEST_VALUE_SHOWN, shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("a  b", "a b"),
        ("é", "é"),
        ("a\tb\x00", "a\\tb\\x00"),
        ("\udce9", "\\udce9"),
        (5.5, "5.5"),
        (["a", 1], '["a", 1]'),
        (["\udce9", "é"], '["\\udce9", "\\xe9"]'),
        ("x" * LONGEST_VALUE_SHOWN, "x" * LONGEST_VALUE_SHOWN),
        ("x" * (LONGEST_VALUE_SHOWN + 1), "x" * (LONGEST_VALUE_SHOWN - 1) + "…"),
    ],
)
def test_a_value_is_shown_in_one_short_line(value, text):
    assert shown(value) == text
