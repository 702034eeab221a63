"""Routes of the dashboard: a handler for each page, and what its visitors must be allowed to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from facetry.dashboard.call import PageCall
from facetry.domain.user import Role
from facetry.http.answer import Answer
from facetry.http.streaming import StreamAnswer

PageHandler = Callable[[PageCall], Awaitable[Answer | StreamAnswer]]


class Page(msgspec.Struct, frozen=True):
    """One method of one path.

    Attributes:
        method: HTTP method; a GET is a HEAD too.
        template: The path: ``/dashboard/groups/{group}``.
        handler: Answers.
        role: What the visitor must be allowed to do; None for pages that need no sign-in.
        is_unread: Whether the handler reads the body itself as it arrives, and checks the token that is in it.
        is_for_all: Whether every role will do, the operator's too.
    """

    method: str
    template: str
    handler: PageHandler
    role: Role | None
    is_unread: bool = False
    is_for_all: bool = False
