"""Routes of ``/v2``: a handler for each, and what a caller must be allowed to do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from facetry.api.native.call import Call
from facetry.domain.tenant import Scope
from facetry.http.answer import Answer
from facetry.http.streaming import StreamAnswer

Handler = Callable[[Call], Awaitable[Answer | StreamAnswer]]


class Route(msgspec.Struct, frozen=True):
    """One method of one path.

    Attributes:
        method: HTTP method; a GET is a HEAD too.
        template: The path, with variables that are a segment or the end of one: ``/v2/products/{sku}``.
        handler: Answers.
        scope: What an access key must be allowed; None where any key will do, also one that may only search.
    """

    method: str
    template: str
    handler: Handler
    scope: Scope | None
