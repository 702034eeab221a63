"""What errors of the driver mean to a caller, told without what a URL may hold in confidence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pymongo.errors import (
    BulkWriteError,
    ClientBulkWriteException,
    ConfigurationError,
    ConnectionFailure,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WTimeoutError,
)

from facetry.domain.errors import StoreBusyError, StoreError, StoreFullError

_DISK_FULL = frozenset({14031, 12501})
_REFUSED_LOGIN = frozenset({13, 18})
DUPLICATE_KEY = 11000


def store_error(error: PyMongoError) -> StoreError:
    """Return the error of the domain that stands for one of the driver."""
    code = code_of(error)
    if code in _DISK_FULL:
        return StoreFullError("MongoDB has no room left")
    if code in _REFUSED_LOGIN:
        return StoreError("MongoDB refuses the user that the URL names")
    if isinstance(error, (WTimeoutError, ExecutionTimeout)):
        return StoreBusyError("MongoDB did not confirm in time")
    if isinstance(error, ConnectionFailure):
        return StoreBusyError("MongoDB does not answer")
    if isinstance(error, ConfigurationError):
        return StoreError(
            "MongoDB cannot be used as its URL says: its name is not known, or it cannot do what is asked"
        )
    detail = f" with code {code}" if code is not None else ""
    return StoreError(f"MongoDB failed{detail}: {type(error).__name__}")


def code_of(error: PyMongoError) -> int | None:
    """Return the server's number of an error, or of the first one that it is made of; None where it has none."""
    if isinstance(error, ClientBulkWriteException) and isinstance(error.error, PyMongoError):
        return code_of(error.error)
    if isinstance(error, (BulkWriteError, ClientBulkWriteException)):
        parts: list[dict[str, Any]] = error.details.get("writeErrors", [])
        return parts[0].get("code") if parts else None
    return error.code if isinstance(error, OperationFailure) else None


@contextmanager
def failures() -> Iterator[None]:
    """Have errors of the driver come out as ``StoreError``."""
    try:
        yield
    except PyMongoError as error:
        raise store_error(error) from error


def has_label(error: PyMongoError, label: str) -> bool:
    """Return whether the server, or the driver, has put a label on an error or on what it is made of."""
    if isinstance(error, ClientBulkWriteException) and isinstance(error.error, PyMongoError):
        return error.has_error_label(label) or has_label(error.error, label)
    return error.has_error_label(label)
