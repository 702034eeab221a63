"""What was committed last, kept in the form in which it would be read, so that who follows need not read it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from facetry.domain.record import RecordKind
from facetry.engines.sqlite.connection import Row

KEPT_BYTES = 8 << 20
"""Documents of so many bytes are kept at most, over all tenants."""

DOCUMENT = 4
"""The place of a product's document in a row of a group."""

Groups = Mapping[str, Sequence[Row] | None]
"""By id the rows of touched groups: none of one that is gone, None of one that has to be read."""


class Written(NamedTuple):
    """What one unit of work has written.

    Attributes:
        before: The tenant's revision before it.
        revision: The one after it.
        skus: Touched SKUs.
        groups: Touched groups; rows are group id, object id, revision, currency and the document of a product, and
            that itself, so that nobody decodes what was encoded just now.
        records: Kind and id of touched records.
    """

    before: int
    revision: int
    skus: Collection[str]
    groups: Groups
    records: Collection[tuple[RecordKind, int]]

    @property
    def size(self) -> int:
        """Return how many bytes its documents have."""
        return sum(len(row[DOCUMENT]) for rows in self.groups.values() for row in rows or ())


class ReadDelta(NamedTuple):
    """What changed up to a revision: touched SKUs, groups and records, and the rows of the groups that live."""

    revision: int
    skus: Collection[str]
    touched: set[str]
    records: Collection[tuple[RecordKind, int]]
    found: list[Row]


class RecentWrites:
    """The units of work that each tenant's follower has not seen yet, and the last that it has."""

    def __init__(self, kept_bytes: int = KEPT_BYTES) -> None:
        """Keep documents of so many bytes at most."""
        self._room = kept_bytes
        self._units: dict[str, list[Written]] = {}

    def keep(self, tenant: str, written: Written) -> None:
        """Take a unit of work that is committed; in want of room those of other tenants go first."""
        self._units[tenant] = [*self._units.pop(tenant, ()), written]
        self._room -= written.size
        while self._room < 0:
            self.forget(next(iter(self._units)))

    def forget(self, tenant: str) -> None:
        """Keep nothing of a tenant: it was changed otherwise than by writing, or its log was cut."""
        self._room += sum(unit.size for unit in self._units.pop(tenant, ()))

    def since(self, tenant: str, after: int) -> Written | None:
        """Return all that was written after a revision as if it were one unit, None where that is not known.

        What was written up to then is not kept any longer: who asks has seen it.
        """
        units = self._units.get(tenant, [])
        start = next((at for at, unit in enumerate(units) if unit.before == after), None)
        if start is None:
            return None
        self._room += sum(unit.size for unit in units[:start])
        del units[:start]
        return units[0] if len(units) == 1 else _joined(units)


def _joined(units: Sequence[Written]) -> Written:
    """Return units of work, each of which begins where the one before it ends, as one."""
    groups: dict[str, Sequence[Row] | None] = {}
    for unit in units:
        groups |= unit.groups
    return Written(
        before=units[0].before,
        revision=units[-1].revision,
        skus={sku for unit in units for sku in unit.skus},
        groups=groups,
        records={record for unit in units for record in unit.records},
    )
