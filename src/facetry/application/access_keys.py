"""Access keys to the Client API: create, list, rotate, disable, delete."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from facetry.application.secrets import Vault, new_id, new_key
from facetry.application.tenants import tenant_record
from facetry.domain.errors import InvalidValueError, RecordNotFoundError
from facetry.domain.tenant import ALL_SCOPES, FIRST_ACCESS_KEY, AccessKey, Scope, Tenant
from facetry.domain.times import LAST
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.clock import Clock
from facetry.ports.key_usage import KeyUsage

MAX_KEYS = 100
FORGET_SECONDS = 30 * 86_400
"""A key that expired longer ago than this is dropped when its tenant's keys are next changed."""
_MAX_NAME_LENGTH = 100
_TOO_LATE = "must end before the year 10000"


class NewAccessKey(msgspec.Struct, frozen=True, kw_only=True):
    """What is wished of a new key.

    Attributes:
        name: What its owner calls it.
        scopes: What it may do.
        expires: Unix time from which it is good no more; None for never.
    """

    name: str
    scopes: tuple[Scope, ...] = ALL_SCOPES
    expires: float | None = None


class ShownKey(msgspec.Struct, frozen=True):
    """A key as the one sees it who may: with the secret in the clear, and when it was last used."""

    key: AccessKey
    secret: str
    last_used: float | None


class AccessKeys:
    """The use cases of access keys."""

    def __init__(self, store: CatalogStore, vault: Vault, clock: Clock, usage: KeyUsage) -> None:
        """Work on a store, with secrets sealed by a vault; ``usage`` knows when keys were used."""
        self._store = store
        self._vault = vault
        self._clock = clock
        self._usage = usage

    async def list(self, tenant: str) -> Sequence[ShownKey]:
        """Return all keys of a tenant, the one that it was made with first.

        Raises:
            TenantNotFoundError: There is no such tenant.
        """
        keys = (await self._tenant(tenant)).all_access_keys
        times = await self._usage.last_used(tenant, [key.id for key in keys])
        return [self._shown(key, times.get(key.id)) for key in keys]

    async def create(self, tenant: str, wish: NewAccessKey) -> ShownKey:
        """Add a key.

        Raises:
            TenantNotFoundError: There is no such tenant.
            InvalidValueError: A wish is not allowed, or there are too many keys.
        """
        self._check(wish)
        record = await self._tenant(tenant)
        key = self._made(new_id(), wish.name, wish.scopes, wish.expires)
        await self._replace(record, (*record.access_keys, key))
        return self._shown(key, None)

    async def rotate(self, tenant: str, key_id: str, overlap_seconds: float = 0.0) -> ShownKey:
        """Replace the secret of a key, which keeps its id; the old secret stays good for a time.

        Raises:
            TenantNotFoundError, RecordNotFoundError: There is no such tenant or key.
            InvalidValueError: The time is negative or too long, or there are too many keys.
        """
        if not 0 <= overlap_seconds < float("inf"):
            raise InvalidValueError("overlap", "must not be negative")
        if self._clock.now() + overlap_seconds > LAST:
            raise InvalidValueError("overlap", _TOO_LATE)
        record = await self._tenant(tenant)
        old = _found(record, key_id)
        secret = new_key()
        new = msgspec.structs.replace(old, digest=self._vault.digest(secret), sealed=self._vault.seal(secret.encode()))
        changed, ending = _with(record, new), self._ending(old, overlap_seconds)
        await self._replace(changed, changed.access_keys if ending is None else (*changed.access_keys, ending))
        return await self._now_shown(tenant, new)

    async def set_disabled(self, tenant: str, key_id: str, *, disabled: bool) -> ShownKey:
        """Refuse a key from now on, or take it again.

        Raises:
            TenantNotFoundError, RecordNotFoundError: There is no such tenant or key.
        """
        record = await self._tenant(tenant)
        key = msgspec.structs.replace(_found(record, key_id), disabled=disabled)
        changed = _with(record, key)
        await self._replace(changed, changed.access_keys)
        return await self._now_shown(tenant, key)

    async def delete(self, tenant: str, key_id: str) -> None:
        """Remove a key; from now on it is unknown.

        Raises:
            TenantNotFoundError, RecordNotFoundError: There is no such tenant or key.
            InvalidValueError: It is the one that the tenant was made with.
        """
        record = await self._tenant(tenant)
        if _found(record, key_id).id == FIRST_ACCESS_KEY:
            raise InvalidValueError("key", "that a tenant was made with cannot be deleted: rotate or disable it")
        await self._replace(record, tuple(key for key in record.access_keys if key.id != key_id))

    async def _tenant(self, tenant: str) -> Tenant:
        return await tenant_record(self._store, tenant)

    async def _replace(self, record: Tenant, keys: tuple[AccessKey, ...]) -> None:
        now = self._clock.now()
        kept = tuple(key for key in keys if key.expires is None or now < key.expires + FORGET_SECONDS)
        if len(kept) > MAX_KEYS and len(kept) > len(record.access_keys):
            raise InvalidValueError("key", f"cannot be added: there are {MAX_KEYS} already")
        await self._store.replace_tenant(msgspec.structs.replace(record, access_keys=kept))

    def _made(self, key_id: str, name: str, scopes: Sequence[Scope], expires: float | None) -> AccessKey:
        secret = new_key()
        return AccessKey(
            id=key_id,
            name=name,
            digest=self._vault.digest(secret),
            sealed=self._vault.seal(secret.encode()),
            scopes=tuple(scope for scope in Scope if scope in scopes),
            expires=expires,
            created=self._clock.now(),
        )

    def _ending(self, old: AccessKey, overlap_seconds: float) -> AccessKey | None:
        """Return a replaced key as it lives on under another id, None where it does not."""
        end = self._clock.now() + overlap_seconds
        if not overlap_seconds or (old.expires is not None and old.expires <= self._clock.now()):
            return None
        expires = end if old.expires is None else min(end, old.expires)
        name = f"{old.name} (replaced)"[:_MAX_NAME_LENGTH]
        return msgspec.structs.replace(old, id=new_id(), name=name, expires=expires)

    async def _now_shown(self, tenant: str, key: AccessKey) -> ShownKey:
        times = await self._usage.last_used(tenant, (key.id,))
        return self._shown(key, times.get(key.id))

    def _shown(self, key: AccessKey, used: float | None) -> ShownKey:
        # A use from before the key was made is that of a tenant that had this id before.
        is_own = used is not None and used >= int(key.created)
        return ShownKey(key, self._vault.open(key.sealed).decode(), used if is_own else None)

    def _check(self, wish: NewAccessKey) -> None:
        if not (wish.name.strip() and wish.name.isprintable() and len(wish.name) <= _MAX_NAME_LENGTH):
            raise InvalidValueError("name", f"must have 1 to {_MAX_NAME_LENGTH} printable characters")
        if not wish.scopes:
            raise InvalidValueError("scopes", f"must be some of {', '.join(scope.value for scope in Scope)}")
        if wish.expires is not None and not self._clock.now() < wish.expires < float("inf"):
            raise InvalidValueError("expires", "must lie in the future")
        if wish.expires is not None and wish.expires > LAST:
            raise InvalidValueError("expires", _TOO_LATE)


def _found(record: Tenant, key_id: str) -> AccessKey:
    key = next((key for key in record.all_access_keys if key.id == key_id), None)
    if key is None:
        raise RecordNotFoundError("access key", key_id)
    return key


def _with(record: Tenant, key: AccessKey) -> Tenant:
    """Return a tenant with a key in place of the one with its id."""
    if key.id == FIRST_ACCESS_KEY:
        return msgspec.structs.replace(
            record, access_key_digest=key.digest, access_key_sealed=key.sealed, access_key_disabled=key.disabled
        )
    keys = tuple(key if key.id == kept.id else kept for kept in record.access_keys)
    return msgspec.structs.replace(record, access_keys=keys)
