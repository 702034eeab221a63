import re

from facetry.domain.trade_terms.stones import names_by_number
from tests.support import ROOT


def test_the_numbers_of_stones_are_documented():
    text = " ".join((ROOT / "docs" / "trade-terms.md").read_text("utf-8").split())
    listed = text.partition("natural sapphire`. ")[2].rstrip(".")
    assert dict(entry.split(" ", 1) for entry in re.split("; ", listed)) == {
        str(number): name for number, name in names_by_number().items()
    }
