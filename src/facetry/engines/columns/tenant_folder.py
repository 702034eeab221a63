"""The folder of one tenant's index files."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np

from facetry.domain.errors import IndexDamagedError
from facetry.engines.columns.files import (
    Manifest,
    SavedPart,
    folder_name,
    is_shortage,
    manifest_stamp,
    open_segment,
    read_manifest,
    remove_strays,
    save_manifest,
    save_segment,
)
from facetry.engines.columns.packing import GROWTH, NO_TEMPLATE
from facetry.engines.columns.segment import Flags, Segment
from facetry.engines.columns.snapshot import Part, Snapshot
from facetry.engines.columns.value_files import ValueFiles

_LOG = logging.getLogger(__name__)
_ATTEMPTS = 3
"""How often a follower reads the manifest anew because the owner removed a file that it had just read about."""


class TenantFolder:
    """Files of one tenant; the owner writes them, followers map what the manifest names.

    Attributes:
        covered: The revision up to which the manifest is complete, None where there is none.
    """

    def __init__(self, directory: Path, tenant: str, *, writer: bool) -> None:
        """Use the tenant's folder in a directory; it is made when something is saved."""
        self.path = directory / folder_name(tenant)
        self.covered: int | None = None
        self._tenant = tenant
        self._writer = writer
        self._named: frozenset[str] = frozenset()
        self._stamp: object = None
        self._values = ValueFiles(self.path)
        self._template = NO_TEMPLATE
        self._packed = 0

    def open(self) -> Snapshot | None:
        """Return what is saved, None where there is nothing or it is damaged; a damaged index is removed."""
        for _ in range(1 if self._writer else _ATTEMPTS):
            try:
                self._stamp = manifest_stamp(self.path)
                manifest = read_manifest(self.path)
                if manifest is None:
                    return None
                return self._open(manifest)
            except (IndexDamagedError, OSError) as error:
                damage = error
        _LOG.warning("the saved search index cannot be used and is rebuilt from the store: %s", damage)
        if self._writer and not is_shortage(damage):
            # What may not even be looked at stays; that nothing can be saved beside it is told then.
            with suppress(OSError):
                self.remove()
        return None

    def saved_revision(self) -> int | None:
        """Return up to which revision the present manifest is complete, None where there is none that can be read."""
        try:
            manifest = read_manifest(self.path)
        except (IndexDamagedError, OSError):
            return None
        return manifest.revision if manifest else None

    def has_news(self) -> bool:
        """Say whether the manifest changed since it was opened."""
        return manifest_stamp(self.path) != self._stamp

    def holds(self, snapshot: Snapshot) -> bool:
        """Say whether the present manifest is that of a snapshot, all of whose parts are saved."""
        named = {part.segment.file_name for part in snapshot.parts}
        return self.covered == snapshot.revision and self._named == named

    def needs(self, parts: Sequence[Part], after: int) -> bool:
        """Say whether the next manifest would be behind the present one, or a revision, without these parts."""
        covered = self.covered
        return covered is not None and any(part.segment.after < max(covered, after) for part in parts)

    def save(self, segment: Segment) -> Segment:
        """Write a segment, durable on return, and return it mapped; no manifest names it yet."""
        known = self._template if self._packed * GROWTH >= len(segment) else NO_TEMPLATE
        saved = save_segment(self.path, segment, known)
        self._remember_template(saved)
        return saved

    def name_parts(self, snapshot: Snapshot) -> None:
        """Write the manifest of a snapshot's saved parts, durable on return, and remove files it does not name."""
        saved = [part for part in snapshot.parts if part.segment.file_name is not None]
        unsaved = [part.segment.after for part in snapshot.parts if part.segment.file_name is None]
        covered = min(unsaved, default=snapshot.revision)
        named = frozenset(str(part.segment.file_name) for part in saved)
        if (not saved and self.covered is None) or (covered == self.covered and named == self._named):
            return
        values = self._values.save(snapshot.dictionaries)
        parts = tuple(_saved_part(part) for part in saved)
        silent = tuple(sorted(snapshot.silent))
        save_manifest(self.path, Manifest(self._tenant, snapshot.language, covered, parts, values, silent))
        self.covered, self._named = covered, named
        remove_strays(self.path, named.union(values))

    def remove(self) -> None:
        """Remove the folder with everything in it; harmless to repeat."""
        self.covered, self._named = None, frozenset()
        self._values = ValueFiles(self.path)
        shutil.rmtree(self.path, ignore_errors=True)
        if self.path.is_file():
            self.path.unlink()

    def _remember_template(self, segment: Segment) -> None:
        """Keep the template of the largest segment for the next ones."""
        if len(segment) >= self._packed:
            self._template, self._packed = segment.template, len(segment)

    def _open(self, manifest: Manifest) -> Snapshot:
        if manifest.tenant != self._tenant:
            raise IndexDamagedError("it is another tenant's")
        with ThreadPoolExecutor(1, "index-opening") as beside:
            # Reading segments leaves the interpreter to others, so it goes on while dictionaries are made.
            opening = [beside.submit(_opened, self.path, saved) for saved in manifest.parts]
            dictionaries = self._values.open(manifest.values)
            parts = tuple(part.result() for part in opening)
        for part in parts:
            self._remember_template(part.segment)
        self._named = frozenset(saved.file_name for saved in manifest.parts)
        self.covered = manifest.revision
        if self._writer:
            remove_strays(self.path, self._named.union(manifest.values))
        return Snapshot(manifest.revision, manifest.language, parts, dictionaries, frozenset(manifest.silent))


def _saved_part(part: Part) -> SavedPart:
    dead = np.packbits(part.live == 0).tobytes() if part.has_dead else b""
    return SavedPart(str(part.segment.file_name), len(part.segment), dead)


def _opened(path: Path, saved: SavedPart) -> Part:
    part = Part.whole(open_segment(path, saved.file_name, saved.groups))
    if not saved.dead:
        return part
    bits: Flags = np.frombuffer(saved.dead, np.uint8)
    if len(bits) * 8 < saved.groups:
        raise IndexDamagedError(f"the list of dead groups of {saved.file_name} is cut")
    return part.without(np.flatnonzero(np.unpackbits(bits, count=saved.groups)))
