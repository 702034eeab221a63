"""Another master key in the place of the present one, while no server runs."""

from __future__ import annotations

import secrets

import msgspec

from facetry.application.key_transfer import reseal_users, with_plain_keys, with_sealed_keys
from facetry.application.secrets import MASTER_KEY_BYTES, Vault
from facetry.bootstrap.engine_urls import masked
from facetry.bootstrap.master_key import adopt_coming_key, write_coming_key
from facetry.bootstrap.service import Service, open_service
from facetry.bootstrap.stores import StoreRole
from facetry.domain.errors import SettingError
from facetry.engines.sqlite.catalog_store import SqliteCatalogStore
from facetry.engines.sqlite.compacting import compact
from facetry.settings import Settings


class RotationReport(msgspec.Struct, frozen=True):
    """Of how many tenants the keys were sealed anew, and whether the new key lies in the data directory."""

    tenants: int
    in_file: bool


async def rotate_master_key(settings: Settings, key: bytes | None) -> RotationReport:
    """Seal the keys of all tenants under a new master key, in one transaction; tenants' own keys stay what they are.

    A crash leaves a data directory that opens, under one key or the other; where the key comes from the settings, the
    command is repeated with the same new one. What was sealed under the old key is overwritten.

    Args:
        settings: Whose store and key.
        key: The new key; None for a random one, which then lies in the data directory as the present one does.

    Raises:
        SettingError: The key comes from the settings, so the new one has to be given; or the store has none.
        StoreBusyError: A server runs: it would go on with the old key.
    """
    if settings.store != "sqlite:":
        raise SettingError(f"store {masked(settings.store)} has no master key that could be rotated here")
    in_file = not settings.master_key
    if key is None and not in_file:
        raise SettingError("setting master_key holds the present key: give the new one by --new-key")
    new = key or secrets.token_bytes(MASTER_KEY_BYTES)
    async with open_service(settings, role=StoreRole.OWNER) as service:
        if in_file:
            write_coming_key(settings.data, new)
        vault = Vault(new)
        # Users come first: a rotation that breaks off after the tenants' transaction has nothing left to do.
        ids = [tenant.id for tenant in await service.store.tenants()]
        await reseal_users(service.accounts, ids, service.vault, vault)
        tenants = await _seal_anew(service, vault)
        if in_file:
            adopt_coming_key(settings.data)
    return RotationReport(tenants, in_file)


async def _seal_anew(service: Service, vault: Vault) -> int:
    store = service.store
    assert isinstance(store, SqliteCatalogStore)  # noqa: S101 - as its owner this process has opened it
    records = await store.tenants()
    await store.replace_tenants([with_sealed_keys(with_plain_keys(one, service.vault), vault) for one in records])
    await store.alone(compact)
    return len(records)
