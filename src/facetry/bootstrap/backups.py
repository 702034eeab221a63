"""Backups of an embedded data directory: the databases and the master key, without which its keys stay shut."""

from __future__ import annotations

import shutil
from pathlib import Path

from facetry.bootstrap.engine_urls import masked
from facetry.bootstrap.master_key import MASTER_KEY_FILE
from facetry.domain.errors import SettingError, StoreError
from facetry.engines.sqlite.backup import BackupReport, backup, restore
from facetry.settings import Settings


def take_backup(settings: Settings, target: Path) -> BackupReport:
    """Copy a data directory, also while a server runs on it, to a folder that is empty or does not exist.

    Raises:
        SettingError: The settings name no data directory of SQLite.
        StoreError: It cannot be copied, or the target is not empty.
    """
    _check(settings)
    report = backup(settings.data, target)
    _copy_key(settings.data, target)
    return report


def restore_backup(settings: Settings, source: Path) -> BackupReport:
    """Make the data directory of a backup; its index is built on the first start.

    Raises:
        SettingError: The settings name no data directory of SQLite.
        StoreError: The source is no backup, or the data directory is not empty.
    """
    _check(settings)
    report = restore(source, settings.data)
    _copy_key(source, settings.data)
    return report


def _copy_key(source: Path, target: Path) -> None:
    """Copy the key file, if there is one: a master key of the settings leaves none."""
    key = source / MASTER_KEY_FILE
    if not key.exists():
        return
    try:
        copy = target / MASTER_KEY_FILE
        copy.touch(0o600)
        shutil.copyfile(key, copy)
    except OSError as error:
        message = f"the master key cannot be copied to {target}: {error.strerror}"
        raise StoreError(message) from error


def _check(settings: Settings) -> None:
    if settings.store != "sqlite:":
        message = f"store {masked(settings.store)} has its own tools for backups"
        raise SettingError(message)
