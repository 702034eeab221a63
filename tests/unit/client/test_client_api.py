"""Calls of the Client API, without a server: buckets, repeats."""

import pytest

from facetry.client.client_api import ClientApi
from facetry.client.errors import ActionError, NoAnswerError
from tests.unit.client.driving import Driven, answer, core, lost


class Kept(ClientApi):
    """Keeps the flow of its last call, in place of doing it."""

    def __init__(self):
        self._core, self._key, self._room_at, self.flow = core(), "k", {}, None

    def _run(self, flow):
        self.flow = flow


def told(code, data=None, **headers):
    return answer({"status": {"code": code, "message": "m"}, "data": data}, **headers)


def called(*outcomes, kept=None, action="product_sold", data=None, **options):
    kept = kept or Kept()
    kept.call(action, data, **options)
    return Driven(kept.flow, *outcomes)


def test_a_call_is_a_form():
    done = called(told(100), data={"sku": "A&B"}, actions=["x"])
    assert done.sent[0].body == b"auth=k&action=product_sold&data=%7B%22sku%22%3A%22A%26B%22%7D&actions=%5B%22x%22%5D"
    assert called(told(100), data="1,2").sent[0].body.endswith(b"data=1%2C2")


def test_a_call_that_is_refused_waits_as_long_as_is_said():
    done = called(told(105, retry_after="3"), told(105, retry_after="2"), told(100, [1]))
    assert (done.result.data, done.pauses) == ([1], [3.0, 2.0])


def test_nobody_waits_for_ever():
    done = called(*[told(105, retry_after="3")] * 6)
    assert isinstance(done.error, ActionError)
    assert (done.error.code, done.error.retry_after, len(done.pauses)) == (105, 3.0, 5)


def test_a_full_bucket_is_waited_for():
    kept = Kept()
    full = {"x_ratelimit_remaining": "0", "x_ratelimit_limit": "4", "x_ratelimit_reset": "20"}
    assert called(told(100, **full), kept=kept).pauses == []
    assert called(told(100), kept=kept, action="product_search").pauses == []
    (pause,) = called(told(100, x_ratelimit_remaining="3"), kept=kept).pauses
    assert 4 < pause <= 5
    assert called(told(100), kept=kept).pauses == []


@pytest.mark.parametrize("action", ["product_search", "orders_export", "gemstone_listfields", "batch_status"])
def test_reads_are_repeated(action):
    assert called(lost(), told(100), action=action).result.code == 100


def test_writes_are_repeated_where_that_is_said_to_be_harmless():
    assert isinstance(called(lost()).error, NoAnswerError)
    assert called(lost(), told(100), is_repeatable=True).result.code == 100
    assert called(lost(may_have_happened=False), told(100)).result.code == 100


@pytest.mark.parametrize("data", [None, {"missing": ["a"]}, [1], [{"index": 0}], []])
def test_what_tells_of_no_records_is_a_failure(data):
    error = called(told(302, data)).error
    assert (error.code, error.data) == (302, data)
