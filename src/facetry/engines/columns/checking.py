"""Checking the saved files of a tenant's index: each against its checksums."""

from __future__ import annotations

from pathlib import Path

from facetry.domain.errors import IndexDamagedError
from facetry.domain.fault import Fault
from facetry.engines.columns.files import folder_name, is_shortage, open_segment, open_values, read_manifest

_ATTEMPTS = 5
"""So often the files are looked at anew because the owner removed one that the manifest had just named."""


def file_faults(directory: Path, tenant: str) -> list[Fault]:
    """Return what is wrong with the files of a tenant's index, which may be written meanwhile.

    Args:
        directory: That of the index.
        tenant: Whose.
    """
    folder = directory / folder_name(tenant)
    problem = ""
    for _ in range(_ATTEMPTS):
        problem, manifest_is_good = _problem(folder)
        if not problem or not manifest_is_good:
            break
    return [Fault("index", "", problem)] if problem else []


def _problem(folder: Path) -> tuple[str, bool]:
    """Return what is wrong, and whether the manifest itself is good."""
    is_read = False
    try:
        manifest = read_manifest(folder)
        is_read = True
        if manifest is not None:
            for part in manifest.parts:
                open_segment(folder, part.file_name, part.groups)
            for name in manifest.values:
                open_values(folder, name)
    except IndexDamagedError as error:
        return error.message, is_read
    except OSError as error:
        if is_shortage(error):
            return "", is_read
        return f"cannot be read: {error.strerror}", is_read
    return "", is_read
