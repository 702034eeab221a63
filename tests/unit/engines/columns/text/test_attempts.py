from __future__ import annotations

import time
from concurrent.futures import CancelledError
from contextlib import suppress
from random import Random

import pytest

from facetry.domain.errors import SearchTimeoutError
from facetry.domain.search.fields import AttributeDefinition, Kind
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.rules import TEXT_FIELDS, Boost, Pin, SearchRules, Synonym
from facetry.engines.columns.search.deadline import Deadline
from facetry.testing.search_samples import group, product, single
from tests.unit.engines.columns.text.catalogs import POOL, Catalog, changed

PARTS = ("ri", "ng", "neck", "lace", "gold", "en", "a", "é", "s", "ing", "1")


@pytest.mark.parametrize("seed", range(25))
def test_a_text_finds_what_the_definition_finds(seed: int):
    catalog, drawn = changed(seed)
    for _ in range(12):
        catalog.check(drawn.query())


@pytest.mark.parametrize("seed", range(12))
def test_words_that_are_much_alike_are_found_as_defined(seed: int):
    draw = Random(seed)

    def word() -> str:
        return "".join(draw.choice(PARTS) for _ in range(draw.choice((1, 2, 2, 3, 4))))

    known = [word() for _ in range(25)]

    def text(most: int) -> str:
        return " ".join(draw.choice(known) for _ in range(draw.randint(0, most)))

    catalog = Catalog()
    for _ in range(draw.randint(1, 5)):
        ids = draw.sample(range(40), draw.choice((1, 3, 15)))
        catalog.put(
            *(
                single(f"G-{one}", name=text(6) or "x", description=text(20), search_keywords=tuple(text(2).split()))
                for one in ids
            ),
            gone=(f"G-{40 + draw.randrange(5)}",),
        )
        if draw.random() < 0.3:
            catalog.merge()
    for _ in range(15):
        typed = [draw.choice((draw.choice(known), word(), draw.choice(known)[:-1])) for _ in range(draw.randint(1, 4))]
        weights = draw.choice(({}, {}, {"name": 0.0}, {"name": 0.0, "description": 0.0, "keywords": 2.5}))
        synonyms = draw.choice(((), (Synonym((known[0], f"{known[1]} {known[2]}")),)))
        rules = SearchRules(weights=weights, synonyms=synonyms)
        catalog.check(SearchQuery(text=" ".join(typed) + draw.choice(("", " ")), rules=rules))


def test_long_texts_are_weighed_by_their_length():
    catalog = Catalog()
    catalog.put(*(single(f"{count}", name="ring", description="gold " * count) for count in (1, 400, 511, 512, 3000)))
    (attempt, *_) = catalog.check(SearchQuery(text="gold"))
    assert len({match.score for match in attempt.matches.values()}) == 5


def test_boosts_take_the_highest_number_of_any_product():
    catalog = Catalog()
    stones = ({"carat": 0.5}, {"carat": 2})
    priced = product("a-1", name="ring", regular_price=50_000, currency="EUR", quantity=3, gemstones=stones)
    catalog.put(group("a", priced, product("a-2", name="ring", attributes={"made": "2024-05-01", "rank": -2.5})))
    catalog.put(single("b", name="ring", regular_price=70_000, attributes={"rank": [1, 7], "made": "1960-01-01"}))
    catalog.put(single("c", name="ring chain"), single("d", name="chain"))
    made = AttributeDefinition("made", Kind.DATE)
    for field in ("price", "quantity", "in_stock", "gemstones.carat", "made", "rank", "nothing", "active"):
        boosts = (Boost(field, 2.0, 3.0), Boost("quantity", 0.5, 1.0))
        rules = SearchRules(boosts=boosts)
        for text in ("ring", ""):
            for currency in ("EUR", "USD"):
                catalog.check(SearchQuery(text=text, rules=rules, currency=currency, attributes=(made,)))
    (attempt, *_) = catalog.check(SearchQuery(text="", rules=SearchRules(boosts=(Boost("rank", 2.0, 1.0),))))
    boost = 2.0 * (7.0 / (7.0 + 1.0))
    assert attempt.matches["b"].score == boost / (1.0 + boost)
    assert attempt.matches["a"].score == attempt.matches["d"].score == 0.0


def test_pinned_groups_are_found_whatever_they_have_and_hidden_ones_never():
    catalog = Catalog()
    catalog.put(single("a", name="ring"), single("b", name="gold ring"), single("é", name="white lamp"))
    catalog.put(single("c", name="chain"), single("gone", name="ring"))
    catalog.put(gone=("gone",))
    pins = (Pin("ring", ("é", "c", "gone", "none"), ("a", "none")), Pin("white gold ring", ("é",)))
    (attempt, *_) = catalog.check(SearchQuery(text="Ring ", rules=SearchRules(pins=pins)))
    assert sorted(attempt.matches) == ["b", "c", "é"]
    assert [known for known, match in attempt.matches.items() if match.is_pinned] == ["é", "c"]
    assert attempt.matches["é"].score > attempt.matches["c"].score > attempt.matches["b"].score
    # The name begins with the first word of what is looked for as one thing.
    catalog.check(SearchQuery(text="white gold ring", rules=SearchRules(pins=pins)))
    catalog.check(SearchQuery(text="under $5", rules=SearchRules(pins=(Pin("under $5", ("c",), ("b",)),))))


@pytest.mark.parametrize("text", ["", " ", "💍", "-", "the", "under $500", "a" * 300, "1234", "\ud800", "ring \ud800x"])
def test_texts_without_usual_words(text: str):
    catalog = Catalog()
    catalog.check(SearchQuery(text=text))
    catalog.put(single("a", name="the ring", regular_price=1), single("b", name="a" * 300, description="💍"))
    catalog.check(SearchQuery(text=text))


def test_fields_that_do_not_count_are_not_looked_in():
    catalog = Catalog()
    catalog.put(single("a", name="ring", description="gold"), single("b", name="gold", description="ring"))
    rules = SearchRules(weights=dict.fromkeys(TEXT_FIELDS, 0.0) | {"name": 1.0})
    (attempt, *_) = catalog.check(SearchQuery(text="gold", rules=rules))
    assert attempt.matches.keys() == {"b"}
    for weights in ({"name": 0.0}, dict.fromkeys(TEXT_FIELDS, 0.0)):
        catalog.check(SearchQuery(text="gold ring", rules=SearchRules(weights=weights)))


def test_searches_end_in_time_and_leave_no_traces_behind():
    catalog = Catalog()
    catalog.put(*(single(f"{number}", name="gold ring") for number in range(50)))
    rounds = iter(range(10_000))
    for stop in range(1, 60, 7):
        started = next(rounds)
        deadline = Deadline(is_stopped=lambda started=started, stop=stop: next(rounds) - started > stop, slice_rows=3)
        with suppress(CancelledError):
            list(catalog.search(SearchQuery(text="gold ring"), deadline).attempts())
    catalog.check(SearchQuery(text="gold ring"))
    with pytest.raises(SearchTimeoutError):
        list(catalog.search(SearchQuery(text="gold"), Deadline(at=time.monotonic() - 1)).attempts())


def test_scratch_arrays_are_lent_again_where_they_are_large_enough():
    first = POOL.lend(10)
    POOL.give_back(first)
    assert POOL.lend(0) is not None
    small, large = POOL.lend(5), POOL.lend(10_000)
    assert len(large) >= 10_000
    for scratch in (small, large, *(POOL.lend(1) for _ in range(6))):
        POOL.give_back(scratch)
    rooms = large.shared([2, 0, 3])
    assert [len(room) for room in rooms] == [2, 0, 3]
    rooms[2].seen[0] = 1
    assert large.seen[2] == 1
    large.seen[2] = 0
