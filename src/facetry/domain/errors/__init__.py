"""The one tree of errors that every layer raises and every surface translates, by subject; importers name them here."""

from __future__ import annotations

from facetry.domain.errors.access import InsecureCallError, NotAuthenticatedError, NotPermittedError
from facetry.domain.errors.base import FacetryError
from facetry.domain.errors.catalog import (
    GroupFullError,
    GroupNotFoundError,
    InsufficientStockError,
    ProductExistsError,
    ProductNotFoundError,
    RecordExistsError,
    RecordInUseError,
    RecordNotFoundError,
    TenantExistsError,
    TenantNotFoundError,
)
from facetry.domain.errors.conflicts import (
    ChangedMeanwhileError,
    ChangedSinceError,
    KeyReusedError,
    OutdatedError,
    RevisionNotReachedError,
    RevisionTooOldError,
)
from facetry.domain.errors.files import FileTooLargeError, ImportNotFoundError, InterchangeError
from facetry.domain.errors.limits import QuotaExceededError, RateLimitedError, TooManyAttemptsError, TooManyWaitingError
from facetry.domain.errors.requests import (
    ActionNotFoundError,
    BadDocumentError,
    DataMissingError,
    LineTooLongError,
    MalformedBodyError,
    UnacceptedTypeError,
)
from facetry.domain.errors.searching import SearchError, SearchTimeoutError
from facetry.domain.errors.storage import (
    CommitUnknownError,
    IndexAwayError,
    IndexBehindError,
    IndexDamagedError,
    IndexFailedError,
    StoreBusyError,
    StoreDamagedError,
    StoreError,
    StoreFullError,
    StoreVersionError,
)
from facetry.domain.errors.values import (
    BadParameterError,
    InvalidFieldsError,
    InvalidValueError,
    MissingFieldsError,
    ReadOnlyError,
    SettingError,
    ValuesMisfitError,
)

__all__ = [
    "ActionNotFoundError",
    "BadDocumentError",
    "BadParameterError",
    "ChangedMeanwhileError",
    "ChangedSinceError",
    "CommitUnknownError",
    "DataMissingError",
    "FacetryError",
    "FileTooLargeError",
    "GroupFullError",
    "GroupNotFoundError",
    "ImportNotFoundError",
    "IndexAwayError",
    "IndexBehindError",
    "IndexDamagedError",
    "IndexFailedError",
    "InsecureCallError",
    "InsufficientStockError",
    "InterchangeError",
    "InvalidFieldsError",
    "InvalidValueError",
    "KeyReusedError",
    "LineTooLongError",
    "MalformedBodyError",
    "MissingFieldsError",
    "NotAuthenticatedError",
    "NotPermittedError",
    "OutdatedError",
    "ProductExistsError",
    "ProductNotFoundError",
    "QuotaExceededError",
    "RateLimitedError",
    "ReadOnlyError",
    "RecordExistsError",
    "RecordInUseError",
    "RecordNotFoundError",
    "RevisionNotReachedError",
    "RevisionTooOldError",
    "SearchError",
    "SearchTimeoutError",
    "SettingError",
    "StoreBusyError",
    "StoreDamagedError",
    "StoreError",
    "StoreFullError",
    "StoreVersionError",
    "TenantExistsError",
    "TenantNotFoundError",
    "TooManyAttemptsError",
    "TooManyWaitingError",
    "UnacceptedTypeError",
    "ValuesMisfitError",
]
