"""Where a visitor is led by an address that came with a request: to a page of the dashboard, and nowhere else."""

from __future__ import annotations

import re
from urllib.parse import quote

HOME = "/dashboard"
CONFIRM = f"{HOME}/account/confirm"
_LOCAL = re.compile(r"/dashboard(?:[/?][!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]*)?", re.ASCII)
_MAX_LENGTH = 4_000


def local_path(text: str) -> str:
    """Return a path of the dashboard as it was given; that of the home page for anything else.

    What browsers read as another server is none, nor what climbs out of the dashboard by dots.
    """
    path = text.partition("?")[0]
    climbs = "//" in path or any(
        part in {".", ".."} for part in path.replace("%2e", ".").replace("%2E", ".").split("/")
    )
    return text if len(text) <= _MAX_LENGTH and _LOCAL.fullmatch(text) and not climbs else HOME


def confirm_url(path: str) -> str:
    """Return where a visitor gives the password again, and is led on from there to a path."""
    return f"{CONFIRM}?next={quote(path, safe='')}"
