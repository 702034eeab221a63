"""Cookies of the dashboard: read from a request, written into an answer, both of paths below it alone."""

from __future__ import annotations

import re

SESSION = "facetry-session"
GUEST = "facetry-guest"
"""What tokens of forms are bound to before anybody has signed in."""
NOTICE = "facetry-notice"
LANGUAGE = "facetry-language"
PATH = "/dashboard"
_PAIR = re.compile(r"([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=([!#-+\--:<-\[\]-~]*)")


def cookies_of(header: str | None) -> dict[str, str]:
    """Return the cookies of a request by name; of a repeated one the first, which has the most special path."""
    found: dict[str, str] = {}
    for part in (header or "").split(";"):
        match = _PAIR.fullmatch(part.strip())
        if match is not None:
            found.setdefault(match[1], match[2])
    return found


def cookie(name: str, value: str, *, is_secure: bool, seconds: int | None = None) -> tuple[bytes, bytes]:
    """Return the header that sets a cookie, which no script can read and no other site can have sent in a form.

    Args:
        name: Of the cookie.
        value: Of ASCII characters that a cookie may have as they are.
        is_secure: Whether it is sent over HTTPS only.
        seconds: How long it lives; None for as long as the browser runs, 0 to remove it.
    """
    age = "" if seconds is None else f"; Max-Age={seconds}"
    secure = "; Secure" if is_secure else ""
    return b"set-cookie", f"{name}={value}; Path={PATH}; HttpOnly; SameSite=Lax{age}{secure}".encode("ascii")
