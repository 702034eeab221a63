"""A running demo, with people of every role who work in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser

from tests.dashboard.browser.windows import DESKTOP, Window
from tests.dashboard.places import Place, path_of
from tests.program import HOST, Program, done, wait_until

TENANT: Final = "demo"
PASSWORD: Final = "pearls before breakfast"
ROLES: Final = ("viewer", "editor", "owner", "operator")


class House:
    """The server's address, and people who sign in there."""

    def __init__(self, server: Program) -> None:
        self.server = server
        self.url = f"http://{HOST}:{server.port}"
        self.keys = keys_printed(server.output)
        self._states: dict[str, Any] = {}
        self._paths: dict[str, str] = {}
        for role in ROLES:
            self.add_user(email_of(role), role)

    def add_user(self, email: str, role: str, tenant: str = TENANT) -> None:
        """Have a user who may sign in."""
        place = ["--operator"] if role == "operator" else ["--tenant", tenant, "--role", role]
        arguments = ["user", "create", "--email", email, *place, "--password-stdin", "--data", self.server.data]
        done(*arguments, stdin=f"{PASSWORD}\n")

    def state(self, browser: Browser, role: str) -> Any:
        """Return the cookies of somebody who is signed in."""
        if role not in self._states:
            context = browser.new_context(viewport=DESKTOP.viewport)
            window = Window(context, self.url)
            sign_in(window, email_of(role))
            self._states[role] = context.storage_state()
            context.close()
        return self._states[role]

    def path_of(self, place: Place, window: Window) -> str:
        """Return where a page is, found once; the demo has something of everything."""
        if place.name not in self._paths:
            path = path_of(place, window.read)
            assert path is not None, f"nothing at {place.path} leads to {place.link}"
            self._paths[place.name] = path
        return self._paths[place.name]

    def v2(self, method: str, path: str, fields: Any = None, key: str = "accessKey") -> tuple[int, Any]:
        """Call ``/v2`` as a program does."""
        headers = {"authorization": f"Bearer {self.keys[key]}"}
        with self.server.connect() as connection:
            reply = connection(method, path, fields, headers)
        return reply.status, reply.json if reply.body else None


def email_of(role: str) -> str:
    """Return by which e-mail somebody of a role signs in."""
    return f"{role}@example.com"


def keys_printed(output: str) -> dict[str, str]:
    """Return the keys that the start of a demo prints."""
    named = {"API key": "apiKey", "access key": "accessKey", "search key": "searchKey"}
    lines = [line.strip() for line in output.splitlines()]
    found = {named[name]: line.removeprefix(name).strip() for line in lines for name in named if line.startswith(name)}
    assert len(found) == len(named), output
    return found


def sign_in(window: Window, email: str, password: str = PASSWORD) -> None:
    """Sign in, whoever was signed in before."""
    window.open("/dashboard/sign-in")
    window.page.locator("input[name=email]").fill(email)
    window.page.locator("input[type=password]").fill(password)
    window.page.locator("main form button[type=submit]").first.click()
    window.page.wait_for_url(lambda url: "sign-in" not in url)


@contextmanager
def house(folder: Path) -> Iterator[House]:
    """Serve a demo from a folder."""
    with Program(folder / "data", "--demo") as server:
        wait_until(lambda: "x-access-token" in server.output)
        yield House(server)
