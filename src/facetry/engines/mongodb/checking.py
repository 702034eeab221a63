"""Comparing what the document of a tenant says, its keys and its change log with what they are derived from."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import msgspec
from pymongo import DeleteMany, InsertOne, ReplaceOne, UpdateOne
from pymongo.asynchronous.client_session import AsyncClientSession

from facetry.domain.fault import Fault
from facetry.domain.record import RecordKind
from facetry.domain.tenant import Tenant
from facetry.engines.mongodb.collections import CHANGES, KEYS, TENANTS
from facetry.engines.mongodb.copy_reading import pages
from facetry.engines.mongodb.documents import decode_tenant
from facetry.engines.mongodb.opening import Database
from facetry.engines.mongodb.state import State, state_of
from facetry.engines.mongodb.tenancy import tenant_document

Document: TypeAlias = dict[str, Any]
Model: TypeAlias = InsertOne[Document] | ReplaceOne[Document] | UpdateOne | DeleteMany
_OF_RECORD = ("id", "version", "currency", "max_products", "max_bytes")


class Repair(NamedTuple):
    """A change of documents that mends something.

    Attributes:
        collection: Where.
        model: What to do.
        free: What must not be there, because it would be in the way; None where nothing can be.
    """

    collection: str
    model: Model
    free: Mapping[str, Any] | None = None


class Finding(NamedTuple):
    """A fault, what mends it, and what readers saw wrong because of it.

    Attributes:
        repairs: To be done in order; none where nothing helps.
        skus: Products that were touched.
        groups: Groups that were touched.
        records: Kinds and ids of records that were touched.
    """

    fault: Fault
    repairs: tuple[Repair, ...] = ()
    skus: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    records: tuple[tuple[str, int], ...] = ()


Findings: TypeAlias = AsyncIterator[Finding]


class Checked:
    """A tenant that is checked, in a session whose reads are of one moment.

    Attributes:
        database: Where it is.
        session: In which it is read.
        document: The tenant's.
        state: What that says.
    """

    def __init__(self, database: Database, session: AsyncClientSession, document: Document, state: State) -> None:
        """Check a tenant that is there."""
        self.database = database
        self.session = session
        self.document = document
        self.state = state

    def pages(self, collection: str, *order: str) -> AsyncIterator[Sequence[Mapping[str, Any]]]:
        """Yield all documents of the tenant's catalog."""
        return pages(self.database[collection], self.state.catalog, order, self.session)

    def counter(self, change: Document) -> Repair:
        """Return what changes the tenant's document."""
        return Repair(TENANTS, UpdateOne({"_id": self.state.tenant}, change))


async def checked(database: Database, session: AsyncClientSession, name: str) -> Checked | None:
    """Return what checks the tenant whose document has this name, None where there is none."""
    document = await database[TENANTS].find_one({"_id": name}, session=session)
    state = state_of(document)
    return None if document is None or state is None else Checked(database, session, document, state)


async def tenant_findings(one: Checked) -> Findings:
    """Compare the fields of a tenant and its keys with its record."""
    try:
        record = decode_tenant(one.document["record"])
    except (msgspec.DecodeError, ValueError):
        yield Finding(Fault("keys", "", "the tenant's record cannot be read", mendable=False))
        return
    fields = tenant_document(record, one.state.catalog, None, {})
    right = {name: fields[name] for name in _OF_RECORD}
    if {name: one.document.get(name) for name in _OF_RECORD} != right:
        fault = Fault("keys", "", "the tenant's columns are not those of its record")
        yield Finding(fault, (one.counter({"$set": right}),))
    async for finding in _key_findings(one, record):
        yield finding


async def log_findings(one: Checked) -> Findings:
    """Look for what is missing, too much or unreadable in a tenant's change log; mended, it begins anew."""
    state, count, first, last, problem = one.state, 0, 0, 0, ""
    async for page in one.pages(CHANGES, "r"):
        first = first or page[0]["r"]
        count, last = count + len(page), page[-1]["r"]
        if not problem and not all(map(_is_readable, page)):
            problem = f"cannot be read up to revision {last}"
    if count and (first <= state.log_cut or last > state.revision):
        problem = f"holds revisions {first} to {last} instead of {state.log_cut + 1} to {state.revision}"
    elif count != state.revision - state.log_cut:
        problem = f"holds {count} revisions instead of {state.revision - state.log_cut}"
    if problem:
        end = max(state.revision, last)
        anew = one.counter({"$set": {"revision": end, "log_cut": end}})
        yield Finding(Fault("log", "", problem), (Repair(CHANGES, DeleteMany({"t": state.catalog})), anew))


async def _key_findings(one: Checked, record: Tenant) -> Findings:
    kept = {key["_id"] async for key in one.database[KEYS].find({"tenant": one.state.tenant}, session=one.session)}
    digests = {key for key in kept if isinstance(key, bytes)}
    for subject, found, right, kind in (
        ("", digests, {*record.owned_digests}, "keys"),
        ("tokens", kept - digests, {key.kid for key in record.token_keys}, "token keys"),
    ):
        if found != right:
            fault = Fault("keys", subject, f"the index of {kind} is not that of its record")
            yield Finding(fault, tuple(_key_repairs(one.state.tenant, found, right)))


def _key_repairs(tenant: str, found: set[Any], right: set[Any]) -> Iterator[Repair]:
    if surplus := found - right:
        yield Repair(KEYS, DeleteMany({"_id": {"$in": [*surplus]}, "tenant": tenant}))
    for key in right - found:
        yield Repair(KEYS, InsertOne({"_id": key, "tenant": tenant}), {"_id": key})


def _is_readable(row: Mapping[str, Any]) -> bool:
    try:
        msgspec.convert((row["s"], row["g"]), tuple[list[str], list[str]])
        msgspec.convert(row["k"], list[tuple[RecordKind, int]])
    except (KeyError, msgspec.ValidationError):
        return False
    return True
