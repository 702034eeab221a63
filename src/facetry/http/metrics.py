"""Who may read the metrics, and what they get."""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from facetry.http.answer import Answer, CachePolicy, json_answer
from facetry.http.asgi import Scope, headers_of
from facetry.telemetry.metrics import Metrics
from facetry.telemetry.prometheus import CONTENT_TYPE

_FORWARDED = frozenset({b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"})
_FORBIDDEN = 403


def metrics_answer(scope: Scope, metrics: Metrics, token: str) -> Answer:
    """Return all metrics to whoever may read them, else a refusal.

    Args:
        scope: The request's.
        metrics: What there is to read.
        token: The bearer token that opens them to others than this machine; empty for none.
    """
    if not may_read_metrics(scope, token):
        refusal = {
            "success": False,
            "code": "INVALID",
            "message": "metrics are for this machine or a bearer token only",
        }
        return json_answer(refusal, status=_FORBIDDEN, policy=CachePolicy.NO_STORE)
    return Answer(body=metrics.text(), media_type=CONTENT_TYPE, policy=CachePolicy.NO_STORE)


def may_read_metrics(scope: Scope, token: str) -> bool:
    """Return whether a request has the token, or comes from this machine and was not forwarded by a proxy on it."""
    headers = headers_of(scope)
    given = headers.get(b"authorization", b"")
    if token and hmac.compare_digest(given, b"Bearer " + token.encode()):
        return True
    return not _FORWARDED & headers.keys() and _is_loopback(scope)


def _is_loopback(scope: Scope) -> bool:
    client = scope.get("client")
    try:
        address = ip_address(client[0] if client else "")
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
