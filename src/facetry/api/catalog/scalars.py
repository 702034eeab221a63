"""Readers of single values: texts, identifiers, prices, whole numbers, flags and currencies."""

from __future__ import annotations

import re
from typing import ClassVar

from facetry.api.catalog.readers import Fault, Reading, Rule, Schema, broken, is_unicode, not_scalar, text_of
from facetry.domain.currencies import CURRENCIES
from facetry.domain.money import MAX_PRICE, SCALE, parse_price, price_from_number
from facetry.domain.product import MAX_ID_LENGTH

UNICODE: Rule = (is_unicode, "must be valid Unicode, without lone surrogates")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_INTEGER = re.compile(r"[+-]?[0-9]{1,64}", re.ASCII)
MAX_INTEGER = 2**53 - 1
"""Largest integer that every JSON reader keeps exactly."""


class Text:
    """Text that is not empty, kept as it is."""

    def __init__(self, most: int | None = None) -> None:
        """Take up to ``most`` code points, or any number of them."""
        self.schema: Schema = {"type": "string", "minLength": 1}
        if most is not None:
            self.schema["maxLength"] = most
        self._most = most
        length = f"must have 1 to {most} characters" if most else "must not be empty"
        self._rules: tuple[Rule, ...] = ((self._has_length, length), UNICODE)

    def read(self, raw: object) -> Reading:
        """Cast a scalar to text."""
        text = text_of(raw)
        return not_scalar(raw, "text") if text is None else Reading(text, broken(self._rules, text, raw))

    def _has_length(self, text: str) -> bool:
        return bool(text) and (self._most is None or len(text) <= self._most)


class Identifier:
    """A SKU or group id."""

    schema: ClassVar[Schema] = {
        "type": "string",
        "minLength": 1,
        "maxLength": MAX_ID_LENGTH,
        "description": "Any characters but control characters, no blank at either end, not `.` or `..`; case counts.",
    }
    _RULES: tuple[Rule, ...] = (
        (lambda text: 1 <= len(text) <= MAX_ID_LENGTH, f"must have 1 to {MAX_ID_LENGTH} characters"),
        (lambda text: not _CONTROL.search(text), "must not contain control characters"),
        (lambda text: text == text.strip(), "must not begin or end with a blank"),
        (lambda text: text not in {".", ".."}, "must not be . or .."),
        UNICODE,
    )

    def read(self, raw: object) -> Reading:
        """Cast a scalar to text; a number's text is its own."""
        text = text_of(raw)
        return not_scalar(raw, "text") if text is None else Reading(text, broken(self._RULES, text, raw))


class Price:
    """A price: plain decimal text, or a JSON number in any notation; read as ten-thousandths."""

    schema: ClassVar[Schema] = {
        "type": "number",
        "exclusiveMinimum": 0,
        "maximum": MAX_PRICE // SCALE,
        "description": "Greater than 0. More than four decimals are rounded half to even.",
    }
    least: ClassVar[int] = 1
    too_little: ClassVar[str] = "must be greater than 0"

    def read(self, raw: object) -> Reading:
        """Cast text or a number."""
        if isinstance(raw, list | dict):
            return not_scalar(raw, "a decimal number")
        is_number = isinstance(raw, int | float) and not isinstance(raw, bool)
        minor = price_from_number(raw) if is_number else parse_price(text_of(raw) or "")  # type: ignore[arg-type]
        if minor is None:
            return Reading(None, (Fault("must be a decimal number such as 5.99", raw),))
        if minor < self.least:
            return Reading(None, (Fault(self.too_little, raw),))
        if minor > MAX_PRICE:
            return Reading(None, (Fault(f"must be at most {MAX_PRICE // SCALE}", raw),))
        return Reading(minor)


class Whole:
    """A whole number in a range."""

    def __init__(self, least: int, most: int = MAX_INTEGER) -> None:
        """Take ``least`` to ``most``."""
        self.least, self.most = least, most
        self.schema: Schema = {"type": "integer", "minimum": least, "maximum": most}

    def read(self, raw: object) -> Reading:
        """Cast text or a number without a fraction."""
        text = text_of(raw)
        if text is None:
            return not_scalar(raw, "a whole number")
        if not _INTEGER.fullmatch(text):
            return Reading(None, (Fault("must be a whole number", raw),))
        number = int(text)
        if number < self.least:
            return Reading(None, (Fault(f"must be at least {self.least}", raw),))
        if number > self.most:
            return Reading(None, (Fault(f"must be at most {self.most}", raw),))
        return Reading(number)


class Flag:
    """True or false."""

    schema: ClassVar[Schema] = {"type": "boolean", "description": "Also taken: 1 and 0."}
    _VALUES: ClassVar[dict[str | None, bool]] = {"true": True, "1": True, "false": False, "0": False}

    def read(self, raw: object) -> Reading:
        """Cast text or a number."""
        text = text_of(raw)
        if text is None:
            return not_scalar(raw, "true or false")
        if text not in self._VALUES:
            return Reading(None, (Fault("must be true, false, 1 or 0", raw),))
        return Reading(self._VALUES[text])


class Currency:
    """A currency's ISO 4217 code, in any case."""

    schema: ClassVar[Schema] = {
        "type": "string",
        "pattern": "^[A-Za-z]{3}$",
        "description": "ISO 4217 code; default USD.",
    }

    def read(self, raw: object) -> Reading:
        """Return the code in capitals."""
        text = text_of(raw)
        if text is None:
            return not_scalar(raw, "a currency code")
        if text.upper() not in CURRENCIES:
            return Reading(None, (Fault("must be an ISO 4217 currency code such as USD", raw),))
        return Reading(text.upper())
