"""A window of a browser that remembers everything that went wrong in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, Response, Route

ASKED_AWAY: Final = "net::ERR_ABORTED"
"""What a request ends with when the window goes on to another page, or HTMX asks anew."""
WATCHING: Final = """
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({type: "layout-shift", buffered: true});
  addEventListener("securitypolicyviolation", (event) =>
    console.error(`refused by the policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


class Device(NamedTuple):
    """What a visitor holds."""

    name: str
    width: int
    height: int

    @property
    def viewport(self) -> dict[str, int]:
        return {"width": self.width, "height": self.height}


DESKTOP: Final = Device("desktop", 1280, 900)
PHONE: Final = Device("phone", 390, 844)
SMALL_PHONE: Final = Device("small phone", 360, 740)


class Window:
    """A window on the server at ``base``; what a visitor would not want to see gathers in ``faults``."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.base = base
        self.faults: list[str] = []
        self.foreign_pictures: list[str] = []
        # Where addresses of pictures are no addresses, the server is asked for what it does not have.
        self.lacks_pictures = False
        self.dialogs: list[str] = []
        self._statuses: set[int] = set()
        self._says_yes = False
        context.add_init_script(WATCHING)
        self.page: Page = context.new_page()
        for event, heard in self._listeners().items():
            self.page.on(event, heard)  # type: ignore[call-overload]

    def _listeners(self) -> dict[str, Any]:
        return {
            "console": self._hear,
            "dialog": self._answer,
            "pageerror": lambda error: self._blame(f"script failed: {error}"),
            "request": self._see_request,
            "requestfailed": self._see_failure,
            "response": self._see_response,
        }

    def open(self, path: str, status: int = 200) -> None:
        """Go to a page, which must answer so."""
        with self.expecting(status):
            answer = self.page.goto(self.base + path, wait_until="load")
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"

    def mirror(self) -> None:
        """Have every page from here on run from right to left, as it would in Hebrew or Arabic."""
        self.page.route("**/dashboard**", _mirrored)

    def read(self, path: str) -> str:
        """Return the document at a path, as it is sent to who is signed in here."""
        answer = self.page.request.get(self.base + path)
        assert answer.status == 200, f"{path}: {answer.status}"
        return answer.text()

    @property
    def path(self) -> str:
        """Return where the window is: path and query string."""
        parts = urlsplit(self.page.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    @contextmanager
    def expecting(self, *statuses: int) -> Iterator[None]:
        """Take answers with these statuses for right meanwhile."""
        before, self._statuses = self._statuses, self._statuses | set(statuses)
        try:
            yield
        finally:
            self._statuses = before

    @contextmanager
    def saying_yes(self) -> Iterator[None]:
        """Confirm what the page asks meanwhile."""
        self._says_yes = True
        try:
            yield
        finally:
            self._says_yes = False

    def _blame(self, what: str) -> None:
        self.faults.append(f"{self.path}: {what}")

    def _hear(self, message: ConsoleMessage) -> None:
        # Answers that a page does not expect are seen as answers.
        told_twice = message.text.startswith(("Failed to load resource", "Response Status Error Code"))
        if message.type in {"error", "warning"} and not told_twice:
            self._blame(f"{message.type} in the console: {message.text}")

    def _answer(self, dialog: Dialog) -> None:
        self.dialogs.append(dialog.message)
        if self._says_yes:
            dialog.accept()
            return
        self._blame(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _see_request(self, request: Request) -> None:
        if self._is_ours(request.url):
            return
        if request.resource_type == "image":
            self.foreign_pictures.append(request.url)
        else:
            self._blame(f"asks another server: {request.url}")

    def _see_failure(self, request: Request) -> None:
        if self._is_ours(request.url) and request.failure != ASKED_AWAY:
            self._blame(f"{request.url}: {request.failure}")

    def _see_response(self, response: Response) -> None:
        is_lacking = self.lacks_pictures and response.request.resource_type == "image"
        if response.status >= 400 and response.status not in self._statuses and not is_lacking:
            self._blame(f"{response.request.method} {response.url}: {response.status}")

    def _is_ours(self, url: str) -> bool:
        return bool(re.match(rf"{re.escape(self.base)}(/|$)|data:|blob:|about:", url))


def _mirrored(route: Route) -> None:
    if route.request.resource_type != "document":
        route.continue_()
        return
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace('dir="ltr"', 'dir="rtl"', 1))
