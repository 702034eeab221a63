"""What a browser fetches before a page can be used, pictures left out."""

from __future__ import annotations

import gzip
import html
import re
from collections.abc import Callable
from urllib.parse import urljoin

MOST_BYTES = 150_000
"""What a page may weigh, compressed."""
_PARTS = re.compile(r'<link\b[^>]*\brel="(?:stylesheet|modulepreload)"[^>]*>|<script\b[^>]*\bsrc="[^"]*"[^>]*>')
_ADDRESS = re.compile(r'\b(?:href|src)="([^"]*)"')
_IMPORTS = re.compile(r'\b(?:from|import)\s*\(?\s*"(\.[^"]+)"')


def weight(path: str, read: Callable[[str], bytes]) -> int:
    """Return how many bytes a page, its styles and its scripts are, compressed.

    Args:
        path: Of the page.
        read: Returns the body that is at a path.
    """
    document = read(path)
    waiting = [urljoin(path, found) for found in parts_of(document.decode())]
    fetched: dict[str, bytes] = {path: document}
    while waiting:
        part = waiting.pop()
        if part not in fetched:
            fetched[part] = read(part)
            waiting += [urljoin(part, found) for found in _IMPORTS.findall(fetched[part].decode())]
    return sum(len(gzip.compress(body, 6)) for body in fetched.values())


def parts_of(document: str) -> list[str]:
    """Return the addresses of the styles and scripts that a document names."""
    return [html.unescape(_ADDRESS.findall(tag)[0]) for tag in _PARTS.findall(document)]
