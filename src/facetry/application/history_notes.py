"""Notes of who changed what of products and records, made in a journal while they are written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from facetry.domain.actor import Actor
from facetry.domain.journal import HistoryLine, JournalLine, RecordHistoryLine, record_line_id
from facetry.domain.record import RecordKind
from facetry.domain.touching import Touch, what, why
from facetry.ports.clock import Clock
from facetry.ports.journal import Journal

_OWN_ACTIONS = {"record": None, "order": RecordKind.ORDER}
"""What a write of a record itself is called, and of which kind that is; None for any."""


class _Coded(msgspec.Struct):
    """What is looked at of a gemstone."""

    code: str


_decode_code = msgspec.json.Decoder(_Coded).decode


class HistoryNotes:
    """A ``WriteListener`` that notes each change of a product or record in a journal, in microseconds."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        """Note in a journal, at the time of a clock."""
        self._journal = journal
        self._clock = clock

    def __call__(self, tenant: str, by: Actor, touches: Sequence[Touch]) -> None:
        """Note what became of products and records; what is as it was has no line."""
        now = self._clock.now()
        self._journal.note_all(tenant, [line for touch in touches for line in _lines(touch, by.name, now)])


def _lines(touch: Touch, by: str, now: float) -> Iterator[JournalLine]:
    action, reason = what(touch.write), why(touch.write)
    told: dict[str, Any] = {"time": now, "revision": touch.revision, "by": by, "reason": reason}
    for sku, before, after in touch.products:
        if before != after:
            yield HistoryLine(id=sku, **told, **_sides(action, before, after))
    for kind, number, before, after in touch.records:
        if before != after:
            is_own = action in _OWN_ACTIONS and _OWN_ACTIONS[action] in {None, kind}
            named = "update" if is_own else action
            # Its number is in no path, so that its code has to lead to it once it is gone.
            code = _decode_code(before).code if kind is RecordKind.GEMSTONE and before and after is None else ""
            sides = _sides(named, before, after)
            yield RecordHistoryLine(id=record_line_id(kind, number), code=code, **told, **sides)


def _sides(action: str, before: bytes | None, after: bytes | None) -> dict[str, Any]:
    """Return what was done, and to what."""
    if before is None:
        # What it was created as is told by what it was before it changed first, or is.
        return {"action": "create"}
    if after is None:
        return {"action": "delete", "before": msgspec.Raw(before)}
    return {"action": action, "before": msgspec.Raw(before), "after": msgspec.Raw(after)}
