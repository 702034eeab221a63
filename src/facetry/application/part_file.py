"""Files that are under another name until they are whole."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

_ANYBODY = 0o666
OWNER = 0o600


@contextmanager
def part_file(path: Path, mode: int = _ANYBODY, *, replaces: bool = True) -> Iterator[BinaryIO]:
    """Open what becomes the file of a path, durable, if nothing fails inside; else nothing is left of it.

    Each call writes to a name of its own beside the path, so that of two at once each writes a whole file.

    Raises:
        FileExistsError: There is a file, and it is not to be replaced.
        OSError: It cannot be written.
    """
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    _check(path, replaces=replaces)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _check(path, replaces=replaces)
        part.replace(path)
        _sync(path.parent)
    finally:
        part.unlink(missing_ok=True)


def _check(path: Path, *, replaces: bool) -> None:
    if not replaces and path.exists():
        raise FileExistsError(path)


def _sync(folder: Path) -> None:
    """Make the names in a folder durable, where its file system can."""
    # Anybody's folder may be one that can be written and not read, or lie where there is no such thing.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
