"""HTML to the text that a reader of it sees."""

from __future__ import annotations

import html
import re

# A piece of markup, or a stray "<" that begins none. Neither part can be tried twice over the same text, so a
# hostile page costs no more than its length.
_MARKUP = re.compile(r"(<!--|-->|</?[a-zA-Z][^<>]*>)")
_NAME = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)")
_BLANKS = re.compile(r"[^\S\n]+")
_BREAKS = re.compile(r" ?\n[ \n]*")
_BLOCKS = frozenset(
    [
        "article",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figure",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "ol",
        "p",
        "pre",
        "section",
        "table",
        "tr",
        "ul",
    ]
)
_UNSEEN = frozenset({"head", "script", "style", "template", "title"})


def plain_text(markup: str) -> str:
    """Return the text of a piece of HTML: blocks on lines of their own, no empty lines, entities as characters."""
    if "<" not in markup and "&" not in markup:
        return _tidy(markup.replace("\n", " "))
    return _tidy(html.unescape("".join(_visible(_MARKUP.split(markup)))))


def _visible(pieces: list[str]) -> list[str]:
    """Return the pieces that are seen; texts stand at even places, markup between them."""
    seen = []
    hidden_until = ""
    for place, piece in enumerate(pieces):
        if place % 2:
            hidden_until, break_here = _after(piece, hidden_until)
            if break_here:
                seen.append("\n")
        elif not hidden_until:
            seen.append(piece.replace("\n", " ").replace("\r", " "))
    return seen


def _after(piece: str, hidden_until: str) -> tuple[str, bool]:
    """Return what ends the unseen part after a piece of markup, and whether a line ends here."""
    if piece == "-->":
        return ("" if hidden_until == "-->" else hidden_until), False
    if piece == "<!--" or hidden_until == "-->":
        return hidden_until or "-->", False
    found = _NAME.match(piece)
    name = found[1].lower() if found else ""
    closing = piece.startswith("</")
    if hidden_until:
        return ("" if closing and name == hidden_until else hidden_until), False
    if name in _UNSEEN and not closing:
        return name, False
    return "", name in _BLOCKS


def _tidy(text: str) -> str:
    return _BREAKS.sub("\n", _BLANKS.sub(" ", text)).strip()
