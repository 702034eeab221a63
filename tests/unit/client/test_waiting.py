"""Calls that take several requests: waiting for imports, pages of hits."""

from facetry.client.errors import BrokenAnswerError, NoAnswerError
from facetry.client.facetry import Facetry
from facetry.client.imports import Imports
from tests.unit.client.driving import Driven, answer, kept


def job(state, **more):
    return answer({"id": 3, "state": state, **more})


def test_an_import_is_looked_at_until_it_is_over():
    seen, imports = [], kept(Imports)
    imports.wait(3, progress=lambda one: seen.append(one.state))
    done = Driven(imports.flow, job("queued"), job("running"), job("failed", error="why"))
    assert (done.result.state, done.result.error, seen) == ("failed", "why", ["queued", "running", "failed"])
    assert [round(pause, 3) for pause in done.pauses] == [0.1, 0.15]
    assert {request.target for request in done.sent} == {"/v2/imports/3"}


def test_nobody_waits_longer_than_wanted():
    imports = kept(Imports)
    imports.wait(3, timeout=0)
    done = Driven(imports.flow, job("running"))
    assert isinstance(done.error, NoAnswerError)
    assert str(done.error) == "import 3 is still running after 0 seconds"


def test_an_import_is_not_started_twice():
    imports = kept(Imports)
    imports.start(b"x", name="a b", dry_run=True)
    done = Driven(imports.flow, NoAnswerError("gone"))
    assert isinstance(done.error, NoAnswerError)
    assert [request.target for request in done.sent] == ["/v2/imports?name=a+b&dry_run=true"]


def test_hits_come_page_by_page():
    facetry = kept(Facetry)
    facetry.hits("ring", page_size=2, limit=7, facets=["brand"], sort="price", timeout_ms=2000)
    pages = (
        answer({"hits": [{"score": 2}, {"score": 1}], "next": "c"}),
        answer({"hits": [{"score": 0.5}], "next": None}),
    )
    done = Driven(facetry.flow, *pages)
    assert [hit.score for hit in done.items] == [2, 1, 0.5]
    asked = b'{"q":"ring","sort":"price","timeout_ms":2000,"limit":2,"after":'
    assert [request.body for request in done.sent] == [asked + b"null}", asked + b'"c"}']
    assert done.sent[0].wait_seconds == 2


def test_a_page_without_hits_for_lack_of_time_is_not_the_last_one():
    facetry = kept(Facetry)
    facetry.hits("ring", on_timeout="partial")
    done = Driven(facetry.flow, answer({"partial": True, "hits": [], "next": None}))
    assert isinstance(done.error, BrokenAnswerError)
