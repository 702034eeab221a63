"""The table from error to problem."""

from __future__ import annotations

import json
import re

import pytest

from facetry.api.native.problems import KINDS, PROBLEM, REFUSALS, changed_answer, error_answer, refusal
from facetry.domain import errors
from facetry.http.exchange import Exchange
from tests.support import ROOT

MADE = [
    errors.InvalidValueError("name", "is wrong"),
    errors.ProductExistsError("S"),
    errors.ProductNotFoundError("S"),
    errors.GroupNotFoundError("G"),
    errors.ProductNotFoundError("", 7),
    errors.RecordNotFoundError("order", "7"),
    errors.RecordExistsError("gemstone", "D-1"),
    errors.RecordInUseError("client", "7", "order 3"),
    errors.InsufficientStockError("S", 3, 1),
    errors.ReadOnlyError("price", "is derived"),
    errors.BadParameterError("limit", "must be an integer"),
    errors.ChangedMeanwhileError("0123456789abcdef"),
    errors.KeyReusedError("k"),
    errors.RevisionTooOldError(3, 5, 9),
    errors.QuotaExceededError("writes_per_second", 5, 2),
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
    "read_only": 422,
    "product_exists": 409,
    "product_not_found": 404,
    "group_not_found": 404,
    "record_not_found": 404,
    "record_exists": 409,
    "record_in_use": 409,
    "insufficient_stock": 409,
    "bad_parameter": 400,
    "changed_meanwhile": 412,
    "key_reused": 409,
    "revision_too_old": 410,
    "quota_exceeded": 429,
    "tenant_not_found": 401,
    "tenant_exists": 409,
    "store_failed": 503,
    "store_full": 503,
    "store_too_new": 503,
    "store_damaged": 503,
    "store_busy": 503,
    "commit_unknown": 503,
    "index_away": 503,
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
    "invalid_value": {"pointer": "/name"},
    "read_only": {"pointer": "/price"},
    "insufficient_stock": {"left": 1},
    "bad_parameter": {"parameter": "limit"},
    "revision_too_old": {"oldest": 5, "last": 9},
    "quota_exceeded": {"quota": "writes_per_second", "limit": 5},
    "bad_document": {"pointer": "/a/0"},
    "outdated": {"version": 9},
    "revision_not_reached": {"revision": 8},
    "index_behind": {"revision": 7},
    "values_do_not_fit": {"field": "attributes.a", "skus": ["S"]},
}
HEADERS = {
    "tenant_not_found": ((b"www-authenticate", b"Bearer"),),
    "not_authenticated": ((b"www-authenticate", b"Bearer"),),
    "too_many_attempts": ((b"retry-after", b"3"),),
    "outdated": ((b"etag", b'"9"'),),
    "changed_meanwhile": ((b"etag", b'"0123456789abcdef"'),),
    "quota_exceeded": ((b"retry-after", b"2"),),
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
    placed = errors.SearchError("/filter", "expected a value", 7), errors.SearchError("", "must be an object")
    for error, place in zip(placed, ({"pointer": "/filter", "position": 7}, {"pointer": ""}), strict=True):
        document = json.loads(error_answer(error, "").body)
        assert {name: document[name] for name in ("pointer", "position") if name in document} == place


def test_a_quota_that_waiting_does_not_free_is_full():
    answer = error_answer(errors.QuotaExceededError("products", 100, None), "")
    document = json.loads(answer.body)
    assert (answer.status, document["status"], document["code"]) == (403, 403, "quota_full")
    assert (document["type"], document["quota"], document["limit"]) == (
        "urn:facetry:problem:quota_full",
        "products",
        100,
    )
    assert answer.headers == ()


def test_who_comes_too_late_is_told_how_it_is_now():
    answer = changed_answer({"sku": "S"}, "0123456789abcdef", "id-7")
    assert (answer.status, answer.tag) == (412, "0123456789abcdef")
    assert json.loads(answer.body)["current"] == {"sku": "S"}


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


def test_the_reference_lists_every_code():
    text = (ROOT / "docs" / "native-api.md").read_text("utf-8")
    table = text[text.index("| status | when | codes |") : text.index("**Revisions.**")]
    rows = [line.split("|") for line in table.splitlines()[2:] if line.startswith("|")]
    listed = {
        (int(status), code)
        for _, statuses, _, codes, _ in rows
        for status in statuses.split(",")
        for code in re.findall(r"`([a-z_]+)`", codes)
    }
    known = {one for one in vars(errors).values() if isinstance(one, type) and issubclass(one, errors.FacetryError)}
    statuses = {one: next(KINDS[base].status for base in one.__mro__ if base in KINDS) for one in known}
    # What has no kind of its own never comes here, or is a failure of ours.
    told = {(status, one.code) for one, status in statuses.items() if status != KINDS[errors.FacetryError].status}
    refused = {(status, json.loads(refusal(status, Exchange("", 0.0, "")).body)["code"]) for status in REFUSALS}
    assert sorted((told | refused) - listed) == []
