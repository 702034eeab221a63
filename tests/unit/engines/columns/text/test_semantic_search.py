from __future__ import annotations

from dataclasses import replace
from random import Random

import msgspec
import pytest

from facetry.domain.errors import InvalidValueError
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.rules import Pin, SearchRules
from facetry.domain.search.text.naive import Matching, analysed
from facetry.engines.columns.builder import build_segment
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.merging import Source, merge_segments
from facetry.engines.columns.scratch import ScratchPool
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.snapshot import Part, Snapshot
from facetry.engines.columns.text.attempts import TextSearch
from facetry.engines.columns.text.scratch import TextScratch
from facetry.engines.columns.text.semantics import carry_over
from facetry.testing.made_up_embedder import MadeUpEmbedder
from facetry.testing.random_catalogs import RandomCatalog

POOL = ScratchPool(TextScratch)
EMBEDDER = MadeUpEmbedder()


def snapshot_of(parts):
    dictionaries = Dictionaries()
    built = (Part.whole(build_segment(groups, "en", dictionaries, 0)) for groups in parts)
    return Snapshot(1, "en", tuple(built), dictionaries)


def merged(snapshot):
    segment = merge_segments([Source(part.segment, part.live) for part in snapshot.parts]).segment
    carry_over([part.segment for part in snapshot.parts], segment)
    return replace(snapshot, parts=(Part.whole(segment),))


def found(query, snapshot, embedder=EMBEDDER):
    """Return the scores of each reading by the ids of groups."""
    search = TextSearch(query, snapshot, POOL, Deadline(slice_rows=3), embedder)
    return [
        {
            part.segment.ids[ordinal].decode(): score
            for part, matches in zip(snapshot.parts, attempt.matches, strict=True)
            for ordinal, score in zip(matches.ordinals.tolist(), matches.scores.tolist(), strict=True)
        }
        for attempt in search.attempts()
    ]


def defined(query, groups, embedder=EMBEDDER):
    attempts = Matching(query, analysed(groups, "en"), embedder).attempts()
    return [{known: match.score for known, match in attempt.matches.items()} for attempt in attempts]


@pytest.mark.parametrize("seed", range(8))
def test_scores_are_the_defined_ones_to_the_last_bit(seed):
    drawn, draw = RandomCatalog(seed), Random(seed)
    groups = drawn.groups(12)
    snapshot = snapshot_of((groups[:5], groups[5:]))
    for _ in range(10):
        query = drawn.query()
        weight = draw.choice((0.1, 0.35, 1.0))
        query = msgspec.structs.replace(query, rules=msgspec.structs.replace(query.rules, semantic=weight))
        expected = defined(query, groups)
        assert found(query, snapshot) == expected
        assert found(query, merged(snapshot)) == expected


def test_closeness_changes_the_order_but_neither_what_is_found_nor_pins():
    groups = RandomCatalog(1).groups(12)
    pin = Pin("ring", (groups[0].group_id, groups[1].group_id), (groups[2].group_id,))
    plain = SearchQuery(text="ring", rules=SearchRules(pins=(pin,)))
    semantic = SearchQuery(text="ring", rules=SearchRules(pins=(pin,), semantic=1.0))
    snapshot = snapshot_of((groups,))
    (before, *_), (after, *_) = found(plain, snapshot, None), found(semantic, snapshot)
    assert before.keys() == after.keys()
    assert before != after
    assert sorted(after, key=after.__getitem__)[-2:] == [groups[1].group_id, groups[0].group_id]


def test_a_rule_that_needs_a_missing_extra_is_refused():
    groups = RandomCatalog(1).groups(3)
    query = SearchQuery(text="ring", rules=SearchRules(semantic=0.5))
    for search in (lambda: found(query, snapshot_of((groups,)), None), lambda: defined(query, groups, None)):
        with pytest.raises(InvalidValueError, match=r"facetry\[semantic\]"):
            search()
