"""Searches of a tenant's groups, each sent together with the question whether it was built by what holds now."""

from __future__ import annotations

from collections.abc import Sequence

from facetry.domain.errors import IndexDamagedError
from facetry.engines.lucene.cluster import Cluster
from facetry.engines.lucene.driver import Json
from facetry.engines.lucene.tenant_state import TenantState, TenantStates, layout_and_revision, state_question


class Asking:
    """Ask about one tenant, as long as its state is what queries were built by."""

    def __init__(self, cluster: Cluster, states: TenantStates, tenant: str, state: TenantState) -> None:
        """Ask about ``tenant`` with queries that are built by ``state``."""
        self._cluster = cluster
        self._states = states
        self.tenant = tenant
        self.state = state

    async def ask_of_texts(self, bodies: Sequence[Json]) -> list[Json]:
        """Return the answers to searches of terms and values that every state gives the same documents."""
        answers = None
        while answers is None:
            answers = await self.ask(bodies)
        return answers

    async def ask(self, bodies: Sequence[Json], seconds: float | None = None) -> list[Json] | None:
        """Return the answers to some searches, asked in one request; None where these have to be built anew.

        Then ``state`` is the new one.

        Args:
            bodies: Of ``_search``; each must look for this ``tenant`` itself.
            seconds: How long to wait at most, if not as long as usual.

        Raises:
            IndexDamagedError: The index, or all of the tenant in it, is gone.
            IndexFailedError: It cannot answer.
            SearchTimeoutError: It did not answer in time.
        """
        *answers, said = await self._cluster.searches(self.tenant, [*bodies, state_question(self.tenant)], seconds)
        now = layout_and_revision(said)
        if now is None:
            self._states.forget(self.tenant)
            raise IndexDamagedError("the tenant's part of the search index is not there")
        layout, revision = now
        if layout == self.state.layout:
            self._states.raised(self.tenant, revision)
            return answers
        return None if await self._is_renewed(layout) else answers

    async def _is_renewed(self, layout: int) -> bool:
        """Return whether there is a state to build queries by that is newer than that which these were built by."""
        before = self.state.layout
        known = await self._states.known(self.tenant)
        if known is None or known.layout < layout:
            known = await self._states.read(self.tenant)
        if known is None:
            raise IndexDamagedError("the tenant's part of the search index is not there")
        self.state = known
        # A state that searches do not see yet stands for documents that they do not see either.
        return known.layout != before
