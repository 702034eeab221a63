"""What the domain says is wrong, in another language: messages with values in them are known by their templates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_PLACE = re.compile(r"\{(\d)\}")
_HINT = re.compile(r"(?P<message>.*); did you mean (?P<near>.*)\?", re.DOTALL)
_LONGEST = 2_000
"""In characters; a longer message is told as it is, so that nobody can make matching it slow."""


def _(message: str) -> str:
    """Mark a message for those who collect what is to be translated."""
    return message


_MEANT = _("%(message)s; did you mean %(near)s?")
WORDS = frozenset(
    {
        _("a number"),
        _("a decimal number"),
        _("an integer of 64 bits"),
        _("true or false"),
        _("an ISO 8601 date or time such as 2024-05-31"),
        _("a price such as 499.99"),
        _("a text"),
        _("an order"),
        _("a product"),
        _("the file"),
    }
)
"""What stands in messages as a value and is a word of ours; all else is repeated as it is."""


class _Template(NamedTuple):
    """A message with places for values: its texts between them, and what it is in another language."""

    texts: tuple[str, ...]
    translation: str

    def values_in(self, message: str) -> tuple[str, ...] | None:
        """Return the values in a message that was made from this, each as short as can be; None for any other."""
        first, *between, last = self.texts
        end = len(message) - len(last)
        # Each text is looked for once, from behind the one before: a pattern would try them all at every place.
        if not message.startswith(first) or not message.endswith(last):
            return None
        values, at = [], len(first)
        for text in between:
            found = message.find(text, at, max(end, 0))
            if found < 0:
                return None
            values.append(message[at:found])
            at = found + len(text)
        return (*values, message[at:end]) if at <= end else None


class ToldMessages:
    """Messages of the domain in one language.

    The domain knows no languages: its errors carry English, which is also what is stored of an import or an edit
    that has failed. So a message is told by finding the template that it was made from. In a catalog of messages
    ``must be at most {0}`` is such a template; the place of a value is its number.
    """

    def __init__(self, translations: Mapping[str, str]) -> None:
        """Know translations by the English message or template."""
        self._translations = translations
        made = [_template(one, told) for one, told in translations.items() if _PLACE.search(one)]
        # What says more goes first: "must be at most {0}" would be found in "must be {0}" too.
        self._templates = sorted(made, key=lambda one: -sum(map(len, one.texts)))

    def told(self, message: str) -> str:
        """Return a message in the language; as it is where no template is known for it."""
        exact = self._translations.get(message)
        if exact is not None or len(message) > _LONGEST:
            return exact or message
        hint = _HINT.fullmatch(message)
        # A list of near values is a template of its own; the question after a whole message is not.
        if hint and (main := self._filled(hint["message"])) is not None:
            return self._translations.get(_MEANT, _MEANT) % {"message": main, "near": hint["near"]}
        found = self._filled(message)
        return message if found is None else found

    def _filled(self, message: str) -> str | None:
        if message in self._translations:
            return self._translations[message]
        for template in self._templates:
            values = template.values_in(message)
            if values is not None:
                return self._with_values(template.translation, values)
        return None

    def _with_values(self, translation: str, values: Sequence[str]) -> str:
        return _PLACE.sub(lambda place: self._word(values[int(place[1])]), translation)

    def _word(self, value: str) -> str:
        return self._translations.get(value, value) if value in WORDS else value


def _template(message: str, translation: str) -> _Template:
    # Values are found in their order.
    return _Template(tuple(_PLACE.split(message)[::2]), translation)
