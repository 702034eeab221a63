"""The tenant: who owns a catalog."""

from __future__ import annotations

import msgspec

from facetry.domain.errors import InvalidValueError
from facetry.domain.money import DEFAULT_CURRENCY

DEFAULT_LANGUAGE = "en"


class TenantSettings(msgspec.Struct, frozen=True):
    """What a tenant may set: language of its texts and currency of prices that name none."""

    language: str = DEFAULT_LANGUAGE
    currency: str = DEFAULT_CURRENCY


class TokenKey(msgspec.Struct, frozen=True):
    """A key that signs the tenant's tokens.

    Attributes:
        kid: Name of the key in a token's header, unique over all tenants.
        sealed: The secret, encrypted under the server's master key.
        expires: Unix time after which it verifies nothing more; None while it is the signing one.
    """

    kid: str
    sealed: bytes
    expires: float | None = None


class Tenant(msgspec.Struct, frozen=True, kw_only=True):
    """A tenant as the store keeps it; keys only as digest and encrypted.

    Attributes:
        id: The Catalog API's customer id.
        name: Display name.
        label: Public text in ``_index`` of a search answer; never a key.
        active: Whether its users may log in.
        token_version: Raised to end all its tokens at once.
        version: Raised by every change of this record.
        api_key_digest: HMAC-SHA256 of the API key under the master key.
        access_key_digest: The same of the Client API's access key.
        token_keys: The newest first; the first one signs.
        created: Unix time.
    """

    id: str
    name: str
    label: str
    active: bool = True
    token_version: int = 1
    version: int = 1
    api_key_digest: bytes
    api_key_sealed: bytes
    access_key_digest: bytes
    access_key_sealed: bytes
    token_keys: tuple[TokenKey, ...] = ()
    settings: TenantSettings = TenantSettings()
    created: float = 0.0


def check_record(tenant: Tenant) -> None:
    """Check a record before it is stored.

    Raises:
        InvalidValueError: One of its texts is not valid Unicode.
    """
    try:
        msgspec.json.encode(tenant)
    except UnicodeEncodeError as error:
        raise InvalidValueError("tenant", "must hold valid Unicode only") from error
