"""One request for a page, as handlers see it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from facetry.dashboard import cookies
from facetry.dashboard.cookies import cookie, cookies_of
from facetry.dashboard.forgery import FIELD, HEADER, is_genuine, is_own_site, new_token
from facetry.dashboard.formats import Formats
from facetry.dashboard.texts import LANGUAGES, Texts, accepted_language, texts_in
from facetry.dashboard.values import Values, read_form
from facetry.domain.tenant import Tenant, TenantSettings
from facetry.domain.user import Role, User, UserSession
from facetry.http import call
from facetry.http.asgi import Receive, Scope
from facetry.http.transport import Transport

_MAX_NOTICE = 500


@dataclass(frozen=True)
class Visitor:
    """Who is signed in.

    Attributes:
        session: Of the browser.
        user: Who it is.
        tenant: Whose catalog they work in; None for the operator.
    """

    session: UserSession
    user: User
    tenant: Tenant | None


@dataclass(frozen=True)
class Circumstances:
    """What is the same for all requests at a time.

    Attributes:
        transport: Tells where a request came from and whether over HTTPS.
        now: Unix time.
    """

    transport: Transport
    now: float


class PageCall(call.Call):
    """A request whose route is known.

    Attributes:
        variables: Of the path, decoded.
        visitor: Who is signed in, or None.
        query: The values of the query string.
        further: Headers that the answer gets beside its own, cookies say.
    """

    def __init__(self, scope: Scope, receive: Receive, path: str, circumstances: Circumstances) -> None:
        """Read a request of this raw path."""
        super().__init__(scope, receive, path)
        self.variables: Mapping[str, str] = {}
        self.visitor: Visitor | None = None
        self.further: list[tuple[bytes, bytes]] = []
        self.now = circumstances.now
        self._transport = circumstances.transport
        self._cookies = cookies_of(self.header(b"cookie"))
        self._form: Values | None = None

    @cached_property
    def query(self) -> Values:
        """Return the values of the query string.

        Raises:
            MalformedBodyError: It is not UTF-8, or has too many.
        """
        return Values(self.parameters())

    async def form(self) -> Values:
        """Return the values of the form that was sent, as often as it is asked for.

        Raises:
            MalformedBodyError: The body is no form.
        """
        if self._form is None:
            self._form = read_form(self.header(b"content-type") or "", await self.body())
        return self._form

    # --- Who is signed in ---------------------------------------------------------------------------------------

    @property
    def user(self) -> User:
        """Who is signed in; only for pages that ask for it."""
        return self._signed_in.user

    @property
    def user_session(self) -> UserSession:
        """Their session; likewise."""
        return self._signed_in.session

    @property
    def tenant(self) -> str:
        """The id of the tenant whose catalog they work in; only for pages of a tenant."""
        return self.tenant_record.id

    @property
    def tenant_record(self) -> Tenant:
        """The record of that tenant; likewise."""
        tenant = self._signed_in.tenant
        assert tenant is not None  # noqa: S101 - pages of a tenant are for its users
        return tenant

    @property
    def settings(self) -> TenantSettings:
        """What that tenant has set; likewise."""
        return self.tenant_record.settings

    def may(self, role: Role) -> bool:
        """Return whether the visitor may do what needs this role."""
        return self.visitor is not None and self.visitor.user.role.covers(role)

    @property
    def _signed_in(self) -> Visitor:
        assert self.visitor is not None  # noqa: S101 - the shell has checked the session before
        return self.visitor

    # --- How they read ------------------------------------------------------------------------------------------

    @property
    def is_partial(self) -> bool:
        """Return whether HTMX asks for a part of the page, not a browser for the whole of it."""
        return self.header(b"hx-request") == "true" and self.header(b"hx-history-restore-request") != "true"

    @cached_property
    def language(self) -> str:
        """Return the code of the language that the visitor has chosen, or that their browser asks for."""
        own = self.visitor.user.language if self.visitor else ""
        chosen = own or self._cookies.get(cookies.LANGUAGE, "")
        return chosen if chosen in LANGUAGES else accepted_language(self.header(b"accept-language") or "")

    @property
    def texts(self) -> Texts:
        """Return the texts of that language."""
        return texts_in(self.language)

    @cached_property
    def formats(self) -> Formats:
        """Return how that language writes prices, numbers and times."""
        return Formats(self.texts.locale, self.now)

    # --- Where they come from -----------------------------------------------------------------------------------

    @property
    def address(self) -> str:
        """Return the address that the request came from, as trusted proxies tell it."""
        return self._transport.address(self._scope)

    @cached_property
    def is_secure(self) -> bool:
        """Return whether the request came over HTTPS."""
        return self._transport.is_secure(self._scope)

    @property
    def base_url(self) -> str:
        """Return the address of this server as the visitor's browser knows it."""
        return f"{'https' if self.is_secure else 'http'}://{self.header(b'host') or 'localhost'}"

    # --- Cookies and tokens -------------------------------------------------------------------------------------

    @property
    def session_cookie(self) -> str:
        """Return the cookie of the session as it was sent; empty for none."""
        return self._cookies.get(cookies.SESSION, "")

    def set_cookie(self, name: str, value: str, seconds: int | None = None) -> None:
        """Have the answer set a cookie, see ``cookies.cookie``."""
        self.further.append(cookie(name, value, is_secure=self.is_secure, seconds=seconds))

    def remove_cookie(self, name: str) -> None:
        """Have the answer remove a cookie."""
        self.set_cookie(name, "", 0)

    def csrf_token(self) -> str:
        """Return a token for a form of this visitor; who is not signed in gets a cookie that it is bound to."""
        return new_token(self._secret or self._new_guest())

    def has_genuine(self, token: str) -> bool:
        """Return whether a token was made for this visitor."""
        return is_genuine(token, self._secret)

    @property
    def is_from_here(self) -> bool:
        """Return whether the request may have begun in a page of this server."""
        return is_own_site(self.header(b"sec-fetch-site"), self.header(b"origin"), self.header(b"host"))

    async def is_forged(self) -> bool:
        """Return whether a request that changes something may come from anywhere but a page of this visitor."""
        if not self.is_from_here:
            return True
        token = self.header(HEADER) or (await self.form()).raw(FIELD)
        return not self.has_genuine(token)

    @property
    def _secret(self) -> str:
        """What tokens of this visitor are bound to; empty where there is nothing yet."""
        return self.session_cookie if self.visitor else self._cookies.get(cookies.GUEST, "")

    def _new_guest(self) -> str:
        guest = secrets.token_urlsafe(24)
        self._cookies[cookies.GUEST] = guest
        self.set_cookie(cookies.GUEST, guest)
        return guest

    # --- Notices ------------------------------------------------------------------------------------------------

    def leave_notice(self, text: str) -> None:
        """Have the next page that this visitor sees show a text once."""
        written = base64.urlsafe_b64encode(text[:_MAX_NOTICE].encode()).decode()
        self.set_cookie(cookies.NOTICE, f"{written}.{self._signature(written)}", 60)

    def take_notice(self) -> str:
        """Return what the page before has left, and forget it; empty for nothing, or what nobody here has left."""
        written, _, signature = self._cookies.pop(cookies.NOTICE, "").partition(".")
        if not written:
            return ""
        self.remove_cookie(cookies.NOTICE)
        if not hmac.compare_digest(signature, self._signature(written)):
            return ""
        try:
            return base64.urlsafe_b64decode(written).decode()
        except (ValueError, binascii.Error):
            return ""

    def _signature(self, written: str) -> str:
        return hmac.new((self._secret or self._new_guest()).encode(), written.encode(), hashlib.sha256).hexdigest()
