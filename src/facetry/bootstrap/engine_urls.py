"""Which engines there are, by the schemes of their URLs, and how a URL is shown without its secrets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from facetry.application.tenant_places import AT_ONCE, FAR_AT_ONCE
from facetry.domain.errors import SettingError
from facetry.settings import Settings

SQLITE = "sqlite:"
MEMORY = "memory:"
COLUMNS = "columns:"
MONGODB = ("mongodb:", "mongodb+srv:")
LUCENE = ("opensearch:", "elasticsearch:")
REDIS = ("redis:", "rediss:", "redis+unix:", "redis+sentinel:", "redis+cluster:")
LUCENE_GROUP_PRODUCTS = 5000
"""A document of Lucene holds a group with one inside for each product and stone, and takes so many of them only."""
_ENGINES = {
    "store": (SQLITE, MEMORY, *MONGODB),
    "search": (COLUMNS, MEMORY, *LUCENE),
    "cache": (MEMORY, *REDIS),
}
_MISSING = "needs the extra scale-out: pip install 'facetry[scale-out]'"
_USER = re.compile(r"(?<=://).*@")
_SECRET_OPTION = re.compile(r"([?&][^=&]*(?:password|secret|token|key|properties)[^=&]*=)[^&]*", re.IGNORECASE)


def check_engines(settings: Settings) -> None:
    """Refuse settings whose URLs name no engine, or engines that cannot work together.

    Raises:
        SettingError: Which, and what there is; passwords are not repeated.
    """
    for setting, known in _ENGINES.items():
        _check_scheme(setting, getattr(settings, setting), known)
    if settings.store == MEMORY and settings.search.startswith(LUCENE):
        raise SettingError("setting search: an index that lasts needs a store that does, not memory:")
    if settings.cache.startswith(REDIS) and settings.store == MEMORY:
        raise SettingError("setting cache: a store of one process, memory:, needs no cache of several")
    if not settings.background and not is_shared(settings):
        raise SettingError(f"setting background must be true where the store is {settings.store}")


def is_shared(settings: Settings) -> bool:
    """Return whether processes on several machines write to the store themselves."""
    return settings.store.startswith(MONGODB)


def group_limit(settings: Settings) -> int:
    """Return how many products a group may have at most; 0 for any number."""
    if settings.max_group_products is not None:
        return settings.max_group_products
    return LUCENE_GROUP_PRODUCTS if settings.search.startswith(LUCENE) else 0


def calls_at_once(settings: Settings) -> int:
    """Return how many calls are under way at a time where several tenants come; see ``TenantPlaces``."""
    return FAR_AT_ONCE if is_shared(settings) or settings.search.startswith(LUCENE) else AT_ONCE


def masked(url: str) -> str:
    """Return a URL as it may be shown: without user, password and secret options."""
    return _SECRET_OPTION.sub(r"\1***", _USER.sub("***@", url))


@contextmanager
def driver_of(setting: str, url: str) -> Iterator[None]:
    """Say what to install where the driver of an engine is not there.

    Raises:
        SettingError: It is not.
    """
    try:
        yield
    except ImportError as error:
        raise SettingError(f"setting {setting}: {url.partition(':')[0]} {_MISSING}") from error


def _check_scheme(setting: str, url: str, known: tuple[str, ...]) -> None:
    scheme, colon, rest = url.partition(":")
    # Engines of this process have no address; one that was given would be ignored.
    is_local = scheme + colon in {SQLITE, MEMORY, COLUMNS}
    if scheme + colon not in known or not (is_local or rest.startswith("//")):
        raise SettingError(f"setting {setting}: no engine for {scheme!r}; there is {', '.join(known)}")
    if is_local and rest:
        raise SettingError(f"setting {setting}: {scheme}: takes no address; setting data says where it lies")
