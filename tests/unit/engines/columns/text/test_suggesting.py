from __future__ import annotations

from random import Random

import pytest

from facetry.domain.search.query import SearchQuery
from facetry.domain.search.suggestions import Suggestion, SuggestQuery
from facetry.domain.search.suggestions import suggest as defined
from facetry.domain.search.text.naive import analysed
from facetry.engines.columns.text.preparing import prepare_like
from facetry.engines.columns.text.suggesting import VALUES, suggest
from facetry.testing.search_samples import group, product, single
from tests.unit.engines.columns.text.catalogs import Catalog, changed

TYPED = (
    "r",
    "ri",
    "ring",
    "Gold r",
    "gold  ring",
    "ring s",
    "w",
    "white g",
    "é",
    "nothing",
    "v",
    "s",
    "jew",
    "",
    " ",
    "💍",
)


def never() -> None:
    """Let all work go on."""


def offered(catalog: Catalog, text: str, limit: int = 5, *, active_only: bool = False):
    """Return what is offered, after comparing it with the definition."""
    query = SuggestQuery(text=text, limit=limit, active_only=active_only)
    found = suggest(query, catalog.snapshot, never)
    assert found == defined(query, analysed(list(catalog.groups.values()), "en"))
    return found


@pytest.mark.parametrize("seed", range(12))
def test_what_is_offered_is_as_defined(seed: int):
    catalog, _ = changed(seed)
    draw = Random(seed)
    for text in TYPED:
        offered(catalog, text, draw.choice((1, 3, 20)), active_only=draw.random() < 0.5)


def test_words_are_completed_by_groups_of_all_parts():
    catalog = Catalog()
    catalog.put(single("a", name="gold ring"), single("b", name="gold rivet"), single("c", name="silver ring"))
    catalog.put(single("d", name="golden ring"), single("e", name="gold rivet"), single("f", name="gold rivet"))
    catalog.put(single("a", name="gold rice"))
    found = offered(catalog, "gold ri")
    assert found.queries == (Suggestion("gold rivet", 3), Suggestion("gold rice", 1))
    assert [one.group_id for one in found.products] == ["a", "b", "e", "f"]


def test_a_word_that_every_group_has_leaves_none_out():
    catalog = Catalog()
    catalog.put(
        *(single(one, name=f"fine gold {one}ring", active=one != "c") for one in "abc"), single("d", name="gold")
    )
    assert offered(catalog, "gold a").queries == (Suggestion("gold aring", 1),)
    assert offered(catalog, "fine gold a").queries == (Suggestion("fine gold aring", 1),)
    assert offered(catalog, "gold c", active_only=True).queries == ()
    catalog.put(gone=("a",))
    assert offered(catalog, "gold a").queries == ()
    assert offered(catalog, "gold b").queries == (Suggestion("gold bring", 1),)


def test_inactive_groups_and_products_do_not_count_where_they_are_not_seen():
    catalog = Catalog()
    shown = product("a-1", name="ring", brand="Rio", category=("Rings",))
    hidden = product("a-2", name="ring", brand="Rialto", active=False)
    catalog.put(group("a", shown, hidden), single("b", name="ring", brand="Rio", active=False))
    catalog.put(single("c", name="ring", brand="Rio"))
    found = offered(catalog, "ri", active_only=True)
    assert found.brands == (Suggestion("Rio", 2),)
    assert [one.group_id for one in found.products] == ["a", "c"]
    assert offered(catalog, "ri").brands == (Suggestion("Rio", 3), Suggestion("Rialto", 1))


def test_words_and_names_that_only_inactive_products_have_are_not_offered_where_they_are_not_seen():
    catalog = Catalog()
    hidden = product("a-1", name="silver ring", color="ringo", is_main=True, active=False)
    catalog.put(group("a", hidden, product("a-2", name="gold ring")))
    found = offered(catalog, "ring", active_only=True)
    assert (found.queries, found.products) == ((), ())
    assert [one.group_id for one in offered(catalog, "gold", active_only=True).products] == ["a"]
    assert offered(catalog, "silver ri", active_only=True).queries == ()
    assert offered(catalog, "silver", active_only=True).products == ()
    assert offered(catalog, "ring").queries == (Suggestion("ringo", 1),)
    assert offered(catalog, "gold").products == ()
    assert [one.group_id for one in offered(catalog, "silver").products] == ["a"]


def test_products_are_offered_by_name_however_many_of_them_are_gone():
    catalog = Catalog()
    catalog.put(*(single(f"g{number:03d}", name="ring") for number in range(600)))
    catalog.put(gone=tuple(f"g{number:03d}" for number in range(550)))
    assert [one.group_id for one in offered(catalog, "ring", 3).products] == ["g550", "g551", "g552"]
    catalog.put(single("x", name="ri"), single("y", name="ring two"))
    assert [one.group_id for one in offered(catalog, "ri", 20).products][:2] == ["x", "g550"]


def test_a_merged_segment_is_prepared_for_what_was_asked_before():
    catalog = Catalog()
    catalog.put(single("r-100", name="ring", brand="Rio"))
    (before,) = catalog.snapshot.parts
    names = ("signed words", "normal ids", "normal skus", *VALUES)
    assert all(before.segment.kept(name) is None for name in names)
    offered(catalog, "ri", active_only=True)
    catalog.check(SearchQuery(text="r-100 rnig"))
    kept = [name for name in names if before.segment.kept(name) is not None]
    assert kept == ["signed words", "normal ids", "normal skus", VALUES[1]]
    catalog.put(single("b", name="ring", brand="Rio"))
    catalog.merge()
    (merged,) = catalog.snapshot.parts
    prepare_like([before.segment], merged.segment)
    assert [name for name in names if merged.segment.kept(name) is not None] == kept
    assert offered(catalog, "ri", active_only=True).brands == (Suggestion("Rio", 2),)
