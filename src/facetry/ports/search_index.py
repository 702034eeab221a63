"""The port of the search index: derived from the store, rebuilt from it at will."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

import msgspec

from facetry.domain.change import Delta
from facetry.domain.field_query import FieldQuery
from facetry.domain.field_result import FieldResult
from facetry.domain.group import ProductGroup
from facetry.domain.search.fields import Attributes
from facetry.domain.search.query import SearchQuery
from facetry.domain.search.result import SearchResult
from facetry.domain.search.suggestions import Suggestions, SuggestQuery
from facetry.ports.index_placements import IndexPlacements


class Capabilities(msgspec.Struct, frozen=True):
    """What not every engine can promise.

    Attributes:
        exact_relevance: Whether order by relevance, scores and explanations equal the brute-force definition exactly;
            else only its tiers do: how many words of the text a hit has, then how few typos these take.
        semantic: Whether it knows what words mean, see ``SearchRules.semantic``.
        group_by: Whether hits can be made of other fields than the group; else ``search`` raises ``SearchError`` for
            such a query.
        snapshots: Whether every answer is of one revision; else one that is given while a delta is applied may hold
            some groups of it and lack others, each of them whole.
        is_shared: Whether all processes search one and the same index. It is then brought up by whoever writes, and a
            search finds all that was acknowledged without looking at the store.
    """

    exact_relevance: bool
    semantic: bool = False
    group_by: bool = True
    snapshots: bool = True
    is_shared: bool = False


class SearchIndex(Protocol):
    """Groups of every tenant, searchable; a tenant is one index of its own, statistics of words included.

    Attributes:
        placements: Into what it is divided; None where it is not.
    """

    capabilities: Capabilities
    placements: IndexPlacements | None

    async def revision(self, tenant: str) -> int | None:
        """Return the revision up to which the tenant's index is complete, or None where it must be rebuilt.

        Opens what is stored of it, if it is not open yet. A tenant that never had an index answers None.
        """

    async def apply(self, tenant: str, delta: Delta, language: str, *, attributes: Attributes = ()) -> None:
        """Replace and remove groups; searchable on return, at once as a whole for every search that begins later.

        Applying a delta twice, or one that is older than what is held, changes nothing; also then all that is held is
        searchable on return, whichever process wrote it. Where language or attributes are others than those of what is
        held, that is analysed anew.

        Args:
            tenant: Whose groups.
            delta: What changed.
            language: Stems analysed text.
            attributes: What the tenant has said of its attributes; the values of some are no words of a group.
        """

    async def rebuild(
        self,
        tenant: str,
        groups: AsyncIterator[Sequence[ProductGroup]],
        revision: int,
        language: str,
        *,
        attributes: Attributes = (),
    ) -> None:
        """Replace the tenant's whole index by these groups; searches answer from the old one until the end.

        The caller applies afterwards whatever changed after ``revision``. For the rest see ``apply``.
        """

    async def match(self, tenant: str, query: FieldQuery) -> FieldResult:
        """Return what a query finds, exact, from one snapshot.

        A tenant without groups gets an empty result. Order: score descending, then group id by code point.
        ``domain.field_ranking`` defines matches and scores.
        """

    async def search(self, tenant: str, query: SearchQuery, deadline: float | None = None) -> SearchResult:
        """Return what a query of ``/v2`` finds, exact, from one snapshot; ``domain.search.evaluation`` defines it.

        Args:
            tenant: Whose groups.
            query: What is asked.
            deadline: The ``time.monotonic`` second after which nobody waits any more; None for no limit.

        Raises:
            SearchTimeoutError: The deadline passed first.
        """

    async def suggest(self, tenant: str, query: SuggestQuery) -> Suggestions:
        """Return what is offered to someone who is typing, exact, from one snapshot.

        ``domain.search.suggestions`` defines it. A tenant without groups gets nothing.
        """

    def worked(self, tenant: str) -> float:
        """Return how many seconds this process has worked on searches of a tenant; a number that only grows.

        Nobody's waiting is work, and what a tenant costs here is not what it costs in another process.
        """

    async def known_fields(self, tenant: str) -> frozenset[str]:
        """Return the full names of the attributes and properties of parts that any group held has a value of.

        A name may still be there after the last group with it is gone.
        """

    async def groups_after(self, tenant: str, group_id: str, limit: int) -> Sequence[ProductGroup]:
        """Return up to ``limit`` groups held whose id is greater, ascending by code point, to verify the index."""

    async def group(self, tenant: str, group_id: str) -> ProductGroup | None:
        """Return the group as the index holds it, or None."""

    async def checkpoint(self, tenant: str) -> int:
        """Make what is held durable and return the revision up to which a restart will not need the change log."""

    async def forget(self, tenant: str) -> None:
        """Remove everything held of a tenant; harmless to repeat."""

    async def close(self) -> None:
        """Finish work under way and release everything; harmless to repeat."""
