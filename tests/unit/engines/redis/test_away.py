"""Servers that are not there: marks say nothing, confirm nothing, and raise nothing."""

from __future__ import annotations

import pytest

from facetry.engines.redis.marks import NOTHING, RedisMarks
from facetry.engines.redis.opening import open_client
from tests.program import HOST, free_port

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("scheme", ["redis", "redis+cluster"])
async def test_nobody_is_told_and_nothing_fails(scheme):
    client = open_client(f"{scheme}://{HOST}:{free_port()}")
    marks = RedisMarks(client)
    assert await marks.look("acme") == NOTHING
    assert client.breaker.is_open
    client.breaker.succeeded()
    assert await marks.tell("acme", 7, NOTHING) is False
    assert client.breaker.is_open
    await marks.keep("acme", 7, NOTHING)
    await marks.close()
