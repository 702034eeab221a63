"""Tenants: create, list, rotate keys, disable, enable, delete; and who may log in."""

from __future__ import annotations

import hmac
import logging
import math
from collections.abc import Sequence
from enum import Enum

import msgspec

from facetry.application.secrets import Vault, new_id, new_key, new_label, new_token_secret
from facetry.domain.errors import InvalidValueError, StoreError, TenantExistsError, TenantNotFoundError
from facetry.domain.product import identifier_problem
from facetry.domain.quotas import Quotas, Usage, check_quotas
from facetry.domain.tenant import (
    AccessKey,
    ClientApiSettings,
    KeyKind,
    Tenant,
    TenantSettings,
    TokenKey,
    check_catalog,
    check_client_api,
)
from facetry.ports.accounts import Accounts
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.clock import Clock
from facetry.ports.journal import Journal

_log = logging.getLogger(__name__)

TOKEN_SECONDS = 86_400
_MIN_KEY_LENGTH = 8
_MAX_NAME_LENGTH = 100


class TenantKeys(msgspec.Struct, frozen=True):
    """A tenant with its keys in the clear, for the one who may see them."""

    tenant: Tenant
    api_key: str
    access_key: str
    search_key: str


class NewTenant(msgspec.Struct, frozen=True, kw_only=True):
    """What is wished of a new tenant; what is left out is random or a default."""

    name: str
    id: str | None = None
    api_key: str | None = None
    access_key: str | None = None
    search_key: str | None = None
    label: str | None = None
    active: bool = True
    settings: TenantSettings = TenantSettings()


class Rotation(Enum):
    """What of a tenant is replaced."""

    API_KEY = "api-key"
    ACCESS_KEY = "access-key"
    SEARCH_KEY = "search-key"
    TOKEN_KEYS = "token-keys"  # noqa: S105 - the name of a choice


class FoundKey(msgspec.Struct, frozen=True):
    """A key of a tenant: what it is for and, where it is one, the access key."""

    tenant: Tenant
    kind: KeyKind
    access_key: AccessKey | None = None


class TokenSecret(msgspec.Struct, frozen=True):
    """The name and secret of a key that signs or verifies tokens."""

    kid: str
    secret: bytes


async def tenant_record(store: CatalogStore, tenant: str) -> Tenant:
    """Return a tenant's record.

    Raises:
        TenantNotFoundError: There is none with this id.
    """
    record = await store.tenant(tenant)
    if record is None:
        raise TenantNotFoundError(tenant)
    return record


class Tenants:
    """The use cases of tenants."""

    def __init__(
        self,
        store: CatalogStore,
        vault: Vault,
        clock: Clock,
        journal: Journal | None = None,
        accounts: Accounts | None = None,
    ) -> None:
        """Work on a store, with secrets sealed by a vault; journal and accounts forget the tenants that are deleted."""
        self._store = store
        self._vault = vault
        self._clock = clock
        self._journal = journal
        self._accounts = accounts

    async def create(self, wish: NewTenant) -> TenantKeys:
        """Add a tenant and return its keys.

        Raises:
            InvalidValueError: A given value is not allowed.
            TenantExistsError: The id or a key is taken.
            StoreError: What an earlier tenant of this id left cannot be removed; nothing was made.
        """
        _check(wish)
        if wish.id and await self._store.tenant(wish.id) is None:
            await self._forget(wish.id)
        api_key = wish.api_key or new_key()
        access_key = wish.access_key or new_key()
        search_key = wish.search_key or new_key()
        tenant = Tenant(
            id=wish.id or new_id(),
            name=wish.name,
            label=wish.label or new_label(),
            active=wish.active,
            api_key_digest=self._vault.digest(api_key),
            api_key_sealed=self._vault.seal(api_key.encode()),
            access_key_digest=self._vault.digest(access_key),
            access_key_sealed=self._vault.seal(access_key.encode()),
            search_key_digest=self._vault.digest(search_key),
            search_key_sealed=self._vault.seal(search_key.encode()),
            token_keys=(self._new_token_key(),),
            settings=wish.settings,
            created=self._clock.now(),
        )
        await self._store.create_tenant(tenant)
        if wish.id:
            await self._forget_namesake(tenant)
        return TenantKeys(tenant, api_key, access_key, search_key)

    async def _forget_namesake(self, tenant: Tenant) -> None:
        """Remove what calls left that still ran when an earlier tenant of the same id was deleted."""
        try:
            if self._accounts is not None:
                await self._accounts.forget(tenant.id, tenant.created)
            if self._journal is not None:
                await self._journal.forget(tenant.id, tenant.created)
        except StoreError as error:
            # The tenant is there, and what was left before it was made is gone; the upkeep of journals tries again.
            _log.warning("an earlier tenant %s could not be forgotten: %s", tenant.id, error.message)

    async def complete(self) -> None:
        """Give a search key to each tenant from before there were any; harmless to repeat."""
        for record in await self._store.tenants():
            if not record.search_key_digest:
                try:
                    await self._store.replace_tenant(self._rotated(record, Rotation.SEARCH_KEY))
                except TenantExistsError as error:
                    # Somebody else was faster, or another of its keys is also another tenant's: it goes on without.
                    _log.warning("tenant %s got no search key: %s", record.id, error.message)

    async def list(self) -> Sequence[Tenant]:
        """Return all tenants, by id."""
        return await self._store.tenants()

    async def get(self, tenant: str) -> Tenant:
        """Return a tenant.

        Raises:
            TenantNotFoundError: There is none with this id.
        """
        return await tenant_record(self._store, tenant)

    async def keys(self, tenant: str) -> TenantKeys:
        """Return a tenant with its keys in the clear."""
        record = await self.get(tenant)
        return TenantKeys(
            record,
            self._vault.open(record.api_key_sealed).decode(),
            self._vault.open(record.access_key_sealed).decode(),
            self._vault.open(record.search_key_sealed).decode() if record.search_key_sealed else "",
        )

    async def rotate(self, tenant: str, what: Sequence[Rotation]) -> TenantKeys:
        """Replace keys and return the tenant with its keys.

        A new API key ends the tenant's tokens at once. New token keys sign from now on; tokens signed by the old
        ones live to their end.
        """
        record = await self.get(tenant)
        for rotation in what:
            record = self._rotated(record, rotation)
        await self._store.replace_tenant(record)
        return await self.keys(tenant)

    async def set_active(self, tenant: str, *, active: bool) -> Tenant:
        """Enable or disable a tenant; disabling ends its tokens at once."""
        record = await self.get(tenant)
        version = record.token_version if active else record.token_version + 1
        return await self._store.replace_tenant(msgspec.structs.replace(record, active=active, token_version=version))

    async def set_client_api(self, tenant: str, wish: ClientApiSettings) -> Tenant:
        """Set how the Client API treats a tenant; holds for the next call.

        Raises:
            TenantNotFoundError: There is none with this id.
            InvalidValueError: A bucket has no room or no leak, or a channel or a status no number or name of its own.
        """
        check_client_api(wish)
        record = await self.get(tenant)
        settings = msgspec.structs.replace(record.settings, client_api=wish)
        return await self._store.replace_tenant(msgspec.structs.replace(record, settings=settings))

    async def set_quotas(self, tenant: str, quotas: Quotas) -> Tenant:
        """Set what a tenant may have and do at most; holds for the next call.

        Raises:
            TenantNotFoundError: There is none with this id.
            InvalidValueError: One is too small or too large.
        """
        check_quotas(quotas)
        record = await self.get(tenant)
        settings = msgspec.structs.replace(record.settings, quotas=quotas)
        return await self._store.replace_tenant(msgspec.structs.replace(record, settings=settings))

    async def usage(self, tenant: str) -> Usage:
        """Return what a tenant has that its quotas count."""
        return await self._store.usage(tenant)

    async def delete(self, tenant: str) -> None:
        """Remove a tenant with all its data.

        Raises:
            TenantNotFoundError: There is none with this id; what an earlier deletion left that broke off is gone too.
        """
        try:
            await self._store.delete_tenant(tenant)
        except TenantNotFoundError:
            # Operators are users of no tenant.
            if tenant:
                await self._forget(tenant)
            raise
        await self._forget(tenant)

    async def _forget(self, tenant: str) -> None:
        """Remove what is kept of a tenant that is gone, and nothing of one that has been made with its id since."""
        # A namesake that is not there when the store is asked is made later than this, and so are its users.
        until = math.nextafter(self._clock.now(), math.inf)
        namesake = await self._store.tenant(tenant)
        born = namesake.created if namesake is not None else None
        if self._accounts is not None:
            await self._accounts.forget(tenant, until if born is None else born)
        if self._journal is not None:
            await self._journal.forget(tenant, born)

    async def login(self, tenant: str, api_key: str) -> Tenant | None:
        """Return the tenant if it is active and the key is its own, else None; in the same steps for each reason."""
        record = await self._store.tenant(tenant)
        expected = record.api_key_digest if record else bytes(32)
        matches = hmac.compare_digest(self._vault.digest(api_key), expected)
        return record if record is not None and matches and record.active else None

    async def by_key(self, key: str) -> FoundKey | None:
        """Return the active tenant whose key this is and what it is for; None also where it is good no more."""
        digest = self.digest(key)
        record = await self._store.tenant_by_key(digest)
        return found_key(record, digest, self._clock.now()) if record is not None and record.active else None

    async def by_access_key(self, key: str) -> tuple[Tenant, AccessKey] | None:
        """Return whose access key this is, be tenant and key active, disabled or expired, or None."""
        digest = self.digest(key)
        record = await self._store.tenant_by_key(digest)
        found = access_key_of(record, digest) if record is not None else None
        return (record, found) if record is not None and found is not None else None

    def digest(self, key: str) -> bytes:
        """Return the 32 bytes by which a key is looked up."""
        return self._vault.digest(key)

    def signing_secret(self, tenant: Tenant) -> TokenSecret:
        """Return the key that signs the tenant's tokens."""
        key = tenant.token_keys[0]
        return TokenSecret(key.kid, self._vault.open(key.sealed))

    async def verifying_secret(self, kid: str) -> tuple[Tenant, TokenSecret] | None:
        """Return the tenant and the key that verify tokens of this key name, or None for an unknown or ended one."""
        tenant = await self._store.tenant_by_token_key(kid)
        now = self._clock.now()
        for key in tenant.token_keys if tenant else ():
            if tenant is not None and key.kid == kid and (key.expires is None or key.expires > now):
                return tenant, TokenSecret(kid, self._vault.open(key.sealed))
        return None

    def _rotated(self, record: Tenant, rotation: Rotation) -> Tenant:
        if rotation is Rotation.TOKEN_KEYS:
            return self._with_new_token_key(record)
        key = new_key()
        digest, sealed = self._vault.digest(key), self._vault.seal(key.encode())
        if rotation is Rotation.SEARCH_KEY:
            return msgspec.structs.replace(record, search_key_digest=digest, search_key_sealed=sealed)
        if rotation is Rotation.ACCESS_KEY:
            return msgspec.structs.replace(record, access_key_digest=digest, access_key_sealed=sealed)
        return msgspec.structs.replace(
            record, api_key_digest=digest, api_key_sealed=sealed, token_version=record.token_version + 1
        )

    def _with_new_token_key(self, record: Tenant) -> Tenant:
        now = self._clock.now()
        old = tuple(
            msgspec.structs.replace(k, expires=now + TOKEN_SECONDS if k.expires is None else k.expires)
            for k in record.token_keys
            if k.expires is None or k.expires > now
        )
        return msgspec.structs.replace(record, token_keys=(self._new_token_key(), *old))

    def _new_token_key(self) -> TokenKey:
        return TokenKey(kid=new_id(), sealed=self._vault.seal(new_token_secret()))


def found_key(tenant: Tenant, digest: bytes, now: float) -> FoundKey | None:
    """Return a tenant's key with this digest, or None where it has none, or it is disabled or expired.

    Of keys that are the same that which may do more counts.
    """
    if hmac.compare_digest(tenant.api_key_digest, digest):
        return FoundKey(tenant, KeyKind.API)
    access_key = access_key_of(tenant, digest)
    if access_key is not None and not access_key.disabled and (access_key.expires is None or now < access_key.expires):
        return FoundKey(tenant, KeyKind.ACCESS, access_key)
    is_search = tenant.search_key_digest and hmac.compare_digest(tenant.search_key_digest, digest)
    return FoundKey(tenant, KeyKind.SEARCH) if is_search else None


def access_key_of(tenant: Tenant, digest: bytes) -> AccessKey | None:
    """Return a tenant's access key with this digest, or None where it has no such key."""
    keys = [key for key in tenant.all_access_keys if hmac.compare_digest(key.digest, digest)]
    return keys[0] if keys else None


def _check(wish: NewTenant) -> None:
    """Refuse what could not be used later: in a URL, a header, a file name or a search answer."""
    for field, text in (("name", wish.name), ("secret", wish.label)):
        if text is not None and not (text.strip() and text.isprintable() and len(text) <= _MAX_NAME_LENGTH):
            raise InvalidValueError(field, f"must have 1 to {_MAX_NAME_LENGTH} printable characters")
    if wish.id is not None and (problem := identifier_problem(wish.id)):
        raise InvalidValueError("id", problem)
    keys = {"api key": wish.api_key, "access key": wish.access_key, "search key": wish.search_key}
    for field, key in keys.items():
        if key is not None and (len(key) < _MIN_KEY_LENGTH or not key.isascii() or not key.isprintable() or " " in key):
            raise InvalidValueError(
                field, f"must have at least {_MIN_KEY_LENGTH} printable ASCII characters and no blank"
            )
    if wish.search_key is not None and wish.search_key in {wish.api_key, wish.access_key}:
        raise InvalidValueError("search key", "must be another one than those that may do everything")
    check_catalog(wish.settings.language, wish.settings.currency)
