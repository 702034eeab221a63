"""Texts in the languages of the dashboard: gettext messages, English in the code, others in ``locales``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from gettext import c2py
from pathlib import Path

from babel import Locale
from babel.messages.pofile import read_po

from facetry.dashboard.told_messages import ToldMessages

ENGLISH = "en"
LANGUAGES: Mapping[str, str] = {ENGLISH: "English", "de": "Deutsch"}
"""Names of the languages that there are, each as its speakers call it."""
_LOCALES = Path(__file__).parent / "locales"


class Texts:
    """Messages in one language.

    Attributes:
        language: Its code.
        locale: How it writes numbers, prices and times.
        direction: ``ltr`` or ``rtl``.
    """

    def __init__(self, language: str, messages: Mapping[str, tuple[str, ...]], plural: Callable[[int], int]) -> None:
        """Keep translations: by the English message, for one of plurals the forms in the order of the language."""
        self.language = language
        self.locale = Locale.parse(language)
        self.direction: str = self.locale.text_direction
        self._messages = messages
        self._plural = plural
        self._told = ToldMessages({message: forms[0] for message, forms in messages.items()})

    def gettext(self, message: str) -> str:
        """Return a message in this language, in English where it is not translated."""
        found = self._messages.get(message)
        return found[0] if found else message

    def told(self, message: str) -> str:
        """Return what the domain says is wrong in this language, in English where it is not translated."""
        return self._told.told(message)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """Return the form of a message that goes with a number."""
        found = self._messages.get(singular)
        place = self._plural(number)
        return found[place] if found and place < len(found) else (singular if number == 1 else plural)


@cache
def texts_in(language: str) -> Texts:
    """Return the texts of a language that there is; read once, when it is first asked for."""
    messages: dict[str, tuple[str, ...]] = {}
    plural: Callable[[int], int] = c2py("n != 1")
    for path in sorted((_LOCALES / language).glob("*.po")):
        with path.open("rb") as file:
            catalog = read_po(file, locale=language)
        plural = c2py(catalog.plural_expr)
        for message in catalog:
            key = message.id if isinstance(message.id, str) else message.id[0]
            string = message.string or ""
            forms = (string,) if isinstance(string, str) else tuple(string)
            if key and all(forms) and not message.fuzzy:
                messages[key] = forms
    return Texts(language, messages, plural)


def accepted_language(header: str) -> str:
    """Return the language that there is which a browser likes best (RFC 9110, 12.5.4); English for none."""
    wished: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")[:20]):
        tag, _, quality = part.strip().partition(";q=")
        wished.append((-_quality(quality), place, tag.strip().lower().partition("-")[0]))
    return next((language for weight, _, language in sorted(wished) if language in LANGUAGES and weight < 0), ENGLISH)


def _quality(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
