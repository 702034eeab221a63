"""The list of all pages is whole: what a visitor can open is looked at in the browser, weighed and measured."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from facetry.dashboard.routes import all_pages
from tests.api.server import Server
from tests.dashboard.places import FURTHER, PLACES, leads, links

OTHERS: dict[str, str] = {
    "/dashboard/welcome/{token}": "is opened by a link that is good once",
    "/dashboard/products/{sku}/edit": "is where the form of a product is sent, and shows the same",
    "/dashboard/products/{sku}/details": "is a part of the page of a group",
    "/dashboard/account/api/rotate/{what}": "is looked at as /dashboard/account/api/rotate/api-key",
    "/dashboard/products/{sku}/fields/{field}": "is looked at as that of the price",
    "/dashboard/catalog/edits/{edit}": "is there after an edit of many products: the journey opens it",
    "/dashboard/search/versions/{version}": "is there after rules were changed",
    "/dashboard/listings/batches/{id}": "is there after a batch was sent",
    "/dashboard/catalog/export": "is a file",
    "/dashboard/exports/{file}": "is a file",
    "/dashboard/imports/{id}/rejected.csv": "is a file",
    "/dashboard/imports/{id}/rejected.ndjson": "is a file",
}
"""What is read and is no page of its own, or not one that is there at any time, and why."""


@pytest.fixture(scope="module")
def templates():
    return {page.template for page in all_pages(Server().pages) if page.method == "GET"}


def pattern(template):
    return re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template)))


def example(place):
    """Return a path such as this place has."""
    return urlsplit(place.links[-1] if place.links else place.path).path.replace("*", "1")


def test_every_page_is_a_place(templates):
    known = [example(place) for place in (*PLACES, *FURTHER)]
    unseen = {name for name in templates if not any(pattern(name).fullmatch(path) for path in known)}
    assert unseen - OTHERS.keys() == set()


def test_every_place_is_a_page(templates):
    known = {place.name: example(place) for place in (*PLACES, *FURTHER)}
    wrong = {name: path for name, path in known.items() if not any(pattern(one).fullmatch(path) for one in templates)}
    assert wrong == {}
    assert OTHERS.keys() - templates == set()


@pytest.mark.parametrize(
    ("link", "path", "is_led"),
    [
        ("/a/*", "/a/b%2Fc", True),
        ("/a/*", "/a/new", False),
        ("/a/*", "/a/newest", True),
        ("/a/*", "/a/b/c", False),
        ("/a/*/c", "/a/b/c", True),
        ("/a?*", "/a?name=b", True),
        ("/a?*", "/a", False),
    ],
)
def test_links_stand_for_paths(link, path, is_led):
    assert leads(link, path) == is_led


def test_links_are_read_as_a_browser_reads_them():
    assert links('<a class="x" href="/a?b=1&amp;c=2">A</a><link href="/no"><a href="/d">') == ["/a?b=1&c=2", "/d"]
