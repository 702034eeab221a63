from __future__ import annotations

import pytest

from facetry.engines.columns.builder import build_segment
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.segment import Segment
from facetry.engines.columns.text import key_postings as module
from facetry.engines.columns.text.key_postings import KeyPostings, key_postings
from facetry.testing.search_samples import single

KEYS = [b"wring", b"wgold", b"wgone", b"wrings", b"wring"]


@pytest.fixture
def segment() -> Segment:
    groups = [single("a", name="ring"), single("b", name="gold rings"), single("c", name="ring")]
    return build_segment(groups, "en", Dictionaries(), 0)


def sizes(found: list[tuple[int, int]]) -> list[int]:
    return [last - first for first, last in found]


@pytest.mark.parametrize("most", [0, 1, 3, 1 << 20])
def test_postings_are_found_however_many_are_remembered(segment: Segment, monkeypatch: pytest.MonkeyPatch, most: int):
    monkeypatch.setattr(module, "_MOST_KEYS", most)
    known = KeyPostings(segment)
    assert known.is_complete is (most > 3)
    for _ in range(3):
        assert sizes(known.of(KEYS)) == [2, 1, 0, 1, 2]
        assert sizes([known.one(key) for key in KEYS]) == [2, 1, 0, 1, 2]
        assert sizes([known.continued(key) for key in ("wri", "wring", "wrings", "wg", "wx")]) == [3, 1, 0, 1, 0]
    first, last = known.one(b"wring")
    assert segment.posting_groups[first:last].tolist() == [0, 2]


def test_no_more_is_remembered_than_there_is_room_for(segment: Segment, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(module, "_MOST_KEYS", 3)
    known = KeyPostings(segment)
    for number in range(20):
        known.of([b"wring", f"w{number}".encode()])
        known.continued(f"w{number}")
        assert len(known._known) <= 3
        assert len(known._continued) <= 3


def test_a_small_segment_knows_what_it_does_not_have(segment: Segment, monkeypatch: pytest.MonkeyPatch):
    known = key_postings(segment)
    assert key_postings(segment) is known
    assert known.may_have([b"wnothing", b"wring"])
    assert not known.may_have([b"wnothing", b"wnone"])
    assert not known.may_have([])
    monkeypatch.setattr(module, "_MOST_KEYS", 0)
    assert KeyPostings(segment).may_have([b"wnothing"])
