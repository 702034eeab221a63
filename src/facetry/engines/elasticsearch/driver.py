"""The driver over the official asynchronous client of Elasticsearch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from elastic_transport import ConnectionError as NoConnectionError
from elastic_transport import ConnectionTimeout, JsonSerializer, TransportError
from elasticsearch import ApiError, AsyncElasticsearch
from elasticsearch.exceptions import UnsupportedProductError

from facetry.domain.errors import IndexAwayError, IndexFailedError, SearchTimeoutError
from facetry.engines.lucene.addresses import Address
from facetry.engines.lucene.driver import Body, Reply
from facetry.engines.lucene.encoding import decoded, encoded

USUAL_SECONDS = 60.0


class ElasticsearchDriver:
    """Carry requests through ``elasticsearch-py``; closes the client that it opened."""

    def __init__(self, address: Address) -> None:
        """Open nothing yet: the first request connects."""
        self.calls = 0
        options: dict[str, Any] = {"ca_certs": address.authorities} if address.authorities else {}
        if address.credentials:
            options["basic_auth"] = address.credentials
        self._client = AsyncElasticsearch(
            list(address.nodes),
            serializers={"application/vnd.elasticsearch+json": _Serializer(), "application/json": _Serializer()},
            request_timeout=USUAL_SECONDS,
            max_retries=2,
            retry_on_status=(502, 503, 504),
            connections_per_node=64,
            **options,
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
        kind = "json" if isinstance(body, dict) else "x-ndjson"
        headers = {"accept": _media("json"), **({} if body is None else {"content-type": _media(kind)})}
        try:
            found = await self._client.options(request_timeout=seconds or USUAL_SECONDS).perform_request(
                method, path, params=parameters, headers=headers, body=None if body is None else encoded(body)
            )
        except ConnectionTimeout as error:
            raise SearchTimeoutError from error
        except NoConnectionError as error:
            raise IndexAwayError(f"no node of Elasticsearch answered: {error}") from error
        except (TransportError, UnsupportedProductError) as error:
            raise IndexFailedError(f"no node of Elasticsearch answered: {error}") from error
        except ApiError as error:
            return Reply(error.meta.status, error.body if isinstance(error.body, dict) else {})
        return Reply(found.meta.status, found.body if isinstance(found.body, dict) else {})

    async def close(self) -> None:
        """See ``Driver``."""
        await self._client.close()


def _media(kind: str) -> str:
    return f"application/vnd.elasticsearch+{kind}; compatible-with=8"


class _Serializer(JsonSerializer):
    """JSON by a faster library than the client's own."""

    def json_loads(self, data: bytes) -> Any:  # noqa: ANN401 - as the client declares it
        return decoded(data)
