"""Visitors of the dashboard: each calls a server as a browser does, with cookies, forms and tokens."""

from __future__ import annotations

import re
from urllib.parse import urlencode

from bs4 import BeautifulSoup

from facetry.application.sign_ins import Browser
from facetry.application.users import NewUser
from facetry.dashboard.cookies import SESSION
from facetry.domain.user import Role, User
from tests.api.server import FORM, Server

HOST = "catalog.example"
PASSWORD = "correct horse battery"
_SET_COOKIE = re.compile(r"([^=]+)=([^;]*)(.*)", re.DOTALL)


class Shown:
    """An answer as its reader sees it.

    Attributes:
        status: HTTP status.
        headers: By lower-case name; of those that are sent several times all, in ``all_headers``.
        body: The bytes.
    """

    def __init__(self, status: int, all_headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = status
        self.all_headers = all_headers
        self.headers = dict(all_headers)
        self.body = body
        self._page: BeautifulSoup | None = None

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def page(self) -> BeautifulSoup:
        """The body as a parsed document."""
        if self._page is None:
            self._page = BeautifulSoup(self.body, "html.parser")
        return self._page

    @property
    def words(self) -> str:
        """All that is written on the page, with single blanks."""
        return " ".join(self.page.get_text(" ").split())

    @property
    def token(self) -> str:
        """The token of the page, for forms."""
        found = self.page.find("meta", {"name": "csrf-token"}) or self.page.find("input", {"name": "csrf"})
        assert found is not None, self.text[:500]
        return str(found.get("content") or found.get("value"))

    def texts(self, selector: str) -> list[str]:
        """Return what is written in each element that a CSS selector finds, with single blanks."""
        return [" ".join(one.get_text(" ").split()) for one in self.page.select(selector)]

    def values(self, selector: str = "form[method=post]") -> dict[str, list[str]]:
        """Return what a browser would send of a form if nobody changed anything; of several the first is meant."""
        form = self.page.select_one(selector)
        assert form is not None, self.text[:2000]
        found: dict[str, list[str]] = {}
        for one in form.select("input[name], select[name], textarea[name]"):
            for value in _values_of(one):
                found.setdefault(str(one["name"]), []).append(value)
        return found


class Visitor:
    """A browser of one person.

    Attributes:
        user: Who is signed in, or None.
    """

    def __init__(self, server: Server, user: User | None = None, language: str = "en") -> None:
        self.server = server
        self.user = user
        self.cookies: dict[str, str] = {}
        self.language = language
        self._token = ""

    async def get(self, target: str, *, htmx: bool = False, headers: dict[str, str] | None = None) -> Shown:
        """Open a page, or ask for a part of it as HTMX does."""
        return await self.send("GET", target, htmx=htmx, headers=headers)

    async def post(
        self,
        target: str,
        values: dict[str, object] | list[tuple[str, str]] | None = None,
        *,
        htmx: bool = False,
        headers: dict[str, str] | None = None,
    ) -> Shown:
        """Send a form with the token of this visitor; a list as value sends the name for each."""
        if not self._token:
            self._token = (await self.get("/dashboard/account" if self.user else "/dashboard/sign-in")).token
        pairs = list(values.items()) if isinstance(values, dict) else list(values or ())
        if not any(name == "csrf" for name, _ in pairs):
            pairs.append(("csrf", self._token))
        body = urlencode(pairs, doseq=True).encode()
        return await self.send("POST", target, body, htmx=htmx, headers={"content-type": FORM, **(headers or {})})

    async def send(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        *,
        htmx: bool = False,
        headers: dict[str, str] | None = None,
    ) -> Shown:
        """Send a request as it is, with the cookies of this visitor, and keep those that come back."""
        sent = {"host": HOST, "accept-language": self.language}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if htmx:
            sent["hx-request"] = "true"
        answer = await self.server.call_whole(method, target, headers={**sent, **(headers or {})}, body=body)
        shown = Shown(*answer)
        for name, value in shown.all_headers:
            if name == "set-cookie":
                self._keep(value)
        if shown.status == 200 and b'<meta name="csrf-token"' in shown.body:
            self._token = shown.token
        return shown

    async def follow(self, shown: Shown) -> Shown:
        """Go where an answer leads."""
        assert shown.status == 303, (shown.status, shown.words[:500])
        return await self.get(shown.headers["location"])

    def _keep(self, header: str) -> None:
        match = _SET_COOKIE.fullmatch(header)
        assert match is not None, header
        name, value, rest = match.groups()
        if "max-age=0" in rest.lower():
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value


async def visitor(server: Server, tenant: str, role: Role, *, language: str = "en") -> Visitor:
    """Return somebody new with a role, signed in; of ``tenant`` ``""`` an operator."""
    email = f"{role.value}-{len(await server.accounts.users(tenant)) + 1}@{tenant or 'server'}.example"
    invited = await server.users.invite(tenant, NewUser(email=email, name=role.value.title(), role=role))
    signed_in = await server.sign_ins.begin(invited.user, Browser("192.0.2.1", "tests"))
    found = Visitor(server, signed_in.user, language)
    found.cookies[SESSION] = signed_in.cookie
    return found


def _values_of(element) -> list[str]:
    if element.name == "select":
        options = element.select("option")
        chosen = [one for one in options if one.has_attr("selected")] or options[:1]
        return [str(one.get("value", one.get_text())) for one in chosen]
    if element.name == "textarea":
        # A line break right behind the tag is none of the text.
        return [element.get_text().removeprefix("\n")]
    if element.get("type") in {"checkbox", "radio"}:
        return [str(element.get("value", "on"))] if element.has_attr("checked") else []
    return [] if element.get("type") in {"submit", "file", "button"} else [str(element.get("value", ""))]
