"""People who sign in to the dashboard, and their sessions."""

from __future__ import annotations

from enum import Enum

import msgspec


class Role(Enum):
    """What a user may do; each may do what the ones before it may, but for the operator, who has pages of their own.

    Attributes:
        VIEWER: Sees the catalog.
        EDITOR: Changes it.
        OWNER: Has keys, users and settings too.
        OPERATOR: Runs the server: tenants and engines, and no catalog.
    """

    VIEWER = "viewer"
    EDITOR = "editor"
    OWNER = "owner"
    OPERATOR = "operator"

    def covers(self, needed: Role) -> bool:
        """Return whether who has this role may do what needs another one."""
        if Role.OPERATOR in {self, needed}:
            return self is needed
        ranks = list(Role)
        return ranks.index(self) >= ranks.index(needed)


class SavedView(msgspec.Struct, frozen=True):
    """A page with a search in it that a user has given a name.

    Attributes:
        name: What the user calls it.
        query: The query string of the catalog's page.
    """

    name: str
    query: str


class User(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person who may sign in.

    Attributes:
        id: Unique on the server; never a secret.
        tenant: Whose catalog they work in; empty for the operator.
        email: By which they sign in, in lower case; unique in its tenant.
        name: What others see.
        role: What they may do.
        password: The argon2id hash; empty as long as none was chosen.
        totp: The secret of the second factor, encrypted under the server's master key; empty without one.
        totp_step: The last time step whose code was taken: no code is good twice.
        link: SHA-256 digest of the link by which a password may be chosen once; empty without one.
        link_expires: Unix time from which the link is good no more.
        disabled: Whether they may not sign in for now.
        language: Of pages; empty for what the browser asks for.
        theme: ``light``, ``dark``, or empty for what the browser asks for.
        views: Saved views, in the order of their names.
        version: Raised by every change of this record.
        created: Unix time.
        signed_in: Unix time of the last sign-in; 0 for never.
    """

    id: str
    tenant: str = ""
    email: str
    name: str = ""
    role: Role
    password: str = ""
    totp: bytes = b""
    totp_step: int = 0
    link: bytes = b""
    link_expires: float = 0.0
    disabled: bool = False
    language: str = ""
    theme: str = ""
    views: tuple[SavedView, ...] = ()
    version: int = 0
    created: float = 0.0
    signed_in: float = 0.0


class UserSession(msgspec.Struct, frozen=True, kw_only=True):
    """A browser in which a user is signed in.

    Attributes:
        digest: SHA-256 digest of the cookie.
        user: The user's id.
        created: Unix time of the sign-in.
        seen: Unix time of a recent request, to about a minute.
        confirmed: Unix time at which the password was last given.
        expires: Unix time at which it ends in any case.
        address: Where the sign-in came from.
        agent: What the browser calls itself.
    """

    digest: bytes
    user: str
    created: float
    seen: float
    confirmed: float
    expires: float
    address: str = ""
    agent: str = ""
