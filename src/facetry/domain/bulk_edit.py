"""An edit of many products, as it is done in the background: what, how far, and what was refused."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

import msgspec

from facetry.domain.edits import Edit
from facetry.domain.record import RecordBase, RecordKind

MOST_REFUSALS = 200
"""So many refusals are named at most; all are counted."""


class EditStatus(Enum):
    """How far an edit is."""

    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"


class EditRefusal(msgspec.Struct, frozen=True):
    """A product that could not take an edit, and why."""

    sku: str
    code: str
    message: str


class BulkEdit(RecordBase, frozen=True, kw_only=True, tag="bulk_edit"):
    """An edit of many products.

    Attributes:
        edit: What is done to each.
        query: Which products, as the one who asked for it says it; of no meaning here.
        by: Who asked for it.
        status: How far it is.
        created: Unix time.
        touched: Unix time at which it last went on; one that runs and has not gone on for a while has lost its process.
        total: How many products it is about.
        done: How many were looked at by now, in the order of their SKUs.
        last: The last SKU that was looked at.
        changed: How many were changed.
        unchanged: How many were as they should be already.
        refused: How many could not be changed.
        refusals: The first of these.
        error: Why it failed.
    """

    kind: ClassVar[RecordKind] = RecordKind.BULK_EDIT
    edit: Edit
    query: str = ""
    by: str = ""
    status: EditStatus = EditStatus.RUNNING
    created: float = 0.0
    touched: float = 0.0
    total: int = 0
    done: int = 0
    last: str = ""
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    refusals: tuple[EditRefusal, ...] = ()
    error: str = ""
