import asyncio
from functools import partial

import pytest

from facetry.domain.errors import IndexFailedError
from facetry.engines.lucene.in_flight import InFlight

pytestmark = pytest.mark.anyio


class Doing:
    """Counts what is under way at once; what is asked for -1 fails."""

    def __init__(self) -> None:
        self.under_way = 0
        self.most = 0
        self.is_held = asyncio.Event()

    async def do(self, number: int) -> int:
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            await (self.is_held.wait() if number == 0 else asyncio.sleep(0))
        finally:
            self.under_way -= 1
        if number < 0:
            raise IndexFailedError("no")
        return number


async def test_so_many_are_done_at_once():
    doing = Doing()
    async with InFlight[int](2) as flying:
        for number in range(1, 6):
            await flying.begin(partial(doing.do, number))
        assert sorted(await flying.finish()) == [1, 2, 3, 4, 5]
    assert doing.most == 2


async def test_a_failure_is_raised_and_the_others_are_given_up():
    doing = Doing()
    with pytest.raises(IndexFailedError):
        await begin_all(doing, (0, -1, 3))
    assert (doing.under_way, doing.most) == (0, 2)


async def begin_all(doing: Doing, numbers: tuple[int, ...]) -> None:
    async with InFlight[int](2) as flying:
        for number in numbers:
            await flying.begin(partial(doing.do, number))
