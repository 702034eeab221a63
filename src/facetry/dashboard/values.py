"""What a visitor has sent: the values of a query string or of a form, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from facetry.domain.errors import MalformedBodyError
from facetry.http.bodies import FORM, MULTIPART, decode_pairs, multipart_parts

MAX_DIGITS = 9


class SentFile(NamedTuple):
    """A file of a form, read whole."""

    name: str
    content: bytes


class Values:
    """Values by name, in the order in which they were sent; of those that are not there every read gives nothing."""

    def __init__(self, pairs: Sequence[tuple[str, str]] = (), files: Mapping[str, SentFile] | None = None) -> None:
        """Keep pairs of names and values."""
        self.pairs = tuple(pairs)
        self._files = files or {}
        self._by_name: dict[str, list[str]] = {}
        for name, value in self.pairs:
            self._by_name.setdefault(name, []).append(value)

    def __contains__(self, name: str) -> bool:
        """Return whether a value has this name."""
        return name in self._by_name

    def text(self, name: str, default: str = "") -> str:
        """Return the last value of a name without blanks around it."""
        values = self._by_name.get(name)
        return values[-1].strip() if values else default

    def raw(self, name: str, default: str = "") -> str:
        """Return the last value of a name as it was sent: passwords, and texts whose blanks count."""
        values = self._by_name.get(name)
        return values[-1] if values else default

    def texts(self, name: str) -> tuple[str, ...]:
        """Return all values of a name."""
        return tuple(self._by_name.get(name, ()))

    def flag(self, name: str) -> bool:
        """Return whether a checkbox was sent, or a value that means yes."""
        return self.text(name).lower() in {"on", "1", "true", "yes"}

    def number(self, name: str, default: int = 0) -> int:
        """Return a value as a whole number from 0 on, the default where it is none or has too many digits."""
        text = self.text(name)
        return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else default

    def file(self, name: str) -> SentFile | None:
        """Return a file, or None where none was chosen."""
        return self._files.get(name)


def read_form(content_type: str, body: bytes) -> Values:
    """Return the values of a form that a browser has sent.

    Raises:
        MalformedBodyError: It is none.
    """
    media_type, _, options = content_type.partition(";")
    try:
        if media_type.strip().lower() == MULTIPART:
            return _multipart(body, options)
        if body and media_type.strip().lower() != FORM:
            raise MalformedBodyError(f"send a form as {FORM} or {MULTIPART}")
        return Values(decode_pairs(body.decode("ascii")))
    except UnicodeDecodeError as error:
        raise MalformedBodyError("the form is not valid utf-8") from error


def _multipart(body: bytes, options: str) -> Values:
    boundary = options.partition("boundary=")[2].split(";")[0].strip().strip('"')
    pairs: list[tuple[str, str]] = []
    files: dict[str, SentFile] = {}
    for part in multipart_parts(body, boundary):
        if part.is_file:
            # A browser sends an empty file where none was chosen.
            if part.content:
                files[part.name] = SentFile(part.file_name, part.content)
        else:
            pairs.append((part.name, part.content.decode()))
    return Values(pairs, files)
