"""Attempts: what is sent again, when, and what never is."""

import pytest

from facetry.client.errors import (
    BrokenAnswerError,
    ChangedMeanwhileError,
    ConflictError,
    InvalidRequestError,
    NoAnswerError,
    NotAuthenticatedError,
    NotFoundError,
    NotPermittedError,
    RefusedError,
    RevisionTooOldError,
    ServerError,
    TooManyRequestsError,
)
from facetry.client.exchange import Request, get, reader, write
from facetry.client.retrying import Retries
from tests.unit.client.driving import Driven, answer, core, lost

READ = get("/v2/x", reader(dict))
ONCE = Request(method="POST", target="/v2/y", read=reader(dict))


def test_a_request_is_sent_with_the_key_and_read():
    done = Driven(core().performed(READ), answer({"a": 1}))
    assert done.result == {"a": 1}
    assert (done.sent[0].method, done.sent[0].target, done.sent[0].headers["authorization"]) == (
        "GET",
        "/v2/x",
        "Bearer k",
    )


@pytest.mark.parametrize(
    "outcome", [lost(), lost(may_have_happened=False), *(answer({}, s) for s in (429, 502, 503, 504))]
)
def test_what_may_be_repeated_is_tried_again(outcome):
    done = Driven(core().performed(READ), outcome, answer({"a": 1}))
    assert (done.result, len(done.sent), len(done.pauses)) == ({"a": 1}, 2, 1)
    assert done.sent[0] == done.sent[1]


@pytest.mark.parametrize("outcome", [lost(), *(answer({}, status) for status in (500, 502, 503, 504))])
def test_what_may_have_happened_is_not_done_twice(outcome):
    done = Driven(core().performed(ONCE), outcome)
    assert isinstance(done.error, NoAnswerError | ServerError)
    assert (len(done.sent), done.pauses) == (1, [])


@pytest.mark.parametrize("outcome", [lost(may_have_happened=False), answer({}, 429)])
def test_what_has_not_happened_is_tried_again(outcome):
    assert Driven(core().performed(ONCE), outcome, answer({"a": 1})).result == {"a": 1}


def test_a_write_is_repeated_with_the_same_key():
    done = Driven(core().performed(write("PUT", "/v2/x", reader(dict), {"a": 1})), lost(), answer({}, 503), answer({}))
    keys = {request.headers["idempotency-key"] for request in done.sent}
    assert (len(done.sent), len(keys), {len(key) for key in keys}) == (3, 1, {32})
    assert {request.body for request in done.sent} == {b'{"a":1}'}


def test_tries_end():
    done = Driven(core(attempts=3).performed(READ), lost(), answer({"code": "x"}, 503), lost())
    assert isinstance(done.error, NoAnswerError)
    assert len(done.sent) == 3


def test_pauses_grow_and_stay_below_their_bounds():
    for _ in range(20):
        done = Driven(core(attempts=5, first_seconds=1, longest_seconds=3).performed(READ), *[lost()] * 5)
        assert len(done.pauses) == 4
        assert all(0 <= pause <= bound for pause, bound in zip(done.pauses, (1, 2, 3, 3), strict=True))


def test_a_server_that_says_when_is_waited_for():
    refusal = answer({"code": "rate_limited"}, 429, retry_after="7")
    done = Driven(core(first_seconds=0.5).performed(READ), refusal, answer({}))
    assert 7 <= done.pauses[0] <= 7.5


def test_nobody_waits_longer_than_the_patience():
    done = Driven(core(patience_seconds=6).performed(READ), answer({"code": "quota_exceeded"}, 429, retry_after="7"))
    assert isinstance(done.error, TooManyRequestsError)
    assert (done.error.retry_after, done.pauses) == (7, [])


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, InvalidRequestError),
        (401, NotAuthenticatedError),
        (403, NotPermittedError),
        (404, NotFoundError),
        (409, ConflictError),
        (410, RevisionTooOldError),
        (412, ChangedMeanwhileError),
        (418, RefusedError),
        (422, InvalidRequestError),
        (500, ServerError),
    ],
)
def test_a_refusal_says_all_that_the_problem_says(status, kind):
    problem = {"code": "c", "title": "t", "detail": "d", "pointer": "/p", "request_id": "r", "left": 2}
    error = Driven(core().performed(READ), answer(problem, status)).error
    assert type(error) is kind
    assert (error.status, error.code, error.title, error.detail, error.pointer) == (status, "c", "t", "d", "/p")
    assert (error.request_id, error.problem["left"], error.retry_after) == ("r", 2, None)
    assert str(error) == f"{status} c: d (at /p)"


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b"\xff", b""])
def test_a_refusal_without_a_problem_has_its_status(body):
    whole = answer(None, 404, x_request_id="r7")
    error = Driven(core().performed(READ), type(whole)(404, whole.headers, body)).error
    assert (error.status, error.code, error.request_id, str(error)) == (
        404,
        "",
        "r7",
        "404 error: the answer does not say why",
    )


def test_who_came_too_late_gets_the_thing_as_it_is():
    error = Driven(core().performed(READ), answer({"current": {"a": 1}}, 412, etag='"7"')).error
    assert (error.current, error.etag) == ({"a": 1}, '"7"')


def test_an_answer_that_cannot_be_read_is_no_success():
    for body in (b"nonsense", b"\xff", b"[]"):
        done = Driven(core().performed(READ), type(answer())(200, {}, body))
        assert isinstance(done.error, BrokenAnswerError)


def test_the_highest_revision_is_remembered():
    one = core()
    for revision in ("7", "5", "x"):
        Driven(one.performed(READ), answer({}, facetry_revision=revision))
    assert one.revision == 7


def test_an_address_that_sends_on_is_named():
    done = Driven(core().performed(READ), answer({}, 301, location="https://shop.example/v2/x"))
    assert isinstance(done.error, BrokenAnswerError)
    assert "301" in str(done.error)
    assert "https://shop.example/v2/x" in str(done.error)


def test_an_answer_that_says_nothing_is_told_so():
    done = Driven(core(attempts=1).performed(READ), answer([], 503))
    assert str(done.error) == "503 error: the answer does not say why"


def test_a_wait_that_cannot_be_read_is_none():
    refusal = answer({}, 429, retry_after="soon")
    done = Driven(core(attempts=1).performed(READ), refusal)
    assert done.error.retry_after is None
    assert Retries(attempts=2).pause(1, done.error) is not None
