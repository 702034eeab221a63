"""The index of one tenant: its published snapshot, how changes get into it, and its upkeep.

Everything here runs on the event loop; merging, writing files and building many groups go to threads. A snapshot is
published by one assignment, computed without waiting from the one before, so changes and upkeep never undo each other.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace

import numpy as np

from facetry.domain.change import Delta
from facetry.domain.group import ProductGroup
from facetry.engines.columns.building import Surroundings, build_parts, build_snapshot
from facetry.engines.columns.merging import Merged, Source, merge_segments
from facetry.engines.columns.recoding import is_wasteful, recoded
from facetry.engines.columns.segment import Longs, Segment
from facetry.engines.columns.snapshot import Part, Snapshot
from facetry.engines.columns.tenant_folder import TenantFolder
from facetry.engines.columns.text.preparing import prepare_like
from facetry.engines.columns.text.semantics import carry_over
from facetry.engines.columns.tuning import is_quick_to_merge, parts_to_merge

_LOG = logging.getLogger(__name__)
_PATIENCE = 2
"""So many times the parts of like size that merge make a change wait until they did: searches look at each."""


class TenantIndex:
    """The published snapshot of one tenant and its upkeep.

    Attributes:
        snapshot: What searches that begin now see.
        folder: Where it is kept durably, if anywhere.
    """

    def __init__(self, snapshot: Snapshot, surroundings: Surroundings, folder: TenantFolder | None = None) -> None:
        """Keep a snapshot, durably where a folder is given."""
        self.snapshot = snapshot
        self.folder = folder
        self._surroundings = surroundings
        self._changing = asyncio.Lock()
        self._in_upkeep = asyncio.Lock()
        self._busy: frozenset[Segment] = frozenset()
        self._task: asyncio.Task[None] | None = None
        self._tidying: asyncio.TimerHandle | None = None
        self._settling: asyncio.TimerHandle | None = None

    @property
    def unsaved_groups(self) -> int:
        """Number of live groups that are in memory only."""
        return sum(part.count for part in self._unsaved)

    @property
    def _unsaved(self) -> list[Part]:
        return [part for part in self.snapshot.parts if part.segment.file_name is None]

    async def apply(
        self,
        delta: Delta,
        language: str,
        silent: frozenset[str] = frozenset(),
        give_way: Callable[[], None] | None = None,
    ) -> None:
        """Replace and remove groups; see ``SearchIndex.apply``, and for ``give_way`` see ``build_parts``."""
        async with self._changing:
            if delta.revision <= self.snapshot.revision:
                return
            if (language, silent) != (self.snapshot.language, self.snapshot.silent):
                await self._turn_to(language, silent)
            if not delta.touches_products:
                self.snapshot = replace(self.snapshot, revision=delta.revision)
                return
            before = self.snapshot
            parts = await build_parts(delta.groups, before, self._surroundings, give_way)
            touched = [*(group.group_id for group in delta.groups), *delta.gone]
            self.snapshot = self.snapshot.with_changes(delta.revision, parts, touched)
            self._tidy_soon()

    async def checkpoint(self) -> int:
        """Save what is worth it; see ``SearchIndex.checkpoint``."""
        await self._shrink()
        async with self._in_upkeep:
            folder = self.folder
            if folder:
                await self._save(folder)
        if folder and folder.covered is not None:
            return folder.covered
        # A restart finds nothing and rebuilds from the store, without any change log.
        return self.snapshot.revision

    async def rest(self) -> bool:
        """Save everything, after changes and upkeep under way, and return whether the files now hold all of it."""
        async with self._changing:
            if self._tidying:
                # Who rests may be forgotten, and another may write the same files then.
                self.tidy()
            if self._task:
                await asyncio.wait([self._task])
            async with self._in_upkeep:
                folder = self.folder
                if folder is None:
                    return False
                if not folder.holds(self.snapshot):
                    await self._save(folder, everything=True)
                # Nothing is left to settle, and who rests may be forgotten.
                self._settle_later()
                return folder.holds(self.snapshot)

    async def close(self) -> None:
        """Save what is worth it and wait for the end of all upkeep."""
        await self.checkpoint()
        await self.stop()

    async def stop(self) -> TenantFolder | None:
        """Wait for the end of upkeep, begin none any more, and hand the folder over."""
        async with self._changing:
            for timer in (self._tidying, self._settling):
                if timer:
                    timer.cancel()
            if self._task:
                await asyncio.wait([self._task])
            async with self._in_upkeep:
                folder, self.folder = self.folder, None
        return folder

    async def _turn_to(self, language: str, silent: frozenset[str]) -> None:
        """Analyse the texts of all groups anew."""
        revision = self.snapshot.revision
        snapshot = await build_snapshot(self._own_groups(), revision, language, self._surroundings, silent)
        async with self._in_upkeep:
            self.snapshot = snapshot

    async def _shrink(self) -> None:
        """Leave out of the dictionaries what is not in use where that is much; changes wait for it."""
        unused = self._surroundings.tuning.unused_values
        if not is_wasteful(self.snapshot, unused):
            return
        async with self._changing, self._in_upkeep:
            loop = asyncio.get_running_loop()
            self.snapshot = await loop.run_in_executor(self._surroundings.upkeep, recoded, self.snapshot)

    async def _own_groups(self) -> AsyncIterator[Sequence[ProductGroup]]:
        last = ""
        while page := self.snapshot.groups_after(last, self._surroundings.tuning.build_groups):
            yield page
            last = page[-1].group_id

    def _tidy_soon(self) -> None:
        """Merge what is small once who waits for the change has the answer; at once where much waits for that."""
        tuning = self._surroundings.tuning
        waiting = len(parts_to_merge(self._idle_parts(), tuning))
        if waiting >= _PATIENCE * tuning.tier_factor or self._is_full:
            self.tidy()
            return
        if waiting and self._tidying is None:
            self._tidying = asyncio.get_running_loop().call_later(tuning.tidy_seconds, self.tidy)
        self._settle_later()

    def tidy(self) -> None:
        """Merge what is small, and leave to the upkeep what is not."""
        if self._tidying:
            self._tidying.cancel()
        self._tidying = None
        tuning = self._surroundings.tuning
        while parts := parts_to_merge(self._idle_parts(), tuning):
            if not is_quick_to_merge(parts, tuning):
                self._begin_upkeep()
                break
            self._publish(parts, merge_segments([Source(part.segment, part.live) for part in parts]))
        if self._is_full:
            self._begin_upkeep()
        self._settle_later()

    def _settle_later(self) -> None:
        """Merge what is in memory once no change came for a while: each part costs every search something."""
        if self._settling:
            self._settling.cancel()
        self._settling = None
        if len(self._unsaved) > 1:
            seconds = self._surroundings.tuning.settle_seconds
            self._settling = asyncio.get_running_loop().call_later(seconds, self._begin_upkeep)

    def _idle_parts(self) -> list[Part]:
        return [part for part in self.snapshot.parts if part.segment not in self._busy]

    def _begin_upkeep(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._keep_up())
            self._task.add_done_callback(_log_failure)

    async def _keep_up(self) -> None:
        tuning = self._surroundings.tuning
        async with self._in_upkeep:
            while parts := parts_to_merge(self.snapshot.parts, tuning):
                self._publish(parts, await self._in_thread(parts))
            if self.folder and self._is_full:
                await self._save(self.folder)
            if self._is_settled and len(unsaved := self._unsaved) > 1:
                self._publish(unsaved, await self._in_thread(unsaved))

    @property
    def _is_full(self) -> bool:
        """Return whether more is in memory only than should be, and could be saved."""
        return self.folder is not None and self.unsaved_groups > self._surroundings.tuning.unsaved_groups

    @property
    def _is_settled(self) -> bool:
        """Return whether no change came for a while."""
        loop = asyncio.get_running_loop()
        return self._settling is not None and self._settling.when() <= loop.time()

    async def _save(self, folder: TenantFolder, *, everything: bool = False) -> None:
        """Save what is worth it, or all; where the disk does not take it, everything stays in memory and the log."""
        unsaved, tuning = self._unsaved, self._surroundings.tuning
        many = sum(part.count for part in unsaved) >= (1 if everything else tuning.saved_groups)
        try:
            if many or folder.needs(unsaved, self.snapshot.revision - tuning.unsaved_revisions):
                self._publish(unsaved, await self._in_thread(unsaved, folder))
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._surroundings.upkeep, folder.name_parts, self.snapshot)
        except OSError:
            _LOG.exception("the search index could not be saved; it is tried again later")

    async def _in_thread(self, parts: Sequence[Part], folder: TenantFolder | None = None) -> Merged:
        """Return the merged parts, saved where a folder is given."""
        self._busy = frozenset(part.segment for part in parts)
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._surroundings.upkeep, _merge_and_save, parts, folder)
        finally:
            self._busy = frozenset()

    def _publish(self, parts: Sequence[Part], merged: Merged) -> None:
        """Put a merged segment in the place of its parts, without what died since the merge began."""
        now = {part.segment: part for part in self.snapshot.parts}
        dead = []
        for part, targets in zip(parts, merged.targets, strict=True):
            still = now.pop(part.segment, None)
            dead.append(targets[(part.live != 0) & (still.live == 0)] if still else targets[targets >= 0])
        part = Part.whole(merged.segment).without(np.concatenate(dead))
        self.snapshot = replace(self.snapshot, parts=(*now.values(), *([part] if part.count else ())))


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        _LOG.error("upkeep of the search index failed; it is tried again after the next change", exc_info=error)


def _merge_and_save(parts: Sequence[Part], folder: TenantFolder | None) -> Merged:
    if len(parts) == 1 and not parts[0].has_dead:
        everything: Longs = np.arange(len(parts[0].segment))
        merged = Merged(parts[0].segment, [everything])
    else:
        merged = merge_segments([Source(part.segment, part.live) for part in parts])
    if folder:
        merged = replace(merged, segment=folder.save(merged.segment))
    sources = [part.segment for part in parts]
    carry_over(sources, merged.segment)
    prepare_like(sources, merged.segment)
    return merged
