"""A visitor of the dashboard, over one kept-alive connection, as a browser without scripts would be."""

from __future__ import annotations

import gzip
import http.client
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple, Self
from urllib.parse import urlencode

PASSWORD = "pearls before breakfast"  # noqa: S105 - of servers that end with the measurement
_SIGN_IN = "/dashboard/sign-in"


class Seen(NamedTuple):
    """One answer, with the seconds until its first byte."""

    status: int
    seconds: float
    body: bytes


class Visitor:
    """Who is signed in on a server of this machine."""

    def __init__(self, port: int) -> None:
        """Connect to a port."""
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self._cookies: dict[str, str] = {}

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        self._connection.close()

    def see(self, path: str, form: dict[str, str] | None = None) -> Seen:
        """Ask for a page, or send a form there."""
        headers = {"accept-encoding": "gzip", "cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        body = urlencode(form) if form else None
        if body:
            headers["content-type"] = "application/x-www-form-urlencoded"
        start = time.perf_counter()
        self._connection.request("POST" if form else "GET", path, body, headers)
        answer = self._connection.getresponse()
        seconds = time.perf_counter() - start
        content = answer.read()
        for line in answer.headers.get_all("set-cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self._cookies[name] = value
        if answer.getheader("content-encoding") == "gzip":
            content = gzip.decompress(content)
        return Seen(answer.status, seconds, content)

    def sign_in(self, email: str) -> None:
        """Sign in as a user that ``add_user`` has made."""
        token = re.search(rb'name="csrf" value="([^"]+)"', self.see(_SIGN_IN).body)
        assert token
        answer = self.see(_SIGN_IN, {"csrf": token[1].decode(), "email": email, "password": PASSWORD})
        assert answer.status == 303, answer


def add_user(directory: Path, role: str, tenant: str = "") -> str:
    """Have a user of a role on a running server, and return by which e-mail they sign in."""
    email = f"{role}@example.com"
    place = ["--tenant", tenant] if tenant else ["--operator"]
    named = ["--email", email, *place, "--data", str(directory)]
    # A catalog that is kept may have the user from before.
    _command("create", *named, "--role", role)
    done = _command("passwd", *named, "--stdin")
    assert done.returncode == 0, done.stderr
    return email


def _command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "facetry.cli.main", "user", *arguments],
        input=f"{PASSWORD}\n",
        check=False,
        capture_output=True,
        text=True,
    )
