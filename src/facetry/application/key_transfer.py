"""A tenant's keys on their way from one master key to another."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from facetry.application.secrets import Vault
from facetry.domain.tenant import AccessKey, Tenant, TokenKey

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


def _changed(record: Tenant, change: _Change, digest: _Change) -> Tenant:
    """Return a record with what seals hold changed, and digests made of what they held."""

    def access_key(key: AccessKey) -> AccessKey:
        return msgspec.structs.replace(key, sealed=change(key.sealed), digest=digest(key.sealed))

    def token_key(key: TokenKey) -> TokenKey:
        return msgspec.structs.replace(key, sealed=change(key.sealed))

    changed = {}
    for name in ("api_key", "access_key", "search_key"):
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
