"""Comparing what the database keeps of a tenant for speed with the documents that it is derived from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple, TypeVar

import apsw
import msgspec

from facetry.domain.errors import StoreDamagedError
from facetry.domain.fault import Fault
from facetry.domain.tenant import Tenant
from facetry.engines.sqlite.connection import Row, found, open_reader, store_error
from facetry.engines.sqlite.documents import decode_record_ids, decode_tenant, decode_text_lists

_Read = TypeVar("_Read")

_STATE = """
    SELECT id, version, currency, api_key_digest, access_key_digest, max_products, max_bytes, record, revision,
    log_cut, next_joined, products, bytes, groups FROM tenants WHERE number = ?"""
_KEYS = "SELECT digest FROM keys WHERE tenant = ?"
_TOKEN_KEYS = "SELECT kid FROM token_keys WHERE tenant = ?"  # noqa: S105 - a statement
_PUT_COLUMNS = """
    UPDATE tenants SET id = ?2, version = ?3, currency = ?4, api_key_digest = ?5, access_key_digest = ?6,
    max_products = ?7, max_bytes = ?8 WHERE number = ?1"""
_COUNTS = """
    SELECT count(*), coalesce(sum(length(doc)), 0), count(DISTINCT group_id), coalesce(max(joined), 0),
    coalesce(max(id), 0) FROM products WHERE tenant = ?"""
_PUT_COUNTS = """
    UPDATE tenants SET products = (SELECT count(*) FROM products WHERE tenant = ?1),
    bytes = (SELECT coalesce(sum(length(doc)), 0) FROM products WHERE tenant = ?1),
    groups = (SELECT count(DISTINCT group_id) FROM products WHERE tenant = ?1) WHERE number = ?1"""
_PUT_NEXT = """
    UPDATE tenants SET next_joined = (SELECT max(max(joined), max(id)) + 1 FROM products WHERE tenant = ?1)
    WHERE number = ?1"""
_LOG_SPAN = "SELECT count(*), coalesce(min(revision), 0), coalesce(max(revision), 0) FROM changes WHERE tenant = ?"
_LOG = "SELECT revision, skus, groups, records FROM changes WHERE tenant = ? AND revision > ? ORDER BY revision LIMIT ?"
_DROP_LOG = "DELETE FROM changes WHERE tenant = ?"
_CUT = "UPDATE tenants SET revision = max(revision, ?2), log_cut = max(revision, ?2) WHERE number = ?1"
_LOG_ROWS = 512


class Finding(NamedTuple):
    """A fault, what mends it, and what readers saw wrong because of it.

    Attributes:
        repairs: Statements with their values, to be done in order; none where nothing helps.
        skus: Products that were touched.
        groups: Groups that were touched.
        records: Kinds and ids of records that were touched.
    """

    fault: Fault
    repairs: tuple[tuple[str, Row], ...] = ()
    skus: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    records: tuple[tuple[str, int], ...] = ()


Findings = Iterator[Finding | None]
"""What is found; None now and then, so that others get their turn."""


class State(NamedTuple):
    """The row of a tenant."""

    id: str
    version: int
    currency: str
    api_key_digest: bytes
    access_key_digest: bytes
    max_products: int | None
    max_bytes: int | None
    record: bytes
    revision: int
    log_cut: int
    next_joined: int
    products: int
    bytes: int
    groups: int


def state_of(connection: apsw.Connection, number: int) -> State:
    """Return the row of a tenant that is there."""
    (row,) = found(connection, _STATE, (number,))
    return State(*row)


def read(path: Path, work: Callable[[apsw.Connection], _Read]) -> _Read:
    """Read a database in one transaction, on a connection of its own.

    Raises:
        StoreError: It cannot be read.
    """
    with closing(open_reader(path)) as connection:
        try:
            connection.execute("BEGIN")
            return work(connection)
        except apsw.Error as error:
            raise store_error(error, connection) from error


def record_findings(connection: apsw.Connection, number: int, state: State) -> Findings:
    """Compare a tenant's columns and keys with its record."""
    try:
        record = decode_tenant(state.record)
    except StoreDamagedError:
        yield Finding(Fault("keys", "", "the tenant's record cannot be read", mendable=False))
        return
    columns = _columns_of(record)
    if columns != state[: len(columns)]:
        fault = Fault("keys", "", "the tenant's columns are not those of its record")
        yield Finding(fault, ((_PUT_COLUMNS, (number, *columns)),))
    yield from _key_findings(connection, number, record)


def count_findings(connection: apsw.Connection, number: int, state: State) -> Findings:
    """Compare a tenant's counters with what they count."""
    ((*counts, joined, last_id),) = found(connection, _COUNTS, (number,))
    for name, counted in zip(("products", "bytes", "groups"), counts, strict=True):
        kept = getattr(state, name)
        if kept != counted:
            yield Finding(Fault("counts", name, f"{kept} instead of {counted}"), ((_PUT_COUNTS, (number,)),))
    if state.next_joined <= max(joined, last_id):
        fault = Fault("counts", "next id", f"{state.next_joined} is taken")
        yield Finding(fault, ((_PUT_NEXT, (number,)),))


def log_findings(connection: apsw.Connection, number: int, state: State) -> Findings:
    """Look for what is missing, too much or unreadable in a tenant's change log; mended, it begins anew."""
    ((count, first, last),) = found(connection, _LOG_SPAN, (number,))
    repairs = ((_DROP_LOG, (number,)), (_CUT, (number, last)))
    problem = ""
    if count and (first <= state.log_cut or last > state.revision):
        problem = f"holds revisions {first} to {last} instead of {state.log_cut + 1} to {state.revision}"
    elif count != state.revision - state.log_cut:
        problem = f"holds {count} revisions instead of {state.revision - state.log_cut}"
    else:
        after = state.log_cut
        while not problem and (page := found(connection, _LOG, (number, after, _LOG_ROWS))):
            yield None
            after = page[-1][0]
            problem = "" if _is_readable(page) else f"cannot be read up to revision {after}"
    if problem:
        yield Finding(Fault("log", "", problem), repairs)


def _columns_of(record: Tenant) -> Row:
    settings = record.settings
    keys = record.api_key_digest, record.access_key_digest
    return record.id, record.version, settings.currency, *keys, settings.quotas.products, settings.quotas.bytes


def _key_findings(connection: apsw.Connection, number: int, record: Tenant) -> Findings:
    kept = {row[0] for row in found(connection, _KEYS, (number,))}
    if kept != set(record.owned_digests):
        puts = (("INSERT INTO keys (digest, tenant) VALUES (?, ?)", (key, number)) for key in record.owned_digests)
        fault = Fault("keys", "", "the index of keys is not that of its record")
        yield Finding(fault, (("DELETE FROM keys WHERE tenant = ?", (number,)), *puts))
    kids = {row[0] for row in found(connection, _TOKEN_KEYS, (number,))}
    if kids != {key.kid for key in record.token_keys}:
        sql = "INSERT INTO token_keys (kid, tenant) VALUES (?, ?)"
        names = ((sql, (key.kid, number)) for key in record.token_keys)
        fault = Fault("keys", "tokens", "the index of token keys is not that of its record")
        yield Finding(fault, (("DELETE FROM token_keys WHERE tenant = ?", (number,)), *names))


def _is_readable(page: list[Row]) -> bool:
    try:
        decode_text_lists(row[1] for row in page)
        decode_text_lists(row[2] for row in page)
        decode_record_ids(row[3] for row in page if row[3])
    except (msgspec.DecodeError, ValueError):
        return False
    return True
