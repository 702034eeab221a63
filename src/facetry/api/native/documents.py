"""Documents of ``/v2`` turned into typed values, with the place of what is wrong and what may have been meant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeVar

import msgspec

from facetry.api.native.pointers import escaped
from facetry.domain.errors import BadDocumentError
from facetry.domain.hints import near

_T = TypeVar("_T")
_PLACE = re.compile(r"(?P<message>.*?)(?: - at `(?:key in )?\$(?P<path>[^`]*)`)?", re.DOTALL)
_STEP = re.compile(r"\.([^.\[]+)|\[(\d+|\.\.\.)\]")
_UNKNOWN = re.compile(r"object contains unknown field (?P<name>.*)", re.IGNORECASE | re.DOTALL)
_LONGEST_NAME = 50


def converted(document: object, kind: type[_T], names: Iterable[str] = ()) -> _T:
    """Return what a decoded document stands for.

    Args:
        document: As the JSON decoder gives it.
        kind: Its type.
        names: What a name that is none may have been meant to be, if not a field of the type.

    Raises:
        BadDocumentError: A part of it has another form; with its JSON pointer.
    """
    try:
        return msgspec.convert(document, kind)
    except msgspec.ValidationError as error:
        raise form_error(error, names or getattr(kind, "__struct_fields__", ())) from error
    except UnicodeEncodeError as error:
        # The decoder does not say where.
        raise BadDocumentError("", "must hold valid Unicode only") from error


def form_error(error: msgspec.ValidationError, names: Iterable[str] = ()) -> BadDocumentError:
    """Return the error of a document with another form than the decoder wants; ``names`` are as of ``converted``."""
    match = _PLACE.fullmatch(str(error))
    assert match is not None  # noqa: S101 - it matches every text
    message, pointer = match["message"].replace("`", ""), _pointer(match["path"] or "")
    unknown = _UNKNOWN.fullmatch(message)
    if unknown is None:
        return BadDocumentError(pointer, message[:1].lower() + message[1:])
    return _unknown_name(pointer, unknown["name"], names)


def check_names(document: Mapping[str, object], names: Iterable[str]) -> None:
    """Check that a document has no other names than these.

    Raises:
        BadDocumentError: It has one; with what is near it.
    """
    known = set(names)
    for name in document:
        if name not in known:
            raise _unknown_name("", name, known)


def _unknown_name(pointer: str, name: str, names: Iterable[str]) -> BadDocumentError:
    # A name may be anything, also what no answer could hold.
    shown = name[:_LONGEST_NAME].encode("utf-8", "replace").decode()
    return BadDocumentError(f"{pointer}/{escaped(shown)}", f"there is no field {shown}{near(shown, names)}")


def _pointer(path: str) -> str:
    """Return the JSON pointer for a path as the decoder writes it: ``.synonyms[0].phrases``."""
    steps = (name or index for name, index in _STEP.findall(path))
    return "".join(f"/{step}" for step in steps if step != "...")
