"""What changed in a catalog between two revisions."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from facetry.domain.catalog import Outcome
from facetry.domain.group import ProductGroup
from facetry.domain.record import RecordKind


class Change(msgspec.Struct, frozen=True):
    """One row of the change log: which products, groups and records the write of a revision touched."""

    revision: int
    skus: tuple[str, ...]
    groups: tuple[str, ...]
    records: tuple[tuple[RecordKind, int], ...] = ()


class Delta(msgspec.Struct, frozen=True, kw_only=True):
    """All that changed after one revision up to another, read in one transaction.

    Attributes:
        revision: The revision that the groups were read at.
        groups: Each touched group that lives, whole.
        gone: Ids of touched groups that live no more.
        skus: Every touched SKU.
        records: Kind and id of every record that was written or removed, ascending.
    """

    revision: int
    groups: tuple[ProductGroup, ...] = ()
    gone: tuple[str, ...] = ()
    skus: tuple[str, ...] = ()
    records: tuple[tuple[RecordKind, int], ...] = ()

    @property
    def touches_products(self) -> bool:
        """Return whether any product or group changed, and not records alone."""
        return bool(self.skus or self.groups or self.gone)


class Receipt(msgspec.Struct, frozen=True):
    """Answer of a committed unit of work: its revision and one outcome a write, in the order of the writes.

    The revision is the tenant's current one where every write was refused.
    """

    revision: int
    outcomes: tuple[Outcome, ...]


def sorted_records(records: Iterable[tuple[RecordKind, int]]) -> tuple[tuple[RecordKind, int], ...]:
    """Return records as a delta has them: each once, by kind and id."""
    return tuple(sorted(set(records), key=lambda record: (record[0].value, record[1])))
