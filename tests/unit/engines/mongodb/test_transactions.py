"""What is tried again, and for how long; what errors of the driver mean."""

from __future__ import annotations

import pytest
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ClientBulkWriteException,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
)

from facetry.domain.errors import StoreBusyError, StoreError, StoreFullError
from facetry.engines.mongodb.failures import code_of, failures, has_label, store_error
from facetry.engines.mongodb.transactions import OvertakenError, Patience, Transactions

pytestmark = pytest.mark.anyio


class Database:
    client = None

    def get_collection(self, *_, **__):
        return None


class Commits:
    """A session whose commits fail as told, one after the other."""

    def __init__(self, *errors):
        self.errors = [*errors]
        self.commits = 0

    async def commit_transaction(self):
        self.commits += 1
        if self.errors:
            raise self.errors.pop(0)


def labelled(label, code=112):
    return OperationFailure("conflict", code, {"code": code, "errorLabels": [label]})


def of_bulk(error):
    return ClientBulkWriteException({"error": error, "writeErrors": []}, verbose=False)


def failing(*errors):
    """Return what fails so, and then answers how often it was called."""
    left = [*errors]
    calls = []

    async def once():
        calls.append(1)
        if left:
            raise left.pop(0)
        return len(calls)

    return once


IMPATIENT = Patience(at_all=-1.0)


class Helpers:
    """Counts how often somebody asks who is dead."""

    def __init__(self):
        self.asked = 0

    async def end_abandoned(self):
        self.asked += 1


async def test_what_stands_in_the_way_is_tried_again():
    transient = labelled("TransientTransactionError")
    once = failing(OvertakenError(), transient, of_bulk(transient))
    assert await Transactions(Database()).again(once) == 4


async def test_but_not_for_ever():
    for error in (OvertakenError(), labelled("TransientTransactionError")):
        with pytest.raises(StoreBusyError):
            await Transactions(Database(), IMPATIENT).again(failing(error))


async def test_what_else_fails_fails_at_once():
    with pytest.raises(StoreError, match="MongoDB failed with code 42: OperationFailure"):
        await Transactions(Database()).again(failing(OperationFailure("secret", 42)))


async def test_who_bars_the_way_for_long_may_be_dead():
    those = Transactions(Database(), Patience(before_help=-1.0))
    those.writers = Helpers()
    assert await those.again(failing(OvertakenError(), OvertakenError())) == 3
    assert those.writers.asked == 2


async def test_a_commit_of_unknown_result_is_repeated():
    session = Commits(labelled("UnknownTransactionCommitResult"), labelled("UnknownTransactionCommitResult"))
    await Transactions(Database())._commit(session)
    assert session.commits == 3


async def test_one_that_stays_unknown_says_so():
    with pytest.raises(StoreBusyError, match="does not say whether"):
        await Transactions(Database(), IMPATIENT)._commit(Commits(labelled("UnknownTransactionCommitResult")))


async def test_one_that_failed_is_not_repeated():
    session = Commits(labelled("TransientTransactionError"))
    with pytest.raises(OperationFailure):
        await Transactions(Database())._commit(session)
    assert session.commits == 1


@pytest.mark.parametrize(
    ("error", "kind", "text"),
    [
        (OperationFailure("u:password", 14031), StoreFullError, "MongoDB has no room left"),
        (OperationFailure("u:password", 18), StoreError, "MongoDB refuses the user that the URL names"),
        (ExecutionTimeout("u:password", 50), StoreBusyError, "MongoDB did not confirm in time"),
        (AutoReconnect("u:password"), StoreBusyError, "MongoDB does not answer"),
        (ServerSelectionTimeoutError("u:password"), StoreBusyError, "MongoDB does not answer"),
        (PyMongoError("u:password"), StoreError, "MongoDB failed: PyMongoError"),
    ],
)
def test_errors_are_told_without_what_they_quote(error, kind, text):
    with pytest.raises(kind) as raised, failures():
        raise error
    assert type(raised.value) is kind
    assert str(raised.value) == text


def test_errors_of_bulks_are_those_of_their_parts():
    inner = labelled("TransientTransactionError", 251)
    assert (code_of(of_bulk(inner)), has_label(of_bulk(inner), "TransientTransactionError")) == (251, True)
    parts = ClientBulkWriteException({"error": None, "writeErrors": [{"code": 11000}]}, verbose=False)
    assert (code_of(parts), has_label(parts, "TransientTransactionError")) == (11000, False)
    assert code_of(BulkWriteError({"writeErrors": [{"code": 11000}]})) == 11000
    nothing = ClientBulkWriteException({"error": None, "writeErrors": []}, verbose=False)
    assert code_of(nothing) is None
    assert type(store_error(nothing)) is StoreError
