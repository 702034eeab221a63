"""Group commit: what fails alone, what fails together, who waits for what."""

from __future__ import annotations

import asyncio
import threading
import time

import apsw
import pytest

from facetry.domain.errors import StoreBusyError, StoreError, StoreFullError, TenantNotFoundError
from facetry.engines.sqlite import commit
from facetry.engines.sqlite.commit import GroupCommit
from facetry.engines.sqlite.connection import open_writer

pytestmark = pytest.mark.anyio


class Add:
    """Add a number, and fail afterwards if told to."""

    def __init__(self, number, error=None, *, tenant="t", steps=1):
        self.number = number
        self.error = error
        self.tenant = tenant
        self.count = steps

    def steps(self, connection):
        for _ in range(self.count):
            yield
        connection.execute("INSERT INTO numbers VALUES (?)", (self.number,))
        if self.error is not None:
            raise self.error
        return self.number


class GiveUp(Add):
    """Fail as a driver does that gave up the transaction."""

    def steps(self, connection):
        yield
        connection.execute("ROLLBACK")
        raise self.error


class Sleep(Add):
    """Keep the event loop for a while, a bit at each step."""

    def steps(self, connection):
        for _ in range(self.number):
            time.sleep(0.001)
            yield
        return self.number


class Hand(Add):
    """Hand work to the thread, and go on when it is done."""

    def steps(self, connection):
        threads = []

        def work():
            threads.append(threading.current_thread().name)
            connection.execute("INSERT INTO numbers VALUES (?)", (self.number,))

        for _ in range(self.count):
            yield work
        return threads


@pytest.fixture
def path(tmp_path):
    return tmp_path / "numbers"


@pytest.fixture
def batches():
    return []


@pytest.fixture
async def commits(path, batches):
    connection = open_writer(path)
    connection.execute("CREATE TABLE numbers (number INTEGER PRIMARY KEY)")
    commits = GroupCommit(path, connection, batches.append)
    yield commits
    await commits.finish()
    commits.close()


def stored(path):
    with apsw.Connection(str(path)) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM numbers ORDER BY number")]


async def together(commits, *commands):
    return await asyncio.gather(*map(commits.submit, commands), return_exceptions=True)


async def test_many_callers_share_a_commit(commits, path, batches):
    assert await together(commits, Add(1), Add(2, tenant="u"), Add(3, tenant=None)) == [1, 2, 3]
    assert stored(path) == [1, 2, 3]
    assert batches == [{"t", "u"}]


async def one_behind_the_other(commits):
    """Submit two commands, the second one a step of the loop later."""

    async def second():
        # The writer looks once more for commands before it rests.
        for _ in range(4):
            await asyncio.sleep(0)
        return await commits.submit(Add(20, tenant="b"))

    return await asyncio.gather(commits.submit(Add(10, tenant="a")), second())


async def test_who_wrote_together_a_moment_ago_does_so_again(commits, batches):
    await together(commits, Add(1), Add(2))
    assert await one_behind_the_other(commits) == [10, 20]
    assert batches == [{"t"}, {"a", "b"}]


async def test_who_does_not_come_again_is_not_waited_for_for_long(commits, batches):
    await together(commits, Add(1), Add(2))
    assert await commits.submit(Add(3)) == 3
    assert await one_behind_the_other(commits) == [10, 20]
    assert batches == [{"t"}, {"t"}, {"a"}, {"b"}]


async def test_nobody_waits_for_who_wrote_together_long_ago(commits, batches):
    await together(commits, Add(1), Add(2))
    await asyncio.sleep(commit.CROWD_SECONDS + 0.01)
    assert await one_behind_the_other(commits) == [10, 20]
    assert batches == [{"t"}, {"a"}, {"b"}]


async def test_nobody_waits_for_another_tenants_callers(commits, batches):
    await asyncio.gather(*(commits.submit(Add(number), tenant="a") for number in (1, 2)))
    begun = time.monotonic()
    await commits.submit(Add(3, tenant="b"), tenant="b")
    assert time.monotonic() - begun < commit._GATHER_SECONDS * commit._GATHER_TURNS
    assert batches == [{"t"}, {"b"}]


class Insert(Add):
    """Add many numbers, a while each."""

    def steps(self, connection):
        self.begun = getattr(self, "begun", 0) + 1
        for number in range(self.number, self.number + self.count):
            connection.execute("INSERT INTO numbers VALUES (?)", (number,))
            time.sleep(0.001)
            yield
        return self.begun


async def under_way(commits):
    """Wait for the begin of a transaction."""
    for _ in range(1000):
        if commits._connection.in_transaction:
            return
        await asyncio.sleep(0)
    raise AssertionError("no transaction began")


async def test_no_short_command_waits_for_another_tenants_long_one_in_its_transaction(commits, batches):
    first = commits.submit(Add(1, tenant="a", steps=1), tenant="a")
    long = [commits.submit(Insert(n, tenant="a", steps=4), tenant="a", is_long=True) for n in (10, 20)]
    await asyncio.gather(first, *long, commits.submit(Add(2, tenant="b"), tenant="b"))
    assert batches[0] == {"a", "b"}
    assert set().union(*batches[1:]) == {"a"}


async def test_a_long_command_begins_anew_after_a_short_one_of_another_tenant(commits, path, batches):
    long = asyncio.create_task(commits.submit(Insert(10, tenant="a", steps=8), tenant="a", is_long=True))
    await under_way(commits)
    assert await commits.submit(Add(1, tenant="b"), tenant="b") == 1
    assert not long.done()
    assert await long == 2
    assert batches == [{"b"}, {"a"}]
    assert stored(path) == [1, *range(10, 18)]


async def test_a_long_command_is_not_put_off_for_ever(commits, path):
    long = asyncio.create_task(commits.submit(Insert(100, tenant="a", steps=8), tenant="a", is_long=True))
    await under_way(commits)
    for number in range(50):
        if long.done():
            break
        await commits.submit(Add(number, tenant="b"), tenant="b")
    assert await long <= 1 + commit._PUT_OFF_TIMES
    assert number < 10


async def test_what_a_long_command_has_worked_for_long_is_not_lost(commits, batches):
    steps = round(4 * commit._PUT_OFF_SECONDS / 0.001)
    long = asyncio.create_task(commits.submit(Insert(100, tenant="a", steps=steps), tenant="a", is_long=True))
    await asyncio.sleep(2 * commit._PUT_OFF_SECONDS)
    await commits.submit(Add(1, tenant="b"), tenant="b")
    assert await long == 1
    assert batches == [{"a"}, {"b"}]


async def test_the_writer_rests_between_long_commands_where_other_tenants_come(commits, batches, monkeypatch):
    monkeypatch.setattr(commit, "_MOST_REST_SECONDS", 60.0)
    monkeypatch.setattr(commit.CALLS, "had_others", lambda tenant: tenant == "a")
    lone = [commits.submit(Insert(n, tenant="b", steps=2), tenant="b", is_long=True) for n in (10, 20)]
    await asyncio.wait_for(asyncio.gather(*lone), 5)
    await commits.submit(Insert(100, tenant="a", steps=40), tenant="a", is_long=True)
    ended = time.monotonic()
    second = asyncio.create_task(commits.submit(Insert(200, tenant="a", steps=1), tenant="a", is_long=True))
    await asyncio.sleep(0.005)
    # Whose is short does not wait for that.
    await commits.submit(Add(1, tenant="b"), tenant="b")
    assert not second.done()
    await asyncio.wait_for(second, 5)
    assert time.monotonic() - ended >= 0.03


async def test_the_end_comes_without_rest(commits, path, monkeypatch):
    monkeypatch.setattr(commit.CALLS, "had_others", lambda tenant: True)
    await commits.submit(Insert(1, tenant="a", steps=2), tenant="a", is_long=True)
    commits._rested = time.monotonic() + 60
    last = asyncio.create_task(commits.submit(Insert(10, tenant="a", steps=2), tenant="a", is_long=True))
    await asyncio.sleep(0)
    await asyncio.wait_for(commits.finish(), 5)
    await last
    assert stored(path) == [1, 2, 10, 11]


async def test_a_call_waits_for_the_writer_until_its_command_is_begun(commits):
    calls = commit.CALLS
    calls.begin("b")
    try:
        long = asyncio.create_task(commits.submit(Insert(10, tenant="a", steps=8), tenant="a", is_long=True))
        await under_way(commits)
        assert calls.need_time()
        short = asyncio.create_task(commits.submit(Add(1, tenant="b"), tenant="b"))
        await asyncio.sleep(0)
        assert not calls.need_time()
        await short
        assert calls.need_time()
        withdrawn = asyncio.create_task(commits.submit(Add(2, tenant="b"), tenant="b"))
        await asyncio.sleep(0)
        withdrawn.cancel()
        await asyncio.wait([withdrawn])
        assert calls.need_time()
        await long
    finally:
        calls.end("b")
    assert not calls._waiting


async def test_a_long_command_that_is_withdrawn_while_it_is_put_off_is_not_done(commits, path, batches):
    long = asyncio.create_task(commits.submit(Insert(10, tenant="a", steps=8), tenant="a", is_long=True))
    await under_way(commits)
    short = asyncio.create_task(commits.submit(Add(1, tenant="b"), tenant="b"))
    await short
    long.cancel()
    await commits.submit(Add(2, tenant="b"), tenant="b")
    assert set(stored(path)) in ({1, 2}, {1, 2, *range(10, 18)})


async def test_a_command_that_fails_changes_nothing_and_leaves_its_neighbours(commits, path, batches):
    errors = (TenantNotFoundError("x"), ZeroDivisionError("bug"))
    results = await together(commits, Add(1), Add(2, errors[0], tenant="u"), Add(3, errors[1]), Add(1), Add(5))
    assert results[:3] == [1, *errors]
    assert type(results[3]) is StoreError
    assert results[3].message == "the database failed: UNIQUE constraint failed: numbers.number"
    assert results[4] == 5
    assert stored(path) == [1, 5]
    assert batches == [{"t"}]


async def test_a_transaction_given_up_fails_its_whole_batch(commits, path, batches):
    results = await together(commits, Add(1), GiveUp(2, apsw.FullError("full")))
    assert [type(result) for result in results] == [StoreFullError, StoreFullError]
    assert results[0] is not results[1]
    assert (stored(path), batches) == ([], [])
    assert await commits.submit(Add(4)) == 4
    assert stored(path) == [4]


async def test_a_commit_that_fails_fails_its_whole_batch(commits, path):
    def refuse():
        return True

    commits._connection.set_commit_hook(refuse)
    results = await together(commits, Add(1), Add(2))
    assert [type(result) for result in results] == [StoreError, StoreError]
    assert stored(path) == []
    commits._connection.set_commit_hook(None)
    assert await together(commits, Add(1), Add(2)) == [1, 2]
    assert stored(path) == [1, 2]


async def test_another_programs_lock_is_waited_for(commits, path):
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    waiting = asyncio.ensure_future(commits.submit(Add(1)))
    await asyncio.sleep(0.05)
    assert not waiting.done()
    other.execute("ROLLBACK")
    other.close()
    assert await waiting == 1


async def test_another_programs_lock_is_not_waited_for_for_ever(commits, path, monkeypatch):
    monkeypatch.setattr(commit, "_LOCK_WAIT_SECONDS", 0.05)
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    results = await together(commits, Add(1), Add(2))
    assert [type(result) for result in results] == [StoreBusyError, StoreBusyError]
    other.close()
    assert await commits.submit(Add(3)) == 3
    assert stored(path) == [3]


async def test_a_caller_that_left_before_it_was_begun_is_withdrawn(commits, path):
    task = asyncio.ensure_future(commits.submit(Add(1)))
    await asyncio.sleep(0)
    task.cancel()
    assert await commits.submit(Add(2)) == 2
    assert stored(path) == [2]


async def test_a_caller_that_left_during_the_commit_is_committed(commits, path):
    task = asyncio.ensure_future(commits.submit(Add(1)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    assert await commits.submit(Add(2)) == 2
    assert task.cancelled()
    assert stored(path) == [1, 2]


@pytest.mark.parametrize("pauses", [2, 4])
async def test_a_cancelled_writer_begins_again(commits, path, pauses):
    task = asyncio.ensure_future(commits.submit(Sleep(12) if pauses > 2 else Add(1)))
    for _ in range(pauses):
        await asyncio.sleep(0)
    commits._work.cancel()
    await asyncio.wait([task])
    assert task.cancelled()
    assert await commits.submit(Add(2)) == 2
    assert stored(path) in ([2], [1, 2])


async def test_long_work_lets_others_have_their_turn(commits):
    task = asyncio.ensure_future(commits.submit(Sleep(40)))
    turns = 0
    while not task.done():
        await asyncio.sleep(0)
        turns += 1
    assert turns >= 10


@pytest.mark.parametrize(("is_long", "tenant", "turns"), [(True, "a", 20), (True, "b", 0), (False, "a", 0)])
async def test_slices_of_a_long_command_are_short_beside_other_tenants(commits, monkeypatch, is_long, tenant, turns):
    taken = []

    async def turn(**_):
        taken.append(1)

    monkeypatch.setattr(commit, "_SLICE_SECONDS", 60.0)
    monkeypatch.setattr(commit.CALLS, "had_others", lambda tenant: tenant == "a")
    monkeypatch.setattr(commit.CALLS, "let_on", turn)
    await commits.submit(Insert(0, tenant=tenant, steps=20), tenant=tenant, is_long=is_long)
    assert len(taken) == turns


async def test_a_batch_ends_when_it_has_worked_long_enough(commits, batches):
    await asyncio.gather(*(commits.submit(Sleep(4, tenant=str(n)), tenant=str(n)) for n in range(6)))
    assert len(batches) >= 3
    assert set.union(*batches) == {str(n) for n in range(6)}


async def test_nothing_is_taken_after_the_end(commits):
    await commits.submit(Add(1))
    await commits.finish()
    with pytest.raises(StoreError, match="the store is closed"):
        await commits.submit(Add(2))


async def test_the_end_waits_for_what_is_queued(commits, path):
    tasks = [asyncio.ensure_future(commits.submit(Add(n))) for n in range(5)]
    await asyncio.sleep(0)
    await commits.finish()
    assert await asyncio.gather(*tasks) == list(range(5))
    assert stored(path) == list(range(5))


class Note(Add):
    """Note when it is done."""

    def __init__(self, name, done):
        super().__init__(name)
        self.done = done

    def steps(self, connection):
        yield
        time.sleep(0.001)
        self.done.append(self.number)


async def test_tenants_take_turns(commits):
    done = []
    flood = [commits.submit(Note(f"f{number}", done), tenant="flood") for number in range(64)]
    quiet = [commits.submit(Note(f"q{number}", done), tenant="quiet") for number in range(3)]
    await asyncio.gather(*flood, *quiet)
    assert done[:8] == ["f0", "q0", "f1", "q1", "f2", "q2", "f3", "f4"]
    assert done[8:] == [f"f{number}" for number in range(5, 64)]


async def test_a_turn_comes_after_each_batch_too(commits, monkeypatch):
    """Where a batch takes one command only, who comes late is in the next but one."""
    monkeypatch.setattr(commit, "_BATCH_SECONDS", 0.0005)
    monkeypatch.setattr(commit, "_FEW_SECONDS", 0.0005)
    done = []
    flood = [asyncio.create_task(commits.submit(Note(f"f{number}", done), tenant="flood")) for number in range(12)]
    await flood[0]
    await commits.submit(Note("q0", done), tenant="quiet")
    assert done.index("q0") <= 2
    await asyncio.gather(*flood)


@pytest.mark.parametrize(
    ("callers", "expected"),
    [
        ("ffff", 1),
        # Four are enough.
        ("fffff", 2),
        # One while the other tenant waits, the other's with one more, and all that is left.
        ("ffffq", 3),
        # One more beside the other's, and all that is left.
        ("qffff", 2),
    ],
)
async def test_a_few_commands_of_one_tenant_share_a_longer_batch_while_nobody_else_waits(
    commits, batches, monkeypatch, callers, expected
):
    monkeypatch.setattr(commit, "_BATCH_SECONDS", 0.0005)
    monkeypatch.setattr(commit, "_FEW_SECONDS", 60)
    work = {"f": Sleep(1), "q": Sleep(0)}
    await asyncio.gather(*(commits.submit(work[caller], tenant=caller) for caller in callers))
    assert len(batches) == expected


async def test_too_many_writes_of_one_tenant_are_refused_and_none_of_another(commits, monkeypatch):
    monkeypatch.setattr(commit, "MAX_WAITING", 3)
    done = []
    flood = [asyncio.create_task(commits.submit(Note(f"f{number}", done), tenant="flood")) for number in range(5)]
    quiet = asyncio.create_task(commits.submit(Note("q0", done), tenant="quiet"))
    results = await asyncio.gather(*flood, quiet, return_exceptions=True)
    assert [type(result) for result in results].count(StoreBusyError) == 2
    assert results[3].message == "too many writes of the tenant wait already"
    assert sorted(done) == ["f0", "f1", "f2", "q0"]


async def test_work_is_done_in_the_thread_before_its_command_goes_on(commits, path):
    (thread,) = await commits.submit(Hand(7, steps=1))
    assert thread.startswith("facetry-commit")
    with apsw.Connection(str(path)) as reader:
        assert reader.execute("SELECT number FROM numbers").fetchall() == [(7,)]


async def test_work_that_fails_undoes_its_command_alone(commits, path):
    both = await asyncio.gather(commits.submit(Hand(7, steps=2)), commits.submit(Add(8)), return_exceptions=True)
    assert (type(both[0]), both[1]) == (StoreError, 8)
    with apsw.Connection(str(path)) as reader:
        assert reader.execute("SELECT number FROM numbers").fetchall() == [(8,)]
