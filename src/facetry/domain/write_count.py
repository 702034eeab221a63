"""How much is asked for: writes are counted one by one, wherever they stand."""

from __future__ import annotations

from facetry.domain.batching import WorkBatch
from facetry.domain.catalog import AllOrNone, BulkWrite, Guarded, Once, Refused, Write


def write_count(write: Write | Refused) -> int:
    """Return how many writes one is; those of the server itself count nothing."""
    match write:
        case Guarded() | Once():
            return write_count(write.write)
        case AllOrNone() | BulkWrite():
            return sum(map(write_count, write.writes))
        case WorkBatch() | Refused():
            return 0
    return 1
