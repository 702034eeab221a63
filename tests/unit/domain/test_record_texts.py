"""Words in the texts of records."""

import pytest

from facetry.domain.gemstone import Gemstone
from facetry.domain.listing import Batch, Listing
from facetry.domain.order import Address, Client, Order, OrderLine
from facetry.domain.record_texts import has_words, texts_of

STONE = Gemstone(code="D-1", name="Round Diamond", type="diamond", certificate_number="214")
LISTING = Listing(sku="R1", channel=3000, external_id="X9", account_id="main", title="Löffel", url="https://x.test/9")
ORDER = Order(
    reference="N-7",
    customer="C-3",
    store_name="Paris",
    tracking_number="1Z9",
    address=Address(first_name="Ada", last_name="Löw", email="Ada@x.test", phone="+44", line_one="1 Mill", zip="N1"),
    lines=(OrderLine(id=1, sku="R1", title="Ring", tracking_number="LP5"), OrderLine(id=2, title="Engraving")),
)
CLIENT = Client(reference="C-3", name="Ada Löw", company="Mill Ltd", email="ada@x.test", tags=("vip", "trade"))


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (STONE, ["d-1", "ROUND diamond", "214", "diamond round"]),
        (LISTING, ["r1", "x9", "main", "LÖFF", "x.test/9"]),
        (ORDER, ["n-7", "c-3", "paris", "1z9", "ada löw", "ADA@X", "+44", "mill n1", "r1 ring", "lp5", "graving", ""]),
        (CLIENT, ["c-3", "löw ada", "ltd", "ada@x.test", "VIP", "trade mill"]),
    ],
)
def test_each_word_stands_somewhere(record, words):
    assert [text for text in words if not has_words(text)(record)] == []


@pytest.mark.parametrize(
    ("record", "words"), [(STONE, "d-2"), (LISTING, "r1 r2"), (ORDER, "ringengraving"), (CLIENT, "x9")]
)
def test_or_it_is_not_wanted(record, words):
    assert not has_words(words)(record)


def test_other_records_are_not_looked_for_by_words():
    assert [*texts_of(Batch())] == []
    assert not has_words("batch")(Batch())


def test_of_very_many_words_the_first_count():
    assert has_words("ring " * 20 + "nowhere")(ORDER)
    assert not has_words("ring " * 19 + "nowhere")(ORDER)
