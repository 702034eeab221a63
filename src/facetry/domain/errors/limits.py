"""Errors about how often, and how much, a caller may ask."""

from __future__ import annotations

from facetry.domain.errors.base import FacetryError


class RateLimitedError(FacetryError):
    """Say that a caller's bucket is full."""

    code = "rate_limited"

    def __init__(self, wait_seconds: int) -> None:
        """Name the seconds after which there is room again."""
        super().__init__(f"try again in {wait_seconds} s")
        self.wait_seconds = wait_seconds


class TooManyAttemptsError(FacetryError):
    """Say that somebody has tried to come in too often without success."""

    code = "too_many_attempts"

    def __init__(self, wait_seconds: int) -> None:
        """Name the seconds after which another try is allowed."""
        super().__init__(f"too many failed attempts, try again in {wait_seconds} s")
        self.wait_seconds = wait_seconds


class TooManyWaitingError(FacetryError):
    """Say that as many consumers of a tenant wait for changes as may."""

    code = "too_many_waiting"

    def __init__(self, most: int, wait_seconds: int) -> None:
        """Name how many may wait, and the seconds after which another try makes sense."""
        super().__init__(f"{most} consumers wait for changes already, try again in {wait_seconds} s")
        self.most = most
        self.wait_seconds = wait_seconds


class QuotaExceededError(FacetryError):
    """Say that a tenant has used up a quota."""

    code = "quota_exceeded"

    def __init__(self, quota: str, limit: int, wait_seconds: int | None) -> None:
        """Name the quota, what it allows, and when there is room again; None where waiting does not help."""
        super().__init__(f"the quota of {limit} {quota.replace('_', ' ')} is used up")
        self.quota = quota
        self.limit = limit
        self.wait_seconds = wait_seconds
