"""A thin client of the Catalog API: the published calls, a token that renews itself, and errors instead of flags.

What is sent and answered are the dictionaries of the published text, under its names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from facetry.client.core import Core
from facetry.client.errors import CatalogApiError, RefusedError
from facetry.client.exchange import JSON, Flow, Parameters, Request, encoded, path_of, reader, target_of
from facetry.client.facetry import TIMEOUT_SECONDS
from facetry.client.methods import AsyncClient, Methods, Steps, SyncClient
from facetry.client.retrying import Retries
from facetry.client.transports import AsyncTransport, Transport

LOGIN = "/admin/v1/customers/login"
PRODUCTS, GROUPS = "/catalog/v1/products", "/catalog/v1/productgroups"
ORDERS, SEARCH = "/order/v1/orders", "/search/v1/search"

Fields = Mapping[str, Any]
Reply = dict[str, Any]

_reply = reader(dict[str, Any])


class CatalogApiMethods(Methods):
    """The calls of the Catalog API; of both clients.

    A call that changes something is sent again only where it is certain that it was not done.
    """

    _customer: Mapping[str, str]
    _token: str = ""

    @Steps
    def login(self) -> Flow[str]:
        """Return a new token; calls log in by themselves, when they have none or an old one."""
        return self._login()

    @Steps
    def create_product(self, fields: Fields) -> Flow[Reply]:
        """Store a new product."""
        return self._done("POST", PRODUCTS, fields)

    @Steps
    def put_product(self, fields: Fields) -> Flow[Reply]:
        """Store a product, new or in place of the one with its SKU."""
        return self._done("PUT", PRODUCTS, fields)

    @Steps
    def product(self, sku: str) -> Flow[Reply]:
        """Return a product."""
        return self._done("GET", PRODUCTS + path_of(sku))

    @Steps
    def delete_product(self, sku: str) -> Flow[Reply]:
        """Remove a product."""
        return self._done("DELETE", PRODUCTS + path_of(sku))

    @Steps
    def group(self, group_id: str) -> Flow[Reply]:
        """Return the product group with an id or, where there is none, that of the product with this SKU."""
        return self._done("GET", GROUPS + path_of(group_id))

    @Steps
    def delete_group(self, group_id: str) -> Flow[Reply]:
        """Remove a product group with its products."""
        return self._done("DELETE", GROUPS + path_of(group_id))

    @Steps
    def search(self, /, q: str, **parameters: Any) -> Flow[Reply]:  # noqa: ANN401 - the published parameters
        """Search product groups; ``from`` is written ``from_``."""
        named = {name.rstrip("_"): value for name, value in parameters.items()}
        return self._done("GET", target_of(SEARCH, {"q": q, **_flags(named)}))

    @Steps
    def create_order(self, fields: Fields) -> Flow[Reply]:
        """Store a new order."""
        return self._done("POST", ORDERS, fields)

    @Steps
    def order(self, order_id: str) -> Flow[Reply]:
        """Return an order."""
        return self._done("GET", ORDERS + path_of(order_id))

    @Steps
    def orders_of(self, customer_id: str) -> Flow[Reply]:
        """Return all orders of a customer."""
        return self._done("GET", ORDERS + path_of("customers", customer_id))

    @Steps
    def update_order_status(self, order_id: str, status: str) -> Flow[Reply]:
        """Set the status of an order."""
        return self._done("PUT", ORDERS + path_of(order_id, "updatestatus", status))

    @Steps
    def delete_order(self, order_id: str) -> Flow[Reply]:
        """Remove an order; no stock moves."""
        return self._done("DELETE", ORDERS + path_of(order_id))

    @Steps
    def delete_orders_of(self, customer_id: str) -> Flow[Reply]:
        """Remove all orders of a customer; no stock moves."""
        return self._done("DELETE", ORDERS + path_of("customer", customer_id))

    def _done(self, method: str, target: str, fields: Fields | None = None) -> Flow[Reply]:
        """Do a call, with a new token if the one that is there is good no more.

        Raises:
            CatalogApiError: It failed.
        """
        is_known = bool(self._token)
        reply = yield from self._sent(method, target, fields)
        if reply.get("apiResponseKeySuccess") is False and is_known:
            self._token = ""
            reply = yield from self._sent(method, target, fields)
        return _good(reply)

    def _sent(self, method: str, target: str, fields: Fields | None) -> Flow[Reply]:
        token = self._token or (yield from self._login())
        headers, body = {"x-access-token": token}, b""
        if fields is not None:
            headers["content-type"], body = JSON, encoded(fields)
        return (yield from self._answered(method, target, headers, body))

    def _login(self) -> Flow[str]:
        headers, body = {"content-type": JSON}, encoded(self._customer)
        reply = _good((yield from self._answered("POST", LOGIN, headers, body, is_repeatable=True)))
        self._token = str(reply["token"])
        return self._token

    def _answered(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes, *, is_repeatable: bool = False
    ) -> Flow[Reply]:
        request = Request(
            method=method,
            target=target,
            read=_reply,
            headers=headers,
            body=body,
            is_repeatable=is_repeatable or method == "GET",
        )
        try:
            return (yield from self._core.performed(request))
        except RefusedError as error:
            raise CatalogApiError(error.status, error.problem) from error


class CatalogApi(CatalogApiMethods, SyncClient):
    """A client of the Catalog API whose methods block."""

    def __init__(
        self,
        url: str,
        customer: str,
        api_key: str,
        *,
        timeout: float = TIMEOUT_SECONDS,
        retries: Retries | None = None,
        **options: Any,  # noqa: ANN401 - whatever httpx takes
    ) -> None:
        """Make a client that logs in with its first call.

        Args:
            url: Where the server is.
            customer: The id to log in with.
            api_key: The key to log in with.
            timeout: Seconds that an answer may take.
            retries: How often calls are tried again.
            options: Given on to httpx.
        """
        super().__init__(Core({}, retries or Retries()), Transport(url, timeout, options))
        self._customer = {"id": customer, "apiKey": api_key}


class AsyncCatalogApi(CatalogApiMethods, AsyncClient):
    """A client of the Catalog API whose methods are awaited."""

    def __init__(
        self,
        url: str,
        customer: str,
        api_key: str,
        *,
        timeout: float = TIMEOUT_SECONDS,
        retries: Retries | None = None,
        **options: Any,  # noqa: ANN401 - whatever httpx takes
    ) -> None:
        """Make a client that logs in with its first call; see ``CatalogApi``."""
        super().__init__(Core({}, retries or Retries()), AsyncTransport(url, timeout, options))
        self._customer = {"id": customer, "apiKey": api_key}


def _good(reply: Reply) -> Reply:
    """Return a reply that says of no failure.

    Raises:
        CatalogApiError: It does.
    """
    if reply.get("success") is False or reply.get("apiResponseKeySuccess") is False:
        raise CatalogApiError(200, reply)
    return reply


def _flags(parameters: Parameters) -> Parameters:
    """Return parameters with false written out, which would be left out else."""
    return {name: "false" if value is False else value for name, value in parameters.items()}
