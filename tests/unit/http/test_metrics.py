"""Who may read the metrics."""

from __future__ import annotations

import pytest

from facetry.http.metrics import may_read_metrics, metrics_answer
from facetry.telemetry.metrics import Metrics

TOKEN = "metrics-token-of-the-operator"
BEARER = (b"authorization", b"Bearer " + TOKEN.encode())


def scope(address, *headers):
    return {"client": (address, 5000) if address is not None else None, "headers": list(headers)}


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_may(address):
    assert may_read_metrics(scope(address), "")
    assert may_read_metrics(scope(address), TOKEN)


@pytest.mark.parametrize("address", ["192.0.2.1", "10.0.0.1", "::ffff:10.0.0.1", "2001:db8::1", "", "here", None])
def test_others_may_with_the_token_only(address):
    assert not may_read_metrics(scope(address), "")
    assert not may_read_metrics(scope(address), TOKEN)
    assert may_read_metrics(scope(address, BEARER), TOKEN)
    for wrong in (b"Bearer ", b"Bearer", b"Bearer x", b"Basic " + TOKEN.encode(), TOKEN.encode(), b"\xff"):
        assert not may_read_metrics(scope(address, (b"authorization", wrong)), TOKEN)
        assert not may_read_metrics(scope(address, (b"authorization", wrong)), "")


@pytest.mark.parametrize("name", [b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"])
def test_what_a_proxy_on_this_machine_passes_on_may_not(name):
    forwarded = (name, b"127.0.0.1")
    assert not may_read_metrics(scope("127.0.0.1", forwarded), "")
    assert may_read_metrics(scope("127.0.0.1", forwarded, BEARER), TOKEN)


def test_who_may_gets_them_as_text():
    metrics = Metrics()
    metrics.counter("facetry_hot_hits_total").add(2)
    answer = metrics_answer(scope("127.0.0.1"), metrics, "")
    assert (answer.status, answer.media_type) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert b"\nfacetry_hot_hits_total 2\n" in answer.body
    assert answer.cache_key is None


def test_who_may_not_gets_a_refusal():
    answer = metrics_answer(scope("192.0.2.1"), Metrics(), "")
    assert (answer.status, answer.media_type) == (403, "application/json")
    assert answer.body == (
        b'{"success":false,"code":"INVALID","message":"metrics are for this machine or a bearer token only"}'
    )
