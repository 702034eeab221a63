"""Reading ahead what writes need of one catalog: a find a sort of name, each answered by an index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from bson import ObjectId
from pymongo.asynchronous.client_session import AsyncClientSession

from facetry.domain.records import Record
from facetry.domain.storable import is_unicode
from facetry.engines.mongodb.collections import GROUPS, PRODUCTS, RECORDS
from facetry.engines.mongodb.documents import (
    ID,
    MEMBER,
    SKU,
    Kept,
    decode_record,
    kept,
    product_names,
    record_names,
)
from facetry.engines.mongodb.finding import MAX_INT, Found, Query, found_in
from facetry.engines.mongodb.needs import Needs
from facetry.engines.mongodb.opening import Database
from facetry.engines.mongodb.view import Catalog, Group

Document: TypeAlias = Mapping[str, Any]
_FIELDS = {SKU: "s", ID: "i", MEMBER: "g"}
_LINKS = "l"


class Reading:
    """Reads of one catalog in one session, one after the other."""

    def __init__(self, database: Database, catalog: ObjectId, session: AsyncClientSession) -> None:
        """Read what is stored under ``catalog``."""
        self._database = database
        self._catalog = catalog
        self._session = session

    async def add(self, catalog: Catalog, needs: Needs) -> None:
        """Read what is needed and add it; what no document can hold is taken as read.

        Raises:
            PyMongoError: The driver failed.
        """
        await self._add_products(catalog, needs.products)
        await self._add_groups(catalog, needs.groups)
        await self._add_records(catalog, needs.records)

    async def _add_products(self, catalog: Catalog, names: Mapping[str, int | None]) -> None:
        wholes: dict[str, list[str]] = {}
        for name, limit in names.items():
            if limit is None:
                wholes.setdefault(product_field(name), []).append(name)
            else:
                found = await self._found(PRODUCTS, {_LINKS: name}, limit) if is_unicode(name) else []
                catalog.products.add_first(name, _by_number(found), limit)
        for field, same in wholes.items():
            values = [value for name in same if (value := product_value(name)) is not None]
            found = await self._found(PRODUCTS, {field: {"$in": values}}) if values else []
            catalog.products.add(same, _by_number(found), product_names)

    async def _add_groups(self, catalog: Catalog, names: Iterable[str]) -> None:
        catalog.groups.update(dict.fromkeys(names))
        fit = [name for name in names if is_unicode(name)]
        for one in await self._found(GROUPS, {"g": {"$in": fit}}) if fit else ():
            catalog.groups[one["g"]] = Group(one["o"], one["r"], one["n"])

    async def _add_records(self, catalog: Catalog, names: Mapping[str, int | None]) -> None:
        for name, limit in names.items():
            if limit is not None:
                found = _by_kind(await self._found(RECORDS, {"q": name}, limit) if is_unicode(name) else ())
                catalog.records.add_first(name, found, limit)
        whole = [name for name, limit in names.items() if limit is None]
        fit = [name for name in whole if is_unicode(name)]
        documents = await self._found(RECORDS, {"q": {"$in": fit}}) if fit else ()
        catalog.records.add(whole, _by_kind(documents), record_names)

    async def _found(self, collection: str, condition: Document, limit: int = 0) -> Found:
        """Return documents; the first ones by id where there is a limit."""
        query = Query(collection, {"t": self._catalog, **condition}, order="i" if limit else "", limit=limit)
        return await found_in(self._session, self._database, query)


def product_field(name: str) -> str:
    """Return the field that holds a name of products."""
    return _FIELDS.get(name[: name.index(":") + 1], _LINKS)


def product_value(name: str) -> str | int | None:
    """Return what that field holds, None where no document can hold it."""
    if not is_unicode(name):
        return None
    field = product_field(name)
    if field == _LINKS:
        return name
    _, _, value = name.partition(":")
    if field != "i":
        return value
    return int(value) if 0 < int(value) <= MAX_INT else None


def _by_number(documents: Iterable[Document]) -> dict[int, Kept]:
    return {one["i"]: kept(one["d"]) for one in documents}


def _by_kind(documents: Iterable[Document]) -> dict[tuple[str, int], Record]:
    return {(one["k"], one["i"]): decode_record(one["d"]) for one in documents}
