"""The Python clients of a server: ``Facetry`` and ``AsyncFacetry`` of its own API; importing them needs no server."""

from facetry.client.errors import (
    ApiError,
    BrokenAnswerError,
    BulkStoppedError,
    ChangedMeanwhileError,
    ConflictError,
    InvalidRequestError,
    NoAnswerError,
    NotAuthenticatedError,
    NotFoundError,
    NotPermittedError,
    RefusedError,
    RevisionTooOldError,
    ServerError,
    TooManyRequestsError,
)
from facetry.client.facetry import AsyncFacetry, Facetry
from facetry.client.retrying import Retries
from facetry.client.types.bulk import BulkSummary, Delete, LineResult, Patch, Upsert
from facetry.client.types.product import Product, StoredProduct
from facetry.client.types.record import Client, Gemstone, Listing, Order, OrderLine

__all__ = [
    "ApiError",
    "AsyncFacetry",
    "BrokenAnswerError",
    "BulkStoppedError",
    "BulkSummary",
    "ChangedMeanwhileError",
    "Client",
    "ConflictError",
    "Delete",
    "Facetry",
    "Gemstone",
    "InvalidRequestError",
    "LineResult",
    "Listing",
    "NoAnswerError",
    "NotAuthenticatedError",
    "NotFoundError",
    "NotPermittedError",
    "Order",
    "OrderLine",
    "Patch",
    "Product",
    "RefusedError",
    "Retries",
    "RevisionTooOldError",
    "ServerError",
    "StoredProduct",
    "TooManyRequestsError",
    "Upsert",
]
