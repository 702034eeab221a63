"""Every text of the dashboard can be read in every language that it has."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

import pytest
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from facetry.dashboard.texts import ENGLISH, LANGUAGES
from tests.dashboard.domain_messages import domain_messages, unread_messages
from tests.support import SOURCE

DASHBOARD = SOURCE / "dashboard"
KEYWORDS = {**DEFAULT_KEYWORDS, "message": None}
OPTIONS = {"silent": "false", "newstyle_gettext": "true"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}|%[sd]")
TRANSLATED = sorted(LANGUAGES.keys() - {ENGLISH})


@cache
def used_messages():
    """Return where each message of templates, code and errors is used, with its plural form or none."""
    found = defaultdict(list, {(message,): places for message, places in domain_messages().items()})
    for path in sorted(DASHBOARD.rglob("*.html")) + sorted(DASHBOARD.rglob("*.py")):
        method = babel_extract if path.suffix == ".html" else "python"
        with path.open("rb") as file:
            for line, message, _, _ in extract(method, file, KEYWORDS, options=OPTIONS):
                forms = message if isinstance(message, tuple) else (message,)
                found[forms].append(f"{path.relative_to(DASHBOARD)}:{line}")
    return dict(found)


def files(language):
    return sorted((DASHBOARD / "locales" / language).glob("*.po"))


@cache
def catalog(path):
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.name, abort_invalid=True)


def translations(language):
    """Yield the file, the message's forms and the translation's forms of all that is translated."""
    for path in files(language):
        for message in catalog(path):
            if message.id:
                yield path.name, forms(message.id), forms(message.string)


def forms(text):
    return tuple(text) if isinstance(text, list | tuple) else (text,)


def placeholders(text):
    return sorted(match[0] for match in PLACEHOLDER.finditer(text))


def test_messages_are_found():
    assert len(used_messages()) > 100


def test_messages_of_errors_are_found():
    """Whoever makes a message in a new way shall have it found here, so that it is translated."""
    assert unread_messages() == []
    assert len(domain_messages()) > 200
    # A constant, a text with values, a default, a function that says a problem, one that is handed the message.
    assert {
        "must be a time such as 2024-05-31T08:30:00Z, 2024-05-31, or Unix seconds",
        "product with SKU {0} has {1} in stock, {2} are wanted",
        "e-mail or password is wrong",
        "must have 1 to {0} characters",
        "must be at most {0}, and not 0",
    } <= domain_messages().keys()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_message_is_translated(language):
    known = {message for _, message, told in translations(language) if all(told)}
    missing = {message[0]: places for message, places in used_messages().items() if message not in known}
    assert missing == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_of_what_is_not_said(language):
    unused = [(name, message[0]) for name, message, _ in translations(language) if message not in used_messages()]
    assert unused == []
    assert [path.name for path in files(language) if catalog(path).obsolete] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_is_a_guess(language):
    messages = [(path.name, message) for path in files(language) for message in catalog(path)]
    assert [(name, message.id) for name, message in messages if message.id and message.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_say_the_same_values(language):
    wrong = [
        (name, message, text)
        for name, message, told in translations(language)
        for text in told
        # The form for one may leave the number out.
        if placeholders(text) != placeholders(message[-1]) and placeholders(text) != placeholders(message[0])
    ]
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_one_message_has_one_translation(language):
    found = defaultdict(set)
    for _, message, told in translations(language):
        found[message[0]].add(told)
    assert {message: told for message, told in found.items() if len(told) > 1} == {}


@pytest.mark.parametrize("language", TRANSLATED)
def test_messages_that_count_have_as_many_forms_as_the_language(language):
    for path in files(language):
        counted = [message for message in catalog(path) if message.pluralizable]
        assert {len(forms(message.string)) for message in counted} <= {catalog(path).num_plurals}
