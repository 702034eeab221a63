"""A mapping as the TOML text that ``parse_mapping`` reads."""

from __future__ import annotations

import json
from collections.abc import Iterator

import msgspec

from facetry.application.interchange.mapping import Mapping
from facetry.domain.errors import InterchangeError


def mapping_text(mapping: Mapping) -> str:
    """Return a mapping as text, without what it says only by default.

    Raises:
        InterchangeError: A text in it is not valid Unicode.
    """
    text = "\n".join(_lines(mapping))
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise InterchangeError("the mapping must hold valid Unicode only: name the encoding of the file") from error
    return text


def _lines(mapping: Mapping) -> Iterator[str]:
    for name in ("file", "where", "product", "attributes"):
        part = getattr(mapping, name)
        table = _brief(part) if isinstance(part, msgspec.Struct) else part
        if table:
            yield f"[{name}]"
            yield from (f"{_text(key)} = {_value(value)}" for key, value in table.items())
            yield ""


def _brief(part: msgspec.Struct) -> dict[str, object]:
    """Return a part of a mapping as a dictionary of what it says, without defaults."""
    usual = type(part)()
    found = {name: getattr(part, name) for name in part.__struct_fields__}
    return {name: value for name, value in found.items() if value != getattr(usual, name)}


def _value(value: object) -> str:
    if isinstance(value, msgspec.Struct):
        value = _brief(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_text(key)} = {_value(one)}" for key, one in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return _text(value) if isinstance(value, str) else json.dumps(value)


def _text(text: str) -> str:
    """Return a text in quotes; the escapes of JSON are TOML's too, but for the one character that JSON leaves."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
