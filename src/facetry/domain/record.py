"""What all records have in common."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

import msgspec


class RecordKind(Enum):
    """The kinds of records; the values are stored."""

    GEMSTONE = "gemstone"
    LISTING = "listing"
    BATCH = "batch"
    ORDER = "order"
    CLIENT = "client"
    SALE = "sale"


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
