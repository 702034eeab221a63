"""What is remembered of a write that has a key, so that a repeat of it is harmless."""

from __future__ import annotations

from typing import ClassVar

from facetry.domain.record import RecordBase, RecordKind


class Repeat(RecordBase, frozen=True, kw_only=True, tag="repeat"):
    """A write that took effect under a key.

    Attributes:
        key: Its key, unique.
        digest: Of what was asked for.
        time: Unix time.
        effect: What it did, as JSON.
    """

    kind: ClassVar[RecordKind] = RecordKind.REPEAT
    key: str
    digest: str
    time: float
    effect: str

    @property
    def unique(self) -> str:
        """Return the key."""
        return self.key

    @property
    def links(self) -> tuple[str, ...]:
        """Return the text that all of them have, by which the oldest ones are found."""
        return (ALL_REPEATS,)


ALL_REPEATS = "all"
