"""Marks that are asked for: questions are shared, but none that was asked too early."""

from __future__ import annotations

import asyncio
import time

import pytest

from facetry.domain.errors import StoreBusyError
from facetry.engines.memory.shared_marks import NoMarks
from facetry.engines.mongodb.marks import Marks
from facetry.ports.shared_marks import Look

pytestmark = pytest.mark.anyio


class Shared(NoMarks):
    """Marks that say what a test has them say."""

    lease_seconds = 0.05

    def __init__(self, mark=None, *, confirms=True):
        self.answer = Look(mark, 7)
        self.confirms = confirms
        self.kept = []
        self.told = []

    async def look(self, tenant):
        return self.answer

    async def keep(self, tenant, mark, look):
        self.kept.append((tenant, mark, look))

    async def tell(self, tenant, mark, look=None):
        self.told.append((tenant, mark, look))
        return self.confirms


class Store:
    """A store that is asked for a mark, and answers when it is let."""

    def __init__(self):
        self.answers = []
        self.mark = 0
        self.may = asyncio.Event()

    async def ask(self, tenant):
        self.answers.append(self.mark)
        mark = self.mark
        await self.may.wait()
        return mark


async def test_what_is_told_is_believed():
    shared, store = Shared(5), Store()
    marks = Marks(shared, store.ask)
    await marks.look("t")
    assert (marks.known("t"), marks.known("other"), store.answers, shared.kept) == (5, 0, [], [])


async def test_where_nobody_tells_the_store_is_asked_and_the_answer_kept():
    shared, store = Shared(), Store()
    store.mark = 3
    store.may.set()
    marks = Marks(shared, store.ask)
    await marks.look("t")
    assert (marks.known("t"), shared.kept) == (3, [("t", 3, Look(None, 7))])


async def test_marks_only_rise():
    shared, store = Shared(5), Store()
    marks = Marks(shared, store.ask)
    marks.learn("t", 8)
    await marks.look("t")
    assert marks.known("t") == 8


async def test_who_comes_while_a_question_is_asked_waits_for_the_next_one_with_all_others():
    store = Store()
    marks = Marks(Shared(), store.ask)
    first = asyncio.ensure_future(marks.look("t"))
    await asyncio.sleep(0.01)
    store.mark = 1
    late = [asyncio.ensure_future(marks.look("t")) for _ in range(5)]
    await asyncio.sleep(0.01)
    assert store.answers == [0]
    store.may.set()
    await asyncio.gather(first, *late)
    assert (marks.known("t"), store.answers) == (1, [0, 1])
    await marks.close()


async def test_who_goes_away_takes_the_answer_from_nobody():
    store = Store()
    store.mark = 4
    marks = Marks(Shared(), store.ask)
    gone, stays = (asyncio.ensure_future(marks.look("t")) for _ in range(2))
    await asyncio.sleep(0.01)
    gone.cancel()
    store.may.set()
    await stays
    assert marks.known("t") == 4


async def test_a_question_that_fails_fails_for_all_and_the_next_one_is_asked_anew():
    async def fail(_):
        await asyncio.sleep(0)
        raise StoreBusyError("away")

    marks = Marks(Shared(), fail)
    results = await asyncio.gather(marks.look("t"), marks.look("t"), return_exceptions=True)
    assert [type(one) for one in results] == [StoreBusyError, StoreBusyError]
    with pytest.raises(StoreBusyError):
        await marks.look("t")


async def test_a_mark_that_is_confirmed_is_told_at_once():
    shared = Shared()
    marks = Marks(shared, Store().ask)
    look = await marks.before_commit("t")
    began = time.monotonic()
    await marks.tell("t", 2, look)
    assert time.monotonic() - began < 0.04
    assert (shared.told, marks.known("t")) == ([("t", 2, Look(None, 7))], 2)


async def test_a_mark_that_nobody_confirms_is_waited_out():
    marks = Marks(Shared(confirms=False), Store().ask)
    began = time.monotonic()
    await marks.tell("t", 2)
    assert 0.055 <= time.monotonic() - began < 0.5


async def test_closing_waits_for_questions():
    store = Store()
    marks = Marks(Shared(), store.ask)
    question = asyncio.ensure_future(marks.look("t"))
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(0.01, store.may.set)
    await marks.close()
    assert store.answers == [0]
    await question


async def test_an_end_waits_for_no_question_that_nobody_answers():
    async def ask(tenant):
        await asyncio.Event().wait()

    marks = Marks(NoMarks(), ask, closing_seconds=0.05)
    first = asyncio.ensure_future(marks.look("acme"))
    await asyncio.sleep(0)
    second = asyncio.ensure_future(marks.look("acme"))
    await asyncio.sleep(0.01)
    async with asyncio.timeout(5):
        await marks.close()
        await marks.close()
    assert [type(one) for one in await asyncio.gather(first, second, return_exceptions=True)] == [
        asyncio.CancelledError
    ] * 2
