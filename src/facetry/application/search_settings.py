"""What a tenant sets: rules of ranking, types of attributes, language and currency; all of it with a dry run."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import islice

import msgspec

from facetry.application.fair_room import FairRoom
from facetry.application.misfits import MOST_NAMED, Misfit, Misfits
from facetry.application.reindexing import reindexes
from facetry.application.relay import ChangeRelay
from facetry.application.search import Search
from facetry.application.settings_changes import taken_back, with_attributes, with_catalog, with_client_api
from facetry.application.settings_history import Replacement, SettingsHistory
from facetry.application.tenants import tenant_record
from facetry.domain.errors import OutdatedError, TenantExistsError, ValuesMisfitError
from facetry.domain.search.fields import AttributeDefinition, Field, Kind, Schema, check_definitions, full_name
from facetry.domain.search.misfits import TypedAttributes, inferred_kind
from facetry.domain.search.query import CountLevel, SearchQuery, ValuesFacet
from facetry.domain.search.result import ValuesResult
from facetry.domain.search.rules import SearchRules, check_rules
from facetry.domain.search.text.semantics import missing_extra
from facetry.domain.tenant import ClientApiSettings, Tenant, TenantSettings, check_catalog, check_client_api
from facetry.ports.catalog_store import CatalogStore

VALUES_LOOKED_AT = 100
"""So many values of an attribute, those of most products, decide which type it seems to have."""
FIELDS_AT_ONCE = 25
_PAGE = 150
_TRIES = 20


class AttributeOverview(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an attribute.

    Attributes:
        name: Its full name.
        type: The one that the tenant has set, or else the one that its values seem to have.
        is_inferred: Whether nobody has set it.
        is_observed: Whether any product has a value of it.
        distinct: How many different values there are.
        definition: What the tenant has set.
    """

    name: str
    type: Kind
    is_inferred: bool
    is_observed: bool
    distinct: int
    definition: AttributeDefinition | None


class Wish(msgspec.Struct, frozen=True):
    """Who wants to replace settings.

    Attributes:
        expected: The version that they are to replace, None for whatever there is.
        by: Who it is, for the history.
    """

    expected: int | None = None
    by: str = ""


ANYHOW = Wish()


class Preview(msgspec.Struct, frozen=True):
    """What it would mean to replace settings.

    Attributes:
        misfits: Why they would be refused.
        reindexes: Whether the whole index would be built anew.
    """

    misfits: tuple[Misfit, ...]
    reindexes: bool


class SearchSettings:
    """The use cases of settings; what is set works from the next search on, on every worker."""

    def __init__(self, store: CatalogStore, search: Search, relay: ChangeRelay, history: SettingsHistory) -> None:
        """Keep settings in a store, and those that they replace in a history; ``search`` knows the attributes."""
        self._store = store
        self._search = search
        self._relay = relay
        self._history = history
        self._room = FairRoom(1)

    async def get(self, tenant: str) -> Tenant:
        """Return a tenant's record, which holds its settings and their version.

        Raises:
            TenantNotFoundError: There is none with this id.
        """
        return await tenant_record(self._store, tenant)

    async def at(self, tenant: str, version: int) -> TenantSettings:
        """Return the settings that counted in an earlier version of the record.

        Raises:
            TenantNotFoundError: There is no such tenant.
            RecordNotFoundError: There was no such version, or it is not kept any more.
        """
        return await self._history.at(await self.get(tenant), version)

    async def versions(self, tenant: str, section: str) -> Sequence[Replacement]:
        """Return the versions of a section of ``settings_history.SECTIONS``, newest first."""
        return await self._history.versions(await self.get(tenant), section)

    async def set_rules(self, tenant: str, rules: SearchRules, wish: Wish = ANYHOW) -> Tenant:
        """Replace the rules and return the record.

        Raises:
            InvalidValueError: A rule is not allowed, or needs an extra that is not installed.
            OutdatedError: The version is another one than wished.
        """
        check_usable(rules, self._search)
        return await self._replace(tenant, lambda old: msgspec.structs.replace(old, rules=rules), wish)

    async def set_catalog(self, tenant: str, language: str, currency: str, wish: Wish = ANYHOW) -> Tenant:
        """Replace language and currency and return the record, once the index has been built anew for them.

        Raises:
            InvalidValueError: There is no such language or currency.
            OutdatedError: The version is another one than wished.
        """
        check_catalog(language, currency)
        before = await self.get(tenant)
        _check_version(before, wish.expected)
        if (before.settings.language, before.settings.currency) == (language, currency):
            return before
        change = with_catalog(language, currency)
        async with self._reindexed(before, change, wish.by):
            return await self._replace(tenant, change, wish)

    @asynccontextmanager
    async def _reindexed(
        self, before: Tenant, change: Callable[[TenantSettings], TenantSettings], by: str
    ) -> AsyncIterator[None]:
        """Have the index built anew after a change of settings within, where it needs to be, however that ends."""
        if not reindexes(before.settings, change(before.settings)):
            yield
            return
        await self._start_consumers_again(before, by)
        try:
            yield
        finally:
            await self._start_consumers_again(before, by)
            await self._relay.reach(before.id)

    async def _start_consumers_again(self, before: Tenant, by: str) -> None:
        """Have whoever follows the change log read everything anew: every group is derived, or indexed, otherwise.

        Done before and after the change, so that a crash between leaves no index that was built for the old settings.
        """
        await self._store.cut_log(before.id, await self._history.keep(before, by))

    async def preview(self, tenant: str, settings: TenantSettings) -> Preview:
        """Return what it would mean to replace a tenant's settings by these; takes as long as reading the catalog.

        Raises:
            InvalidValueError: Something of them is not allowed.
        """
        check_usable(settings.rules, self._search)
        check_catalog(settings.language, settings.currency)
        check_definitions(settings.attributes)
        old = (await self.get(tenant)).settings
        there = frozenset(old.attributes)
        typed = TypedAttributes(definition for definition in settings.attributes if definition not in there)
        misfits = Misfits(typed)
        await self._look_through(tenant, misfits)
        return Preview(misfits.all, reindexes(old, settings))

    async def set_attributes(
        self, tenant: str, definitions: Sequence[AttributeDefinition], wish: Wish = ANYHOW
    ) -> Tenant:
        """Replace the types of attributes and return the record; takes as long as reading the catalog takes.

        From then on a product is refused whose values do not fit. One that another process was storing in the
        same milliseconds may still have such values; they then compare as nothing. Where other attributes are
        searchable than before, the index has been built anew on return.

        Args:
            tenant: Whose attributes.
            definitions: The new ones.
            wish: Who wants it, and what they are to replace.

        Raises:
            InvalidValueError: A definition is not allowed.
            ValuesMisfitError: Products have values that do not fit.
            OutdatedError: The version is another one.
        """
        check_definitions(definitions)
        before = await self.get(tenant)
        _check_version(before, wish.expected)
        old = before.settings.attributes
        there = frozenset(old)
        new = [definition for definition in definitions if definition not in there]
        known = await self._search.known_fields(tenant)
        revision = await self._store.revision(tenant)
        await self._check_catalog(
            tenant, TypedAttributes(definition for definition in new if _is_known(definition, known))
        )
        demanded = Wish(before.version if wish.expected else None, wish.by)
        change = with_attributes(definitions)
        async with self._reindexed(before, change, wish.by):
            record = await self._replace(tenant, change, demanded)
            try:
                await self._check_since(tenant, revision, TypedAttributes(new))
            except ValuesMisfitError:
                await self._replace(tenant, taken_back(record.settings.attributes, old), Wish(by=wish.by))
                raise
        return record

    async def set_client_api(self, tenant: str, wanted: ClientApiSettings, wish: Wish = ANYHOW) -> Tenant:
        """Replace how the Client API treats a tenant, its limits excepted, which the operator sets.

        Raises:
            InvalidValueError: A channel or a status has no number or name of its own.
            OutdatedError: The version is another one than wished.
        """
        check_client_api(wanted)
        return await self._replace(tenant, with_client_api(wanted), wish)

    async def attributes(self, tenant: str, settings: TenantSettings) -> list[AttributeOverview]:
        """Return what is known of every attribute that is defined or that any product has, by name."""
        return await self.overviews(tenant, settings, await self.attribute_names(tenant, settings))

    async def attribute_names(self, tenant: str, settings: TenantSettings) -> list[str]:
        """Return the full names of the attributes that are defined or that any product has, ascending."""
        known = await self._search.known_fields(tenant)
        return sorted(known.union(self._search.schema(tenant, settings).definitions))

    async def overviews(self, tenant: str, settings: TenantSettings, wanted: Iterable[str]) -> list[AttributeOverview]:
        """Return what is known of attributes, in their order."""
        schema = self._search.schema(tenant, settings)
        names = iter(wanted)
        found: list[AttributeOverview] = []
        while page := [*islice(names, FIELDS_AT_ONCE)]:
            found += await self._overviews(tenant, settings, schema, page)
        return found

    async def _overviews(
        self, tenant: str, settings: TenantSettings, schema: Schema, names: Iterable[str]
    ) -> list[AttributeOverview]:
        fields = [schema.field(name) for name in names]
        facets = tuple(ValuesFacet(f.name, f, VALUES_LOOKED_AT, level=CountLevel.PRODUCT) for f in fields)
        query = SearchQuery(
            facets=facets,
            limit=0,
            language=settings.language,
            currency=settings.currency,
            default_currency=settings.currency,
            attributes=settings.attributes,
        )
        result = await self._search.search(tenant, query)
        return [_overview(field, schema, result.facets[field.name]) for field in fields]

    async def _replace(self, tenant: str, change: Callable[[TenantSettings], TenantSettings], wish: Wish) -> Tenant:
        """Replace the settings, if that changes any; who demands no version tries again where others were quicker."""
        # One after the other here, so that only other processes, of which there are few, get in between.
        async with self._room.place(tenant):
            for _ in range(_TRIES):
                record = await self.get(tenant)
                _check_version(record, wish.expected)
                changed = msgspec.structs.replace(record, settings=change(record.settings))
                if changed.settings == record.settings:
                    return record
                await self._history.keep(record, wish.by)
                with suppress(TenantExistsError):
                    stored = await self._store.replace_tenant(changed)
                    await self._relay.settle(tenant)
                    return stored
        raise OutdatedError(record.version)

    async def _check_catalog(self, tenant: str, typed: TypedAttributes) -> None:
        """Check all products there are, page by page."""
        misfits = Misfits(typed, until=MOST_NAMED)
        await self._look_through(tenant, misfits)
        misfits.check()

    async def _look_through(self, tenant: str, misfits: Misfits) -> None:
        last = ""
        while not misfits.are_enough and (page := await self._store.groups_after(tenant, last, _PAGE)):
            misfits.look_at(page)
            last = page[-1].group_id

    async def _check_since(self, tenant: str, revision: int, typed: TypedAttributes) -> None:
        """Check the products that were stored after a revision."""
        delta = await self._store.delta(tenant, revision, _PAGE)
        if delta is None:
            await self._check_catalog(tenant, typed)
            return
        misfits = Misfits(typed)
        misfits.look_at(delta.groups)
        misfits.check()


def check_usable(rules: SearchRules, search: Search) -> None:
    """Check that a search could use rules.

    Raises:
        InvalidValueError: A rule is not allowed, or needs an extra that is not installed.
    """
    check_rules(rules)
    if rules.semantic and not search.is_semantic:
        raise missing_extra()


def _overview(field: Field, schema: Schema, counted: object) -> AttributeOverview:
    assert isinstance(counted, ValuesResult)  # noqa: S101 - narrows the union for the type checker
    is_inferred = field.kind is Kind.ANY
    return AttributeOverview(
        name=field.name,
        type=inferred_kind(value.value for value in counted.values) if is_inferred else field.kind,
        is_inferred=is_inferred,
        is_observed=counted.distinct > 0,
        distinct=counted.distinct,
        definition=schema.definitions.get(field.name),
    )


def _check_version(record: Tenant, expected: int | None) -> None:
    if expected is not None and record.version != expected:
        raise OutdatedError(record.version)


def _is_known(definition: AttributeDefinition, known: frozenset[str]) -> bool:
    return full_name(definition.name) in known
