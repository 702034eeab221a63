"""Marks on Redis and Valkey: what all marks promise, and what is theirs."""

import asyncio
from secrets import token_hex

import pytest

from facetry.engines.redis.marks import RedisMarks
from facetry.engines.redis.opening import open_client
from facetry.testing.shared_marks import TENANT, SharedMarksConformance

pytestmark = pytest.mark.anyio


@pytest.fixture
def prefix():
    """Return what keys of this test alone begin with."""
    return f"test-{token_hex(6)}"


@pytest.fixture
async def opened(prefix, redis_server, anyio_backend):
    """Return what opens marks that share a prefix, each as a process of its own."""
    made = []

    def open_marks(url=redis_server.url, lease_seconds=0.3, own=prefix):
        marks = RedisMarks(open_client(f"{url}?prefix={own}"), lease_seconds)
        made.append(marks)
        return marks

    yield open_marks
    for marks in made:
        await marks.close()


@pytest.fixture
def marks(opened):
    return opened()


@pytest.fixture
def peer(opened):
    return opened()


class TestConformance(SharedMarksConformance):
    pass


async def test_a_mark_is_seen_without_the_store(marks, peer):
    await marks.keep(TENANT, 4, await marks.look(TENANT))
    assert (await peer.look(TENANT)).mark == 4
    await peer.tell(TENANT, 5, await peer.look(TENANT))
    assert (await marks.look(TENANT)).mark == 5


async def test_a_mark_is_believed_from_the_moment_of_the_look_on(marks):
    look = await marks.look(TENANT)
    await asyncio.sleep(0.15)
    await marks.keep(TENANT, 4, look)
    assert (await marks.look(TENANT)).mark == 4
    await asyncio.sleep(0.2)
    assert (await marks.look(TENANT)).mark is None


async def test_a_mark_told_without_a_look_has_the_store_asked(marks):
    await marks.keep(TENANT, 4, await marks.look(TENANT))
    assert await marks.tell(TENANT, 5)
    assert (await marks.look(TENANT)).mark is None


async def test_a_large_mark_is_told_exactly(marks, peer):
    await marks.tell(TENANT, 2**53 - 1, await marks.look(TENANT))
    assert (await peer.look(TENANT)).mark == 2**53 - 1


async def test_what_was_asked_before_a_flush_is_believed_by_nobody(marks, peer):
    look = await marks.look(TENANT)
    assert await peer.tell(TENANT, 5)
    await peer._client.driver.flushdb()
    await marks.keep(TENANT, 4, look)
    assert (await marks.look(TENANT)).mark is None
    await marks.keep(TENANT, 4, look)
    assert (await peer.look(TENANT)).mark is None
    assert await peer.tell(TENANT, 6)
    await marks.keep(TENANT, 4, look)
    assert (await peer.look(TENANT)).mark is None


async def test_what_another_server_was_told_is_believed_by_nobody(marks, peer):
    """Like after a failover: the entry is there, and was made by another server."""
    look = await marks.look(TENANT)
    await marks.keep(TENANT, 4, look)
    key = marks._client.key("mark", TENANT)
    await marks._client.driver.hset(key, "server", "another")
    assert (await peer.look(TENANT)).mark is None
    await marks.keep(TENANT, 4, look)
    assert (await peer.look(TENANT)).mark is None


async def test_a_clock_set_back_ends_what_was_believed(marks, peer):
    """Seen from the server: the mark was true in a moment that is to come."""
    await marks.keep(TENANT, 4, await marks.look(TENANT))
    key = marks._client.key("mark", TENANT)
    await marks._client.driver.hincrby(key, "moment", 50_000_000)
    assert (await peer.look(TENANT)).mark is None


async def test_messages_are_heard_by_others(marks, peer):
    heard = asyncio.Queue()
    peer.listen(lambda *told: heard.put_nowait(told))
    async with asyncio.timeout(5):
        while heard.empty():
            await marks.tell(TENANT, 5)
            await asyncio.sleep(0.01)
        assert await heard.get() == (TENANT, 5)
    await peer._client.driver.publish(peer._channel, "nonsense")
    while not heard.empty():
        assert heard.get_nowait() == (TENANT, 5)


async def test_scripts_that_the_server_forgot_are_told_again(marks, peer):
    await marks.keep(TENANT, 4, await marks.look(TENANT))
    await marks._client.driver.script_flush()
    assert (await peer.look(TENANT)).mark == 4


async def test_looks_at_once_share_a_connection(marks):
    await marks.look(TENANT)
    before = (await marks._client.driver.info("stats"))["total_connections_received"]
    looks = await asyncio.gather(*(marks.look(f"tenant{number}") for number in range(500)))
    assert {look.mark for look in looks} == {None}
    assert (await marks._client.driver.info("stats"))["total_connections_received"] - before <= 1


async def test_a_lost_connection_is_made_anew_within_the_same_call(marks):
    assert await marks.tell(TENANT, 5)
    await marks._client.driver.client_kill_filter(_type="normal", skipme=False)
    assert await marks.tell(TENANT, 6)
