"""What a backup holds, written into it last: a folder without it, or with another file, is no backup."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from facetry.domain.errors import StoreDamagedError, StoreError, StoreFullError

CONTENTS_FILE = "backup.json"
_FORMAT = 1
_PORTION_BYTES = 1 << 20


class Contents(msgspec.Struct, frozen=True):
    """The files of a backup.

    Attributes:
        facetry_backup: The version of this format.
        taken: When the backup was begun, in seconds since 1970.
        files: SHA-256 of each file by its name, hexadecimal.
    """

    facetry_backup: int
    taken: float
    files: dict[str, str]


@contextmanager
def new_contents(folder: Path, taken: float) -> Iterator[None]:
    """Take an empty folder for a backup, and write down at the end of the block what was put into it, durably.

    Where the block fails, all that is in the folder is removed.

    Raises:
        StoreError: Something is in the folder, or another process puts a backup there; it cannot be written.
    """
    draft = folder / f"{CONTENTS_FILE}.partial"
    if any(folder.iterdir()):
        raise StoreError(f"{folder} is not empty")
    try:
        # Of two that begin at once only one makes the file.
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError as error:
        raise StoreError(f"{folder} is not empty") from error
    except OSError as error:
        raise _file_error(error, f"{folder} cannot be used") from error
    try:
        yield
        _write(draft, folder, taken)
    except BaseException:
        for file in folder.iterdir():
            file.unlink()
        raise


def _write(draft: Path, folder: Path, taken: float) -> None:
    try:
        files = {file.name: _settled(file) for file in sorted({*folder.iterdir()} - {draft})}
        with draft.open("wb") as stream:
            stream.write(msgspec.json.format(msgspec.json.encode(Contents(_FORMAT, taken, files))) + b"\n")
            stream.flush()
            os.fsync(stream.fileno())
        draft.rename(folder / CONTENTS_FILE)
    except OSError as error:
        raise _file_error(error, f"{draft} cannot be written") from error


def _settled(file: Path) -> str:
    """Make a file private and durable, and return its digest."""
    file.chmod(0o600)
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_contents(folder: Path, needed: str) -> Contents:
    """Return what a backup holds; whether it does is seen by ``copy_checked``.

    Args:
        folder: The backup.
        needed: The name of a file without which it is none.

    Raises:
        StoreError: It is no backup, no whole one, or of a newer version of Facetry.
    """
    file = folder / CONTENTS_FILE
    try:
        contents = msgspec.json.decode(file.read_bytes(), type=Contents)
    except FileNotFoundError as error:
        raise StoreError(
            f"{folder} holds no whole backup: {CONTENTS_FILE} is missing, which is written last"
        ) from error
    except OSError as error:
        raise _file_error(error, f"{file} cannot be read") from error
    except msgspec.DecodeError as error:
        raise StoreDamagedError(f"{file} was cut or altered: {error}") from error
    if contents.facetry_backup > _FORMAT:
        raise StoreError(f"{folder} was written by a newer version of Facetry")
    if needed not in contents.files or any(Path(name).name != name for name in contents.files):
        raise StoreDamagedError(f"{file} was cut or altered: it names other files")
    return contents


def copy_checked(source: Path, target: Path, digest: str) -> None:
    """Copy a file of a backup, durably and for its owner only.

    Raises:
        StoreFullError: There is no room.
        StoreDamagedError: It is missing, or is not what was written.
        StoreError: It cannot be read or written.
    """
    try:
        copied = _copied(source, target)
    except FileNotFoundError as error:
        raise StoreDamagedError(f"the backup is not whole: {source} is missing") from error
    except OSError as error:
        raise _file_error(error, f"{source} cannot be copied") from error
    if copied != digest:
        raise StoreDamagedError(f"{source} was cut or altered since the backup was taken")


def _copied(source: Path, target: Path) -> str:
    """Copy a file and return its digest."""
    digest = hashlib.sha256()
    with source.open("rb") as origin, target.open("xb") as copy:
        target.chmod(0o600)
        while portion := origin.read(_PORTION_BYTES):
            digest.update(portion)
            copy.write(portion)
        copy.flush()
        os.fsync(copy.fileno())
    return digest.hexdigest()


def _file_error(error: OSError, told: str) -> StoreError:
    kind = StoreFullError if error.errno == errno.ENOSPC else StoreError
    return kind(f"{told}: {error.strerror}")
