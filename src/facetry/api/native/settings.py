"""The calls about settings, and about attributes: what counts, what counted, and what a change would do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import msgspec

from facetry.api.native.call import Call
from facetry.api.native.conditions import expected_version, named_versions
from facetry.api.native.dependencies import Dependencies
from facetry.api.native.documents import converted
from facetry.api.native.fields import Document
from facetry.api.native.keyed import Keyed
from facetry.api.native.parameters import Parameters, read_parameters
from facetry.api.native.problems import changed_answer
from facetry.api.native.reads import Reads
from facetry.api.native.routing import Route
from facetry.api.native.writes import REVISION, idempotency_key
from facetry.application.kept_answers import KeptAnswers
from facetry.application.search_settings import AttributeOverview, Wish
from facetry.application.settings_history import SECTIONS, Replacement
from facetry.domain.differences import differences
from facetry.domain.errors import OutdatedError
from facetry.domain.search.fields import AttributeDefinition
from facetry.domain.search.filters import EVERYTHING
from facetry.domain.search.requests.search import read_search
from facetry.domain.search.rules import SearchRules
from facetry.domain.tenant import Scope, Tenant, TenantSettings
from facetry.domain.times import iso_time
from facetry.http.answer import Answer, CachePolicy, json_answer

MAX_QUERIES = 20
FIRST_GROUPS = 10
"""So many groups of each query are shown before and after."""

_VERSION, _DRY_RUN, _QUERIES = "version", "dry_run", "queries"
_LAST_VERSION = 2**53 - 1


class AttributeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The types of a tenant's attributes."""

    attributes: tuple[AttributeDefinition, ...]


class CatalogSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What texts are written in, and what prices are in that name no currency."""

    language: str
    currency: str


class Section(msgspec.Struct, frozen=True):
    """Settings that are read and replaced as one.

    Attributes:
        form: What a body must be.
        shown: Returns them as they are answered.
        replaced: Returns a tenant's settings with these in their place.
    """

    form: Any
    shown: Callable[[TenantSettings], Document]
    replaced: Callable[[TenantSettings, Any], TenantSettings]


class Put(msgspec.Struct, frozen=True):
    """What a call wants of settings.

    Attributes:
        section: Which.
        wanted: What they are to be.
        versions: Of which one is to be replaced; none for any.
    """

    section: str
    wanted: Any
    versions: tuple[str, ...]


SHOWN: Mapping[str, Section] = {
    "search": Section(
        SearchRules,
        lambda settings: {name: getattr(settings.rules, name) for name in settings.rules.__struct_fields__},
        lambda settings, rules: msgspec.structs.replace(settings, rules=rules),
    ),
    "attributes": Section(
        AttributeSettings,
        lambda settings: {"attributes": settings.attributes},
        lambda settings, wanted: msgspec.structs.replace(settings, attributes=wanted.attributes),
    ),
    "catalog": Section(
        CatalogSettings,
        lambda settings: {"language": settings.language, "currency": settings.currency},
        lambda settings, wanted: msgspec.structs.replace(settings, language=wanted.language, currency=wanted.currency),
    ),
}
assert SHOWN.keys() <= SECTIONS.keys()  # noqa: S101 - of each there is a history


class Settings:
    """Handles settings; those of a section are named by the last part of the path."""

    def __init__(self, dependencies: Dependencies, reads: Reads) -> None:
        """Read and replace settings; a search shows what they would change."""
        self._settings = dependencies.settings
        self._search = dependencies.search
        self._relay = dependencies.relay
        self._reads = reads
        self._keyed = Keyed(KeptAnswers(dependencies.store, dependencies.clock))

    def get(self, section: str) -> Callable[[Call], Awaitable[Answer]]:
        """Return what shows a section."""

        async def handle(call: Call) -> Answer:
            parameters = (await self._reads.begin(call, _VERSION)).parameters
            record = await self._settings.get(call.session.tenant)
            version = parameters.integer(_VERSION, record.version, 1, _LAST_VERSION)
            settings = record.settings
            if version != record.version:
                settings = await self._settings.at(call.session.tenant, version)
            return _versioned(SHOWN[section].shown(settings), version)

        return handle

    def versions(self, section: str) -> Callable[[Call], Awaitable[Answer]]:
        """Return what lists the versions of a section."""

        async def handle(call: Call) -> Answer:
            await self._reads.begin(call)
            found = await self._settings.versions(call.session.tenant, section)
            return json_answer({"items": [_replacement(one) for one in found]}, policy=CachePolicy.NO_STORE)

        return handle

    def put(self, section: str) -> Callable[[Call], Awaitable[Answer]]:
        """Return what replaces a section, or says what that would change."""

        async def handle(call: Call) -> Answer:
            parameters = read_parameters(call, _DRY_RUN, _QUERIES)
            wanted = converted(await call.document(), SHOWN[section].form)
            idempotency_key(call)
            put = Put(section, wanted, named_versions(call))
            try:
                if parameters.boolean(_DRY_RUN):
                    return await self._previewed(call, put, parameters)
                return await self._keyed.once(call, partial(self._put, call, put))
            except OutdatedError:
                return await self._outdated(call, section)

        return handle

    async def _put(self, call: Call, put: Put, may_be_done: bool) -> Answer:  # noqa: FBT001 - the form that ``once`` wants
        """Replace a section and show it; one that is so already is fine where this call may have made it so."""
        tenant, section = call.session.tenant, SHOWN[put.section]
        try:
            record = await self._replace(call, put)
        except OutdatedError:
            record = await self._settings.get(tenant)
            if not may_be_done or section.replaced(record.settings, put.wanted) != record.settings:
                raise
        shown = _versioned(section.shown(record.settings), record.version)
        revision = await self._relay.settle(tenant)
        return msgspec.structs.replace(shown, headers=((REVISION, b"%d" % revision),))

    async def _outdated(self, call: Call, section: str) -> Answer:
        """Return the answer to a call that wants to replace another version than the one that is there."""
        record = await self._settings.get(call.session.tenant)
        error, current = OutdatedError(record.version), SHOWN[section].shown(record.settings)
        return changed_answer(current, str(record.version), call.exchange.request_id, error)

    async def attributes(self, call: Call) -> Answer:
        """Show which attributes there are."""
        await self._reads.begin(call)
        found = await self._settings.attributes(call.session.tenant, call.session.settings)
        return json_answer({"attributes": [_attribute(one) for one in found]}, policy=CachePolicy.NO_STORE)

    async def _replace(self, call: Call, put: Put) -> Tenant:
        tenant = call.session.tenant
        record = await self._settings.get(tenant)
        wish = Wish(expected_version(put.versions, record.version), call.session.actor.name)
        match put.wanted:
            case SearchRules() as wanted:
                return await self._settings.set_rules(tenant, wanted, wish)
            case AttributeSettings() as wanted:
                return await self._settings.set_attributes(tenant, wanted.attributes, wish)
            case CatalogSettings() as wanted:
                return await self._settings.set_catalog(tenant, wanted.language, wanted.currency, wish)
        raise AssertionError(put.wanted)

    async def _previewed(self, call: Call, put: Put, parameters: Parameters) -> Answer:
        tenant = call.session.tenant
        record = await self._settings.get(tenant)
        expected_version(put.versions, record.version)
        shown, before = SHOWN[put.section].shown, record.settings
        after = SHOWN[put.section].replaced(before, put.wanted)
        preview = await self._settings.preview(tenant, after)
        changes = differences(_plain(shown(before)), _plain(shown(after)))
        queries = [text for text in parameters.text(_QUERIES).split(",") if text][:MAX_QUERIES]
        document = {
            "changes": [{"pointer": one.pointer, "from": one.before, "to": one.after} for one in changes],
            "misfits": preview.misfits,
            "reindexes": preview.reindexes,
            "searches": [
                {
                    "q": text,
                    "before": await self._first_groups(tenant, before, text),
                    "after": await self._first_groups(tenant, after, text),
                }
                for text in queries
            ],
        }
        return json_answer(document, policy=CachePolicy.NO_STORE)

    async def _first_groups(self, tenant: str, settings: TenantSettings, text: str) -> list[str]:
        context = await self._search.context(tenant, settings, EVERYTHING)
        asked = {"q": text, "limit": FIRST_GROUPS, "matched_products": 0}
        found = await self._search.search(tenant, read_search(asked, context).query)
        return [hit.group.group_id for hit in found.hits]


def routes(dependencies: Dependencies, reads: Reads) -> list[Route]:
    """Return the routes of settings."""
    handled = Settings(dependencies, reads)
    found = [Route("GET", "/v2/attributes", handled.attributes, Scope.READ)]
    for section in SHOWN:
        path = f"/v2/settings/{section}"
        found += [
            Route("GET", path, handled.get(section), Scope.READ),
            Route("PUT", path, handled.put(section), Scope.WRITE),
            Route("GET", f"{path}/versions", handled.versions(section), Scope.READ),
        ]
    return found


def _plain(document: Document) -> object:
    """Return a document as JSON has it."""
    return msgspec.json.decode(msgspec.json.encode(document))


def _versioned(document: Document, version: int) -> Answer:
    return msgspec.structs.replace(json_answer(document, policy=CachePolicy.NO_STORE), tag=str(version))


def _replacement(one: Replacement) -> Document:
    document: Document = {"version": one.version}
    if one.time is not None:
        document |= {"time": iso_time(one.time), "by": one.by}
    return document


def _attribute(overview: AttributeOverview) -> Document:
    document: Document = {
        "name": overview.name,
        "type": overview.type,
        "inferred": overview.is_inferred,
        "observed": overview.is_observed,
        "distinct": overview.distinct,
    }
    definition = overview.definition
    if definition is not None:
        names = ("scale", "unit", "identifier", "facet", "sortable", "searchable")
        document |= {name: getattr(definition, name) for name in names}
    return document
