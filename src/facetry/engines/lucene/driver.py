"""What the search builders ask of a client: to carry JSON requests to a cluster and to tell what went wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import msgspec

Json = dict[str, Any]
Body = Json | Sequence[Json | msgspec.Raw] | None
"""A document, or several of them, one a line."""


class Reply(msgspec.Struct, frozen=True):
    """What a cluster answered.

    Attributes:
        status: HTTP status.
        body: The document; empty where there was none.
    """

    status: int
    body: Json


class Driver(Protocol):
    """A client of Elasticsearch or OpenSearch: connections to all nodes, retries, encryption, credentials.

    Attributes:
        calls: How many requests it has carried; several in one ``_msearch`` or ``_bulk`` are one.
    """

    calls: int

    async def call(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, str] | None = None,
        body: Body = None,
        seconds: float | None = None,
    ) -> Reply:
        """Return what the cluster answers to a request, whatever its status is; where a node is away another is asked.

        Args:
            method: HTTP method.
            path: Below the root, beginning with a slash.
            parameters: Of the query string.
            body: What to send as JSON.
            seconds: How long to wait at most, if not as long as usual.

        Raises:
            IndexFailedError: No node could be asked.
            SearchTimeoutError: No node answered in time.
        """

    async def close(self) -> None:
        """Close all connections; harmless to repeat."""
