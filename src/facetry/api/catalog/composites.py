"""Readers of lists and objects: texts, image addresses and free attributes."""

from __future__ import annotations

import re
from typing import ClassVar

from facetry.api.catalog.readers import Fault, Reading, Schema, is_unicode, text_of
from facetry.api.catalog.scalars import UNICODE
from facetry.domain.errors import MalformedBodyError
from facetry.http.bodies import decode_json

MAX_ITEMS = 1_000
"""Most elements of a list, and most attributes of a product."""
MAX_URL_LENGTH = 4_096
MAX_ATTRIBUTE_NAME_LENGTH = 100
_MAX_ATTRIBUTE_INTEGER = 2**63
_LABEL = r"[^\W_](?:[\w-]*[^\W])?"
_IPV6 = r"\[[0-9A-Fa-f:.]{2,45}\]"
_TAIL = r"(?::[0-9]{1,5})?(?:[/?#][^\s<>\x00-\x1f\x7f-\x9f]*)?"
_WITH_SCHEME = re.compile(
    rf"(?:https?|ftp)://(?:[^\s<>/?#@]*@)?(?:{_LABEL}(?:\.{_LABEL})*\.?|{_IPV6}){_TAIL}", re.IGNORECASE
)
# Without a scheme only a dot or the slashes before it tell a host from any other word.
_WITHOUT_SCHEME = re.compile(rf"(?://)?{_LABEL}(?:\.{_LABEL})+\.?{_TAIL}", re.IGNORECASE)


class Texts:
    """A list of texts, at least one of which is not empty."""

    schema: ClassVar[Schema] = {
        "type": "array",
        "items": {"type": "string"},
        "minItems": 1,
        "maxItems": MAX_ITEMS,
        "description": "At least one text that is not empty.",
    }

    def read(self, raw: object) -> Reading:
        """Cast each element to text; a single value is a list of one."""
        items, faults = _items(raw)
        texts = [text_of(item) for item in items]
        faults += tuple(
            f for i, (item, text) in enumerate(zip(items, texts, strict=True)) for f in _text(i, item, text)
        )
        if not faults and not any(texts):
            faults = (Fault("must have at least one text that is not empty", raw),)
        return Reading(tuple(texts), faults)


class Images:
    """A list of image addresses."""

    schema: ClassVar[Schema] = {
        "type": "array",
        "items": {"type": "string", "maxLength": MAX_URL_LENGTH},
        "minItems": 1,
        "maxItems": MAX_ITEMS,
        "description": "http, https or ftp addresses with a host; the scheme may be left out.",
    }

    def read(self, raw: object) -> Reading:
        """Check each element; a single value is a list of one."""
        items, faults = _items(raw)
        if not items and not faults:
            faults = (Fault("must have at least one address", raw),)
        faults += tuple(
            Fault("must be an http, https or ftp address with a host", item, f"[{i}]")
            for i, item in enumerate(items)
            if not (isinstance(item, str) and is_address(item))
        )
        return Reading(tuple(items), faults)


class AttributeMap:
    """Free attributes: an object of scalars or lists of scalars, or its JSON text."""

    schema: ClassVar[Schema] = {
        "type": "object",
        "maxProperties": MAX_ITEMS,
        "description": "Free attributes by name; in a form JSON text, or `attributes[name]=value`.",
        "additionalProperties": {
            "anyOf": [
                {"type": ["string", "number", "boolean", "null"]},
                {"type": "array", "items": {"type": ["string", "number", "boolean", "null"]}, "maxItems": MAX_ITEMS},
            ]
        },
    }

    def read(self, raw: object) -> Reading:
        """Decode JSON text and check every name and value."""
        value = raw
        if isinstance(raw, str):
            try:
                value = decode_json(raw)
            except MalformedBodyError as error:
                return Reading(None, (Fault(f"must be an object, but it is {error.message}", raw),))
        if not isinstance(value, dict):
            return Reading(None, (Fault("must be an object of texts, numbers, booleans or lists of them", raw),))
        if len(value) > MAX_ITEMS:
            return Reading(None, (Fault(f"must have at most {MAX_ITEMS} attributes", raw),))
        return Reading(value, tuple(f for name, part in value.items() for f in _attribute(name, part)))


def is_address(text: str) -> bool:
    """Return whether a text is an http, https or ftp address with a host; the scheme may be left out."""
    if len(text) > MAX_URL_LENGTH or not is_unicode(text):
        return False
    return bool(_WITH_SCHEME.fullmatch(text) or _WITHOUT_SCHEME.fullmatch(text))


def _items(raw: object) -> tuple[list[object], tuple[Fault, ...]]:
    """Return the elements of a list; one that is too long is refused whole, so that the answer stays short."""
    items = raw if isinstance(raw, list) else [raw]
    if len(items) > MAX_ITEMS:
        return [], (Fault(f"must have at most {MAX_ITEMS} elements", raw),)
    return items, ()


def _text(position: int, item: object, text: str | None) -> tuple[Fault, ...]:
    if text is None:
        return (Fault("must be text", item, f"[{position}]"),)
    return () if UNICODE[0](text) else (Fault(UNICODE[1], item, f"[{position}]"),)


def _attribute(name: str, value: object) -> tuple[Fault, ...]:
    suffix = f"[{name}]"
    faults: tuple[Fault, ...] = ()
    if not 1 <= len(name) <= MAX_ATTRIBUTE_NAME_LENGTH or not is_unicode(name):
        faults = (Fault(f"must have a name of 1 to {MAX_ATTRIBUTE_NAME_LENGTH} characters", value, suffix),)
    parts = value if isinstance(value, list) else [value]
    if len(parts) > MAX_ITEMS:
        faults += (Fault(f"must have at most {MAX_ITEMS} elements", value, suffix),)
    elif not all(_is_scalar(part) for part in parts):
        faults += (Fault("must be text, a number, true, false or a list of them", value, suffix),)
    return faults


def _is_scalar(value: object) -> bool:
    if isinstance(value, str):
        return is_unicode(value)
    if isinstance(value, int):
        return -_MAX_ATTRIBUTE_INTEGER <= value < _MAX_ATTRIBUTE_INTEGER
    return value is None or isinstance(value, float)
