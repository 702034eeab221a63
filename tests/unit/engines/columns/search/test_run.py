from __future__ import annotations

from itertools import count
from random import Random

import msgspec
import numpy as np
import pytest

from facetry.domain.group import ProductGroup
from facetry.domain.search.evaluation import evaluate
from facetry.domain.search.fields import Schema
from facetry.domain.search.filters import EVERYTHING, And, Has
from facetry.domain.search.matching import Attempt, TextMatch
from facetry.domain.search.query import SortByField
from facetry.domain.search.rules import SearchRules
from facetry.engines.columns.builder import build_segment
from facetry.engines.columns.dictionary import Dictionaries
from facetry.engines.columns.merging import Source, merge_segments
from facetry.engines.columns.search.deadline import Deadline
from facetry.engines.columns.search.matches import PartMatches, TextMatches
from facetry.engines.columns.search.run import SearchRun
from facetry.engines.columns.snapshot import Part, Snapshot
from facetry.testing.random_catalogs import RandomCatalog

WORDS = 3


class Nothing:
    """Explains nothing."""

    def fit(self, _attempt, _product):
        return 0

    def explanation(self, _attempt, _group_id):
        return ()

    def highlights(self, _attempt, _group_id):
        return {}


def drawn_snapshot(catalog: RandomCatalog) -> tuple[Snapshot, dict[str, ProductGroup]]:
    """Return a snapshot of several parts, with dead groups and merged parts, and what lives."""
    draw, dictionaries = catalog.draw, Dictionaries()
    snapshot = Snapshot(0, "en", (), dictionaries)
    held: dict[str, ProductGroup] = {}
    everything = catalog.groups(draw.randint(1, 14))
    for revision in range(1, draw.randint(2, 6)):
        changed = draw.sample(everything, draw.randint(0, len(everything)))
        changed = [group if revision == 1 else catalog.group(group.group_id, revision) for group in changed]
        gone = draw.sample([*held], draw.randint(0, len(held) // 3))
        gone = [group_id for group_id in gone if group_id not in {group.group_id for group in changed}]
        parts = [Part.whole(build_segment(changed, "en", dictionaries, revision))] if changed else []
        touched = [*(group.group_id for group in changed), *gone]
        snapshot = snapshot.with_changes(revision, parts, touched)
        held = {name: group for name, group in held.items() if name not in gone} | {g.group_id: g for g in changed}
        if draw.random() < 0.3 and len(snapshot.parts) > 1:
            merged = merge_segments([Source(part.segment, part.live) for part in snapshot.parts[:2]])
            snapshot = with_parts(snapshot, (Part.whole(merged.segment), *snapshot.parts[2:]))
    return snapshot, held


def with_parts(snapshot: Snapshot, parts: tuple[Part, ...]) -> Snapshot:
    return Snapshot(snapshot.revision, snapshot.language, tuple(p for p in parts if p.count), snapshot.dictionaries)


def drawn_matches(draw: Random, held: dict[str, ProductGroup]) -> dict[str, TextMatch]:
    if draw.random() < 0.4:
        return {name: TextMatch(0.0, WORDS) for name in held}
    names = draw.sample([*held], draw.randint(0, len(held)))
    scores = (0.0, 0.5, 1.0, 32.25, 1e6)
    return {name: TextMatch(draw.choice(scores), draw.randint(1, WORDS), draw.random() < 0.1) for name in names}


def by_part(snapshot: Snapshot, matches: dict[str, TextMatch]) -> TextMatches:
    parts = []
    for part in snapshot.parts:
        names = [part.segment.ids[i].decode() for i in range(len(part.segment))]
        kept = [i for i, name in enumerate(names) if part.live[i] and name in matches]
        found = [matches[names[i]] for i in kept]
        parts.append(
            PartMatches(
                np.array(kept, np.int32),
                np.array([match.score for match in found], np.float64),
                np.array([match.matched_words for match in found], np.int32),
                np.array([match.is_pinned for match in found], np.uint8),
            )
        )
    return tuple(parts)


@pytest.mark.parametrize("seed", range(40))
def test_random_searches_answer_as_defined(seed):
    catalog = RandomCatalog(seed)
    snapshot, held = drawn_snapshot(catalog)
    groups = [*held.values()]
    catalog.draw.shuffle(groups)
    for number in range(25):
        query = catalog.query()
        matches = drawn_matches(catalog.draw, held)
        understood = catalog.filter(1) if catalog.draw.random() < 0.3 else EVERYTHING
        attempt = Attempt(words=WORDS, matches=matches, condition=understood)
        expected = evaluate(query, snapshot.revision, groups, [attempt], Nothing())
        everything = all(match == TextMatch(0.0, WORDS) for match in matches.values()) and len(matches) == len(held)
        run = SearchRun(query, snapshot, matches=by_part(snapshot, matches), understood=understood)
        assert run.word_counts() == counted(query, groups, attempt)
        check(run, expected, f"{seed}/{number}")
        if everything:
            check(SearchRun(query, snapshot, understood=understood), expected, f"{seed}/{number}", words=0)
        if expected.hits:
            query = msgspec.structs.replace(query, after=catalog.draw.choice(expected.hits).position, offset=0)
            following = evaluate(query, snapshot.revision, groups, [attempt], Nothing())
            run = SearchRun(query, snapshot, matches=by_part(snapshot, matches), understood=understood)
            check(run, following, f"{seed}/{number} after")


@pytest.mark.parametrize("seed", range(60, 75))
def test_random_searches_for_named_things_answer_as_defined(seed):
    catalog = RandomCatalog(seed)
    snapshot, held = drawn_snapshot(catalog)
    groups = [*held.values()]
    names = {
        "sku": ["unknown", *(product.sku for group in groups for product in group.products)],
        "group_id": ["unknown", *held],
    }
    for number in range(15):
        field = catalog.draw.choice([*names])
        some = catalog.draw.choices(names[field], k=catalog.draw.randint(1, 3))
        named = Has(Schema().field(field), frozenset(some))
        query = msgspec.structs.replace(catalog.query(), filter=And((named, catalog.filter(1))), rules=SearchRules())
        matches = drawn_matches(catalog.draw, held)
        attempt = Attempt(words=WORDS, matches=matches)
        expected = evaluate(query, snapshot.revision, groups, [attempt], Nothing())
        run = SearchRun(query, snapshot, matches=by_part(snapshot, matches))
        assert run.word_counts() == counted(query, groups, attempt)
        check(run, expected, f"{seed}/{number}")


@pytest.mark.parametrize("seed", range(40, 60))
def test_values_that_a_write_adds_meanwhile_change_nothing(seed):
    """Every look at the clock adds values to all dictionaries that stand before, between and behind those held."""
    catalog = RandomCatalog(seed)
    snapshot, held = drawn_snapshot(catalog)
    attempt = Attempt(words=0, matches={name: TextMatch(0.0, 0) for name in held})
    added = count()

    def write() -> bool:
        for dictionary in snapshot.dictionaries.values():
            for value in ("", "9", "gold ", "{", "2024-01-01"):
                _ = dictionary[f"{value}{next(added)}"]
        return False

    for number in range(10):
        query = catalog.query()
        field = catalog.field()
        query = msgspec.structs.replace(query, sort=(SortByField(field), *query.sort), rules=SearchRules())
        expected = evaluate(query, snapshot.revision, [*held.values()], [attempt], Nothing())
        run = SearchRun(query, snapshot, deadline=Deadline(is_stopped=write))
        check(run, expected, f"{seed}/{number}", words=0)


def counted(query, groups, attempt):
    from facetry.domain.search.evaluation import _passing_counts

    return _passing_counts(query, groups, attempt)


def check(run: SearchRun, expected, label: str, words: int | None = None) -> None:
    answer = run.answer(expected.required_words if words is None else words)
    assert (label, answer.total, answer.total_products) == (label, expected.total, expected.total_products)
    assert (label, [hit.key for hit in answer.hits]) == (label, [hit.key for hit in expected.hits])
    for hit, place, wanted in zip(answer.hits, answer.places, expected.hits, strict=True):
        assert place.segment.ids[place.ordinal].decode() == wanted.group.group_id
        told = wanted.matched_words if words == 0 else hit.matched_words
        whole = msgspec.structs.replace(hit, matched_words=told)
        # Who asks for groups with products reads them where they stand.
        shell = msgspec.structs.replace(wanted.group, products=())
        assert (label, whole) == (label, msgspec.structs.replace(wanted, group=shell))
    for name, facet in expected.facets.items():
        assert (label, name, answer.facets[name]) == (label, name, facet)
