"""The master key of a data directory: read, made on the first start, and replaced by another one."""

from __future__ import annotations

import os
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

from facetry.application.key_transfer import reseal_users
from facetry.application.secrets import MASTER_KEY_BYTES, Vault
from facetry.bootstrap.engine_urls import MEMORY, is_shared, masked
from facetry.domain.errors import SettingError
from facetry.domain.tenant import Tenant
from facetry.ports.accounts import Accounts
from facetry.ports.catalog_store import CatalogStore
from facetry.settings import Settings

MASTER_KEY_FILE = "master.key"
COMING_KEY_FILE = "master.key.coming"
"""The key that a rotation is about to put in the place of the present one."""


KeyOfStore = Callable[[], Awaitable[bytes]]
"""Returns the key that a store keeps itself, made where there is none."""


async def open_vault(settings: Settings, store: CatalogStore, key_of_store: KeyOfStore | None = None) -> Vault:
    """Return the vault, after checking that it opens what is stored: another key would make every login fail.

    Args:
        settings: What the key may come from.
        store: What it has to open.
        key_of_store: Where the key comes from that is not in the settings; None for a file.

    Raises:
        SettingError: There is no key that does, or it cannot be read.
    """
    first = (await store.tenants())[:1]
    if key_of_store is not None and not settings.master_key:
        vault = Vault(await key_of_store())
    else:
        vault = Vault(_master_key(settings, is_new=not first))
    if _opens(vault, first):
        return vault
    if is_shared(settings):
        raise SettingError(f"the master key is not the one that the keys in {masked(settings.store)} were stored under")
    # A rotation may have ended between the database, which it changes first, and the file.
    coming = settings.data / COMING_KEY_FILE
    if not settings.master_key and settings.store != MEMORY and coming.exists():
        vault = Vault(read_key(coming))
        if _opens(vault, first):
            adopt_coming_key(settings.data)
            return vault
    raise SettingError(f"the master key is not the one that the keys in {settings.data} were stored under")


async def settle_rotation(settings: Settings, vault: Vault, store: CatalogStore, accounts: Accounts) -> None:
    """Take back what a rotation did that broke off before its transaction; only for the owner of a data directory.

    Raises:
        SettingError: A secret opens under neither key.
    """
    coming = settings.data / COMING_KEY_FILE
    if settings.master_key or settings.store == MEMORY or not coming.exists():
        return
    tenants = [tenant.id for tenant in await store.tenants()]
    await reseal_users(accounts, tenants, Vault(read_key(coming)), vault)
    coming.unlink()
    _flush(settings.data)


def write_coming_key(directory: Path, key: bytes) -> None:
    """Write the key that is to take the place of the present one, durable on return."""
    file = directory / COMING_KEY_FILE
    file.unlink(missing_ok=True)
    _write_key(file, key)
    _flush(directory)


def adopt_coming_key(directory: Path) -> None:
    """Put the coming key in the place of the present one, durable on return; harmless to repeat."""
    with suppress(FileNotFoundError):
        (directory / COMING_KEY_FILE).replace(directory / MASTER_KEY_FILE)
    _flush(directory)


def _opens(vault: Vault, tenants: Sequence[Tenant]) -> bool:
    try:
        for tenant in tenants:
            vault.open(tenant.api_key_sealed)
    except SettingError:
        return False
    return True


def _master_key(settings: Settings, *, is_new: bool) -> bytes:
    """Return the master key of the settings or of the data directory, where it is made while there is no tenant."""
    if settings.master_key:
        return bytes.fromhex(settings.master_key)
    if settings.store == MEMORY:
        return secrets.token_bytes(MASTER_KEY_BYTES)
    file = settings.data / MASTER_KEY_FILE
    if is_new:
        _make_master_key(file)
    elif not file.exists():
        message = f"the master key {file} is missing: put its copy back, without it the stored keys cannot be read"
        raise SettingError(message)
    return read_key(file)


def read_key(file: Path) -> bytes:
    """Return the key in a file.

    Raises:
        SettingError: It cannot be read, or holds something else.
    """
    try:
        key = bytes.fromhex(file.read_text("ascii").strip())
    except OSError as error:
        message = f"cannot read the master key {file}: {(error.strerror or str(error)).lower()}"
        raise SettingError(message) from error
    except ValueError as error:
        message = f"cannot read the master key {file}: {error}"
        raise SettingError(message) from error
    if len(key) != MASTER_KEY_BYTES:
        message = f"cannot read the master key {file}: it must have {2 * MASTER_KEY_BYTES} hexadecimal digits"
        raise SettingError(message)
    return key


def _make_master_key(file: Path) -> None:
    """Create the key file unless it is there: processes at once agree on one key, a crash leaves none half-written."""
    if file.exists():
        return
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    _write_key(draft, secrets.token_bytes(MASTER_KEY_BYTES))
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    _flush(file.parent)


def _write_key(file: Path, key: bytes) -> None:
    with open(file, "x", encoding="ascii", opener=lambda path, flags: os.open(path, flags, 0o600)) as stream:
        stream.write(key.hex() + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def _flush(directory: Path) -> None:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
