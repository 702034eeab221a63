"""Messages are told in another language by the templates that they were made from."""

import time

import pytest

from facetry.dashboard.texts import texts_in
from facetry.dashboard.told_messages import ToldMessages

MESSAGES = ToldMessages(
    {
        "must be {0}": "muss {0} sein",
        "must be at most {0}": "darf höchstens {0} sein",
        "{0} may have {1} at most (100 %)": "{1} ist das meiste für {0} (100 %)",
        "must not be empty": "darf nicht leer sein",
        "there is no field {0}{1}": "es gibt kein Feld {0}{1}",
        "a number": "eine Zahl",
    }
)


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("must not be empty", "darf nicht leer sein"),
        # The template that says more wins.
        ("must be at most 5", "darf höchstens 5 sein"),
        ("must be red", "muss red sein"),
        # Values are told in the order of the other language, and what stands in them is no template.
        ("{0} may have 7 at most (100 %)", "7 ist das meiste für {0} (100 %)"),
        ("must be \\1 {1}\nor so", "muss \\1 {1}\nor so sein"),
        # A word of ours in the place of a value is told too, one of the catalog never.
        ("must be a number", "muss eine Zahl sein"),
        ("must be must not be empty", "muss must not be empty sein"),
        ("there is no field 'a'", "es gibt kein Feld 'a'"),
        ("must be ", "muss  sein"),
        ("whatever this is", "whatever this is"),
        ("", ""),
    ],
)
def test_messages_are_told(message, told):
    assert MESSAGES.told(message) == told


def test_a_question_at_the_end_is_told_too():
    message = "there is no field 'pryce'; did you mean price?"
    assert MESSAGES.told(message) == "es gibt kein Feld 'pryce'; did you mean price?"
    assert texts_in("de").told(message) == "es gibt kein Feld 'pryce'; meinten Sie price?"
    assert MESSAGES.told("nothing known; did you mean price?") == "nothing known; did you mean price?"


def test_messages_without_end_are_told_as_they_are():
    longest = f"must be {'x' * 1_992}"
    assert MESSAGES.told(longest) == f"muss {'x' * 1_992} sein"
    assert MESSAGES.told(longest + "x") == longest + "x"


def test_a_language_without_messages_tells_them_as_they_are():
    assert ToldMessages({}).told("must be at most 5") == "must be at most 5"
    assert texts_in("en").told("must be at most 5") == "must be at most 5"


def test_a_message_full_of_the_texts_of_a_template_is_seen_through_at_once():
    telling = ToldMessages({"{0} is {1}; {2} compares numbers": "{0}|{1}|{2}"})
    begun = time.thread_time()
    hostile = " is ; " * 300 + " compares numbers!"
    assert telling.told(hostile) == hostile
    # A pattern with three values takes 100 times as long.
    assert time.thread_time() - begun < 0.005
    assert telling.told("a is b; c is d; e compares numbers") == "a|b|c is d; e"


@pytest.mark.parametrize(
    ("template", "message", "told"),
    [
        ("a{0}a", "a", "a"),
        ("a{0}a", "aa", "<>"),
        ("a{0}b{1}b", "abb", "<><>"),
        ("a{0}b{1}b", "ab", "ab"),
        ("{0}b{1}", "abcb", "<a><cb>"),
        ("{0}{1}", "ab", "<><ab>"),
    ],
)
def test_texts_of_a_template_do_not_overlap(template, message, told):
    places = "".join(f"<{{{place}}}>" for place in range(template.count("{")))
    assert ToldMessages({template: places}).told(message) == told
