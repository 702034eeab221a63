"""The words of a snapshot's live groups, as the reading of queries asks for them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain

from facetry.domain.search.slots import WORD
from facetry.engines.columns.snapshot import Snapshot
from facetry.engines.columns.strings import encoded
from facetry.engines.columns.text.identifiers import Identifiers
from facetry.engines.columns.text.terms import continued, few_postings, live_postings, postings, similar


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
        self._parts = snapshot.parts
        known = [(part, few_postings(part.segment)) for part in snapshot.parts]
        self._small = [(part, found) for part, found in known if found is not None]
        self._large = [part for part, found in known if found is None]
        self._identifiers = identifiers
        self._check = check
        self._hidden = hidden
        self._frequencies: dict[str, int] = {}
        self._similar: dict[tuple[str, int], list[tuple[str, int]]] = {}

    def has(self, key: str) -> bool:
        """See ``Vocabulary``."""
        return self.frequency(key) > 0

    def frequency(self, key: str) -> int:
        """See ``Vocabulary``."""
        found = self._frequencies.get(key)
        if found is None:
            found = self._frequencies[key] = self._live_postings(key)
        return found

    def beginning(self, prefix: str) -> bool:
        """See ``Vocabulary``."""
        ranges = ((part, continued(part.segment, WORD + prefix)) for part in self._parts)
        return any(live_postings(part, bounds, self._hidden) for part, bounds in ranges)

    def similar(self, word: str, distance: int) -> Sequence[tuple[str, int]]:
        """See ``Vocabulary``."""
        known = self._similar.get((word, distance))
        if known is None:
            found: dict[str, int] = {}
            for part in self._parts:
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
        small = ((part, known[raw]) for part, known in self._small if raw in known)
        large = ((part, postings(part.segment, key)) for part in self._large)
        return sum(live_postings(part, bounds, self._hidden) for part, bounds in chain(small, large))
