from __future__ import annotations

import pytest

from facetry.domain.search.query import SearchQuery
from facetry.domain.search.rules import SearchRules
from facetry.domain.search.text.correction import did_you_mean
from facetry.testing.search_samples import single
from tests.unit.domain.search.text.texts import answered, vocabulary

SHOP = (
    single("a", name="Gold ring", brand="Parle"),
    single("b", name="Silver ring king", description="necklace"),
    single("c", name="King lamp bling"),
    single("d", name="wing sling sling", regular_price=1),
)


def meant(text: str, **asked: object) -> str:
    return did_you_mean(SearchQuery(text=text, **asked), vocabulary(*SHOP))


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("Silver  neclace!", "Silver  necklace!"),
        ("kinng", "king"),
        ("xing ", "king "),
        ("gold ring", ""),
        ("rings", ""),
        ("xyzzyx", ""),
        ("rin ", ""),
        ("goldring", ""),
        ("neckla", ""),
        ("nacklace ", "necklace "),
        ("ring9x", ""),
        ("", ""),
        ("--", ""),
    ],
)
def test_unknown_words_are_put_right_by_the_most_common_of_the_nearest(text, better):
    assert meant(text) == better


def test_what_was_understood_and_stop_words_stay():
    assert meant("neclace under $500") == "necklace under $500"
    assert meant("neclace under", rules=SearchRules(stop_words=("under",))) == "necklace under"
    assert meant("gald ring of") == "gold ring of"


def test_nothing_is_meant_where_typos_are_not_allowed():
    assert meant("neclace", typos=False) == ""


def test_the_answer_tells_it():
    assert answered("neclace", *SHOP).did_you_mean == "necklace"
    assert answered("necklace", *SHOP).did_you_mean == ""
