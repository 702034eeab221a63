"""One request and its answer, as the layers between the server and a surface see it."""

from __future__ import annotations

from enum import IntEnum

import msgspec

from facetry.domain.actor import Actor
from facetry.domain.tenant import Scope, TenantSettings
from facetry.http.answer import Answer
from facetry.http.finish import Prepared

SCOPE_KEY = "facetry.exchange"
"""Where the ASGI scope carries the exchange."""


class Credential(IntEnum):
    """By what a caller was recognised; answers are kept apart by it."""

    TOKEN = 0
    KEY = 1
    SEARCH_KEY = 2
    BLIND_KEY = 3
    """An access key that may not read: nothing that is kept for others is for it."""


_NAMES = {Credential.TOKEN: "token", Credential.KEY: "api_key", Credential.SEARCH_KEY: "search_key"}


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks: a tenant whose token or key was verified.

    Attributes:
        tenant: The tenant's id.
        name: Its name.
        label: Its public label.
        settings: Its settings.
        expires: Unix time at which the token ends.
        version: Version of the tenant's record that all this is of.
        credential: By what it was recognised.
        scopes: What its access key may do; of all other credentials none.
        key_id: The id of its access key; empty for all other credentials.
    """

    tenant: str
    name: str
    label: str
    settings: TenantSettings
    expires: float
    version: int = 1
    credential: Credential = Credential.TOKEN
    scopes: tuple[Scope, ...] = ()
    key_id: str = ""

    @property
    def may_only_search(self) -> bool:
        """Return whether it may not write, not read settings, and not see what is inactive."""
        return self.credential is Credential.SEARCH_KEY

    @property
    def actor(self) -> Actor:
        """Return who acts: by what it was let in, never the key itself."""
        return Actor(self.key_id or _NAMES.get(self.credential, ""))

    def may(self, scope: Scope) -> bool:
        """Return whether it may do what an access key needs this scope for."""
        return scope in self.scopes if self.key_id else not self.may_only_search


class Exchange:
    """What is known of a request while it is served; the log line and the metrics are made of it.

    Attributes:
        request_id: Unique text, echoed in ``x-request-id`` and in errors.
        started: ``time.perf_counter()`` at arrival.
        peer: The client's address.
        session: Who asks, once known.
        route: The route's pattern, never a concrete path, once known.
        answer: What a surface answered, once known.
        prepared: The same with its variants, once it was sent.
        status: The status sent, once known.
        sent: Bytes of the body sent.
        headers: What its answer tells beside its own headers.
        looked: The tenant whose marks the store was asked for since the request came; empty for none.
    """

    __slots__ = (
        *("answer", "headers", "looked", "peer", "prepared", "request_id", "route", "sent", "session", "started"),
        "status",
    )

    def __init__(self, request_id: str, started: float, peer: str) -> None:
        """Begin an exchange."""
        self.request_id = request_id
        self.started = started
        self.peer = peer
        self.session: Session | None = None
        self.route = ""
        self.answer: Answer | None = None
        self.prepared: Prepared | None = None
        self.status = 0
        self.sent = 0
        self.headers: tuple[tuple[bytes, bytes], ...] = ()
        self.looked = ""
