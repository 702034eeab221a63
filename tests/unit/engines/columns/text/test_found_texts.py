from __future__ import annotations

import msgspec
import numpy as np

from facetry.domain.search.fields import Schema
from facetry.domain.search.filters import Has
from facetry.domain.search.query import SearchQuery, ValuesFacet
from facetry.domain.search.result import ValueCount, ValuesResult
from facetry.domain.search.rules import Pin, SearchRules
from facetry.domain.search.slots import Reading
from facetry.domain.search.text.expansion import ReadingPlan
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.search.matches import PartMatches
from facetry.engines.columns.snapshot import Snapshot
from facetry.engines.columns.text import answering
from facetry.engines.columns.text.found_texts import FoundAttempt, FoundText, FoundTexts
from facetry.testing.made_up_embedder import MadeUpEmbedder
from facetry.testing.search_samples import single
from tests.unit.engines.columns.text.catalogs import POOL, Catalog

RING = SearchQuery(text="ring")
ENTRY = 4096


def snapshot() -> Snapshot:
    return Snapshot(1, "en", (), Dictionaries())


def text(groups: int = 0) -> FoundText:
    part = PartMatches(
        np.arange(groups, dtype=np.int32), np.zeros(groups), np.zeros(groups, np.int32), np.zeros(groups, np.uint8)
    )
    return FoundText((FoundAttempt(ReadingPlan(Reading(())), (part,), (), None, None),), "")


def test_what_a_text_found_is_kept_for_other_filters_pages_and_parts_of_hits():
    kept, seen, ring = FoundTexts(), snapshot(), text()
    kept.keep(seen, RING, None, ring)
    assert kept.found(seen, RING, None) is ring
    assert kept.found(seen, msgspec.structs.replace(RING, limit=3, offset=9, highlight=True), None) is ring


def test_other_texts_rules_snapshots_and_embedders_are_kept_apart():
    kept, seen = FoundTexts(), snapshot()
    kept.keep(seen, RING, None, text())
    assert kept.found(snapshot(), RING, None) is None
    assert kept.found(seen, RING, MadeUpEmbedder()) is None
    for changes in ({"text": "rings"}, {"prefix": False}, {"active_only": True}, {"currency": "JPY"}):
        assert kept.found(seen, msgspec.structs.replace(RING, **changes), None) is None
    pinned = msgspec.structs.replace(RING, rules=SearchRules(pins=(Pin("ring", ("a",)),)))
    assert kept.found(seen, pinned, None) is None
    kept.keep(seen, pinned, None, text())
    assert kept.found(seen, pinned, None) is not None
    assert kept.found(seen, RING, None) is None


def test_texts_that_were_asked_for_last_are_kept():
    kept, seen = FoundTexts(8 * ENTRY), snapshot()
    queries = [SearchQuery(text=str(number)) for number in range(8)]

    def known() -> list[int]:
        return [number for number, query in enumerate(queries) if kept.found(seen, query, None)]

    for query in queries:
        kept.keep(seen, query, None, text())
    assert kept.found(seen, queries[0], None) is not None
    kept.keep(seen, RING, None, text())
    # Whoever asks for all makes the last one the latest.
    assert known() == [0, 2, 3, 4, 5, 6, 7]
    # Each group takes 17 bytes.
    kept.keep(seen, RING, None, text(ENTRY // 17))
    assert known() == [2, 3, 4, 5, 6, 7]
    kept.keep(seen, SearchQuery(text="too big"), None, text(ENTRY))
    assert kept.found(seen, SearchQuery(text="too big"), None) is None
    assert known() == [2, 3, 4, 5, 6, 7]


def test_long_texts_and_tables_of_fitting_values_take_their_bytes():
    words = [f"{letter}x{number}" for letter in "abcdef" for number in range(5)]
    catalog = Catalog()
    # Thirty short words, each with its alternatives, take more than one entry with one word does.
    catalog.put(*(single(str(number), name=word, color=word) for number, word in enumerate(words)))
    room, queries = FoundTexts(16 * ENTRY), [SearchQuery(text=text) for text in (" ".join(words), "ax0")]
    for query in queries:
        answering.answer(query, catalog.snapshot, POOL, Deadline(), None, room)
    assert [room.found(catalog.snapshot, query, None) is None for query in queries] == [True, False]


def test_a_text_is_looked_for_once_and_answers_alike_until_something_is_written():
    catalog = Catalog()
    catalog.put(*(single(f"{n}", name=f"gold ring {'silver' * (n % 2)}") for n in range(6)), single("x", name="chain"))
    asked = [
        SearchQuery(text=words, highlight=highlight, explain=highlight, offset=offset)
        for words in ("gold ring", "gold ring silver lamp", "chian", "gold necklace", "")
        for offset, highlight in ((0, False), (1, True), (0, False))
    ]

    remembered = FoundTexts()

    def answers(texts: FoundTexts | None = remembered) -> list[object]:
        return [answering.answer(query, catalog.snapshot, POOL, Deadline(), None, texts) for query in asked]

    first = answers()
    assert answers() == first
    assert answers(None) == first
    assert answers(FoundTexts(0)) == first
    serial = catalog.snapshot.serial
    catalog.put(single("y", name="gold ring"))
    assert catalog.snapshot.serial > serial
    totals = [answer.total for answer in answers()]
    assert totals == [7, 7, 7, 7, 7, 7, 1, 1, 1, 7, 7, 7, 8, 8, 8]


def test_a_text_without_words_finds_all_for_the_facets_of_a_filter_that_nothing_passes():
    catalog, remembered = Catalog(), FoundTexts()
    catalog.put(*(single(f"{n}", color="red") for n in range(12)))
    color = Schema().field("color")
    none = SearchQuery(
        text=" ", filter=Has(color, texts=frozenset({"blue"})), facets=(ValuesFacet(name="colors", field=color),)
    )
    for query, total in ((SearchQuery(text=" "), 12), (none, 0)):
        result = answering.answer(query, catalog.snapshot, POOL, Deadline(), None, remembered)
        assert result.total == total
    assert result.facets == {"colors": ValuesResult((ValueCount("red", 12),), 0, 1)}
