from __future__ import annotations

import pytest

from facetry.domain.search.rules import SearchRules, Synonym
from facetry.testing.search_samples import single
from tests.unit.domain.search.text.texts import answered


def highlights(
    text: str, *, language: str = "en", rules: SearchRules | None = None, **fields: object
) -> dict[str, str]:
    asked = {"rules": rules} if rules else {}
    (hit,) = answered(text, single("g", **fields), highlight=True, language=language, **asked).hits
    return hit.highlights


def test_what_was_found_is_marked_and_the_rest_escaped():
    assert highlights("gold rings", name='<b>Gold</b> "ring" & ring') == {
        "name": "&lt;b&gt;<mark>Gold</mark>&lt;/b&gt; &quot;<mark>ring</mark>&quot; &amp; <mark>ring</mark>"
    }


def test_fields_without_a_word_of_the_query_are_left_out():
    found = highlights(
        "ring", name="lamp", brand="Ring & Co", category=("Home>Lamps", "Jewelry>Rings"), description="x"
    )
    assert found == {"brand": "<mark>Ring</mark> &amp; Co", "category": "Jewelry&gt;<mark>Rings</mark>"}
    assert highlights("", name="ring") == {}


@pytest.mark.parametrize(
    ("text", "name", "marked"),
    [
        ("neck lace", "Necklace", "<mark>Necklace</mark>"),
        ("neclace", "necklace", "<mark>necklace</mark>"),
        ("nec", "Necklace neck", "<mark>Necklace</mark> <mark>neck</mark>"),
        ("14k", "Ring 14 karat x", "Ring <mark>14 karat</mark> x"),
        ("white gold", "Ring white-gold x", "Ring <mark>white-gold</mark> x"),
        ("goldring", "Ring of gold", "<mark>Ring</mark> of <mark>gold</mark>"),
        ("cafe", "Café cafe\u0301s", "<mark>Café</mark> <mark>cafe\u0301s</mark>"),
        ("grosse", "Große", "<mark>Große</mark>"),
        ("collier", "Necklace", "<mark>Necklace</mark>"),
        ("ring without nickel", "Ring nickel free", "<mark>Ring</mark> <mark>nickel</mark> free"),
    ],
)
def test_however_a_word_was_found_it_is_marked(text, name, marked):
    rules = SearchRules(synonyms=(Synonym(("collier", "necklace")),))
    assert highlights(text, name=name, rules=rules) == {"name": marked}


def test_hebrew_is_marked_with_its_prefixes():
    assert highlights("טבעת", name="הטבעת", language="he") == {"name": "<mark>הטבעת</mark>"}


def test_an_alternative_that_the_group_lacks_marks_nothing():
    rules = SearchRules(synonyms=(Synonym(("white gold",), source="platinum"),))
    assert highlights("platinum", name="platinum ring of gold", rules=rules) == {
        "name": "<mark>platinum</mark> ring of gold"
    }


def test_an_identifier_marks_nothing():
    assert highlights("123-4567", name="lamp", attributes={"gtin": "1234567"}) == {}


def test_a_description_is_cut_to_a_part_around_the_first_word():
    words = [f"w{place}" for place in range(100)]
    assert highlights("w0", name="x", description=" ".join(words)) == {
        "description": f"<mark>w0</mark> {' '.join(words[1:30])}…"
    }
    found = highlights("w50 w52 ", name="x", description="(" + ", ".join(words) + ")")["description"]
    assert found.startswith("…w45, w46, w47, w48, w49, <mark>w50</mark>, w51, <mark>w52</mark>, w53")
    assert found.endswith("w74…")
    end = highlights("w98", name="x", description=" ".join(words) + "!")["description"]
    assert end == "…w93 w94 w95 w96 w97 <mark>w98</mark> w99!"


def test_a_term_that_the_cut_divides_is_marked_up_to_it():
    before = " ".join(["gold", *(f"w{place}" for place in range(28))])
    found = highlights("gold 14k", name="x", description=f"{before} 14 karat x")
    assert found["description"] == f"<mark>gold</mark>{before[4:]} <mark>14</mark>…"
