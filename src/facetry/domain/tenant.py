"""The tenant: who owns a catalog."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

import msgspec

from facetry.domain.errors import InvalidValueError
from facetry.domain.money import DEFAULT_CURRENCY
from facetry.domain.search.fields import AttributeDefinition
from facetry.domain.search.rules import SearchRules

DEFAULT_LANGUAGE = "en"


class KeyKind(Enum):
    """What a key of a tenant is for."""

    API = "api"
    ACCESS = "access"
    SEARCH = "search"


class Scope(Enum):
    """What an access key may do."""

    READ = "read"
    WRITE = "write"
    ORDERS = "orders"
    LISTINGS = "listings"


class TenantSettings(msgspec.Struct, frozen=True):
    """What a tenant may set.

    Attributes:
        language: Of its texts.
        currency: Of prices that name none.
        attributes: The types that it has given attributes.
        rules: What its words mean and how hits are ranked.
    """

    language: str = DEFAULT_LANGUAGE
    currency: str = DEFAULT_CURRENCY
    attributes: tuple[AttributeDefinition, ...] = ()
    rules: SearchRules = SearchRules()


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
        search_key_digest: The same of the key that may only search; empty in a record from before there were any.
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
    search_key_digest: bytes = b""
    search_key_sealed: bytes = b""

    @property
    def key_digests(self) -> Mapping[KeyKind, bytes]:
        """Return the digests of the keys that it has, the mightiest first."""
        digests = {
            KeyKind.API: self.api_key_digest,
            KeyKind.ACCESS: self.access_key_digest,
            KeyKind.SEARCH: self.search_key_digest,
        }
        return {kind: digest for kind, digest in digests.items() if digest}


def check_record(tenant: Tenant) -> None:
    """Check a record before it is stored.

    Raises:
        InvalidValueError: One of its texts is not valid Unicode.
    """
    try:
        msgspec.json.encode(tenant)
    except UnicodeEncodeError as error:
        raise InvalidValueError("tenant", "must hold valid Unicode only") from error
