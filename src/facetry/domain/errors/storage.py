"""Errors of what keeps the data: the store, and the search index beside it."""

from __future__ import annotations

from facetry.domain.errors.base import FacetryError


class StoreError(FacetryError):
    """Say that the store could not do what was asked; nothing was changed."""

    code = "store_failed"


class StoreFullError(StoreError):
    """Say that the store has no room left; nothing was changed and reads go on."""

    code = "store_full"


class StoreDamagedError(StoreError):
    """Say that what is stored cannot be read, or is not there any more; only a backup has it."""

    code = "store_damaged"
    advice = "restore the last backup into an empty directory"


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
