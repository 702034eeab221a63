"""When access keys were last used: the times of empty files, one a key, that all processes of a directory share."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

NOTE_SECONDS = 60.0
"""A process touches a key's file once in this time at most: a use costs no write."""


class FilesKeyUsage:
    """Touch a file when its key is used; what the disk refuses is not noted."""

    def __init__(self, directory: Path) -> None:
        """Use a folder, made when the first key is."""
        self._directory = directory
        self._noted: dict[tuple[str, str], float] = {}

    def used(self, tenant: str, key_id: str, now: float) -> None:
        """Note the time, unless it was noted just now."""
        noted = self._noted.get((tenant, key_id))
        if noted is not None and 0 <= now - noted < NOTE_SECONDS:
            return
        self._noted[tenant, key_id] = now
        with suppress(OSError):
            self._directory.mkdir(mode=0o700, exist_ok=True)
            file = self._file(tenant, key_id)
            file.touch(mode=0o600)
            os.utime(file, (now, now))

    async def forget(self, tenant: str, key_ids: Sequence[str]) -> None:
        """Remove the files of keys."""
        for key_id in key_ids:
            self._noted.pop((tenant, key_id), None)
            with suppress(OSError):
                self._file(tenant, key_id).unlink(missing_ok=True)

    async def last_used(self, tenant: str, key_ids: Sequence[str]) -> Mapping[str, float]:
        """Return the times of those files that there are."""
        times = {}
        for key_id in key_ids:
            with suppress(OSError):
                times[key_id] = self._file(tenant, key_id).stat().st_mtime
        return times

    async def close(self) -> None:
        """Do nothing: what was noted stands in the files."""

    def _file(self, tenant: str, key_id: str) -> Path:
        # Ids of tenants may hold what no file name may.
        return self._directory / hashlib.blake2b(f"{tenant}\n{key_id}".encode(), digest_size=16).hexdigest()
