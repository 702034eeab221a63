"""What a reader is: it casts one raw value and names every rule that the value breaks."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple, Protocol

Schema = dict[str, object]
"""A JSON schema, as OpenAPI 3.1 writes it."""


class Fault(NamedTuple):
    """A rule that a value breaks.

    Attributes:
        message: What the rule demands.
        value: The value, or the part of it that breaks the rule.
        suffix: Which part it is, as a suffix of the parameter's name: ``[0]``; empty for the whole.
    """

    message: str
    value: object
    suffix: str = ""


class Reading(NamedTuple):
    """What a reader made of a raw value: the value, which counts only if there are no faults, and the faults."""

    value: object
    faults: tuple[Fault, ...] = ()


class Reader(Protocol):
    """Casts and checks one kind of value."""

    @property
    def schema(self) -> Schema:
        """What it takes, for the documentation."""

    def read(self, raw: object) -> Reading:
        """Cast a raw value (text of a form, or any JSON value but null) and check it against every rule."""


Rule = tuple[Callable[[str], bool], str]
"""What a text must satisfy, and how to say so."""

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_EXACT_INTEGERS = 1e21


def text_of(raw: object) -> str | None:
    """Return the text of a scalar as JavaScript would write it, or None of anything else."""
    if isinstance(raw, str):
        return raw
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < _EXACT_INTEGERS:
        return str(int(raw))
    return str(raw) if isinstance(raw, int | float) else None


def is_unicode(text: str) -> bool:
    """Return whether a text has no lone surrogate, so that it can be written as UTF-8."""
    return text.isascii() or not _SURROGATE.search(text)


def not_scalar(raw: object, kind: str) -> Reading:
    """Return the reading of a list or an object where a scalar belongs."""
    return Reading(None, (Fault("must be given once" if isinstance(raw, list) else f"must be {kind}", raw),))


def broken(rules: tuple[Rule, ...], text: str, raw: object) -> tuple[Fault, ...]:
    """Return a fault for each rule that the text of a raw value breaks, in their order."""
    return tuple(Fault(message, raw) for holds, message in rules if not holds(text))
