"""Earlier settings of a tenant: who replaced what when, and what they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from facetry.domain.errors import RecordNotFoundError
from facetry.domain.keeping import DeleteRecord, PutRecord, Recorded
from facetry.domain.record import RecordKind
from facetry.domain.records import RecordKey
from facetry.domain.settings_version import SettingsVersion
from facetry.domain.tenant import Tenant, TenantSettings
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.clock import Clock

KEPT = 100
"""So many earlier settings of a tenant are kept."""

Section = Callable[[TenantSettings], object]
SECTIONS: Mapping[str, Section] = {
    "search": lambda settings: settings.rules,
    "attributes": lambda settings: settings.attributes,
    "catalog": lambda settings: (settings.language, settings.currency),
    "client_api": lambda settings: msgspec.structs.replace(settings.client_api, buckets={}),
}
"""What is read and replaced as one."""


class Replacement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A version of a section, and who made it the one that counts.

    Attributes:
        version: The last one of the tenant's record that it was there in.
        time: Unix time since which it counts; None where that is not known any more.
        by: Who set it.
    """

    version: int
    time: float | None = None
    by: str = ""


class SettingsHistory:
    """The use cases of earlier settings."""

    def __init__(self, store: CatalogStore, clock: Clock) -> None:
        """Keep them in a store."""
        self._store = store
        self._clock = clock

    async def keep(self, record: Tenant, by: str) -> int:
        """Keep the settings of a record that are about to be replaced; return the revision of that.

        The oldest ones are forgotten.
        """
        text = msgspec.json.encode(record.settings).decode()
        kept = SettingsVersion(version=record.version, settings=text, time=self._clock.now(), by=by)
        receipt = await self._store.write(record.id, (PutRecord(kept, replaces=True),))
        outcome = receipt.outcomes[0]
        if isinstance(outcome, Recorded) and outcome.created and outcome.record.id > KEPT:
            oldest = RecordKey(outcome.record.id - KEPT)
            receipt = await self._store.write(record.id, (DeleteRecord(RecordKind.SETTINGS, oldest),))
        return receipt.revision

    async def at(self, record: Tenant, version: int) -> TenantSettings:
        """Return the settings that a record had in an earlier version.

        Raises:
            RecordNotFoundError: There was no such version, or it is not kept any more.
        """
        kept = await self._kept(record.id)
        found = next((one for one in kept if one.version >= version), None)
        # Before the first one that is kept there may have been others.
        is_forgotten = found is not None and found is kept[0] and found.id > 1 and version < found.version
        if is_forgotten or not 1 <= version <= record.version:
            raise RecordNotFoundError(RecordKind.SETTINGS.value, str(version))
        return record.settings if found is None else _settings(found)

    async def versions(self, record: Tenant, section: str) -> Sequence[Replacement]:
        """Return the versions of a section of ``SECTIONS``, newest first."""
        part = SECTIONS[section]
        kept = await self._kept(record.id)
        states = [*((one.version, part(_settings(one))) for one in kept), (record.version, part(record.settings))]
        found: list[Replacement] = []
        for at, (version, value) in enumerate(states):
            if at and value == states[at - 1][1]:
                found[-1] = msgspec.structs.replace(found[-1], version=version)
            elif at:
                found.append(Replacement(version=version, time=kept[at - 1].time, by=kept[at - 1].by))
            else:
                found.append(Replacement(version=version))
        return found[::-1]

    async def _kept(self, tenant: str) -> list[SettingsVersion]:
        records = await self._store.records_after(tenant, RecordKind.SETTINGS, 0, KEPT + 1)
        return [one for one in records if isinstance(one, SettingsVersion)]


def _settings(kept: SettingsVersion) -> TenantSettings:
    return msgspec.json.decode(kept.settings, type=TenantSettings)
