"""The Client API of one process over its use cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facetry.api.client.actions import Actions
from facetry.api.client.dependencies import Dependencies
from facetry.api.client.documentation import page
from facetry.api.client.limits import Limits
from facetry.api.client.protocol import Protocol
from facetry.api.client.routes import all_actions
from facetry.application.client_limits import ClientLimits
from facetry.application.gemstones import Gemstones
from facetry.application.login_limits import key_limiter
from facetry.application.records import Records
from facetry.bootstrap.service import Service
from facetry.domain.errors import ActionNotFoundError, InvalidValueError, SettingError
from facetry.domain.leaky_bucket import Bucket, read_limit
from facetry.domain.tenant import HttpsRule
from facetry.http.client_admission import ClientAdmission
from facetry.http.transport import Transport
from facetry.http.verified import VerifiedTokens
from facetry.ports.rate_limiter import RateLimiter
from facetry.settings import TENANT_LIMIT, Settings


@dataclass(frozen=True)
class ClientApi:
    """The Client API, ready to be served: what answers its calls, its documentation as HTML, and its buckets."""

    protocol: Protocol
    page: str
    limits: ClientLimits


def open_client_api(
    service: Service, verified: VerifiedTokens, limiter: RateLimiter, gemstones: Gemstones
) -> ClientApi:
    """Return the Client API over the use cases of a process; its gemstones are searched by the native API too.

    Raises:
        SettingError: A setting about it cannot be used.
    """
    settings = service.settings
    dependencies = Dependencies(
        catalog=service.catalog,
        search=service.search,
        records=Records(service.store),
        gemstones=gemstones,
        store=service.store,
        relay=service.relay,
        clock=service.clock,
    )
    actions = Actions(all_actions(dependencies))
    buckets = _buckets(settings.client_api_limits, actions)
    guesses = key_limiter(limiter, "client")
    admission = ClientAdmission(
        service.tenants, verified, service.store.mark, service.clock, service.key_usage, guesses
    )
    limited = [action.name for action in actions if action.is_limited]
    protocol = Protocol(actions, admission, _transport(settings), Limits(limiter, buckets))
    return ClientApi(protocol, page(actions, buckets), ClientLimits(limiter, buckets, limited))


def tenant_bucket(settings: Settings) -> Bucket:
    """Return the bucket that the setting ``tenant_limit`` describes."""
    return read_limit(f"{TENANT_LIMIT}={settings.tenant_limit}")[1]


def _transport(settings: Settings) -> Transport:
    try:
        return Transport(HttpsRule(settings.client_api_require_https), settings.trusted_proxies)
    except InvalidValueError as error:
        message = f"setting {error.field} {error.message}"
        raise SettingError(message) from error


def _buckets(limits: Sequence[str], actions: Actions) -> Mapping[str, Bucket]:
    """Return the buckets of limits, each ``action=size/leak``, by the names of their actions.

    Raises:
        SettingError: There is no such action.
    """
    try:
        return {actions.named(name).name: bucket for name, bucket in map(read_limit, limits)}
    except ActionNotFoundError as error:
        message = f"setting client_api_limits: {error.message}"
        raise SettingError(message) from error
