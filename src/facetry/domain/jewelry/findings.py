"""What the readers of queries find: conditions and where in the folded query they stand."""

from __future__ import annotations

import msgspec


class Finding(msgspec.Struct, frozen=True):
    """A run of a folded query that is a condition.

    Attributes:
        start: Where it begins.
        end: Where it has ended.
        filter: The condition in the filter language.
        field: What it is about; of two findings about the same grade or size neither is right.
        currencies: Currencies (ISO 4217) that a price may be in; empty where none was named.
    """

    start: int
    end: int
    filter: str
    field: str
    currencies: tuple[str, ...] = ()
