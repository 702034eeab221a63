"""Against forged requests: tokens that only a page of ours can know, and what browsers say of where a request began."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

FIELD = "csrf"
HEADER = b"x-csrf-token"
_DIGEST_BYTES = 32
_OWN_SITES = frozenset({"same-origin", "none"})


def new_token(secret: str) -> str:
    """Return a token that is bound to a cookie's value, different each time.

    It is masked by chance, so that compressing a page tells nothing of it (BREACH).
    """
    mask = secrets.token_bytes(_DIGEST_BYTES)
    masked = bytes(a ^ b for a, b in zip(mask, _bound(secret), strict=True))
    return base64.urlsafe_b64encode(mask + masked).decode().rstrip("=")


def is_genuine(token: str, secret: str) -> bool:
    """Return whether a token was made for this cookie's value."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"==")
    except (ValueError, binascii.Error):
        return False
    if len(raw) != 2 * _DIGEST_BYTES or not secret:
        return False
    unmasked = bytes(a ^ b for a, b in zip(raw[:_DIGEST_BYTES], raw[_DIGEST_BYTES:], strict=True))
    return hmac.compare_digest(unmasked, _bound(secret))


def is_own_site(site: str | None, origin: str | None, host: str | None) -> bool:
    """Return whether a request may have begun in a page of this server, as far as its browser tells.

    Args:
        site: Its header ``Sec-Fetch-Site``.
        origin: Its header ``Origin``.
        host: Its header ``Host``.
    """
    if site is not None and site not in _OWN_SITES:
        return False
    return origin is None or _host_of(origin) == host


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


def _bound(secret: str) -> bytes:
    return hmac.new(secret.encode(), b"csrf", hashlib.sha256).digest()
