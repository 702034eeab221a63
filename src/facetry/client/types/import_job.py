"""Imports that run in the background, and how far they are."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

import msgspec

OVER = frozenset({"done", "failed", "canceled"})


class ImportWish(TypedDict, total=False):
    """How a file is to be imported; as the options of ``facetry import``."""

    name: str
    format: str
    mapping: str
    encoding: str
    stones_as: str
    stone: str
    code_prefix: str
    dry_run: bool


class ImportJob(msgspec.Struct, frozen=True, kw_only=True):
    """An import in the background.

    Attributes:
        state: queued, running, done, failed or canceled; draft for a file that waits in the dashboard.
        stored: Products, or stones, that are stored; in a dry run those that are fit.
        rejected: Rows that were not stored.
        rate: How many a second are stored.
        seconds_left: How long the rest will take at this pace; None where nobody knows.
        error: Why it failed.
    """

    id: int
    state: str
    name: str = ""
    format: str = ""
    dry_run: bool = False
    created: datetime | None = None
    started: datetime | None = None
    finished: datetime | None = None
    bytes_total: int = 0
    bytes_read: int = 0
    stored: int = 0
    stored_new: int = 0
    rejected: int = 0
    skipped: int = 0
    rate: float = 0.0
    seconds_left: float | None = None
    error: str = ""

    @property
    def is_over(self) -> bool:
        """Return whether it goes on no more."""
        return self.state in OVER
