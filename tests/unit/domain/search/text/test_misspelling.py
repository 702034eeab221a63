from __future__ import annotations

import pytest

from facetry.domain.search.text.misspelling import is_misspelling, similar_words
from facetry.testing.search_samples import single
from tests.unit.domain.search.text.texts import answered, found, plans, slots, vocabulary

HOOPS = single("hoops", name="Gold hoop earrings")
STUDS = single("studs", name="Pearl stud earrings")
WHEAT = single("wheat", name="Chain like an ear of wheat")
LENS = single("lens", name="Lens for men"), single("lenses", name="Lens")


def test_a_word_is_misspelt_where_a_near_one_is_more_common_than_its_stem():
    assert similar_words("earings", "en", vocabulary(HOOPS, STUDS, WHEAT)) == [("earrings", 1)]
    assert is_misspelling("earings", "en", vocabulary(HOOPS, STUDS, WHEAT))


@pytest.mark.parametrize(
    ("word", "groups"),
    [
        ("earings", [HOOPS, WHEAT]),
        ("earings", [HOOPS, STUDS]),
        ("earing", [HOOPS, STUDS, WHEAT]),
        ("ear", [HOOPS, STUDS, WHEAT]),
        ("mens", LENS),
        ("chains", [HOOPS, STUDS, WHEAT]),
        ("xyzzyx", [HOOPS]),
        ("pearls", [STUDS]),
        ("9ct", [STUDS]),
    ],
)
def test_else_it_is_none(word, groups):
    """As common as its stem, unknown, too far from others, known, a form of a word as near, too short, with a digit."""
    assert not is_misspelling(word, "en", vocabulary(*groups))


def test_a_misspelt_word_is_looked_up_as_what_it_may_be():
    (plan,) = plans("earings ", HOOPS, STUDS, WHEAT)
    assert slots(plan) == {"earings": ["wearrings~1", "searring~1"]}
    assert sorted(found("earings", HOOPS, STUDS, WHEAT)) == ["hoops", "studs"]
    assert answered("pearl earings", HOOPS, STUDS, WHEAT).did_you_mean == "pearl earrings"


def test_it_is_not_where_typos_are_not_allowed_or_somebody_is_still_typing():
    assert found("earings", HOOPS, STUDS, WHEAT, typos=False) == ["wheat"]
    longer = single("longer", name="Earingsworth")
    assert sorted(found("earings", HOOPS, STUDS, WHEAT, longer)) == ["longer", "wheat"]
    assert answered("earings", HOOPS, STUDS, WHEAT, longer).did_you_mean == ""
