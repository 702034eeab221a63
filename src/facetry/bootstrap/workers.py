"""The further processes of ``--workers N``: same command, same port, followers of this process's data directory."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import suppress

_log = logging.getLogger("facetry.workers")

NUMBER_VARIABLE = "FACETRY_WORKER"
"""Set for further processes: the number of each, and the id of the process that starts them."""
_OF = " of "
RESTART_SECONDS = 1.0
PARENT_CHECK_SECONDS = 0.5


def worker_number() -> int:
    """Return which worker this process is: 0 for the one that owns the data directory and starts the others."""
    return int(os.environ.get(NUMBER_VARIABLE, "0").partition(_OF)[0])


def die_with_parent(stopped: asyncio.Event) -> None:
    """Stop this worker when the process that started it is gone, perhaps before this could look; nobody else would."""
    parent = int(os.environ[NUMBER_VARIABLE].partition(_OF)[2])
    loop = asyncio.get_running_loop()

    def check() -> None:
        if os.getppid() == parent:
            loop.call_later(PARENT_CHECK_SECONDS, check)
        else:
            stopped.set()

    check()


class Workers:
    """The processes 1 to N - 1; one that ends is started again.

    Attributes:
        restarts: How often that was.
    """

    def __init__(self, count: int) -> None:
        """Plan ``count`` processes, this one included."""
        self.restarts = 0
        self._numbers = range(1, count)
        self._processes: dict[int, asyncio.subprocess.Process] = {}
        self._keepers: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start them."""
        for number in self._numbers:
            await self._spawn(number)
            self._keepers.append(asyncio.create_task(self._keep(number)))

    def signal(self, number: int) -> None:
        """Send them all a signal."""
        for process in self._processes.values():
            with suppress(ProcessLookupError):
                process.send_signal(number)

    async def stop(self, seconds: float) -> None:
        """Ask them to stop, wait, and kill those that do not."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*(_stop(process, seconds) for process in self._processes.values()))

    async def _spawn(self, number: int) -> None:
        environment = {**os.environ, NUMBER_VARIABLE: f"{number}{_OF}{os.getpid()}"}
        command = [sys.executable, "-m", "facetry.cli.main", *sys.argv[1:]]
        self._processes[number] = await asyncio.create_subprocess_exec(*command, env=environment)

    async def _keep(self, number: int) -> None:
        while True:
            status = await self._processes[number].wait()
            _log.error("worker %d ended with status %d and is started again", number, status)
            self.restarts += 1
            await asyncio.sleep(RESTART_SECONDS)
            await self._spawn(number)


async def _stop(process: asyncio.subprocess.Process, seconds: float) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), seconds)
    except TimeoutError:
        process.kill()
        await process.wait()
