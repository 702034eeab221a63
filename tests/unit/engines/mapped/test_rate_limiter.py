"""The buckets in a mapped file: over processes, restarts, full tables and full disks."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import textwrap
import time

import pytest

from facetry.domain.errors import StoreError
from facetry.domain.leaky_bucket import Bucket
from facetry.engines.mapped.rate_limiter import PROBES, MappedRateLimiter
from facetry.testing.rate_limiter import SetClock, taken

BUCKET = Bucket(5, 2.0)
GREEDY = """
    import asyncio, json, sys, time
    from pathlib import Path
    from types import SimpleNamespace
    from facetry.domain.leaky_bucket import Bucket
    from facetry.engines.mapped.rate_limiter import MappedRateLimiter

    async def main():
        limiter = MappedRateLimiter(Path(sys.argv[1]), SimpleNamespace(now=time.time))
        end, count, first = float(sys.argv[2]), 0, time.time()
        while (last := time.time()) < end:
            count += (await limiter.take("t", "a", Bucket(100, 400.0))).is_allowed
        print(json.dumps({"count": count, "first": first, "last": last}))

    asyncio.run(main())
"""


@pytest.fixture
def clock():
    return SetClock()


@pytest.mark.anyio
async def test_buckets_outlive_a_restart(tmp_path, clock, anyio_backend):
    first = MappedRateLimiter(tmp_path / "buckets", clock)
    assert await taken(first, 3) == 3
    await first.close()
    second = MappedRateLimiter(tmp_path / "buckets", clock, slots=PROBES)
    assert await taken(second, 3) == 2
    await second.close()
    assert (tmp_path / "buckets").stat().st_size == 24 << 15
    assert (tmp_path / "buckets").stat().st_mode & 0o777 == 0o600


@pytest.mark.anyio
async def test_the_bucket_that_runs_out_first_makes_room(tmp_path, clock, anyio_backend):
    limiter = MappedRateLimiter(tmp_path / "buckets", clock, slots=PROBES)
    for number in range(PROBES):
        clock.time += 0.01
        assert await taken(limiter, 6, str(number)) == 5
    assert await taken(limiter, 6, "one more") == 5
    assert await taken(limiter, 1, "1") == 0
    assert await taken(limiter, 6, "0") == 5
    await limiter.close()


def test_processes_are_counted_together(tmp_path):
    """Two greedy processes get what one would: size and leak times the time from the first call to the last."""
    command = [sys.executable, "-c", textwrap.dedent(GREEDY), str(tmp_path / "buckets"), str(time.time() + 2.5)]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    told = [json.loads(process.communicate(timeout=30)[0]) for process in processes]
    assert min(one["count"] for one in told) > 0
    seconds = max(one["last"] for one in told) - min(one["first"] for one in told)
    expected = 100 + 400 * seconds
    assert expected * 0.99 <= sum(one["count"] for one in told) <= expected + 1


@pytest.mark.anyio
async def test_a_process_counts_for_itself_where_there_is_no_room(tmp_path, clock, anyio_backend):
    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, kept[1]))
    try:
        limiter = MappedRateLimiter(tmp_path / "buckets", clock)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)
    assert await taken(limiter, 6) == 5
    await limiter.close()
    with_room = MappedRateLimiter(tmp_path / "buckets", clock)
    assert await taken(with_room, 6) == 5
    assert (tmp_path / "buckets").stat().st_size == 24 << 15
    await with_room.close()


def test_a_file_that_cannot_be_used_is_refused(tmp_path, clock):
    with pytest.raises(StoreError) as refused:
        MappedRateLimiter(tmp_path / "missing" / "buckets", clock)
    assert refused.value.message == f"file {tmp_path}/missing/buckets cannot be used: No such file or directory"
