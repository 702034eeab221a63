"""Which attributes are worth a facet: those that many products have, with few enough different values."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

import msgspec

from facetry.application.search import Search
from facetry.domain.search.fields import AttributeDefinition, Field, Kind, Schema
from facetry.domain.search.misfits import inferred_kind
from facetry.domain.search.query import CountLevel, SearchQuery, ValuesFacet
from facetry.domain.search.result import SearchResult, ValuesResult
from facetry.domain.tenant import TenantSettings

MOST_LOOKED_AT = 100
"""So many attributes are looked at, those with a type first."""
MOST_CHOSEN = 8
KEPT_SECONDS = 300.0
MAX_TENANTS = 10_000
_AT_ONCE = 25
_BUILT_IN = ("brand", "color", "size")
_LEAST_SHARE = 0.02
"""An attribute is no facet that fewer of all products have."""
_MOST_DISTINCT_SHARE = 0.5
"""Nor is one with more different values than this share of the products that have it: those name single things."""
_FEW = 12
"""So many different values are never too many."""
_MOST_NUMBERS = 30
"""Weights and measures with more different values are no choice of single ones."""
_LOOKED_AT = 20


class FacetField(msgspec.Struct, frozen=True):
    """An attribute that is worth a facet.

    Attributes:
        field: The attribute.
        coverage: How many products have it; of several values in one product each counts.
        distinct: How many different values there are.
        unit: What its numbers are counted in.
    """

    field: Field
    coverage: int
    distinct: int
    unit: str = ""


class _Choice(msgspec.Struct, frozen=True):
    """What was chosen for whom, and when."""

    attributes: tuple[AttributeDefinition, ...]
    chosen: tuple[FacetField, ...]
    seconds: float


class FacetChoice:
    """The use case of choosing facets; what is chosen is kept for minutes, because it takes a search of everything."""

    def __init__(
        self,
        search: Search,
        kept_seconds: float = KEPT_SECONDS,
        now: Callable[[], float] = time.monotonic,
        max_tenants: int = MAX_TENANTS,
    ) -> None:
        """Choose by searches; the choices of ``max_tenants`` tenants are kept."""
        self._max_tenants = max_tenants
        self._search = search
        self._seconds = kept_seconds
        self._now = now
        self._kept: dict[str, _Choice] = {}
        self._refreshing: dict[str, asyncio.Task[_Choice]] = {}

    async def of(self, tenant: str, settings: TenantSettings) -> tuple[FacetField, ...]:
        """Return the attributes worth a facet, those first that most products have.

        An old choice is answered while a new one is made. Raises what ``Search.search`` does where there is none.
        """
        kept = self._kept.get(tenant)
        if kept is None or kept.attributes != settings.attributes:
            return (await asyncio.shield(self._anew(tenant, settings))).chosen
        if not kept.chosen or self._now() - kept.seconds >= self._seconds:
            refreshing = self._anew(tenant, settings)
            # What is empty costs little, and stays so only until the first products come.
            if not kept.chosen:
                return (await asyncio.shield(refreshing)).chosen
        return kept.chosen

    def _anew(self, tenant: str, settings: TenantSettings) -> asyncio.Task[_Choice]:
        """Return the task that chooses; there is one of a tenant at a time, whoever goes away that waits for it."""
        task = self._refreshing.get(tenant)
        if task is None:
            task = self._refreshing[tenant] = asyncio.create_task(self._choose(tenant, settings))
            task.add_done_callback(lambda done: self._done(tenant, done))
        return task

    def _done(self, tenant: str, task: asyncio.Task[_Choice]) -> None:
        del self._refreshing[tenant]
        # Whoever waits for it hears of its failure; where nobody does, the old choice stays.
        if not task.cancelled() and task.exception() is None:
            self._kept.pop(tenant, None)
            self._kept[tenant] = task.result()
            if len(self._kept) > self._max_tenants:
                del self._kept[next(iter(self._kept))]

    async def _choose(self, tenant: str, settings: TenantSettings) -> _Choice:
        schema = self._search.schema(tenant, settings)
        known = await self._search.known_fields(tenant)
        names = sorted(known, key=lambda name: (not schema.is_defined(name), name))[:MOST_LOOKED_AT]
        fields = [schema.field(name) for name in (*_BUILT_IN, *names)]
        candidates = [field for field in fields if schema.is_facet(field) and field.kind is not Kind.TEXT]
        found: list[FacetField] = []
        for start in range(0, len(candidates), _AT_ONCE):
            page = candidates[start : start + _AT_ONCE]
            result = await self._search.search(tenant, _counting(page, settings))
            found += [one for field in page if (one := _worth(field, result, schema)) is not None]
        chosen = sorted(found, key=lambda one: (-one.coverage, one.field.name))[:MOST_CHOSEN]
        return _Choice(settings.attributes, tuple(chosen), self._now())


def _counting(fields: Sequence[Field], settings: TenantSettings) -> SearchQuery:
    return SearchQuery(
        facets=tuple(ValuesFacet(field.name, field, _LOOKED_AT, level=CountLevel.PRODUCT) for field in fields),
        limit=0,
        currency=settings.currency,
        default_currency=settings.currency,
        attributes=settings.attributes,
    )


def _worth(field: Field, result: SearchResult, schema: Schema) -> FacetField | None:
    """Return an attribute with what is known of it, None where it is worth no facet."""
    counted = result.facets[field.name]
    assert isinstance(counted, ValuesResult)  # noqa: S101 - narrows the union for the type checker
    coverage = counted.other + sum(value.count for value in counted.values)
    is_wide = coverage >= _LEAST_SHARE * result.total_products
    kind = inferred_kind(value.value for value in counted.values) if field.kind is Kind.ANY else field.kind
    is_number = kind in {Kind.INTEGER, Kind.DECIMAL}
    is_narrow = counted.distinct <= (_MOST_NUMBERS if is_number else max(_FEW, _MOST_DISTINCT_SHARE * coverage))
    if counted.distinct < 2 or not is_wide or not is_narrow:  # noqa: PLR2004 - with one value there is no choice
        return None
    unit = schema.definitions[field.name].unit if field.name in schema.definitions else ""
    return FacetField(field, coverage, counted.distinct, unit)
