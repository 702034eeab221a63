"""Things found by names: what was read, as writes change it, and what is missing."""

from __future__ import annotations

import pytest

from facetry.engines.mongodb.shelf import Ahead, Shelf
from facetry.engines.mongodb.undoing import Undo


@pytest.fixture
def ahead():
    ahead = Ahead()
    ahead.add(["a", "b", "none"], {3: "ab", 1: "a"}, list)
    return ahead


@pytest.fixture
def shelf(ahead):
    return Shelf(ahead, Undo(), list, lambda name: name == "unused")


def test_what_was_read_is_found_in_order(shelf):
    assert shelf.find("a") == ["a", "ab"]
    assert shelf.find("a", 1) == ["a"]
    assert (shelf.first("b"), shelf.first("none")) == ("ab", None)
    assert shelf.missing == {}


def test_what_was_not_read_is_missing(shelf):
    assert shelf.find("x") == []
    assert shelf.find("unused") == []
    assert shelf.find("y", 2) == []
    assert shelf.find("y", 1) == []
    assert shelf.missing == {"x": None, "y": 2}
    assert shelf.find("y") == []
    assert shelf.find("y", 7) == []
    assert shelf.missing == {"x": None, "y": None}


def test_changes_are_found(shelf):
    shelf.put(2, "ax")
    shelf.put(3, "b")
    shelf.put(1, None)
    assert shelf.find("a") == ["ax"]
    assert (shelf.find("b"), shelf.find("none")) == (["b"], [])
    assert shelf.changed == {2: "ax", 3: "b", 1: None}
    assert (shelf.before(3), shelf.now(3), shelf.before(2)) == ("ab", "b", None)


def test_changes_are_taken_back(ahead):
    undo = Undo()
    shelf = Shelf(ahead, undo, list, lambda _: False)
    shelf.put(1, "b")
    place = undo.place
    shelf.put(1, None)
    shelf.put(4, "a")
    undo.back_to(place)
    assert (shelf.find("a"), shelf.find("b")) == (["ab"], ["b", "ab"])
    undo.back_to(0)
    assert shelf.find("a") == ["a", "ab"]
    assert shelf.changed == {}


def test_the_first_ones_are_enough_for_as_many(ahead):
    ahead.add_first("f", {5: "f", 9: "f"}, 2)
    ahead.add_first("few", {6: "few"}, 2)
    shelf = Shelf(ahead, Undo(), lambda one: [one], lambda _: False)
    assert (shelf.find("f", 2), shelf.find("f", 1)) == (["f", "f"], ["f"])
    assert shelf.find("few") == ["few"]
    assert shelf.missing == {}
    assert shelf.find("f", 3) == ["f", "f"]
    assert shelf.missing == {"f": 3}


def test_where_first_ones_went_more_must_be_read(ahead):
    ahead.add_first("f", {5: "f", 9: "f"}, 2)
    shelf = Shelf(ahead, Undo(), lambda one: [one], lambda _: False)
    shelf.put(5, None)
    shelf.put(7, "f")
    assert shelf.find("f", 1) == ["f"]
    assert shelf.missing == {}
    shelf.find("f", 2)
    assert shelf.missing == {"f": 3}
    shelf.find("f")
    assert shelf.missing == {"f": None}
