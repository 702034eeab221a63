"""Calls about settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from facetry.client.core import Core
from facetry.client.exchange import Answer, Flow, Request, get, reader, target_of, write
from facetry.client.methods import AsyncPart, Method, Methods, Steps, SyncPart
from facetry.client.transports import AsyncTransport, Transport
from facetry.client.types.setting import (
    Attribute,
    Attributes,
    AttributeTypes,
    CatalogSettings,
    Preview,
    QuotaOverview,
    Replacement,
    Replacements,
    Versioned,
)
from facetry.domain.search.rules import SearchRules

T = TypeVar("T")
PATH = "/v2/settings"
_preview, _replacements, _attributes = reader(Preview), reader(Replacements), reader(Attributes)
_quotas = reader(QuotaOverview)


class SectionMethods(Methods, Generic[T]):
    """What can be done with settings that are replaced as one; of both clients."""

    _path: str
    _read: Callable[[Answer], Versioned[T]]

    @Method
    def get(self, *, version: int | None = None) -> Request[Versioned[T]]:
        """Return what is set, or what was at an earlier version."""
        return get(self._path, self._read, {"version": version})

    @Method
    def put(self, value: T, *, if_match: str = "", idempotency_key: str = "") -> Request[Versioned[T]]:
        """Replace all of it; it holds from the next call on.

        Raises:
            ChangedMeanwhileError: Somebody has replaced the version of ``if_match``.
        """
        return write("PUT", self._path, self._read, value, key=idempotency_key, headers={"if-match": if_match})

    @Method
    def preview(self, value: T, *, queries: Sequence[str] = ()) -> Request[Preview]:
        """Return what replacing it would change, without doing it; ``queries`` are searched before and after."""
        target = target_of(self._path, {"dry_run": True, "queries": queries})
        return write("PUT", target, _preview, value)

    @Steps
    def versions(self) -> Flow[tuple[Replacement, ...]]:
        """Return the versions there were, newest first."""
        found = yield from self._core.performed(get(f"{self._path}/versions", _replacements))
        return found.items


def _versioned(kind: type[T]) -> Callable[[Answer], Versioned[T]]:
    read = reader(kind)
    return lambda answer: Versioned(read(answer), answer.headers.get("etag", ""))


class _RuleMethods(SectionMethods[SearchRules]):
    _path, _read = f"{PATH}/search", staticmethod(_versioned(SearchRules))


class _TypeMethods(SectionMethods[AttributeTypes]):
    _path, _read = f"{PATH}/attributes", staticmethod(_versioned(AttributeTypes))


class _CatalogMethods(SectionMethods[CatalogSettings]):
    _path, _read = f"{PATH}/catalog", staticmethod(_versioned(CatalogSettings))


class Rules(_RuleMethods, SyncPart):
    """The rules of search, blocking."""


class AsyncRules(_RuleMethods, AsyncPart):
    """The rules of search, awaited."""


class Types(_TypeMethods, SyncPart):
    """The types of attributes, blocking."""


class AsyncTypes(_TypeMethods, AsyncPart):
    """The types of attributes, awaited."""


class Defaults(_CatalogMethods, SyncPart):
    """Language and currency, blocking."""


class AsyncDefaults(_CatalogMethods, AsyncPart):
    """Language and currency, awaited."""


class SettingMethods(Methods):
    """What can be asked about all settings; of both clients."""

    @Steps
    def all_attributes(self) -> Flow[tuple[Attribute, ...]]:
        """Return which attributes there are, observed and set."""
        found = yield from self._core.performed(get("/v2/attributes", _attributes))
        return found.attributes

    @Method
    def quotas(self) -> Request[QuotaOverview]:
        """Return what the operator has set, and what is used."""
        return get(f"{PATH}/quotas", _quotas)


class Settings(SettingMethods, SyncPart):
    """Settings, blocking: ``search`` rules, ``attributes`` with their types, and the ``catalog``."""

    def __init__(self, core: Core, transport: Transport) -> None:
        """Do what a core makes of requests over a transport."""
        super().__init__(core, transport)
        self.search = Rules(core, transport)
        self.attributes = Types(core, transport)
        self.catalog = Defaults(core, transport)


class AsyncSettings(SettingMethods, AsyncPart):
    """Settings, awaited: ``search`` rules, ``attributes`` with their types, and the ``catalog``."""

    def __init__(self, core: Core, transport: AsyncTransport) -> None:
        """Do what a core makes of requests over a transport."""
        super().__init__(core, transport)
        self.search = AsyncRules(core, transport)
        self.attributes = AsyncTypes(core, transport)
        self.catalog = AsyncDefaults(core, transport)
