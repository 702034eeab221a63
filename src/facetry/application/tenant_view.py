"""What a process knows of one tenant while it follows the store."""

from __future__ import annotations

import asyncio

from facetry.domain.search.fields import Attributes
from facetry.domain.tenant import DEFAULT_LANGUAGE, TenantSettings


class TenantView:
    """How far this process has followed one tenant; the relay reads and writes it, the lock is for its steps.

    Attributes:
        lock: Held while listeners are told, or the index is brought up.
        waiting: Work for those who wait to be searchable, while it has not looked yet at what is committed.
        listener_mark: The store's mark up to which the listeners were told.
        index_mark: The one up to which the index was brought up.
        index_revision: The revision up to which it was.
        indexes_seen: In which life of an index that all processes share the tenant's part was seen; None for none.
        revision: Up to which the listeners were told; None before the first time.
        record_version: The version of the tenant's record then; None where there is no tenant.
        settings: The tenant's then.
        settings_changed: Whether the index has to be built anew for them.
    """

    __slots__ = (
        *("index_mark", "index_revision", "indexes_seen", "listener_mark", "lock", "record_version", "revision"),
        *("settings", "settings_changed", "waiting"),
    )

    def __init__(self) -> None:
        """Begin with nothing known."""
        self.lock = asyncio.Lock()
        self.waiting: asyncio.Task[None] | None = None
        self.listener_mark: object = None
        self.index_mark: object = None
        self.index_revision = 0
        self.indexes_seen: int | None = None
        self.revision: int | None = None
        self.record_version: int | None = None
        self.settings: TenantSettings | None = None
        self.settings_changed = False

    @property
    def language(self) -> str:
        """Return the language that stems the tenant's texts."""
        return self.settings.language if self.settings else DEFAULT_LANGUAGE

    @property
    def attributes(self) -> Attributes:
        """Return what the tenant has said of its attributes."""
        return self.settings.attributes if self.settings else ()
