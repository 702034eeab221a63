"""Catalogs that are held as the definitions have them and as snapshots."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from facetry.domain.group import ProductGroup
from facetry.domain.search.matching import Attempt, TextMatch
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.text.naive import Matching, analysed
from facetry.engines.columns.builder import build_segment
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.merging import Source, merge_segments
from facetry.engines.columns.scratch import ScratchPool
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.search.matches import TextMatches
from facetry.engines.columns.snapshot import Part, Snapshot
from facetry.engines.columns.text.attempts import TextAttempt, TextSearch
from facetry.engines.columns.text.scratch import TextScratch
from facetry.testing.random_catalogs import RandomCatalog

POOL = ScratchPool(TextScratch)
LANGUAGE = "en"


class Catalog:
    """Groups, as a definition has them and as a snapshot does."""

    def __init__(self) -> None:
        self.groups: dict[str, ProductGroup] = {}
        self.snapshot = Snapshot(0, LANGUAGE, (), Dictionaries())

    def put(self, *groups: ProductGroup, gone: tuple[str, ...] = ()) -> None:
        self.groups = {known: value for known, value in self.groups.items() if known not in gone}
        self.groups.update((one.group_id, one) for one in groups)
        added = [Part.whole(build_segment(groups, LANGUAGE, self.snapshot.dictionaries, 0))] if groups else []
        touched = [*(one.group_id for one in groups), *gone]
        self.snapshot = self.snapshot.with_changes(self.snapshot.revision + 1, added, touched)

    def merge(self) -> None:
        parts = self.snapshot.parts
        if parts:
            merged = merge_segments([Source(part.segment, part.live) for part in parts]).segment
            self.snapshot = replace(self.snapshot, parts=(Part.whole(merged),))

    def search(self, query: SearchQuery, deadline: Deadline | None = None) -> TextSearch:
        return TextSearch(query, self.snapshot, POOL, deadline or Deadline(slice_rows=7))

    def matches(self, attempt: TextAttempt) -> dict[str, TextMatch]:
        """Return what an attempt finds; what it finds strictly is the part of it that has all words, or is pinned."""
        found, strict = self.by_id(attempt.matches), self.by_id(attempt.strict)
        wanted = {known: one for known, one in found.items() if one.matched_words >= attempt.words or one.is_pinned}
        assert [*strict.items()] == [*wanted.items()]
        return found

    def by_id(self, found_by_part: TextMatches) -> dict[str, TextMatch]:
        found: dict[str, TextMatch] = {}
        for part, matches in zip(self.snapshot.parts, found_by_part, strict=True):
            rows = zip(matches.ordinals, matches.scores, matches.matched_words, matches.pinned, strict=True)
            for ordinal, score, words, pinned in rows:
                assert part.live[ordinal]
                found[part.segment.ids[ordinal].decode()] = TextMatch(float(score), int(words), bool(pinned))
        return found

    def as_defined(self, attempt: TextAttempt) -> Attempt:
        return Attempt(
            words=attempt.words,
            matches=self.matches(attempt),
            condition=attempt.condition,
            reads=attempt.reads,
            typos=attempt.typos,
        )

    def check(self, query: SearchQuery) -> list[Attempt]:
        """Compare what a query finds with the definition, bit for bit, and return it."""
        defined = Matching(query, analysed(list(self.groups.values()), LANGUAGE))
        search = self.search(query)
        found = list(search.attempts())
        expected = list(defined.attempts())
        assert [self.as_defined(attempt) for attempt in found] == expected
        for attempt, definition in zip(found, expected, strict=True):
            for group_id in list(definition.matches)[:3]:
                one = self.groups[group_id]
                assert search.explanation(attempt, one) == defined.explanation(definition, group_id)
                assert search.highlights(attempt, one) == defined.highlights(definition, group_id)
        return expected


def changed(seed: int) -> tuple[Catalog, RandomCatalog]:
    """Return a catalog after some changes and merges, and what drew it."""
    draw = Random(seed)
    drawn = RandomCatalog(seed)
    catalog = Catalog()
    for _ in range(draw.randint(1, 6)):
        gone = tuple(draw.sample([*catalog.groups], min(len(catalog.groups), draw.choice((0, 1, 3)))))
        groups = [one for one in drawn.groups(draw.choice((1, 2, 12))) if one.group_id not in gone]
        catalog.put(*groups, gone=gone)
        if draw.random() < 0.3:
            catalog.merge()
    return catalog, drawn
