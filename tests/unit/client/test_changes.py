"""Following changes: page after page, through whatever breaks."""

import pytest

from facetry.client.changes import Changes
from facetry.client.errors import NoAnswerError, RevisionTooOldError
from facetry.client.types.product import StoredProduct
from tests.unit.client.driving import Driven, answer, core, lost


def followed(since, *outcomes, retries=None, **options):
    """Return what ``follow`` does over these outcomes."""
    streams = []

    class Kept(Changes):
        def _iterate(self, stream):
            streams.append(stream)

    Kept(core(**{"attempts": 1, "longest_seconds": 3.0, **(retries or {})}), None).follow(since, **options)
    return Driven(streams[0], *outcomes)


def page(since, revision, **more):
    return answer({"since": since, "revision": revision, "more": False, **more})


def test_pages_follow_each_other():
    done = followed(0, page(0, 3, products=[{"sku": "A", "name": "x"}], more=True), page(3, 5, gone_products=["A"]))
    assert [request.target for request in done.sent] == [f"/v2/changes?since={since}&wait=30" for since in (0, 3, 5)]
    assert [item.revision for item in done.items] == [3, 5]
    assert (done.items[0].products, done.items[1].gone_products) == ((StoredProduct(sku="A", name="x"),), ("A",))
    assert done.sent[0].wait_seconds == 30


def test_what_is_wanted_is_asked_for():
    done = followed(2, include=["groups", "orders"], wait=5, limit=9)
    assert done.sent[0].target == "/v2/changes?since=2&wait=5&limit=9&include=groups%2Corders"


def test_nothing_new_is_no_item():
    done = followed(3, page(3, 3), page(3, 4))
    assert ([item.revision for item in done.items], len(done.sent), done.pauses) == ([4], 3, [0.1])


@pytest.mark.parametrize(
    "broken", [lost(), answer({}, 503), answer({"code": "too_many_waiting"}, 429), answer({}, 500)]
)
def test_it_goes_on_where_it_was(broken):
    done = followed(3, page(3, 4), broken, broken, broken, page(4, 5))
    assert [item.revision for item in done.items] == [4, 5]
    assert done.pauses == [3.0] * 3
    assert [request.target for request in done.sent][1:5] == ["/v2/changes?since=4&wait=30"] * 4


def test_a_revision_that_is_not_known_any_more_ends_it():
    done = followed(3, answer({"code": "revision_too_old"}, 410))
    assert isinstance(done.error, RevisionTooOldError)


def test_who_wants_to_gives_up():
    done = followed(3, lost(), give_up_seconds=0)
    assert isinstance(done.error, NoAnswerError)
