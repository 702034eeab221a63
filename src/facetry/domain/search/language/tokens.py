"""The words and signs that a text of the filter language is made of."""

from __future__ import annotations

import json
import re
from enum import Enum

import msgspec

from facetry.domain.search.language.syntax import MAX_LENGTH, Literal, Place

_BARE = r"[^\s()\[\],=!<>\"\x00-\x1f\x7f\ud800-\udfff]+"
_TOKEN = re.compile(
    rf"""\s*(?:(?P<sign><=|>=|!=|[=<>()\[\],])|(?P<quoted>"(?:[^"\\]|\\.)*+")|(?P<bare>{_BARE})|(?P<end>\Z))""",
    re.DOTALL,
)
_WHOLE_BARE = re.compile(_BARE)
_SURROGATE = re.compile("[\ud800-\udfff]")
_QUOTES = str.maketrans({'"': '\\"', "\\": "\\\\"})


class TokenKind(Enum):
    """What a token is."""

    SIGN = "sign"
    QUOTED = "quoted"
    BARE = "bare"
    END = "end"


class Token(msgspec.Struct, frozen=True):
    """A sign, a bare word, or the text between two quotes; at last the end.

    Attributes:
        word: The bare word in capitals, the sign; empty of a quoted text, which is never a keyword.
    """

    kind: TokenKind
    text: str
    word: str
    place: Place

    @property
    def shown(self) -> str:
        """Return how a message names it."""
        return "the end" if self.kind is TokenKind.END else repr(self.text[:50])

    @property
    def literal(self) -> Literal:
        """Return it as a name or a value."""
        return Literal(self.text, self.place)


def tokens(text: str, pointer: str) -> list[Token]:
    """Return the tokens of a text, the last of them its end.

    Raises:
        SearchError: The text is too long, or something in it stands for nothing; names the character.
    """
    if len(text) > MAX_LENGTH:
        raise Place(pointer, MAX_LENGTH).error(f"must have at most {MAX_LENGTH} characters")
    found: list[Token] = []
    offset = 0
    while match := _TOKEN.match(text, offset):
        name = match.lastgroup or ""
        token = _token(name, match[name], Place(pointer, match.start(name)))
        found.append(token)
        if token.kind is TokenKind.END:
            return found
        offset = match.end()
    while text[offset].isspace():
        offset += 1
    raise Place(pointer, offset).error(_problem(text[offset]))


def quoted(text: str) -> str:
    """Return a text as it is written in quotes."""
    return f'"{text.translate(_QUOTES)}"'


def is_bare(text: str) -> bool:
    """Return whether a text is one word without quotes, though perhaps a reserved one."""
    return _WHOLE_BARE.fullmatch(text) is not None


def _token(name: str, text: str, place: Place) -> Token:
    if name == "bare":
        # Some letters beyond ASCII have capitals within it, and would make keywords of other words.
        return Token(TokenKind.BARE, text, text.upper() if text.isascii() else text, place)
    if name == "sign":
        return Token(TokenKind.SIGN, text, text, place)
    if name == "end":
        return Token(TokenKind.END, "", "", place)
    content = _unescaped(text, place) if "\\" in text else text[1:-1]
    if lone := _SURROGATE.search(content):
        raise place.error(f"{lone[0]!r} is half a character")
    return Token(TokenKind.QUOTED, content, "", place)


def _unescaped(text: str, place: Place) -> str:
    """Return what stands between quotes; its escapes are those of JSON."""
    try:
        content: str = json.loads(text, strict=False)
    except json.JSONDecodeError as error:
        raise Place(place.pointer, (place.offset or 0) + error.pos).error(
            "a backslash here must be written twice, or stand before a quote or as in JSON"
        ) from error
    return content


def _problem(character: str) -> str:
    if character == '"':
        return "the quote that begins here does not end"
    return f"{character!r} stands for nothing here; values with such characters are put in double quotes"
