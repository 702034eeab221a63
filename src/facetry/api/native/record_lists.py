"""Pages of listings, orders and clients, found by code and link where a filter names one, and else looked through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from facetry.api.native.parameters import Parameters
from facetry.application.records import Records
from facetry.application.turns import Turns
from facetry.domain.errors import BadParameterError
from facetry.domain.record import RecordKind
from facetry.domain.records import Record, RecordKey

Test = Callable[[Any], bool]
LOOKED_AT = 250
"""So many are read at once where it is not known how many of them are wanted."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which records a list is to have.

    Attributes:
        key: Only the one with it; None for all.
        link: Only those that name it; empty for all.
        tests: What must be so of each.
    """

    key: RecordKey | None = None
    link: str = ""
    tests: tuple[Test, ...] = ()

    def fits(self, record: Record) -> bool:
        """Return whether all is so."""
        return all(test(record) for test in self.tests)


class Span(msgspec.Struct, frozen=True):
    """Up to ``limit`` records whose ids are greater than ``after``, ascending."""

    after: int
    limit: int


async def found(records: Records, tenant: str, kind: RecordKind, wanted: Wanted, span: Span) -> Sequence[Record]:
    """Return the records of a span among those that are wanted.

    However many are looked through for them, other calls get their turn.
    """
    after, limit = span.after, span.limit
    if wanted.key is not None:
        (one,) = await records.find(tenant, kind, [wanted.key])
        is_there = one is not None and one.id > after and wanted.fits(one)
        return [one] if one is not None and is_there else []
    size = max(limit, LOOKED_AT) if wanted.tests else limit
    kept: list[Record] = []
    turns = Turns()
    while page := await records.after(tenant, kind, after, size, wanted.link):
        for record in page:
            if wanted.fits(record):
                kept.append(record)
            if len(kept) == limit:
                return kept
            await turns.give()
        if len(page) < size:
            break
        after = page[-1].id
    return kept


def named(parameters: Parameters, name: str) -> str:
    """Return the text that a filter names; empty where it is not there.

    Raises:
        BadParameterError: It is there and empty.
    """
    text = parameters.text(name).strip()
    if name in parameters and not text:
        raise BadParameterError(name, "must not be empty")
    return text
