"""The tenant: who owns a catalog."""

from __future__ import annotations

import math
from enum import Enum

import msgspec

from facetry.domain.analysis import LANGUAGES
from facetry.domain.channels import Channel, check_channels
from facetry.domain.currencies import CURRENCIES
from facetry.domain.errors import InvalidValueError
from facetry.domain.leaky_bucket import Bucket
from facetry.domain.money import DEFAULT_CURRENCY
from facetry.domain.order import StatusDefinition
from facetry.domain.order_statuses import check_statuses
from facetry.domain.placement import Placement
from facetry.domain.quotas import Quotas
from facetry.domain.search.fields import AttributeDefinition
from facetry.domain.search.rules import SearchRules

DEFAULT_LANGUAGE = "en"
NO_LANGUAGE = "none"
"""Of texts whose words are taken as they are."""


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


ALL_SCOPES = tuple(Scope)
FIRST_ACCESS_KEY = "main"
"""Id of the access key that every tenant is made with."""


class HttpsRule(Enum):
    """Which calls of the Client API must come over HTTPS."""

    NEVER = "never"
    AUTO = "auto"
    ALWAYS = "always"


class ClientApiSettings(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a tenant may set about the Client API.

    Attributes:
        http_errors: Whether failures have an HTTP status of their own; a call may say otherwise.
        require_https: Only what is stricter than the server's own rule counts.
        buckets: Those of actions that are to have another one than the server's, by name.
        statuses: How it names statuses of orders, and its own ones; see ``order_statuses``.
        channels: Sales channels beside those that every tenant has.
    """

    http_errors: bool = False
    require_https: HttpsRule = HttpsRule.NEVER
    buckets: dict[str, Bucket] = {}
    statuses: tuple[StatusDefinition, ...] = ()
    channels: tuple[Channel, ...] = ()


class TenantSettings(msgspec.Struct, frozen=True):
    """What a tenant may set.

    Attributes:
        language: Of its texts.
        currency: Of prices that name none.
        attributes: The types that it has given attributes.
        rules: What its words mean and how hits are ranked.
        client_api: How the Client API treats it.
        quotas: What the operator lets it have and do at most.
        placement: In which index its groups are, where there are several.
    """

    language: str = DEFAULT_LANGUAGE
    currency: str = DEFAULT_CURRENCY
    attributes: tuple[AttributeDefinition, ...] = ()
    rules: SearchRules = SearchRules()
    client_api: ClientApiSettings = ClientApiSettings()
    quotas: Quotas = Quotas()
    placement: Placement = Placement()


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


class AccessKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A key that opens the Client API.

    Attributes:
        id: Unique in its tenant; never a secret.
        name: What its owner calls it.
        digest: HMAC-SHA256 of the key under the master key.
        sealed: The key, encrypted under the master key.
        scopes: What it may do.
        expires: Unix time from which it is good no more; None for never.
        disabled: Whether it is refused for now.
        created: Unix time.
    """

    id: str
    name: str
    digest: bytes
    sealed: bytes
    scopes: tuple[Scope, ...] = ALL_SCOPES
    expires: float | None = None
    disabled: bool = False
    created: float = 0.0


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
        access_key_disabled: Whether that access key is refused for now.
        access_keys: Those beside the one that it was made with.
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
    access_key_disabled: bool = False
    access_keys: tuple[AccessKey, ...] = ()

    @property
    def all_access_keys(self) -> tuple[AccessKey, ...]:
        """Return the keys that open the Client API, good or not; the one that it was made with comes first."""
        first = AccessKey(
            id=FIRST_ACCESS_KEY,
            name=FIRST_ACCESS_KEY,
            digest=self.access_key_digest,
            sealed=self.access_key_sealed,
            disabled=self.access_key_disabled,
            created=self.created,
        )
        return (first, *self.access_keys)

    @property
    def owned_digests(self) -> tuple[bytes, ...]:
        """Return the digest of every key that is found as this tenant's, each once."""
        kept = (self.api_key_digest, self.search_key_digest, *(key.digest for key in self.all_access_keys))
        return tuple(dict.fromkeys(digest for digest in kept if digest))


def check_catalog(language: str, currency: str) -> None:
    """Check language and currency of a tenant.

    Raises:
        InvalidValueError: There is no such language or currency.
    """
    if language not in (*LANGUAGES, NO_LANGUAGE):
        raise InvalidValueError("language", f"must be one of {', '.join(LANGUAGES)}, {NO_LANGUAGE}")
    if currency not in CURRENCIES:
        raise InvalidValueError("currency", "must be a code of ISO 4217, in capital letters")


def check_client_api(wish: ClientApiSettings) -> None:
    """Check what is to be set about the Client API.

    Raises:
        InvalidValueError: A bucket has no room or no leak, or a channel or a status no number or name of its own.
    """
    for name, bucket in wish.buckets.items():
        if bucket.size < 1 or not 0 < bucket.leak < math.inf:
            raise InvalidValueError("limit", f"of {name} must have a size of at least 1 and a leak above 0")
    check_channels(wish.channels)
    check_statuses(wish.statuses)


def check_record(tenant: Tenant) -> None:
    """Check a record before it is stored.

    Raises:
        InvalidValueError: One of its texts is not valid Unicode.
    """
    try:
        msgspec.json.encode(tenant)
    except UnicodeEncodeError as error:
        raise InvalidValueError("tenant", "must hold valid Unicode only") from error
