"""Settings of a tenant, and what is told of them."""

from __future__ import annotations

from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from facetry.client.types.product import FieldChange
from facetry.domain.quotas import Quotas, Usage
from facetry.domain.search.fields import AttributeDefinition

T = TypeVar("T")


class AttributeTypes(msgspec.Struct, frozen=True):
    """The types that a tenant has given its attributes."""

    attributes: tuple[AttributeDefinition, ...] = ()


class CatalogSettings(msgspec.Struct, frozen=True):
    """What texts are written in, and what prices are in that name no currency."""

    language: str
    currency: str


class Versioned(msgspec.Struct, Generic[T], frozen=True):
    """Settings, and which version of them.

    Attributes:
        etag: For ``if_match``: only if nobody has replaced this version.
    """

    value: T
    etag: str

    @property
    def version(self) -> int:
        """Return the number of the version."""
        return int(self.etag.strip('W/"'))


class Replacement(msgspec.Struct, frozen=True):
    """A version, and who put it there when; nobody knows that of the first."""

    version: int
    time: datetime | None = None
    by: str = ""


class Replacements(msgspec.Struct, frozen=True):
    """Versions, newest first."""

    items: tuple[Replacement, ...]


class Misfit(msgspec.Struct, frozen=True):
    """Values that do not fit a type: of which field, of how many products, and some of these."""

    field: str
    count: int
    skus: tuple[str, ...] = ()


class SearchPreview(msgspec.Struct, frozen=True):
    """The first groups of a query, as they are and as they would be."""

    q: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class Preview(msgspec.Struct, frozen=True):
    """What settings would change.

    Attributes:
        reindexes: Whether the index would be built anew.
    """

    changes: tuple[FieldChange, ...]
    misfits: tuple[Misfit, ...] = ()
    reindexes: bool = False
    searches: tuple[SearchPreview, ...] = ()


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """An attribute that products have, or that a type was set of.

    Attributes:
        inferred: Whether nobody has set the type: its values seem to have it.
        distinct: How many values there are.
    """

    name: str
    type: str
    inferred: bool = False
    observed: bool = False
    distinct: int = 0
    scale: tuple[str, ...] = ()
    unit: str = ""
    identifier: bool = False
    facet: bool = True
    sortable: bool = True
    searchable: bool = True


class Attributes(msgspec.Struct, frozen=True):
    """All attributes."""

    attributes: tuple[Attribute, ...]


class QuotaOverview(msgspec.Struct, frozen=True):
    """What the operator has set, None where there is no limit, and what is used of it."""

    quotas: Quotas
    used: Usage
