"""The way of every change from the store to the search index and the caches of this process.

There is one way: read what changed since the revision held, apply it. A write takes it before it answers, a read
takes it when the store's mark moved (another process wrote), a start takes it after a crash. An index that all
processes share is brought up by whoever writes, so a search only has to know that there is one.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, nullcontext

from facetry.application.calls import SHORT
from facetry.application.precedence import CHANGES
from facetry.application.reindexing import reindexes
from facetry.application.tenant_view import TenantView
from facetry.domain.change import Delta
from facetry.domain.errors import IndexBehindError, IndexDamagedError
from facetry.domain.group import ProductGroup
from facetry.ports.catalog_store import CatalogStore
from facetry.ports.change_listener import ChangeListener
from facetry.ports.search_index import SearchIndex

_log = logging.getLogger(__name__)

DELTA_LIMIT = 20_000
"""Beyond so many changed groups all are read anew, page by page: as many as the largest write can touch, two a line."""
REBUILD_PAGE = 150


class ChangeRelay:
    """Bring the index and the listeners of this process up to the store, tenant by tenant.

    Attributes:
        looks: Whether ``is_settled`` and ``settle`` know what other processes did only after a ``look``.
    """

    def __init__(
        self,
        store: CatalogStore,
        index: SearchIndex | None,
        *,
        index_wait_seconds: float = 10.0,
    ) -> None:
        """Follow ``store`` for ``index``.

        A process that answers no searches passes None: the store's owner keeps the index for those that do.
        """
        self.looks = store.looks
        self._store = store
        self._index = index
        self._is_shared = index is not None and index.capabilities.is_shared
        # Raised when a tenant's part of a shared index is missing: perhaps those of all are.
        self._indexes = 0
        self._listeners: list[ChangeListener] = []
        self._index_wait_seconds = index_wait_seconds
        self._views: dict[str, TenantView] = {}
        self._mark = store.mark
        self._known_view = self._views.get

    def listen(self, listener: ChangeListener) -> None:
        """Tell a holder of derived answers of every change from now on."""
        self._listeners.append(listener)

    async def look(self, tenant: str) -> None:
        """Have the store learn what other processes did; see ``CatalogStore.look``."""
        await self._store.look(tenant)

    def is_settled(self, tenant: str) -> bool:
        """Return whether nothing changed since the listeners were last told; microseconds."""
        view = self._known_view(tenant)
        return view is not None and view.listener_mark == self._mark(tenant)

    async def settle(self, tenant: str) -> int:
        """Tell the listeners all that is committed by now, and return the tenant's revision."""
        view = self._view(tenant)
        if view.revision is None or view.listener_mark != self._store.mark(tenant):
            async with view.lock:
                await self._settle(tenant, view)
        return view.revision or 0

    async def reach(self, tenant: str) -> None:
        """Bring listeners and index up to all that is committed by now, wherever it was written."""
        if self.looks:
            await self._store.look(tenant)
        await self._follow(tenant)

    async def follow(self, tenant: str) -> None:
        """Have a search that comes next find all that is committed, as far as the last ``look`` told of it."""
        if not await self._is_at_hand(tenant):
            await self._follow(tenant)

    async def prepare(self, tenant: str, seconds: float | None = None) -> None:
        """Do the same, but not for ever.

        Args:
            tenant: Whose.
            seconds: How long to wait at most, if not as long as usual.

        Raises:
            IndexBehindError: The index could not be brought up in time, or failed.
        """
        if not await self._is_at_hand(tenant):
            await self.confirm(tenant, 0, seconds)

    async def hold(self, tenant: str, revision: int, seconds: float | None = None) -> None:
        """Do as ``confirm`` does, also where a revision's writer was killed before it saw to that."""
        if self._is_shared and self._view(tenant).index_revision < revision:
            await self.confirm(tenant, revision, seconds)

    def miss(self, tenant: str) -> None:
        """Note that the tenant's part of the index turned out to be missing: the next search has it built anew."""
        self._indexes += 1
        self._view(tenant).index_mark = None

    async def confirm(self, tenant: str, revision: int, seconds: float | None = None) -> None:
        """Wait until a committed revision is searchable here.

        Args:
            tenant: Whose.
            revision: Which one, to be named where it is not.
            seconds: How long to wait at most, if not as long as usual.

        Raises:
            IndexBehindError: The index could not confirm it in time, or failed; the write stays committed.
        """
        view = self._view(tenant)
        if view.index_mark is not None and view.index_mark == self._store.mark(tenant):
            return  # A neighbour of the same commit has brought the index up already.
        task = self._joined(tenant, view)
        longest = self._index_wait_seconds
        done, _ = await asyncio.wait((task,), timeout=longest if seconds is None else min(longest, seconds))
        if not done:
            raise IndexBehindError(revision)
        try:
            task.result()
        except Exception as error:
            _log.exception("the search index could not be brought up to revision %d", revision)
            raise IndexBehindError(revision) from error

    async def rebuild(self, tenant: str) -> int:
        """Build the tenant's index anew from the store and return the tenant's revision.

        Searches answer from the old index and writes go on until the new one is complete; only the last step, in
        which it catches up with writes made meanwhile, makes them wait.
        """
        view, index = self._view(tenant), self._index
        await self.reach(tenant)
        if index is None:
            return view.revision or 0
        start = await self._store.revision(tenant)
        async with AsyncExitStack() as last_step:

            async def pages() -> AsyncIterator[Sequence[ProductGroup]]:
                async for page in self._all_groups(tenant):
                    yield page
                await last_step.enter_async_context(view.lock)
                view.index_mark = None

            await index.rebuild(tenant, pages(), start, view.language, attributes=view.attributes)
            await self._apply_since(index, tenant, view, start)
        await self.reach(tenant)
        return view.revision or 0

    async def _is_at_hand(self, tenant: str) -> bool:
        """Settle and return whether the index is up to date without a step of this process."""
        if not self._is_shared:
            return False
        await self.settle(tenant)
        view = self._view(tenant)
        if view.indexes_seen != self._indexes:
            view.index_mark = None
        return view.indexes_seen == self._indexes

    async def _follow(self, tenant: str) -> None:
        view = self._view(tenant)
        if view.index_mark is not None and view.index_mark == self._store.mark(tenant):
            return
        async with view.lock:
            await self._reach(tenant, view)

    def _view(self, tenant: str) -> TenantView:
        view = self._views.get(tenant)
        if view is None:
            view = self._views[tenant] = TenantView()
        return view

    def _joined(self, tenant: str, view: TenantView) -> asyncio.Task[None]:
        """Return the work that makes all that is committed by now searchable; neighbours of one commit share it."""
        task = view.waiting
        if task is None or task.done():
            task = view.waiting = asyncio.create_task(self._climb(tenant, view))
            task.add_done_callback(_retrieve)
        return task

    async def _climb(self, tenant: str, view: TenantView) -> None:
        async with view.lock:
            # Who comes from now on may have committed more than this looks at.
            view.waiting = None
            await self._reach(tenant, view)

    async def _reach(self, tenant: str, view: TenantView) -> None:
        """Bring listeners and index up to all that is committed by now; the caller holds the lock."""
        mark = self._store.mark(tenant)
        if view.index_mark != mark:
            with CHANGES.taken():
                step = await self._settle(tenant, view)
            # Much gives way to others while it is made searchable, so they must not wait for it.
            is_quick = step is None or len(step[1].groups) <= SHORT
            with CHANGES.taken() if is_quick else nullcontext():
                await self._bring_up(tenant, view, step)
            view.index_mark = mark

    async def _settle(self, tenant: str, view: TenantView) -> tuple[int, Delta] | None:
        """Tell the listeners; return the revision they held and what changed since. The caller holds the lock."""
        mark = self._store.mark(tenant)
        if view.revision is not None and view.listener_mark == mark:
            return None
        await self._settle_record(tenant, view)
        before = view.revision
        delta = None if before is None else await self._store.delta(tenant, before, DELTA_LIMIT)
        if before is None or delta is None:
            self._forget(tenant)
            # Perhaps this is another tenant with the same id, of which the index knows nothing.
            view.indexes_seen = view.index_mark = None
            view.revision = await self._store.revision(tenant)
        else:
            for listener in self._listeners:
                listener.changed(tenant, delta)
            view.revision = delta.revision
        view.listener_mark = mark
        return (before, delta) if before is not None and delta is not None else None

    async def _settle_record(self, tenant: str, view: TenantView) -> None:
        record = await self._store.tenant(tenant)
        version = record.version if record else None
        if version != view.record_version:
            self._forget(tenant)
            view.record_version = version
        if record is not None:
            if self._index is not None and self._index.placements is not None:
                self._index.placements.place(tenant, record.settings.placement)
            # Rules and types of attributes are looked at by each search.
            view.settings_changed |= view.settings is not None and reindexes(view.settings, record.settings)
            view.settings = record.settings

    def _forget(self, tenant: str) -> None:
        for listener in self._listeners:
            listener.forget(tenant)

    async def _bring_up(self, tenant: str, view: TenantView, step: tuple[int, Delta] | None) -> None:
        """Bring the index up; the caller holds the lock."""
        index = self._index
        if index is None:
            return
        if view.record_version is None:
            await index.forget(tenant)
            return
        seen = self._indexes
        held = await index.revision(tenant)
        if held is None:
            seen = self._indexes = self._indexes + 1
        if held is None or view.settings_changed:
            await self._rebuild(index, tenant, view)
            view.settings_changed = False
        elif step is not None and step[0] == held:
            await self._apply(index, tenant, view, step[1])
        else:
            # What another process has just written to a shared index is perhaps not searchable yet.
            await self._apply_since(index, tenant, view, held, is_certain=not self._is_shared)
        view.indexes_seen = seen
        view.index_revision = view.revision or 0

    async def _apply_since(
        self, index: SearchIndex, tenant: str, view: TenantView, revision: int, *, is_certain: bool = True
    ) -> None:
        """Apply what changed since a revision, also nothing where it is not certain that all before is searchable."""
        delta = await self._store.delta(tenant, revision, DELTA_LIMIT)
        if delta is None:
            await self._rebuild(index, tenant, view)
        elif delta.revision != revision or not is_certain:
            await self._apply(index, tenant, view, delta)

    async def _apply(self, index: SearchIndex, tenant: str, view: TenantView, delta: Delta) -> None:
        try:
            await index.apply(tenant, delta, view.language, attributes=view.attributes)
        except IndexDamagedError:
            if not self._is_shared:
                raise
            self._indexes += 1
            await self._rebuild(index, tenant, view)

    async def _rebuild(self, index: SearchIndex, tenant: str, view: TenantView) -> None:
        start = await self._store.revision(tenant)
        await index.rebuild(tenant, self._all_groups(tenant), start, view.language, attributes=view.attributes)
        await self._apply_since(index, tenant, view, start)

    async def _all_groups(self, tenant: str) -> AsyncIterator[Sequence[ProductGroup]]:
        last = ""
        while page := await self._store.groups_after(tenant, last, REBUILD_PAGE):
            yield page
            last = page[-1].group_id
            await asyncio.sleep(0)


def _retrieve(task: asyncio.Future[None]) -> None:
    """Take a task's exception, if any, so that nobody is warned where all went away: the next search tries again."""
    if not task.cancelled():
        task.exception()
