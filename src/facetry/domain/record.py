"""What all records have in common."""

from __future__ import annotations

import re
from enum import Enum
from typing import ClassVar

import msgspec

from facetry.domain.storable import is_unicode

MAX_CODE_LENGTH = 200
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


class RecordKind(Enum):
    """The kinds of records; the values are stored."""

    GEMSTONE = "gemstone"
    LISTING = "listing"
    BATCH = "batch"
    ORDER = "order"
    CLIENT = "client"
    SALE = "sale"
    REPEAT = "repeat"
    SETTINGS = "settings"
    BULK_EDIT = "bulk_edit"


class RecordBase(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="record"):
    """A record.

    Attributes:
        kind: Which kind it is of.
        id: Counted per tenant and kind from 1, never used again; 0 for one that is not stored yet.
    """

    kind: ClassVar[RecordKind]
    id: int = 0

    @property
    def unique(self) -> str:
        """Return the text that no other record of the kind may have; empty for none."""
        return ""

    @property
    def links(self) -> tuple[str, ...]:
        """Return the texts by which it is found together with others."""
        return ()


def code_problem(text: str) -> str | None:
    """Return what makes a text unfit as the name that somebody else gave a thing, or None where it is fit or empty."""
    if len(text) > MAX_CODE_LENGTH:
        return f"must have at most {MAX_CODE_LENGTH} characters"
    if _CONTROL.search(text):
        return "must not contain control characters"
    if not is_unicode(text):
        return "must hold valid Unicode only"
    return None
