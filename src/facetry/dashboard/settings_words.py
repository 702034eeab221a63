"""What languages, currencies, types and rules are called in the visitor's language."""

from __future__ import annotations

from collections.abc import Sequence

from babel import Locale
from babel.numbers import get_currency_name

from facetry.dashboard.texts import Texts
from facetry.domain.analysis import LANGUAGES
from facetry.domain.currencies import CURRENCIES
from facetry.domain.search.fields import Kind
from facetry.domain.tenant import NO_LANGUAGE, HttpsRule

Choices = Sequence[tuple[str, str]]
"""Values and what they are called."""


def _(message: str) -> str:
    """Mark a message for those who collect what is to be translated."""
    return message


_KINDS = {
    Kind.TEXT: _("Text, found by its words"),
    Kind.KEYWORD: _("Word, compared as a whole"),
    Kind.INTEGER: _("Whole number"),
    Kind.DECIMAL: _("Number"),
    Kind.BOOLEAN: _("Yes or no"),
    Kind.DATE: _("Date"),
    Kind.SCALE: _("Scale of values"),
}
_SHORT_KINDS = {
    Kind.TEXT: _("Text"),
    Kind.KEYWORD: _("Word"),
    Kind.INTEGER: _("Whole number"),
    Kind.DECIMAL: _("Number"),
    Kind.BOOLEAN: _("Yes or no"),
    Kind.DATE: _("Date"),
    Kind.SCALE: _("Scale"),
    Kind.PRICE: _("Price"),
    Kind.ANY: _("Mixed"),
}
_HTTPS_RULES = {
    HttpsRule.NEVER: _("Calls may come over HTTP"),
    HttpsRule.AUTO: _("Calls from elsewhere must come over HTTPS"),
    HttpsRule.ALWAYS: _("All calls must come over HTTPS"),
}
_SECTIONS = {
    "catalog": _("General"),
    "attributes": _("Attributes"),
    "client_api": _("Client API"),
    "search": _("Search rules"),
}


def languages(texts: Texts) -> Choices:
    """Return the languages that texts of a catalog can be in."""
    named = [(code, _language_name(code, texts.locale)) for code in LANGUAGES]
    return [*sorted(named, key=lambda pair: pair[1]), (NO_LANGUAGE, texts.gettext("Another one, or several"))]


def currencies(texts: Texts) -> Choices:
    """Return the currencies."""
    return [(code, f"{code} · {get_currency_name(code, locale=texts.locale)}") for code in sorted(CURRENCIES)]


def kinds(texts: Texts) -> Choices:
    """Return the types that an attribute can be given."""
    return [(kind.value, texts.gettext(name)) for kind, name in _KINDS.items()]


def kind_names(texts: Texts) -> dict[str, str]:
    """Return short names of types."""
    return {kind.value: texts.gettext(name) for kind, name in _SHORT_KINDS.items()}


def https_rules(texts: Texts) -> Choices:
    """Return the rules about HTTPS."""
    return [(rule.value, texts.gettext(name)) for rule, name in _HTTPS_RULES.items()]


def sections(texts: Texts) -> dict[str, str]:
    """Return what parts of the settings are called that have a history."""
    return {name: texts.gettext(label) for name, label in _SECTIONS.items()}


def _language_name(code: str, locale: Locale) -> str:
    return str(Locale.parse(code).get_display_name(locale))
