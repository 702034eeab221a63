"""The words of a snapshot's live groups, as the reading of queries asks for them."""

from __future__ import annotations

from collections.abc import Sequence

from facetry.domain.search.slots import WORD
from facetry.engines.columns.snapshot import Snapshot
from facetry.engines.columns.text.identifiers import Identifiers
from facetry.engines.columns.text.terms import continued, live_postings, postings, similar


class SnapshotVocabulary:
    """The words of the live groups of one snapshot; see ``domain.search.text.vocabulary.Vocabulary``."""

    def __init__(self, snapshot: Snapshot, identifiers: Identifiers) -> None:
        """Ask a snapshot, and its identifiers."""
        self._parts = snapshot.parts
        self._identifiers = identifiers
        self._frequencies: dict[str, int] = {}

    def has(self, key: str) -> bool:
        """See ``Vocabulary``."""
        return self.frequency(key) > 0

    def frequency(self, key: str) -> int:
        """See ``Vocabulary``."""
        found = self._frequencies.get(key)
        if found is None:
            found = sum(live_postings(part, postings(part.segment, key)) for part in self._parts)
            self._frequencies[key] = found
        return found

    def beginning(self, prefix: str) -> bool:
        """See ``Vocabulary``."""
        return any(live_postings(part, continued(part.segment, WORD + prefix)) for part in self._parts)

    def similar(self, word: str, distance: int) -> Sequence[tuple[str, int]]:
        """See ``Vocabulary``."""
        found: dict[str, int] = {}
        for part in self._parts:
            found |= similar(part, word, distance)
        return sorted(found.items(), key=lambda entry: (entry[1], entry[0]))

    def identified(self, needle: str) -> bool:
        """See ``Vocabulary``."""
        return any(len(found.groups) for found in self._identifiers.find(needle))
