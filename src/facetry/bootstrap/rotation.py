"""Another master key in the place of the present one, while no server runs."""

from __future__ import annotations

import secrets
from contextlib import AsyncExitStack

import msgspec

from facetry.application.key_transfer import reseal_users, with_plain_keys, with_sealed_keys
from facetry.application.secrets import MASTER_KEY_BYTES, Vault
from facetry.bootstrap.caches import open_messenger
from facetry.bootstrap.engine_urls import MEMORY, is_shared
from facetry.bootstrap.master_key import adopt_coming_key, open_vault, write_coming_key
from facetry.bootstrap.service import Service, open_service
from facetry.bootstrap.stores import StoreRole, open_keeping
from facetry.domain.errors import SettingError
from facetry.engines.sqlite.catalog_store import SqliteCatalogStore
from facetry.engines.sqlite.compacting import compact
from facetry.settings import Settings


class RotationReport(msgspec.Struct, frozen=True):
    """Of how many tenants the keys were sealed anew, and whether the data directory or the database has the new key."""

    tenants: int
    in_file: bool
    in_database: bool = False


async def rotate_master_key(settings: Settings, key: bytes | None) -> RotationReport:
    """Seal the keys of all tenants under a new master key, in one transaction; tenants' own keys stay what they are.

    A crash leaves a data directory that opens, under one key or the other; where the key comes from the settings, the
    command is repeated with the same new one. What was sealed under the old key is overwritten. In MongoDB the key
    that it keeps is replaced in the same transaction.

    Args:
        settings: Whose store and key.
        key: The new key; None for a random one, which then lies where the present one does.

    Raises:
        SettingError: The key comes from the settings, so the new one has to be given; or the store has none.
        StoreBusyError: A server runs: it would go on with the old key.
    """
    if settings.store == MEMORY:
        raise SettingError(f"store {settings.store} has no master key that could be rotated")
    if key is None and settings.master_key:
        raise SettingError("setting master_key holds the present key: give the new one by --new-key")
    new = key or secrets.token_bytes(MASTER_KEY_BYTES)
    return await (_of_database if is_shared(settings) else _of_directory)(settings, new)


async def _of_directory(settings: Settings, new: bytes) -> RotationReport:
    in_file = not settings.master_key
    # Who followed would write secrets under the old key after all others were sealed anew.
    async with open_service(settings, role=StoreRole.ALONE) as service:
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


async def _of_database(settings: Settings, new: bytes) -> RotationReport:
    in_database = not settings.master_key
    async with AsyncExitStack() as stack:
        # Searches are not asked for, and may be away.
        messenger = open_messenger(settings, stack)
        keeping = await open_keeping(settings, StoreRole.PEER, messenger.marks)
        stack.push_async_callback(keeping.close)
        assert keeping.resealing is not None  # noqa: S101 - a shared store has it
        old = await open_vault(settings, keeping.store, keeping.own_master_key)
        tenants = await keeping.resealing.run(old, Vault(new), new if in_database else None)
    return RotationReport(tenants, in_file=False, in_database=in_database)


async def _seal_anew(service: Service, vault: Vault) -> int:
    store = service.store
    assert isinstance(store, SqliteCatalogStore)  # noqa: S101 - as its owner this process has opened it
    records = await store.tenants()
    await store.replace_tenants([with_sealed_keys(with_plain_keys(one, service.vault), vault) for one in records])
    await store.alone(compact)
    return len(records)
