"""What a server needs of its data directory: permissions, keys, database, index, journals."""

from __future__ import annotations

import os
import socket
import stat
from contextlib import closing
from pathlib import Path

from facetry.application.secrets import Vault
from facetry.bootstrap.master_key import COMING_KEY_FILE, MASTER_KEY_FILE, read_key
from facetry.domain.checkup import Checkup, bad, good, warning
from facetry.domain.errors import (
    FacetryError,
    IndexDamagedError,
    SettingError,
    StoreDamagedError,
    StoreError,
    StoreVersionError,
)
from facetry.engines.columns.files import folder_name, read_manifest
from facetry.engines.sqlite.account_tables import check_accounts
from facetry.engines.sqlite.backup import sealed_in
from facetry.engines.sqlite.connection import open_reader, rows
from facetry.engines.sqlite.directory import DataDirectory
from facetry.engines.sqlite.ownership import holder
from facetry.engines.sqlite.schema import MIGRATIONS, check_version
from facetry.settings import Settings

LONG_LOG = 512 << 20
_FEW = 3
_MEGABYTE = 1 << 20
_PRIVATE = 0o077
_MOUNTED = "lost+found"
"""Where a disk of its own has what its file system found; the system's."""
_ANSWER_SECONDS = 5.0
_USERS = """
    SELECT coalesce(sum(is_here), 0), coalesce(sum(is_here AND tenant = ''), 0), coalesce(sum(NOT is_here), 0)
    FROM (SELECT tenant, coalesce(json_extract(CAST(doc AS TEXT), '$.password'), '') <> '' AS is_here FROM users)"""
_TENANTS = "SELECT id, revision, log_cut FROM tenants ORDER BY id"


def directory(path: Path) -> Checkup:
    """Look whether the data directory is this user's own."""
    status = path.stat()
    if status.st_uid != os.geteuid():
        return bad("directory", f"{path} belongs to user {status.st_uid}", f"run as that user, or chown {path}")
    if not os.access(path, os.W_OK | os.X_OK):
        return bad("directory", f"{path} cannot be written to", f"chmod 700 {path}, or mount its disk for writing")
    for file in path.rglob("*"):
        if _MOUNTED not in file.parts and (wrong := _wrong(file, status.st_uid)):
            return bad("directory", f"{file} {wrong}", f"chown -R {status.st_uid} {path}; chmod -R u+rwX {path}")
    if status.st_mode & _PRIVATE:
        return warning("directory", f"others may look into {path}", f"chmod 700 {path}")
    return good("directory", f"{path} is readable by its owner only")


def _wrong(file: Path, owner: int) -> str:
    """Return what keeps the owner of the directory from using a file in it; nothing of one that is gone meanwhile."""
    try:
        status = file.lstat()
    except OSError:
        return ""
    if status.st_uid != owner:
        return f"belongs to user {status.st_uid}, not to that of the directory"
    needed = os.R_OK | os.W_OK | (os.X_OK if stat.S_ISDIR(status.st_mode) else 0)
    return "" if os.access(file, needed) or not os.path.lexists(file) else "cannot be read and written"


def master_key(settings: Settings) -> Checkup:
    """Look whether the master key is there, private, and opens what is stored."""
    file = settings.data / MASTER_KEY_FILE
    if not settings.master_key and not file.exists():
        return bad("master key", f"{file} is missing", "put its copy back: without it no stored key can be read")
    try:
        vault = Vault(bytes.fromhex(settings.master_key) if settings.master_key else read_key(file))
        for sealed in sealed_in(settings.data):
            vault.open(sealed)
    except SettingError as error:
        return _not_opened(settings, error.message)
    if not settings.master_key and file.stat().st_mode & _PRIVATE:
        return warning("master key", f"others may read {file}", f"chmod 600 {file}")
    return good("master key", "comes from the settings" if settings.master_key else "is in a file: keep a copy apart")


def owner(path: Path) -> Checkup:
    """Look who serves the data directory."""
    place = DataDirectory(path)
    try:
        with place.socket_address() as address, socket.socket(socket.AF_UNIX) as line:
            line.settimeout(_ANSWER_SECONDS)
            line.connect(address)
            answers = bool(line.recv(1))
    except (FileNotFoundError, ConnectionRefusedError):
        return good("server", "none runs")
    except OSError:
        answers = False
    if not answers:
        return bad("server", f"process {holder(place)} does not answer", "look at its log; end it if it hangs")
    return good("server", f"process {holder(place)} serves the directory")


def serving(path: Path) -> int | None:
    """Return the process that serves the data directory, whether it answers or not; None where none does."""
    place = DataDirectory(path)
    try:
        with place.socket_address() as address, socket.socket(socket.AF_UNIX) as line:
            line.settimeout(_ANSWER_SECONDS)
            line.connect(address)
    except OSError:
        return None
    return holder(place)


def database(path: Path) -> Checkup:
    """Look whether the database can be read and how long its log is."""
    place = DataDirectory(path)
    try:
        with closing(open_reader(place.catalog)) as connection:
            stored = check_version(connection)
    except StoreError as error:
        return bad("database", error.message, _advice(error))
    log = _size(path / f"{place.catalog.name}-wal")
    told = f"schema version {stored}, {_size(place.catalog) // _MEGABYTE:,} MB, log {log // _MEGABYTE:,} MB"
    if log > LONG_LOG:
        return warning(
            "database", told, "end what reads for hours (a backup, a shell): the log cannot be emptied before"
        )
    if stored < len(MIGRATIONS):
        return warning("database", told, f"take a backup: the next start brings it to version {len(MIGRATIONS)}")
    return good("database", told)


def index(settings: Settings) -> Checkup:
    """Look how far the saved index of each tenant is behind its store, and whether the log leads up to it."""
    tenants = _tenants(settings.data)
    advice = "nothing to do: the next start builds them anew; facetry reindex does so now"
    damaged, behind = _rebuilt(settings.data / "index", tenants)
    if damaged:
        return warning("index", f"of tenants {_named(damaged)} is damaged", advice)
    if behind:
        return warning("index", f"of tenants {_named(behind)} lags behind what the log knows", advice)
    return good("index", f"of {len(tenants):,} tenants can go on from where it was saved")


def accounts(path: Path) -> Checkup:
    """Look whether the users can be read, by whom, and whether there is an operator."""
    file = DataDirectory(path).accounts
    if not file.is_file():
        return good("accounts", "nobody has a user yet: facetry serve prints a link for the operator")
    try:
        check_accounts(file)
        with closing(open_reader(file)) as connection:
            ((users, operators, invited),) = rows(connection, _USERS, ())
    except StoreError as error:
        return bad("accounts", error.message, _advice(error))
    if file.stat().st_mode & _PRIVATE:
        return warning("accounts", f"others may read {file}", f"chmod 600 {file}")
    told = f"users: {users:,}, operators among them: {operators:,}, invited besides: {invited:,}"
    return good("accounts", told if operators else f"{told}; facetry serve prints a link for the operator")


def journals(settings: Settings) -> Checkup:
    """Look whether the journals can be read, and are as large as they may be."""
    file = DataDirectory(settings.data).journal
    try:
        if file.is_file():
            with closing(open_reader(file)) as connection:
                rows(connection, "PRAGMA user_version", ())
                rows(connection, "SELECT count(*) FROM sqlite_schema", ())
    except StoreDamagedError as error:
        return bad("journals", error.message, f"remove {file} while no server runs, or restore a backup")
    except StoreError as error:
        return bad("journals", error.message, _advice(error))
    size = _size(file)
    allowed = 2 * settings.journal_searches_megabytes + settings.journal_requests_megabytes
    allowed += 2 * settings.journal_counts_megabytes
    told = f"{size // _MEGABYTE:,} MB of about {allowed:,} MB"
    if size > allowed * _MEGABYTE * 1.5:
        return warning("journals", told, "facetry compact gives back the room of what was removed")
    return good("journals", told)


def _advice(error: StoreError) -> str:
    if isinstance(error, StoreDamagedError):
        return error.advice
    if isinstance(error, StoreVersionError):
        return "use the version of Facetry that wrote it"
    return "look at the directory and its permissions"


def tenant_count(path: Path) -> int:
    """Return how many tenants there are; 0 where that cannot be read."""
    try:
        return len(_tenants(path))
    except FacetryError:
        return 0


def size_of(path: Path) -> int:
    """Return how many bytes the files in a directory have."""
    return sum(_size(file) for file in path.rglob("*") if file.is_file())


def _tenants(path: Path) -> list[tuple[str, int, int]]:
    with closing(open_reader(DataDirectory(path).catalog)) as connection:
        return [(name, revision, cut) for name, revision, cut in rows(connection, _TENANTS, ())]


def _rebuilt(folder: Path, tenants: list[tuple[str, int, int]]) -> tuple[list[str], list[str]]:
    """Return the tenants whose saved index cannot be read, and those where the log does not lead up to it."""
    damaged, behind = [], []
    for name, _, cut in tenants:
        try:
            manifest = read_manifest(folder / folder_name(name))
        except (IndexDamagedError, OSError):
            damaged.append(name)
        else:
            if manifest is not None and manifest.revision < cut:
                behind.append(name)
    return damaged, behind


def _named(tenants: list[str]) -> str:
    return ", ".join(tenants[:_FEW]) + (f" and {len(tenants) - _FEW} more" if len(tenants) > _FEW else "")


def _not_opened(settings: Settings, told: str) -> Checkup:
    if not settings.master_key and (settings.data / COMING_KEY_FILE).exists():
        advice = "where no rotate-master-key runs one broke off: the next start of the server ends it"
        return warning("master key", "is being replaced by another one", advice)
    advice = "put the key back that the data was stored under"
    if settings.master_key:
        advice += ", or repeat the rotate-master-key that broke off with its key"
    return bad("master key", told, advice)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
