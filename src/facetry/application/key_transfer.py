"""Keys of tenants and secrets of users on their way from one master key to another."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from facetry.application.secrets import Vault, new_id, new_key, new_token_secret
from facetry.domain.errors import SettingError
from facetry.domain.placement import Placement
from facetry.domain.tenant import AccessKey, Tenant, TokenKey
from facetry.ports.accounts import Accounts

NO_TENANT = ""
"""Whose users operators are."""

_KEYS = ("api_key", "access_key", "search_key")
_Change = Callable[[bytes], bytes]


def with_plain_keys(record: Tenant, vault: Vault) -> Tenant:
    """Return a record whose keys are in the clear where they are otherwise sealed, without digests: a secret.

    Raises:
        SettingError: They do not open under the vault's master key.
    """
    return _changed(record, vault.open, lambda _: b"")


def with_sealed_keys(record: Tenant, vault: Vault) -> Tenant:
    """Return the record of one with plain keys, sealed and with digests under the vault's master key."""
    return _changed(record, vault.seal, lambda key: vault.digest(key.decode()))


def with_new_keys(record: Tenant) -> Tenant:
    """Return the record of one with plain keys with others in their place; tokens of the original are none of its own.

    Access keys keep their ids, names, scopes and ends.
    """
    own = {f"{name}_sealed": new_key().encode() for name in _KEYS}
    return msgspec.structs.replace(
        record,
        **own,
        access_keys=tuple(msgspec.structs.replace(key, sealed=new_key().encode()) for key in record.access_keys),
        token_keys=(TokenKey(kid=new_id(), sealed=new_token_secret()),),
    )


def unplaced(record: Tenant) -> Tenant:
    """Return a record as it is on another server, which has indexes of its own."""
    settings = msgspec.structs.replace(record.settings, placement=Placement())
    return msgspec.structs.replace(record, settings=settings)


async def reseal_users(accounts: Accounts, tenants: Iterable[str], old: Vault, new: Vault) -> None:
    """Seal what users of these tenants, and operators, share with their phones; harmless to repeat.

    Raises:
        SettingError: A secret opens under neither master key.
        StoreError: The accounts cannot be changed.
    """
    for tenant in (NO_TENANT, *tenants):
        for user in await accounts.users(tenant):
            if user.totp and not _opens(new, user.totp):
                sealed = new.seal(old.open(user.totp))
                await accounts.replace_user(msgspec.structs.replace(user, totp=sealed))


def _opens(vault: Vault, sealed: bytes) -> bool:
    try:
        vault.open(sealed)
    except SettingError:
        return False
    return True


def _changed(record: Tenant, change: _Change, digest: _Change) -> Tenant:
    """Return a record with what seals hold changed, and digests made of what they held."""

    def access_key(key: AccessKey) -> AccessKey:
        return msgspec.structs.replace(key, sealed=change(key.sealed), digest=digest(key.sealed))

    def token_key(key: TokenKey) -> TokenKey:
        return msgspec.structs.replace(key, sealed=change(key.sealed))

    changed = {}
    for name in _KEYS:
        sealed = getattr(record, f"{name}_sealed")
        # A record from before there were search keys has none.
        changed[f"{name}_sealed"] = change(sealed) if sealed else b""
        changed[f"{name}_digest"] = digest(sealed) if sealed else b""
    return msgspec.structs.replace(
        record,
        **changed,
        token_keys=tuple(map(token_key, record.token_keys)),
        access_keys=tuple(map(access_key, record.access_keys)),
    )
