"""The one tree of errors that every layer raises and every surface translates."""

from __future__ import annotations


class FacetryError(Exception):
    """Base of every error that Facetry raises on purpose.

    Attributes:
        code: Stable, machine-readable name of the kind of error.
        at: Of several things done together the position of the one that failed, where that is known.
    """

    code = "error"
    at: int | None = None

    def __init__(self, message: str) -> None:
        """Keep the message, in lower case and without a final dot."""
        super().__init__(message)
        self.message = message


class InvalidValueError(FacetryError):
    """Say that a value breaks a rule of the domain."""

    code = "invalid_value"

    def __init__(self, field: str, message: str) -> None:
        """Name the field beside the message."""
        super().__init__(message)
        self.field = field


class InvalidFieldsError(FacetryError):
    """Say of each field of a record what is wrong with its value."""

    code = "invalid_fields"

    def __init__(self, faults: tuple[tuple[str, str], ...]) -> None:
        """Name path and message of each."""
        super().__init__("; ".join(f"{path} {message}" for path, message in faults))
        self.faults = faults


class ReadOnlyError(InvalidValueError):
    """Say that a value was sent for a field that is derived, and is not what it would be."""

    code = "read_only"


class BadParameterError(FacetryError):
    """Say that a parameter of a request is not known, or has a value that is not allowed."""

    code = "bad_parameter"

    def __init__(self, parameter: str, message: str) -> None:
        """Name the parameter, in the message too."""
        super().__init__(f"{parameter} {message}")
        self.parameter = parameter


class MissingFieldsError(FacetryError):
    """Say which mandatory fields of a record are missing."""

    code = "missing_fields"

    def __init__(self, names: tuple[str, ...]) -> None:
        """Name them."""
        super().__init__(f"missing: {', '.join(names)}")
        self.names = names


class ProductExistsError(FacetryError):
    """Say that a SKU is taken in its tenant."""

    code = "product_exists"

    def __init__(self, sku: str) -> None:
        """Name the SKU."""
        super().__init__(f"product with SKU {sku} exists already")
        self.sku = sku


class ProductNotFoundError(FacetryError):
    """Say that the tenant has no product with this SKU, or with this id."""

    code = "product_not_found"
    product_id = 0

    def __init__(self, sku: str, product_id: int = 0) -> None:
        """Name the id where the product was asked for by that, else the SKU."""
        super().__init__(f"product {product_id} not found" if product_id else f"product with SKU {sku} not found")
        self.sku = str(product_id) if product_id else sku
        if product_id:
            self.product_id = product_id


class GroupNotFoundError(FacetryError):
    """Say that the tenant has no product group with this id."""

    code = "group_not_found"

    def __init__(self, group_id: str) -> None:
        """Name the group."""
        super().__init__(f"product group with ID {group_id} not found")
        self.group_id = group_id


class RecordNotFoundError(FacetryError):
    """Say that the tenant has no record of a kind with this id or code."""

    code = "record_not_found"

    def __init__(self, kind: str, record: str) -> None:
        """Name kind and record."""
        super().__init__(f"{kind} {record} not found")
        self.kind = kind
        self.record = record


class RecordExistsError(FacetryError):
    """Say that a record's code is taken in its tenant."""

    code = "record_exists"

    def __init__(self, kind: str, record: str) -> None:
        """Name kind and code."""
        super().__init__(f"{kind} {record} exists already")
        self.kind = kind
        self.record = record


class RecordInUseError(FacetryError):
    """Say that a record cannot be removed because something else needs it."""

    code = "record_in_use"

    def __init__(self, kind: str, record: str, user: str) -> None:
        """Name kind, record and what needs it."""
        super().__init__(f"{kind} {record} is still used in {user}")
        self.kind = kind
        self.record = record


class InsufficientStockError(FacetryError):
    """Say that there are fewer pieces than somebody wants; nothing was changed."""

    code = "insufficient_stock"

    def __init__(self, sku: str, wanted: int, left: int) -> None:
        """Name the product, how many are wanted and how many there are."""
        super().__init__(f"product with SKU {sku} has {left} in stock, {wanted} are wanted")
        self.sku = sku
        self.left = left


class TenantNotFoundError(FacetryError):
    """Say that no tenant has this id."""

    code = "tenant_not_found"

    def __init__(self, tenant: str) -> None:
        """Name the tenant."""
        super().__init__(f"tenant {tenant} not found")
        self.tenant = tenant


class TenantExistsError(FacetryError):
    """Say that a tenant's id or key is taken."""

    code = "tenant_exists"


class StoreError(FacetryError):
    """Say that the store could not do what was asked; nothing was changed."""

    code = "store_failed"


class StoreFullError(StoreError):
    """Say that the store has no room left; nothing was changed and reads go on."""

    code = "store_full"


class StoreVersionError(StoreError):
    """Say that the stored data was written by a newer version of Facetry."""

    code = "store_too_new"


class StoreBusyError(StoreError):
    """Say that another process owns the data directory and does not answer."""

    code = "store_busy"


class CommitUnknownError(StoreBusyError):
    """Say that nobody knows whether a write was done: the store went away after it was asked to, before it answered."""

    code = "commit_unknown"


class IndexFailedError(StoreError):
    """Say that the search index could not do what was asked, or could not be reached; nothing was lost."""

    code = "index_failed"


class IndexAwayError(IndexFailedError):
    """Say that nobody answers where the search index is."""

    code = "index_away"


class IndexBehindError(FacetryError):
    """Say that a write is stored but the search index has not confirmed it in time, or that a search cannot be told."""

    code = "index_behind"

    def __init__(self, revision: int) -> None:
        """Name the revision that is stored; 0 where nothing was written, as by a search."""
        stored = f"stored as revision {revision}, not yet searchable"
        super().__init__(stored if revision else "the search index could not be brought up in time")
        self.revision = revision


class IndexDamagedError(FacetryError):
    """Say that a stored part of the search index cannot be used; it is rebuilt from the store."""

    code = "index_damaged"


class SettingError(FacetryError):
    """Say that a setting is unknown or has a value that is not allowed."""

    code = "bad_setting"


class MalformedBodyError(FacetryError):
    """Say that a request's body cannot be read as what it claims to be."""

    code = "malformed_body"


class BadDocumentError(FacetryError):
    """Say that a document has not the form that it must have.

    Attributes:
        pointer: JSON pointer of the part that has another one.
    """

    code = "bad_document"

    def __init__(self, pointer: str, message: str) -> None:
        """Name the place beside the message."""
        super().__init__(message)
        self.pointer = pointer


class UnacceptedTypeError(MalformedBodyError):
    """Say that a request's body has a media type that is not read here."""

    code = "unaccepted_type"


class InterchangeError(FacetryError):
    """Say that a file to import, or its mapping, cannot be used as a whole."""

    code = "bad_file"


class SearchError(FacetryError):
    """Say what of a search cannot be read.

    Attributes:
        pointer: JSON pointer of the part of the request; empty for the whole.
        position: Offset of the character in a text of the filter language, from 0; None elsewhere.
    """

    code = "bad_search"

    def __init__(self, pointer: str, message: str, position: int | None = None) -> None:
        """Name the place beside the message."""
        super().__init__(message)
        self.pointer = pointer
        self.position = position


class SearchTimeoutError(FacetryError):
    """Say that a search took longer than its caller wanted to wait."""

    code = "search_timeout"

    def __init__(self) -> None:
        """Say so."""
        super().__init__("the search was not done in time")


class NotAuthenticatedError(FacetryError):
    """Say that nobody knows who asks."""

    code = "not_authenticated"


class NotPermittedError(FacetryError):
    """Say that who asks may not do this."""

    code = "not_permitted"


class InsecureCallError(FacetryError):
    """Say that a request came over plain HTTP where only HTTPS is served."""

    code = "insecure_call"


class ActionNotFoundError(FacetryError):
    """Say that there is no action of this name."""

    code = "action_not_found"


class DataMissingError(FacetryError):
    """Say that an action that needs data was called without any."""

    code = "data_missing"


class RateLimitedError(FacetryError):
    """Say that a caller's bucket is full."""

    code = "rate_limited"

    def __init__(self, wait_seconds: int) -> None:
        """Name the seconds after which there is room again."""
        super().__init__(f"try again in {wait_seconds} seconds")
        self.wait_seconds = wait_seconds


class TooManyAttemptsError(FacetryError):
    """Say that somebody has tried to come in too often without success."""

    code = "too_many_attempts"

    def __init__(self, wait_seconds: int) -> None:
        """Name the seconds after which another try is allowed."""
        super().__init__(f"too many failed attempts, try again in {wait_seconds} seconds")
        self.wait_seconds = wait_seconds


class TooManyWaitingError(FacetryError):
    """Say that as many consumers of a tenant wait for changes as may."""

    code = "too_many_waiting"

    def __init__(self, most: int, wait_seconds: int) -> None:
        """Name how many may wait, and the seconds after which another try makes sense."""
        super().__init__(f"{most} consumers wait for changes already, try again in {wait_seconds} seconds")
        self.most = most
        self.wait_seconds = wait_seconds


class OutdatedError(FacetryError):
    """Say that what a caller wants to replace is not any more what it has read."""

    code = "outdated"

    def __init__(self, version: int) -> None:
        """Name the version that is there now."""
        super().__init__(f"changed meanwhile: it has version {version} now, read it again")
        self.version = version


class ChangedMeanwhileError(FacetryError):
    """Say that a thing is not any more what the writer has read; nothing was changed."""

    code = "changed_meanwhile"

    def __init__(self, tag: str) -> None:
        """Name the tag that it has now."""
        super().__init__(f"changed meanwhile: its tag is {tag} now, read it again")
        self.tag = tag


class ChangedSinceError(FacetryError):
    """Say that what a change has changed was changed again; nothing was taken back."""

    code = "changed_since"

    def __init__(self, pointers: tuple[str, ...]) -> None:
        """Name the fields by JSON pointers; an empty one is the whole product."""
        named = ", ".join(pointer or "the product as a whole" for pointer in pointers)
        super().__init__(f"changed again since then: {named}")
        self.pointers = pointers


class LineTooLongError(FacetryError):
    """Say that a line of many is longer than any may be."""

    code = "too_large"

    def __init__(self, message: str = "the line is too long") -> None:
        """Say so."""
        super().__init__(message)


class FileTooLargeError(FacetryError):
    """Say that a file is larger than any may be; nothing of it is kept."""

    code = "file_too_large"

    def __init__(self, limit: int) -> None:
        """Name the limit in bytes."""
        super().__init__(f"the file has more than {limit} bytes")
        self.limit = limit


class ImportNotFoundError(FacetryError):
    """Say that a tenant has no import of this id, or not any more."""

    code = "import_not_found"

    def __init__(self, job_id: int) -> None:
        """Name the id."""
        super().__init__(f"there is no import {job_id}, or not any more")
        self.job_id = job_id


class KeyReusedError(FacetryError):
    """Say that the key of a write is that of another write."""

    code = "key_reused"

    def __init__(self, key: str) -> None:
        """Name the key."""
        super().__init__("the idempotency key was used for another request")
        self.key = key


class RevisionTooOldError(FacetryError):
    """Say that what changed since a revision is not known any more, or was never here: start again."""

    code = "revision_too_old"

    def __init__(self, revision: int, oldest: int, last: int) -> None:
        """Name the revision, the oldest one from which changes are known, and the last one that there is."""
        super().__init__(f"changes since revision {revision} are not known, those since {oldest} to {last} are")
        self.revision = revision
        self.oldest = oldest
        self.last = last


class QuotaExceededError(FacetryError):
    """Say that a tenant has used up a quota."""

    code = "quota_exceeded"

    def __init__(self, quota: str, limit: int, wait_seconds: int | None) -> None:
        """Name the quota, what it allows, and when there is room again; None where waiting does not help."""
        super().__init__(f"the quota of {limit} {quota.replace('_', ' ')} is used up")
        self.quota = quota
        self.limit = limit
        self.wait_seconds = wait_seconds


class GroupFullError(FacetryError):
    """Say that a group has as many products as the search index can hold of one."""

    code = "group_full"

    def __init__(self, group_id: str, limit: int) -> None:
        """Name the group, and how many products it may have at most."""
        super().__init__(f"product group with ID {group_id} may have {limit} products at most")
        self.group_id = group_id
        self.limit = limit


class RevisionNotReachedError(FacetryError):
    """Say that a search was to see a revision that nothing has been written at yet."""

    code = "revision_not_reached"

    def __init__(self, revision: int, last: int) -> None:
        """Name the revision and the last one that there is."""
        super().__init__(f"revision {revision} is not reached, the last one is {last}")
        self.revision = revision


class ValuesMisfitError(FacetryError):
    """Say that values in the catalog do not fit the type that an attribute was to get."""

    code = "values_do_not_fit"

    def __init__(self, field: str, message: str, skus: tuple[str, ...]) -> None:
        """Name the attribute and some of the products."""
        super().__init__(message)
        self.field = field
        self.skus = skus
