"""Facts of a product and a stone as terms: ``name=value``, and the name alone where there is any value."""

from __future__ import annotations

import hashlib

LONGEST_VALUE = 8_000
"""Longer values are told apart by their digest: no term may have more than 32,766 bytes."""
_DIGESTED = "\x00"


def has_any(name: str) -> str:
    """Return the fact that a field has a value."""
    return name.replace("\\", "\\\\").replace("=", "\\=")


def beginning(name: str) -> str:
    """Return what all facts about values of a field begin with, and no others."""
    return has_any(name) + "="


def fact(name: str, value: str) -> str:
    """Return the fact that a field has a value; in documents and in queries alike."""
    return beginning(name) + fitting(value)


def fitting(value: str) -> str:
    """Return a value in the length that a term may have."""
    if not is_long(value):
        return value
    digest = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_DIGESTED}{digest}"


def is_long(value: str) -> bool:
    """Return whether a value is not in its fact as it is, and cannot be counted or sorted by it."""
    return len(value) > LONGEST_VALUE
