"""Writes with a key, whose repeat is harmless for a day."""

from __future__ import annotations

from facetry.domain.errors import KeyReusedError
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.repeat import ALL_REPEATS, Repeat
from facetry.domain.view import CatalogView

KEPT_SECONDS = 86_400
FORGOTTEN_AT_ONCE = 2
"""So many that are too old go with each new one: more than come, so that they do not pile up, and never many."""


def repeat_of(view: CatalogView, key: str, digest: str, time: float) -> Repeat | None:
    """Return what is remembered of the write with a key; None where it is none, or too old.

    Raises:
        KeyReusedError: It asked for something else.
    """
    found = view.record(RecordKind.REPEAT, RecordKey(code=key))
    if not isinstance(found, Repeat):
        return None
    if time - found.time > KEPT_SECONDS:
        view.remove_record(found)
        return None
    if found.digest != digest:
        raise KeyReusedError(key)
    return found


def remember(view: CatalogView, key: str, digest: str, time: float, effect: str) -> None:
    """Remember what the write with a key did, and forget some of those that are too old."""
    for old in view.linked(RecordKind.REPEAT, ALL_REPEATS, FORGOTTEN_AT_ONCE):
        if isinstance(old, Repeat) and time - old.time > KEPT_SECONDS:
            view.remove_record(old)
    number = view.next_id(RecordKind.REPEAT)
    view.save_record(Repeat(id=number, key=key, digest=digest, time=time, effect=effect))
