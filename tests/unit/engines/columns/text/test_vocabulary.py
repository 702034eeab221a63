from __future__ import annotations

import pytest

from facetry.domain.errors import SearchTimeoutError
from facetry.domain.search.query import SearchQuery
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.text import key_postings
from facetry.engines.columns.text.vocabulary import SnapshotVocabulary
from facetry.testing.search_samples import single
from tests.unit.engines.columns.text.catalogs import Catalog


def words_of(catalog: Catalog) -> SnapshotVocabulary:
    return catalog.search(SearchQuery()).vocabulary


@pytest.fixture(params=[0, 1 << 20], ids=["looked up", "in a dictionary"])
def catalog(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """Return a catalog some of whose groups are gone, once with small vocabularies kept as dictionaries."""
    monkeypatch.setattr(key_postings, "_MOST_KEYS", request.param)
    catalog = Catalog()
    catalog.put(single("a", name="ring"), single("b", name="gold rings"), single("c", name="necklace"))
    catalog.put(single("d", name="ring"), single("e", name="rung straße"))
    catalog.put(single("b", name="chain"), gone=("c",))
    return catalog


def test_only_keys_of_live_groups_are_there(catalog: Catalog):
    known = words_of(catalog)
    assert known.frequency("wring") == 2
    assert known.frequency("sring") == 2
    assert [known.has(key) for key in ("wring", "wrings", "wgold", "wnecklace", "wchain", "w", "nring")] == [
        *(True, False, False, False, True, False, True),
    ]


def test_the_beginning_of_a_word_is_shorter_than_the_word(catalog: Catalog):
    known = words_of(catalog)
    assert [known.beginning(text) for text in ("r", "rin", "ring", "chai", "chain", "neck", "st", "")] == [
        *(True, True, False, True, False, False, True, True),
    ]


def test_similar_words_are_in_order_of_distance_and_each_is_there_once(catalog: Catalog):
    known = words_of(catalog)
    assert known.similar("ring", 2) == [("ring", 0), ("rung", 1)]
    assert known.similar("rng", 1) == [("ring", 1), ("rung", 1)]
    assert known.similar("strase", 1) == [("strasse", 1)]
    assert known.similar("golds", 1) == []


def test_many_similar_words_are_all_found():
    catalog = Catalog()
    catalog.put(single("a", name=" ".join(f"ring{chr(0x4E00 + number)}" for number in range(300))))
    assert len(words_of(catalog).similar("ring", 1)) == 300


def test_looking_for_similar_words_ends_in_time():
    catalog = Catalog()
    catalog.put(single("a", name="ring"))
    search = catalog.search(SearchQuery(text="rnig"), Deadline(at=0.0))
    with pytest.raises(SearchTimeoutError):
        search.vocabulary.similar("rnig", 1)
    with pytest.raises(SearchTimeoutError):
        list(search.attempts())
