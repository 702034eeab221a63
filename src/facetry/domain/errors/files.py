"""Errors about files to import, and about imports."""

from __future__ import annotations

from facetry.domain.errors.base import FacetryError


class InterchangeError(FacetryError):
    """Say that a file to import, or its mapping, cannot be used as a whole."""

    code = "bad_file"


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
