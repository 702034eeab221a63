"""Values of attributes as texts of a form, which say of which kind they are, so that none becomes another one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from facetry.domain.errors import InvalidValueError
from facetry.domain.product import AttributeValue
from facetry.domain.trade_terms import numbers

TEXT, NUMBER, BOOLEAN, LIST, JSON = "text", "number", "boolean", "list", "json"
KINDS = (TEXT, NUMBER, BOOLEAN, LIST, JSON)
_json = msgspec.json.Decoder(AttributeValue)


class AttributeText(msgspec.Struct, frozen=True):
    """A value as a form has it.

    Attributes:
        kind: ``text``, ``number``, ``boolean``, ``list`` (of texts, one a line), or ``json`` for all others.
        text: As ``kind`` says.
    """

    kind: str = TEXT
    text: str = ""


def attribute_text(value: AttributeValue) -> AttributeText:
    """Return a value as a form shows it."""
    if isinstance(value, str):
        return AttributeText(TEXT, value)
    if isinstance(value, list) and value and all(_is_line(entry) for entry in value):
        return AttributeText(LIST, "\n".join(map(str, value)))
    kind = BOOLEAN if isinstance(value, bool) else NUMBER if isinstance(value, int | float) else JSON
    return AttributeText(kind, msgspec.json.encode(value).decode())


def attribute_value(field: str, typed: AttributeText) -> AttributeValue:
    """Return the value that was typed.

    Args:
        field: Its name in an error.
        typed: What stands in the form.

    Raises:
        InvalidValueError: It is not of its kind, or that is none.
    """
    read = _READERS.get(typed.kind)
    if read is None:
        raise InvalidValueError(field, f"must be one of {', '.join(KINDS)}")
    return read(field, typed.text)


def _is_line(entry: object) -> bool:
    return isinstance(entry, str) and entry == entry.strip() and len(entry.splitlines()) == 1


def _text(_: str, text: str) -> str:
    return text.replace("\r\n", "\n")


def _number(field: str, text: str) -> int | float:
    found = numbers.decimal(field, text)
    is_whole = found == found.to_integral_value() and "." not in text and "," not in text
    return int(found) if is_whole and abs(found) <= numbers.MOST else float(found)


def _list(_: str, text: str) -> AttributeValue:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _any(field: str, text: str) -> AttributeValue:
    try:
        found: AttributeValue = _json.decode(text)
    except msgspec.DecodeError as error:
        raise InvalidValueError(field, "must be JSON: a text, a number, true, false, or a list of these") from error
    return found


_READERS: Mapping[str, Callable[[str, str], AttributeValue]] = {
    TEXT: _text,
    NUMBER: _number,
    BOOLEAN: numbers.truth,
    LIST: _list,
    JSON: _any,
}
