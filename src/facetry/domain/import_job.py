"""Imports that run in the background: what is asked for, and how far it has come."""

from __future__ import annotations

from enum import Enum

import msgspec


class JobState(Enum):
    """Whether a job waits for its owner or its turn, works, or is over."""

    DRAFT = "draft"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"


OPEN = frozenset({JobState.QUEUED, JobState.RUNNING})
"""A job in one of these goes on by itself."""
OVER = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELED})
"""A job in one of these is over for ever; a draft is neither."""


class ImportWish(msgspec.Struct, frozen=True, kw_only=True):
    """How a file is to be imported.

    Attributes:
        name: What the job is called.
        format: Of the file; found in its first line where it is empty.
        mapping: A mapping in TOML, for CSV in a form of its own; empty for none.
        encoding: Of the file; by its byte order mark or UTF-8 where it is empty.
        stones_as: What becomes of the rows of a list of stones.
        stone: Which stones a list holds, where no column says it.
        code_prefix: Begins the codes of stones without one.
        dry_run: Whether to check everything and store nothing.
        refused_kinds: Kinds of records that who asks may not write.
    """

    name: str = ""
    format: str = ""
    mapping: str = ""
    encoding: str = ""
    stones_as: str = "gemstones"
    stone: str = "diamond"
    code_prefix: str = "stone"
    dry_run: bool = False
    refused_kinds: tuple[str, ...] = ()


class ImportJob(msgspec.Struct, frozen=True, kw_only=True):
    """An import in the background; times are Unix times.

    Attributes:
        id: Counted per tenant from 1.
        wish: What was asked for.
        format: The format that was found; empty before.
        started: When it first began to read.
        finished: When it was over.
        bytes_total: Size of the file.
        stored: Products, or stones, that are stored; in a dry run those that are fit.
        stored_new: How many of them were not there before.
        rejected: Rows that were not stored.
        skipped: Rows that hold no product.
        rate: How many a second are stored.
        seconds_left: How long the rest will take at this pace.
        error: Why it failed.
        notes: How often something was noted about rows, by kind; see ``report.NOTES``.
        drafted: Whether its owner looks at it first: it begins as a draft, and is one again after a dry run.
        by: Who uploaded it.
        key: Under which a repeat of the call that made it is known; empty for none.
        digest: Of the file, where there is a key, as soon as it is there as a whole.
    """

    id: int = 0
    wish: ImportWish
    state: JobState = JobState.QUEUED
    format: str = ""
    created: float
    started: float | None = None
    finished: float | None = None
    bytes_total: int = 0
    bytes_read: int = 0
    stored: int = 0
    stored_new: int = 0
    rejected: int = 0
    skipped: int = 0
    rate: float = 0.0
    seconds_left: float | None = None
    error: str = ""
    notes: dict[str, int] = {}
    drafted: bool = False
    by: str = ""
    key: str = ""
    digest: str = ""

    @property
    def is_open(self) -> bool:
        """Return whether it goes on."""
        return self.state in OPEN

    @property
    def is_over(self) -> bool:
        """Return whether nothing more becomes of it."""
        return self.state in OVER

    @property
    def is_draft(self) -> bool:
        """Return whether it waits for its owner."""
        return self.state is JobState.DRAFT
