"""The table from error to problem."""

from __future__ import annotations

import json

import pytest

from facetry.api.native.problems import KINDS, PROBLEM, error_answer, refusal
from facetry.domain import errors
from facetry.http.exchange import Exchange

MADE = [
    errors.InvalidValueError("name", "is wrong"),
    errors.ProductExistsError("S"),
    errors.ProductNotFoundError("S"),
    errors.GroupNotFoundError("G"),
    errors.TenantNotFoundError("shop"),
    errors.TenantExistsError("changed meanwhile"),
    errors.StoreError("the database failed: /secret/path"),
    errors.StoreFullError("no room in /secret/path"),
    errors.StoreVersionError("too new"),
    errors.StoreBusyError("process 7 owns /secret/path"),
    errors.IndexBehindError(7),
    errors.IndexDamagedError("/secret/path is damaged"),
    errors.MalformedBodyError("malformed JSON"),
    errors.UnacceptedTypeError("send JSON"),
    errors.BadDocumentError("/a/0", "expected str"),
    errors.SearchError("/filter", "expected a value", 7),
    errors.SearchError("", "must be an object"),
    errors.SearchTimeoutError(),
    errors.NotAuthenticatedError("no key"),
    errors.NotPermittedError("only search"),
    errors.TooManyAttemptsError(3),
    errors.OutdatedError(9),
    errors.RevisionNotReachedError(8, 5),
    errors.ValuesMisfitError("attributes.a", "does not fit", ("S",)),
    errors.FacetryError("what happened inside"),
]
STATUSES = {
    "invalid_value": 422,
    "tenant_not_found": 401,
    "tenant_exists": 409,
    "store_failed": 503,
    "store_full": 503,
    "store_too_new": 503,
    "store_busy": 503,
    "index_behind": 503,
    "malformed_body": 400,
    "unaccepted_type": 415,
    "bad_document": 422,
    "bad_search": 400,
    "search_timeout": 503,
    "not_authenticated": 401,
    "not_permitted": 403,
    "too_many_attempts": 429,
    "outdated": 412,
    "revision_not_reached": 409,
    "values_do_not_fit": 409,
}
MORE = {
    "invalid_value": {"field": "name"},
    "bad_document": {"pointer": "/a/0"},
    "outdated": {"version": 9},
    "revision_not_reached": {"revision": 8},
    "values_do_not_fit": {"field": "attributes.a", "skus": ["S"]},
}
HEADERS = {
    "tenant_not_found": ((b"www-authenticate", b"Bearer"),),
    "not_authenticated": ((b"www-authenticate", b"Bearer"),),
    "too_many_attempts": ((b"retry-after", b"3"),),
    "outdated": ((b"etag", b'"9"'),),
    **{
        code: ((b"retry-after", b"1"),)
        for code, status in STATUSES.items()
        if status == 503 and code != "search_timeout"
    },
}


@pytest.mark.parametrize("error", MADE, ids=lambda error: error.code)
def test_every_error_is_a_problem_of_its_own(error):
    answer = error_answer(error, "id-7")
    document = json.loads(answer.body)
    assert (answer.media_type, answer.policy.value) == (PROBLEM, "no-store")
    assert answer.status == document["status"] == STATUSES.get(error.code, 500)
    assert (document["code"], document["type"]) == (error.code, f"urn:facetry:problem:{error.code}")
    assert document["request_id"] == "id-7"
    assert answer.headers == HEADERS.get(error.code, ())
    usual = {"type", "title", "status", "detail", "code", "request_id"}
    more = {name: value for name, value in document.items() if name not in usual}
    if error.code != "bad_search":
        assert more == MORE.get(error.code, {})


def test_what_a_search_says_of_its_place():
    for error, place in ((MADE[15], {"pointer": "/filter", "position": 7}), (MADE[16], {"pointer": ""})):
        document = json.loads(error_answer(error, "").body)
        assert {name: document[name] for name in ("pointer", "position") if name in document} == place


def test_nothing_of_the_inside_is_told():
    for error in MADE:
        if error_answer(error, "").status >= 500 and error.code != "search_timeout":
            assert b"/secret/path" not in error_answer(error, "").body
            assert b"inside" not in error_answer(error, "").body


@pytest.mark.parametrize("status", [400, 404, 405, 408, 413, 500, 418])
def test_what_ends_outside_of_a_handler_has_the_same_form(status):
    answer = refusal(status, Exchange("id-7", 0.0, ""))
    document = json.loads(answer.body)
    assert answer.status == document["status"] == (status if status != 418 else 500)
    assert document["type"] == f"urn:facetry:problem:{document['code']}"
    assert (answer.media_type, document["request_id"]) == (PROBLEM, "id-7")
    assert document["title"] != document["detail"]


def test_every_title_says_what_kind_of_problem_it_is():
    assert all(kind.title[0].isupper() and not kind.title.endswith(".") for kind in KINDS.values())
