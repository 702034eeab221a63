"""Deriving anew what is not as it should be, of one tenant or of what all tenants share."""

from __future__ import annotations

from collections.abc import Generator, Sequence

import apsw

from facetry.domain.fault import Fault
from facetry.engines.sqlite.checking import (
    Finding,
    Findings,
    count_findings,
    log_findings,
    record_findings,
    state_of,
)
from facetry.engines.sqlite.checking_rows import group_findings, link_findings, product_findings, record_row_findings
from facetry.engines.sqlite.connection import found
from facetry.engines.sqlite.documents import encode_record_ids, encode_texts

_NUMBER = "SELECT number FROM tenants WHERE id = ?"
_ROUNDS = 4
"""What is mended may show what else is wrong: a product in its right group, say, that this group is missing."""
_PUT_CHANGE = "INSERT INTO changes (tenant, revision, skus, groups, records) VALUES (?, ?, ?, ?, ?)"
_RAISE = "UPDATE tenants SET revision = ?2 WHERE number = ?1"
_TOUCH = "UPDATE groups SET revision = ?3 WHERE tenant = ?1 AND group_id = ?2"
_LISTED_ERRORS = 100

_OF_TENANTS = ("products", "groups", "changes", "records", "links", "last_ids", "keys", "token_keys")
_FOREIGN = """
    SELECT DISTINCT tenant FROM TABLE WHERE tenant NOT IN (SELECT number FROM tenants)
    AND tenant NOT IN (SELECT tenant FROM purges)"""
_CONDEMN = "INSERT OR IGNORE INTO purges (tenant) VALUES (?)"
_REMOVE_KEYS = {
    "keys": "DELETE FROM keys WHERE tenant = ?",
    "token_keys": "DELETE FROM token_keys WHERE tenant = ?",
}
_CONDEMNED = "SELECT id, number FROM tenants WHERE number IN (SELECT tenant FROM purges)"


def findings(connection: apsw.Connection, number: int) -> Findings:
    """Compare all that is kept of a tenant for speed with what it is derived from, inside a transaction."""
    state = state_of(connection, number)
    yield from record_findings(connection, number, state)
    yield from product_findings(connection, number)
    yield from group_findings(connection, number, state)
    yield from record_row_findings(connection, number)
    yield from link_findings(connection, number)
    yield from count_findings(connection, number, state)
    yield from log_findings(connection, number, state)


def tenant_faults(connection: apsw.Connection, tenant: str) -> list[Fault]:
    """Return the faults of a tenant; none of one that is not there."""
    numbers = found(connection, _NUMBER, (tenant,))
    return [one.fault for (number,) in numbers for one in findings(connection, number) if one is not None]


class MendCommand:
    """Derive anew what is wrong with a tenant, as one more revision that touches what was seen wrong."""

    def __init__(self, tenant: str) -> None:
        """Name the tenant."""
        self.tenant: str | None = None
        self._id = tenant

    def steps(self, connection: apsw.Connection) -> Generator[None, None, list[Fault]]:
        """Mend, and return what is wrong still."""
        yield
        stored = found(connection, _NUMBER, (self._id,))
        if not stored:
            return []
        number: int = stored[0][0]
        mended: list[Finding] = []
        for _ in range(_ROUNDS):
            present = yield from _all_findings(connection, number)
            news = [one for one in present if one.repairs and _is_mended(connection, one)]
            if not news:
                break
            mended += news
        if mended:
            _log_touched(connection, number, mended)
            self.tenant = self._id
            present = yield from _all_findings(connection, number)
        return [one.fault for one in present]


def shared_findings(connection: apsw.Connection) -> list[Finding]:
    """Look for what belongs to no tenant and for damage of the file."""
    checked = [row[0] for row in found(connection, f"PRAGMA integrity_check({_LISTED_ERRORS})", ())]
    problems = [line for line in checked if line != "ok"]
    reindex = (("REINDEX", ()),)
    told = [Finding(Fault("database", "", line), reindex) for line in problems]
    for table in _OF_TENANTS:
        for (number,) in found(connection, _FOREIGN.replace("TABLE", table), ()):
            fault = Fault("database", table, f"rows of tenant number {number}, which is not there")
            told.append(Finding(fault, ((_REMOVE_KEYS.get(table, _CONDEMN), (number,)),)))
    for tenant, number in found(connection, _CONDEMNED, ()):
        fault = Fault("database", "purges", f"tenant {tenant} is there and marked as deleted")
        told.append(Finding(fault, (("DELETE FROM purges WHERE tenant = ?", (number,)),)))
    return told


def mend_shared(connection: apsw.Connection) -> None:
    """Mend what belongs to no tenant and the indexes of the file; rows that nobody owns are then due to be purged."""
    repairs = dict.fromkeys(repair for one in shared_findings(connection) for repair in one.repairs)
    for sql, values in repairs:
        connection.execute(sql, values)


def _all_findings(connection: apsw.Connection, number: int) -> Generator[None, None, list[Finding]]:
    present: list[Finding] = []
    for one in findings(connection, number):
        if one is None:
            yield
        else:
            present.append(one)
    return present


def _is_mended(connection: apsw.Connection, one: Finding) -> bool:
    """Do the repairs of a finding; where another row is in the way nothing is done."""
    connection.execute("SAVEPOINT one_repair")
    try:
        for sql, values in one.repairs:
            connection.execute(sql, values)
    except apsw.ConstraintError:
        connection.execute("ROLLBACK TO one_repair")
        return False
    finally:
        connection.execute("RELEASE one_repair")
    return True


def _log_touched(connection: apsw.Connection, number: int, mended: Sequence[Finding]) -> None:
    """Raise the revision, so that index, caches and copies look again at what was touched."""
    revision = state_of(connection, number).revision + 1
    groups = dict.fromkeys(name for one in mended for name in one.groups)
    skus = dict.fromkeys(sku for one in mended for sku in one.skus)
    records = dict.fromkeys(record for one in mended for record in one.records)
    kept = encode_record_ids(records) if records else None
    connection.execute(_PUT_CHANGE, (number, revision, encode_texts(skus), encode_texts(groups), kept))
    connection.execute(_RAISE, (number, revision))
    connection.executemany(_TOUCH, [(number, name, revision) for name in groups])
