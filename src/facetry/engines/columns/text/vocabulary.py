"""The words of a snapshot's live groups, as the reading of queries asks for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from facetry.domain.search.slots import WORD
from facetry.engines.columns.snapshot import Snapshot
from facetry.engines.columns.strings import encoded
from facetry.engines.columns.text.identifiers import Identifiers
from facetry.engines.columns.text.key_postings import key_postings
from facetry.engines.columns.text.terms import has_live_posting, live_postings, similar


class SnapshotVocabulary:
    """The words of the live groups of one snapshot; see ``domain.search.text.vocabulary.Vocabulary``."""

    def __init__(
        self, snapshot: Snapshot, identifiers: Identifiers, check: Callable[[], None], hidden: int = 0
    ) -> None:
        """Ask a snapshot, and its identifiers; what was answered once is remembered.

        Args:
            snapshot: What is searched.
            identifiers: Those of the snapshot.
            check: Called now and then; what it raises ends the work.
            hidden: A bit of counts; a group that has it with a word counts as if it had not the word.
        """
        self._parts = [(part, key_postings(part.segment)) for part in snapshot.parts]
        self._identifiers = identifiers
        self._check = check
        self._hidden = hidden
        self._known: dict[str, bool] = {}
        self._frequencies: dict[str, int] = {}
        self._beginnings: dict[str, bool] = {}
        self._similar: dict[tuple[str, int], list[tuple[str, int]]] = {}

    def has(self, key: str) -> bool:
        """See ``Vocabulary``."""
        found = self._known.get(key)
        if found is None:
            raw = encoded(key)
            found = any(has_live_posting(part, known.one(raw), self._hidden) for part, known in self._parts)
            self._known[key] = found
        return found

    def frequency(self, key: str) -> int:
        """See ``Vocabulary``."""
        found = self._frequencies.get(key)
        if found is None:
            found = self._frequencies[key] = self._live_postings(key)
        return found

    def beginning(self, prefix: str) -> bool:
        """See ``Vocabulary``."""
        found = self._beginnings.get(prefix)
        if found is None:
            ranges = ((part, known.continued(WORD + prefix)) for part, known in self._parts)
            found = any(has_live_posting(part, bounds, self._hidden) for part, bounds in ranges)
            self._beginnings[prefix] = found
        return found

    def similar(self, word: str, distance: int) -> Sequence[tuple[str, int]]:
        """See ``Vocabulary``."""
        known = self._similar.get((word, distance))
        if known is None:
            found: dict[str, int] = {}
            for part, _ in self._parts:
                self._check()
                found |= similar(part, word, distance, self._hidden)
            known = sorted(found.items(), key=lambda entry: (entry[1], entry[0]))
            self._similar[word, distance] = known
        return known

    def identified(self, needle: str) -> bool:
        """See ``Vocabulary``."""
        return any(len(found.groups) for found in self._identifiers.find(needle))

    def _live_postings(self, key: str) -> int:
        raw = encoded(key)
        return sum(live_postings(part, known.one(raw), self._hidden) for part, known in self._parts)
