"""All that is sealed in a database, sealed anew under another master key in one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from pymongo import ReplaceOne, UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession

from facetry.application.key_transfer import with_plain_keys, with_sealed_keys
from facetry.application.secrets import Vault
from facetry.domain.tenant import Tenant
from facetry.domain.user import User
from facetry.engines.mongodb.accounts import stored_user
from facetry.engines.mongodb.catalog_store import MongoCatalogStore
from facetry.engines.mongodb.collections import KEYS, TENANTS
from facetry.engines.mongodb.documents import decode_tenant
from facetry.engines.mongodb.master_key import mark_rotation, replace_key
from facetry.engines.mongodb.opening import Database
from facetry.engines.mongodb.presence import Presence
from facetry.engines.mongodb.side_collections import USERS
from facetry.engines.mongodb.state import name_of_tenant
from facetry.engines.mongodb.tenancy import LIVING, record_fields

PIECE = 200
"""So many tenants are changed at once: small pieces of work for the server, in one transaction all the same."""
_decode_user = msgspec.json.Decoder(User).decode


class MongoResealing:
    """Seals keys of tenants, and what users share with their phones, under another master key."""

    def __init__(self, database: Database, store: MongoCatalogStore) -> None:
        """Work in a database, and tell the processes of a store of it."""
        self._database = database
        self._store = store
        self._presence = Presence(database)

    @property
    def lost(self) -> asyncio.Event:
        """Return what is set when the keys must be used no longer; see ``Presence``."""
        return self._presence.lost

    async def begin(self) -> None:
        """Be a user of the keys from now on; raises as ``Presence.begin`` does."""
        await self._presence.begin()

    async def close(self) -> None:
        """Be one no longer; harmless to repeat."""
        await self._presence.close()

    async def run(self, old: Vault, new: Vault, key: bytes | None) -> int:
        """Seal everything anew, or nothing, and return the number of tenants.

        Args:
            old: What opens all that is sealed now.
            new: What opens it then.
            key: The new master key where the database keeps it, to be kept in the same transaction; else None.

        Raises:
            StoreBusyError: Other processes use the database.
            SettingError: Something does not open under the old key.
            StoreError: The driver failed, or it took longer than the server lets a transaction last.
        """

        async def work(session: AsyncClientSession) -> dict[str, int]:
            marks = await self._tenants(session, old, new)
            await self._users(session, old, new)
            await mark_rotation(self._database, session)
            if key is not None:
                await replace_key(self._database, key, session)
            return marks

        async with self._presence.alone():
            marks = await self._store.transactions.at_once(work)
        await asyncio.gather(*(self._store.changed(tenant, mark) for tenant, mark in marks.items()))
        return len(marks)

    async def _tenants(self, session: AsyncClientSession, old: Vault, new: Vault) -> dict[str, int]:
        """Seal the keys of all tenants, and return the mark of each since."""
        fields = {"record": True, "mark": True}
        found = await self._database[TENANTS].find(LIVING, fields, session=session).to_list()
        records = {record.id: record for record in (decode_tenant(one["record"]) for one in found)}
        for start in range(0, len(found), PIECE):
            piece = [*records.values()][start : start + PIECE]
            await self._replace(session, piece, [_resealed(record, old, new) for record in piece])
        return {tenant: stored["mark"] + 1 for stored, tenant in zip(found, records, strict=True)}

    async def _replace(self, session: AsyncClientSession, records: Sequence[Tenant], others: Sequence[Tenant]) -> None:
        """Put other records of some tenants in the places of those that are stored."""
        updates = [UpdateOne({"_id": name_of_tenant(one.id)}, _change(one)) for one in others]
        await self._database[TENANTS].bulk_write(updates, session=session)
        gone = [digest for one in records for digest in one.owned_digests]
        await self._database[KEYS].delete_many({"_id": {"$in": gone}}, session=session)
        owned = [_owned(digest, one) for one in others for digest in one.owned_digests]
        await self._database[KEYS].insert_many(owned, session=session)

    async def _users(self, session: AsyncClientSession, old: Vault, new: Vault) -> None:
        found: Sequence[Mapping[str, Any]] = await self._database[USERS].find({}, {"d": 1}, session=session).to_list()
        enrolled = [user for user in (_decode_user(one["d"]) for one in found) if user.totp]
        sealed = [
            msgspec.structs.replace(user, totp=new.seal(old.open(user.totp)), version=user.version + 1)
            for user in enrolled
        ]
        if sealed:
            updates = [ReplaceOne({"_id": user.id}, stored_user(user)) for user in sealed]
            await self._database[USERS].bulk_write(updates, session=session)


def _resealed(record: Tenant, old: Vault, new: Vault) -> Tenant:
    """Return what a record becomes."""
    sealed = with_sealed_keys(with_plain_keys(record, old), new)
    return msgspec.structs.replace(sealed, version=record.version + 1)


def _change(record: Tenant) -> dict[str, Any]:
    return {"$set": record_fields(record), "$inc": {"mark": 1}}


def _owned(digest: bytes, tenant: Tenant) -> dict[str, Any]:
    return {"_id": digest, "tenant": name_of_tenant(tenant.id)}
