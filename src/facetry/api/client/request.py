"""What a request says: its parameters from the query and the body, the last not decoded before they are wanted."""

from __future__ import annotations

import json
import re
from binascii import a2b_qp
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote_to_bytes

from multipart import parse_options_header  # type: ignore[import-untyped]

from facetry.domain.errors import MalformedBodyError
from facetry.http.bodies import FORM, JSON, MAX_FIELDS, MULTIPART, decode_json, multipart_parts

NAMES = frozenset({"auth", "action", "data", "actions", "http_errors"})
"""The parameters that there are; all others are passed over."""
_AS_SENT = {name.encode(): name for name in NAMES}
_BARE_LIST = re.compile(r"\s*\d+(?:\s*,\s*\d+)+\s*", re.ASCII)
_NO_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_TRUE = frozenset({"1", "true", "yes", "on"})
_PLAIN_FORMS = frozenset({"", FORM})
_CUT = "; a & or # in a URL ends the value: percent-encode it, or send a POST"


class Parameters:
    """The parameters of a request.

    Attributes:
        fault: What of the body could not be read; its parameters are then not there.
    """

    def __init__(self, query: bytes, content_type: str = "", body: bytes = b"") -> None:
        """Read a query string and a body; what stands in the body counts before what stands in the query."""
        self.fault: MalformedBodyError | None = None
        self._query: Mapping[str, object] = dict(_pairs(query))
        try:
            self._body = _body_values(content_type, body) if body else {}
        except MalformedBodyError as error:
            self.fault = error
            self._body = {}

    @property
    def auth(self) -> str:
        """The access key; empty where there is none."""
        return self._text("auth").strip()

    @property
    def action(self) -> str:
        """The name of the action; empty where there is none."""
        return self._text("action").strip()

    @property
    def http_errors(self) -> bool | None:
        """Whether failures have an HTTP status of their own; None where nothing is said."""
        text = self._text("http_errors").strip().lower()
        return text in _TRUE if text else None

    @property
    def data(self) -> object:
        """The decoded ``data``, or the text of a bare ``1,2,3``; None where it is missing or blank.

        Raises:
            MalformedBodyError: It is not JSON or not UTF-8.
        """
        return self._decoded("data")

    @property
    def actions(self) -> object:
        """The decoded ``actions``; None where it is missing or blank.

        Raises:
            MalformedBodyError: It is not JSON or not UTF-8.
        """
        return self._decoded("actions")

    def _value(self, name: str) -> object:
        return self._body[name] if name in self._body else self._query.get(name)

    def _text(self, name: str) -> str:
        value = self._value(name)
        if isinstance(value, bytes):
            return value.decode("utf-8", "replace")
        return "" if value is None else _plain(value)

    def _decoded(self, name: str) -> object:
        if self.fault is not None:
            raise self.fault
        value = self._value(name)
        if not isinstance(value, bytes | str) or _is_plain(value):
            return value
        try:
            return _json(name, value)
        except MalformedBodyError as error:
            if name in self._body or name not in self._query:
                raise
            raise MalformedBodyError(error.message + _CUT) from error


def _is_plain(value: bytes | str) -> bool:
    """Return whether a value is a text of a JSON body that is meant as such, not as JSON written into one."""
    return isinstance(value, str) and bool(value.strip()) and value.lstrip()[0] not in "{["


def _json(name: str, value: bytes | str) -> object:
    text = _unicode(name, value) if isinstance(value, bytes) else value
    if not text.strip():
        return None
    if _BARE_LIST.fullmatch(text):
        return text
    try:
        return _whole(decode_json(text), text)
    except MalformedBodyError as error:
        raise MalformedBodyError(f"{name}: {error.message}") from error


def _whole(value: object, text: str) -> object:
    """Return a decoded value whose texts can be written down again.

    Raises:
        MalformedBodyError: An escape stands for half a character.
    """
    if "\\ud" in text or "\\uD" in text:
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise MalformedBodyError("a \\u escape stands for half a character") from error
    return value


def _unicode(name: str, value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError as error:
        raise MalformedBodyError(f"{name}: not UTF-8 at byte {error.start}") from error


def _plain(value: object) -> str:
    """Return a value of a JSON body that is to be a text; what cannot be one is none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else ""


def _pairs(text: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the parameters of a query string or a form, their bytes as they are meant."""
    for pair in text.split(b"&", MAX_FIELDS)[:MAX_FIELDS]:
        name, _, value = pair.partition(b"=")
        decoded = _AS_SENT.get(name) or _unescaped(name).decode("utf-8", "replace")
        if decoded in NAMES:
            yield decoded, _unescaped(value)


def _unescaped(text: bytes) -> bytes:
    """Return the bytes that a part of a query or a form stands for; a percent sign that escapes nothing is one."""
    if b"+" in text:
        text = text.replace(b"+", b" ")
    if b"%" not in text:
        return text
    # A list of a hundred products has tens of thousands of escapes: what decodes quoted-printable text, in which they
    # begin with an equals sign, is many times as fast.
    found = a2b_qp(text.replace(b"=", b"=3D").replace(b"%", b"="))
    if b"\n" in text or b"\r" in text:
        is_sure = _NO_ESCAPE.search(text) is None
    else:
        # It leaves out two bytes of an escape, and fewer of any other sign that is not the end of a line.
        is_sure = len(found) == len(text) - 2 * text.count(b"%")
    return found if is_sure else unquote_to_bytes(text)


def _body_values(content_type: str, body: bytes) -> Mapping[str, object]:
    """Return the parameters of a body: of a form the bytes of their texts, of a JSON object any values.

    Raises:
        MalformedBodyError: It is not what it claims to be, or of a type that is not read.
    """
    media_type, options = (FORM, {}) if content_type in _PLAIN_FORMS else parse_options_header(content_type)
    if media_type == FORM:
        return dict(_pairs(body))
    if media_type == MULTIPART:
        return dict(_known((part.name, part.content) for part in multipart_parts(body, options.get("boundary", ""))))
    if media_type == JSON or media_type.endswith("+json"):
        text = _unicode("the body", body)
        value = _whole(decode_json(text), text)
        if not isinstance(value, dict):
            raise MalformedBodyError("the JSON body must be an object")
        return dict(_known(value.items()))
    raise MalformedBodyError(f"content type {media_type[:80]!a} is not read; send {FORM}, {MULTIPART} or {JSON}")


def _known(pairs: Iterable[tuple[str, object]]) -> Iterator[tuple[str, object]]:
    return ((name, value) for name, value in pairs if name in NAMES)
