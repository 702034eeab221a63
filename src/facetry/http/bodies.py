"""Bodies of requests, decoded to raw fields: forms, multipart forms and JSON objects mean the same."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple, NoReturn
from urllib.parse import parse_qsl

import msgspec
from multipart import (  # type: ignore[import-untyped]
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)

from facetry.domain.errors import MalformedBodyError

Fields = dict[str, object]
"""Raw fields by name: text of a form, or any JSON value; a name given more than once is a list of its values."""

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"
JSON = "application/json"
MAX_FIELDS = 4_000
"""Most fields of a form; a body of nothing but separators would otherwise keep the event loop busy."""
MAX_DEPTH = 64
"""Deepest nesting of a JSON value; whatever is taken can then be walked and encoded without care."""


class Part(NamedTuple):
    """One part of a multipart form: its name, bytes and charset, whether it is a file, and what that is called."""

    name: str
    content: bytes
    charset: str | None
    is_file: bool
    file_name: str = ""


_CHARSETS = {
    **dict.fromkeys(("utf-8", "utf8"), "utf-8"),
    **dict.fromkeys(("ascii", "us-ascii"), "ascii"),
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin-1", "latin1"), "iso8859-1"),
    **dict.fromkeys(("windows-1252", "cp1252"), "cp1252"),
}
"""Codecs by the names that clients give them; Python's own registry would keep every unknown name for ever."""
_BRACKETS = re.compile(r"(?P<name>[^\[\]]+)\[(?P<key>[^\[\]]*)\](?P<list>\[\])?")
_LONGEST_NAME_SHOWN = 80


def decode_fields(content_type: str | None, body: bytes) -> Fields:
    """Return the raw fields of a body; an empty body of any type has none.

    Args:
        content_type: Value of the header; without one a body is read as a form, which is what the API publishes.
        body: The bytes as sent.

    Raises:
        MalformedBodyError: The body is not what it claims to be, or of a type that is not accepted.
    """
    if not body:
        return {}
    media_type, options = parse_options_header(content_type or FORM)
    encoding = _encoding(options.get("charset", "utf-8"))
    if media_type == FORM:
        return gathered(decode_pairs(_text(body, encoding), encoding))
    if media_type == JSON or media_type.endswith("+json"):
        return _object(decode_json(_text(body, encoding)))
    if media_type == MULTIPART:
        return gathered(_parts(body, options.get("boundary", ""), encoding))
    raise MalformedBodyError(f"content type {_shown(media_type)} is not accepted; send {FORM}, {MULTIPART} or {JSON}")


def decode_pairs(text: str, encoding: str = "utf-8") -> list[tuple[str, str]]:
    """Return the names and values of a form or of a query string, in order.

    Raises:
        MalformedBodyError: There are too many, or their escapes are not text in this encoding.
    """
    try:
        return parse_qsl(text, keep_blank_values=True, encoding=encoding, errors="strict", max_num_fields=MAX_FIELDS)
    except UnicodeDecodeError as error:
        raise MalformedBodyError(f"a percent-encoded text is not valid {encoding}") from error
    except ValueError as error:
        raise MalformedBodyError(f"more than {MAX_FIELDS} fields") from error


def decode_json(text: str) -> object:
    """Return a JSON value: no key twice in one object, every number finite, nested at most ``MAX_DEPTH`` deep.

    Raises:
        MalformedBodyError: It is not such a text.
    """
    quickly = _decoded_quickly(text)
    if quickly is not _UNSURE:
        return quickly
    try:
        value = _DECODER.decode(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise MalformedBodyError(f"malformed JSON: {error.msg.lower()} at character {error.pos}") from error
    except RecursionError:
        raise MalformedBodyError(f"JSON is nested more than {MAX_DEPTH} deep") from None
    except ValueError as error:
        raise MalformedBodyError("malformed JSON: a number has too many digits") from error
    if text.count("[") + text.count("{") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        raise MalformedBodyError(f"JSON is nested more than {MAX_DEPTH} deep")
    return value


def _decoded_quickly(text: str) -> object:
    """Return what ``decode_json`` does, or that this takes a closer look, as all does that is refused.

    The quick decoder takes the last one of keys that stand twice in an object. There are none where the text has as
    many ends of keys as the value has keys, as a text in which more looks like such an end has more of them.
    """
    try:
        value = msgspec.json.decode(text)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError):
        return _UNSURE
    keys, depth = _keys_and_depth(value)
    is_sure = text.count('":') == keys and depth <= MAX_DEPTH and not any(end in text for end in _PARTED_ENDS)
    return value if is_sure else _UNSURE


def _keys_and_depth(value: object) -> tuple[int, int]:
    """Return how many keys the objects in a decoded value have together, and how deep it is nested."""
    keys, depth, level = 0, 0, [value]
    while level := [part for part in level if type(part) is dict or type(part) is list]:
        depth += 1
        inner: list[object] = []
        for part in level:
            if isinstance(part, dict):
                keys += len(part)
                inner += part.values()
            elif isinstance(part, list):
                inner += part
        level = inner
    return keys, depth


def listed(pairs: Iterable[tuple[str, str]]) -> Fields:
    """Return the parameters of a query string: a repeated name is a list, brackets are part of a name."""
    fields: Fields = {}
    for name, value in pairs:
        _add(fields, name, value, as_list=False)
    return fields


def gathered(pairs: Iterable[tuple[str, str]]) -> Fields:
    """Return the fields of a form: a repeated name or ``name[]`` is a list, ``name[key]`` an object.

    ``name[0]``, ``name[1]`` and so on, as several languages write a list, are that list.

    Raises:
        MalformedBodyError: A name is given both with keys and without.
    """
    fields: Fields = {}
    nested: set[str] = set()
    for name, value in pairs:
        match = _BRACKETS.fullmatch(name)
        if match is None:
            _add(fields, name, value, as_list=False)
        elif match["key"]:
            nested.add(match["name"])
            _add(_keyed(fields, match["name"]), match["key"], value, as_list=match["list"] is not None)
        else:
            _add(fields, match["name"], value, as_list=True)
    for name in nested:
        fields[name] = _numbered(fields[name])
    return fields


def _add(fields: Fields, name: str, value: str, *, as_list: bool) -> None:
    held = fields.get(name)
    if isinstance(held, dict):
        raise _two_forms(name)
    if isinstance(held, list):
        held.append(value)
    elif held is None:
        fields[name] = [value] if as_list else value
    else:
        fields[name] = [held, value]


def _keyed(fields: Fields, name: str) -> Fields:
    held = fields.setdefault(name, {})
    if not isinstance(held, dict):
        raise _two_forms(name)
    return held


def _numbered(held: object) -> object:
    if isinstance(held, dict) and list(held) == [str(i) for i in range(len(held))]:
        return list(held.values())
    return held


def _two_forms(name: str) -> MalformedBodyError:
    return MalformedBodyError(f"{_shown(name)} is given both with and without keys in brackets")


def multipart_parts(body: bytes, boundary: str) -> Iterator[Part]:
    """Yield each part of a multipart form.

    Raises:
        MalformedBodyError: It is none.
    """
    try:
        parser = PushMultipartParser(boundary, max_segment_count=MAX_FIELDS)
        with parser:
            segment, chunks = None, bytearray()
            for event in parser.parse(body):
                if isinstance(event, MultipartSegment):
                    segment, chunks = event, bytearray()
                elif event:
                    chunks += event
                elif segment is not None:
                    name = segment.filename
                    yield Part(segment.name or "", bytes(chunks), segment.charset, name is not None, name or "")
    except (MultipartError, UnicodeError) as error:
        raise MalformedBodyError(f"malformed multipart form: {str(error).lower()}") from error


def _parts(body: bytes, boundary: str, encoding: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of each part; a file is no field of a surface that asks for texts, so it is left out."""
    for part in multipart_parts(body, boundary):
        if not part.is_file:
            yield part.name, _text(part.content, _encoding(part.charset or encoding))


def _object(value: object) -> Fields:
    if not isinstance(value, dict):
        raise MalformedBodyError("the JSON body must be an object")
    return value


def _encoding(charset: str) -> str:
    codec = _CHARSETS.get(charset.strip().lower().replace("_", "-"))
    if codec is None:
        raise MalformedBodyError(f"charset {_shown(charset)} is not accepted; send utf-8")
    return codec


def _text(body: bytes, encoding: str) -> str:
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        raise MalformedBodyError(f"the body is not valid {encoding}") from error


def _depth(value: object) -> int:
    """Return how deep a JSON value is nested, without recursion."""
    depth, level = 0, [value]
    while level := [v for v in level if isinstance(v, dict | list)]:
        depth += 1
        level = [part for v in level for part in (v.values() if isinstance(v, dict) else v)]
    return depth


def _unique(pairs: list[tuple[str, object]]) -> Fields:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise MalformedBodyError(f"malformed JSON: key {_shown(twice)} stands twice in one object")
    return fields


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise MalformedBodyError(f"malformed JSON: number {text[:_LONGEST_NAME_SHOWN]} is out of range")
    return number


def _no_constant(name: str) -> NoReturn:
    raise MalformedBodyError(f"malformed JSON: {name} is no JSON number")


def _shown(text: str) -> str:
    """Return a text of the request as it may stand in a message: short, ASCII, in quotes."""
    return json.dumps(text[:_LONGEST_NAME_SHOWN])


_UNSURE = object()
_PARTED_ENDS = (" :", "\t:", "\n:", "\r:")
"""Ends of keys that have blanks before their colons."""
_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_no_constant)
