"""How far an import has come, kept in a file so that a broken one goes on where it was."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

import msgspec

SUFFIX = ".facetry-import"
_VERSION = 1
"""Raised when the same file would give other products than before."""


class Confirmed(msgspec.Struct, frozen=True, kw_only=True):
    """What is stored of a file.

    Attributes:
        products: How many products of it, in its order, are committed.
        last_sku: The last one of them.
        created: How many of them were new.
        replaced: How many of them were there before.
    """

    products: int = 0
    last_sku: str = ""
    created: int = 0
    replaced: int = 0


class _Kept(msgspec.Struct):
    version: int
    run: str
    confirmed: Confirmed


class Resumption:
    """The progress file of one import: of this file's content, by these options, into this tenant."""

    def __init__(self, folder: Path, path: Path, tenant: str, run: str) -> None:
        """Name the progress file in a folder after the imported file.

        A file that lies in that folder itself is known by its name alone, wherever the folder is.

        Args:
            folder: Where progress files are kept.
            path: The file to import.
            tenant: Whose catalog it goes to.
            run: What must be the same for a run to be continued: digest of the file, options.
        """
        known_as = path.name if path.parent == folder else path.resolve()
        place = hashlib.sha256(f"{tenant}\n{known_as}".encode("utf-8", "surrogateescape")).hexdigest()[:12]
        self._path = folder / f"{path.name}.{_mark(tenant)}-{place}{SUFFIX}"
        self._run = hashlib.sha256(f"{tenant}\n{run}".encode("utf-8", "surrogateescape")).hexdigest()

    def load(self) -> Confirmed:
        """Return what an earlier run of the same import has stored; nothing where there was none."""
        try:
            kept = msgspec.json.decode(self._path.read_bytes(), type=_Kept)
        except (OSError, msgspec.DecodeError):
            return Confirmed()
        return kept.confirmed if kept.version == _VERSION and kept.run == self._run else Confirmed()

    def save(self, confirmed: Confirmed) -> bool:
        """Keep what is stored by now and return whether that was possible.

        The file is replaced as a whole. It is not forced to disk: one that is too old costs a repetition only.
        """
        fresh = self._path.with_name(self._path.name + ".new")
        try:
            fresh.parent.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(msgspec.json.encode(_Kept(_VERSION, self._run, confirmed)))
            fresh.replace(self._path)
        except OSError:
            return False
        return True

    def forget(self) -> None:
        """Remove the progress file; the import is complete."""
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)


def forget_tenant(folder: Path, tenant: str) -> None:
    """Remove the progress files of all imports into a tenant; harmless where there are none."""
    for file in folder.glob(f"*.{_mark(tenant)}-*{SUFFIX}*"):
        file.unlink(missing_ok=True)


def _mark(tenant: str) -> str:
    """Return what the names of a tenant's progress files hold."""
    return hashlib.sha256(tenant.encode("utf-8", "surrogateescape")).hexdigest()[:16]
