"""Backups of an embedded data directory: the databases and the master key, without which its keys stay shut."""

from __future__ import annotations

from pathlib import Path

from facetry.application.secrets import Vault
from facetry.bootstrap.engine_urls import masked
from facetry.bootstrap.master_key import COMING_KEY_FILE, MASTER_KEY_FILE
from facetry.domain.errors import SettingError, StoreBusyError, StoreError
from facetry.engines.sqlite.backup import BackupReport, backup, restore, sealed_in
from facetry.settings import Settings


def take_backup(settings: Settings, target: Path) -> BackupReport:
    """Copy a data directory, also while a server runs on it, to a folder that is empty or does not exist.

    Raises:
        SettingError: The settings name no data directory of SQLite.
        StoreError: It cannot be copied, or the target is not empty.
        StoreBusyError: The key file is being replaced; what was copied is no backup.
    """
    _check(settings)
    key = _settled_key(settings.data)

    def add_key() -> None:
        if _settled_key(settings.data) != key:
            raise StoreBusyError("the master key was replaced meanwhile: take the backup again")
        _check_opens(settings, key, target)
        if key:
            _write_key(key, target)

    return backup(settings.data, target, add_key)


def restore_backup(settings: Settings, source: Path) -> BackupReport:
    """Make the data directory of a backup; its index is built on the first start.

    Raises:
        SettingError: The settings name no data directory of SQLite.
        StoreError: The source is no backup, or the data directory is not empty.
    """
    _check(settings)
    return restore(source, settings.data)


def _settled_key(directory: Path) -> bytes:
    """Return the content of the key file while no other key is about to take its place.

    Raises:
        StoreBusyError: One is: what the catalog holds may be sealed under either.
    """
    if (directory / COMING_KEY_FILE).exists():
        message = "the master key is being replaced: take the backup when that is done"
        raise StoreBusyError(f"{message}; where it broke off, the next start of the server ends it")
    return _key(directory)


def _check_opens(settings: Settings, key: bytes, copy: Path) -> None:
    """Check that the key of the settings or else of the file opens a copy: nothing else tells of a replaced one.

    Raises:
        StoreBusyError: It does not open all.
    """
    if not (settings.master_key or key):
        return
    try:
        vault = Vault(bytes.fromhex(settings.master_key or key.decode("ascii").strip()))
        for sealed in sealed_in(copy):
            vault.open(sealed)
    except (SettingError, ValueError) as error:
        place = "of the settings" if settings.master_key else f"in {settings.data / MASTER_KEY_FILE}"
        message = f"the copy does not open under the master key {place}: it was replaced meanwhile, or is another one"
        raise StoreBusyError(f"{message}; take the backup again") from error


def _key(directory: Path) -> bytes:
    """Return the content of the key file, nothing where there is none: a master key of the settings leaves none."""
    file = directory / MASTER_KEY_FILE
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise StoreError(f"{file} cannot be read: {error.strerror}") from error


def _write_key(key: bytes, target: Path) -> None:
    copy = target / MASTER_KEY_FILE
    try:
        copy.touch(0o600)
        copy.write_bytes(key)
    except OSError as error:
        raise StoreError(f"the master key cannot be copied to {target}: {error.strerror}") from error


def _check(settings: Settings) -> None:
    if settings.store != "sqlite:":
        message = f"store {masked(settings.store)} has its own tools for backups"
        raise SettingError(message)
