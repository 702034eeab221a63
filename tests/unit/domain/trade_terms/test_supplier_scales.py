import pytest

from facetry.domain.errors import InvalidValueError
from facetry.domain.trade_terms.supplier_scales import SupplierScale


def readings(name, values, *cells):
    scale = SupplierScale(name, values)
    found = []
    for cell in cells:
        try:
            found.append(scale.read("cut", cell))
        except InvalidValueError as error:
            found.append(error.message)
    return found


def test_the_p_of_a_list_with_premium_is_not_poor():
    assert readings("cut", ["Ideal", "Premium", "P", "Good"], "P", "p", "Premium") == ["EX", "EX", "EX"]


def test_the_p_of_a_list_with_poor_is_poor():
    assert readings("cut", ["Excellent", "Poor", "P"], "P") == ["P"]


def test_a_letter_with_two_words_is_refused():
    assert readings("cut", ["Premium", "Poor", "P"], "P", "Poor", "Premium") == [
        "'P' may mean P or EX in this list: write the grade in full", "P", "EX",
    ]  # fmt: skip


@pytest.mark.parametrize("values", [["I", "P", "V", "G", "F"], ["Ideal", "Very Good", "P"]])
def test_a_p_below_ideal_without_excellent_may_be_either(values):
    assert readings("cut", values, "P", "V", "G", "F", "I")[1:] == ["VG", "G", "F", "I"]
    assert "may mean P or EX" in readings("cut", values, "P")[0]


@pytest.mark.parametrize("values", [["EX", "VG", "G", "F", "P"], ["I", "EX", "P"], ["I", "E", "V", "P"], ["G", "P"]])
def test_a_p_of_the_published_scale_is_poor(values):
    assert readings("cut", values, "P") == ["P"]


def test_letters_of_one_list_do_not_reach_another():
    assert readings("cut", ["Premium"], "P") == ["EX"]
    assert readings("cut", ["Poor"], "P") == ["P"]


def test_finish_knows_no_premium_and_reads_ranges_by_their_poorer_end():
    assert readings("finish", ["I", "P"], "P", "EX-VG", "Very Good") == ["P", "VG", "VG"]
    assert readings("finish", ["EX"], "Premium") == [
        "must be one of Ideal, Excellent, Very Good, Good, Fair, Poor or their letters"
    ]
