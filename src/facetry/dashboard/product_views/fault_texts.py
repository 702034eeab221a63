"""What the domain says is wrong with a value, in the visitor's language as far as that is translated."""

from __future__ import annotations

from collections.abc import Mapping

from facetry.dashboard.texts import Texts


def _(message: str) -> str:
    """Mark a message for those who collect what is to be translated."""
    return message


FAULTS = (
    _("must not be empty"),
    _("must not be negative"),
    _("must have 1 to 50 characters"),
    _("must not contain control characters"),
    _("must not begin or end with a blank"),
    _("must not be a dot segment"),
    _("must be greater than 0 and at most 100000000000"),
    _("must be at most 100000000000"),
    _("must have at most 4 decimals"),
    _("must be a price such as 1234.50, $1,234.50 or 99 EUR"),
    _("must be a code of ISO 4217, in capital letters"),
    _("must be from 0 to 9007199254740991"),
    _("must be from 0 to 100000000000"),
    _("must be from 0 to 100"),
    _("must be at least 1"),
    _("must not be 0"),
    _("must be in percent, from 0 to 1000"),
    _("must be a weight in carats such as 0.5, 1/2 ct or 50 pts"),
    _("must be measurements in millimeters such as 6.50 x 6.45 x 4.01"),
    _("must be a color from D to Z such as G or G-H, or a fancy one such as Fancy Yellow"),
    _("must be one of Ideal, Excellent, Very Good, Good, Fair, Poor or their letters"),
    _("must be an ISO 3166 code of two letters such as GB"),
    _("must be an ISO 4217 currency code such as USD"),
    _("must be a number"),
    _("must be a whole number"),
    _("must be a weight in grams such as 3.2"),
    _("must be true or false"),
    _("must be JSON: a text, a number, true, false, or a list of these"),
    _("stands here twice"),
    _("is taken by another product"),
)
"""The messages that visitors meet most."""


def fault_text(texts: Texts, message: str) -> str:
    """Return a message in the visitor's language, in English where it is not translated."""
    return texts.gettext(message)


def fault_texts(texts: Texts, faults: Mapping[str, str]) -> Mapping[str, str]:
    """Return messages by field in the visitor's language."""
    return {field: fault_text(texts, message) for field, message in faults.items()}
