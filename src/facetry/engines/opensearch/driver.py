"""The driver over the official asynchronous client of OpenSearch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from opensearchpy import AsyncOpenSearch
from opensearchpy.exceptions import ConnectionError as NoConnectionError
from opensearchpy.exceptions import ConnectionTimeout, SerializationError, TransportError
from opensearchpy.serializer import JSONSerializer

from facetry.domain.errors import IndexAwayError, IndexFailedError, SearchTimeoutError
from facetry.engines.lucene.addresses import Address
from facetry.engines.lucene.driver import Body, Reply
from facetry.engines.lucene.encoding import decoded, encoded

USUAL_SECONDS = 60.0
_NOT_FOUND, _CONFLICT = 404, 409
_USUAL_REFUSALS = (_NOT_FOUND, _CONFLICT)
"""Answers that nobody has to be warned of."""


class OpenSearchDriver:
    """Carry requests through ``opensearch-py``; closes the client that it opened."""

    def __init__(self, address: Address) -> None:
        """Open nothing yet: the first request connects."""
        self.calls = 0
        authorities: dict[str, Any] = {"ca_certs": address.authorities} if address.authorities else {}
        self._client: Any = AsyncOpenSearch(
            list(address.nodes),
            http_auth=address.credentials,
            serializer=_Serializer(),
            timeout=USUAL_SECONDS,
            max_retries=2,
            maxsize=64,
            **authorities,
        )

    async def call(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, str] | None = None,
        body: Body = None,
        seconds: float | None = None,
    ) -> Reply:
        """See ``Driver``."""
        self.calls += 1
        kind = "application/json" if isinstance(body, dict) else "application/x-ndjson"
        try:
            found = await self._client.transport.perform_request(
                method,
                path,
                params={**(parameters or {}), "request_timeout": seconds or USUAL_SECONDS, "ignore": _USUAL_REFUSALS},
                body=None if body is None else encoded(body),
                headers={"content-type": kind},
            )
        except ConnectionTimeout as error:
            raise SearchTimeoutError from error
        except NoConnectionError as error:
            raise IndexAwayError(f"no node of OpenSearch answered: {error}") from error
        except SerializationError as error:
            raise IndexFailedError(f"no node of OpenSearch answered: {error}") from error
        except TransportError as error:
            return Reply(int(error.status_code), error.info if isinstance(error.info, dict) else {})
        return Reply(_status(found), found if isinstance(found, dict) else {})

    async def close(self) -> None:
        """See ``Driver``."""
        # The client itself forgets those of nodes that were away.
        for connection in self._client.transport.seed_connections:
            await connection.close()
        await self._client.close()


def _status(found: object) -> int:
    """Return the status of an answer of which the client hands over the body alone, of HEAD whether there is any."""
    if isinstance(found, dict) and "error" in found:
        return int(found["status"])
    is_missing = found is False or (isinstance(found, dict) and found.get("found") is False)
    return _NOT_FOUND if is_missing else 200


class _Serializer(JSONSerializer):
    """JSON by a faster library than the client's own."""

    def loads(self, s: str) -> Any:  # noqa: ANN401 - as the client declares it
        try:
            return decoded(s)
        except ValueError as error:
            raise SerializationError(s, error) from error
