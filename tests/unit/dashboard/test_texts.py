"""Languages: which one a browser asks for, and messages in it."""

import pytest

from facetry.dashboard.texts import accepted_language, texts_in


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("de-AT,en;q=0.8", "de"),
        ("fr,de;q=0.7,en;q=0.9", "en"),
        ("fr;q=1, DE;q=0.2", "de"),
        ("de;q=0, en;q=0.1", "en"),
        ("de;q=x", "en"),
        ("*", "en"),
        (",,;;q=,", "en"),
    ],
)
def test_the_language_that_a_browser_likes_best_is_chosen(header, language):
    assert accepted_language(header) == language


def test_messages_are_translated_and_others_left_as_they_are():
    german, english = texts_in("de"), texts_in("en")
    assert (german.gettext("Catalog"), english.gettext("Catalog")) == ("Katalog", "Catalog")
    assert german.gettext("a text that nobody has translated") == "a text that nobody has translated"
    assert german.ngettext("one thing", "many things", 1) == "one thing"
    assert english.ngettext("one thing", "many things", 0) == "many things"
    assert (german.direction, english.language) == ("ltr", "en")
