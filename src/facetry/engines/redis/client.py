"""Scripts sent to a server, many that are asked for at once in one go, and none waited for longer than a moment."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Sequence
from contextlib import suppress
from typing import Any, NamedTuple, cast

from redis.asyncio import Redis, RedisCluster
from redis.exceptions import NoScriptError, RedisClusterException, RedisError

from facetry.domain.errors import StoreError
from facetry.engines.redis.breaker import Breaker
from facetry.engines.redis.scripts import Script

PATIENCE_SECONDS = 0.25
"""A server that has not answered by then is taken for away."""
REST_SECONDS = 1.0
"""How long it is left alone then."""
MOST_TOGETHER = 100
"""So many scripts go in one go at most: the driver needs a while for more, which is not the server's fault."""
_GRACE_SECONDS = 0.05
_WAIT_MILLISECONDS = 200
# That of a cluster without nodes is no kind of the other one.
_FAILURES = (RedisError, RedisClusterException, OSError, TimeoutError)

Argument = bytes | str | int | float
Driver = Redis | RedisCluster


class Call(NamedTuple):
    """A script to be run, and who waits for its answer."""

    script: Script
    key: bytes
    arguments: Sequence[Argument]
    answer: asyncio.Future[Any]

    def by_digest(self) -> tuple[Argument, ...]:
        """Return the command for a server that knows the script."""
        return "EVALSHA", self.script.digest, 1, self.key, *self.arguments

    def by_text(self) -> tuple[Argument, ...]:
        """Return the command for one that does not."""
        return "EVAL", self.script.text, 1, self.key, *self.arguments


class Client:
    """One server, or several that stand for each other, through a driver.

    Attributes:
        prefix: With what names of keys and channels begin.
        replicas: How many replicas must have a change before it is certain.
        breaker: Whether the server is away.
        driver: Sends commands.
    """

    def __init__(self, driver: Driver, prefix: str, replicas: int, asked: Sequence[Redis] = ()) -> None:
        """Begin; nothing is sent yet. Who else is ``asked`` where the server is, is closed with it."""
        self._asked = asked
        self.prefix = prefix
        self.replicas = replicas
        self.breaker = Breaker(REST_SECONDS)
        self.driver = driver
        self._waiting: list[Call] = []
        self._sending: asyncio.Task[None] | None = None
        self._late: set[asyncio.Task[Any]] = set()

    def key(self, kind: str, tenant: str, rest: str = "") -> bytes:
        """Return the name of a tenant's key; all keys of a tenant lie on one node of a cluster."""
        return f"{self.prefix}:{kind}:{{{tenant}}}{rest}".encode()

    async def run(self, script: Script, key: bytes, *arguments: Argument) -> Any:  # noqa: ANN401 - what the script says
        """Run a script and return its answer; what is asked for while others are under way goes together.

        Raises:
            StoreError: The server is away, or does not do it.
        """
        self._check()
        call = Call(script, key, arguments, asyncio.get_running_loop().create_future())
        self._waiting.append(call)
        if self._sending is None:
            self._sending = asyncio.create_task(self._send())
        return await call.answer

    async def run_copied(self, script: Script, key: bytes, *arguments: Argument) -> tuple[Any, bool]:
        """Run a script that writes; return its answer, and whether as many replicas as wanted have it too.

        Raises:
            StoreError: The server is away, or does not do it.
        """
        self._check()
        call = Call(script, key, arguments, asyncio.get_running_loop().create_future())
        try:
            answer, copies = await self._patiently(self._copied(call))
        except _FAILURES as error:
            raise self._away(error) from error
        self.breaker.succeeded()
        return answer, int(copies) >= self.replicas

    async def close(self) -> None:
        """End what is under way and disconnect; harmless to repeat."""
        tasks = [task for task in (self._sending, *self._late) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for driver in (self.driver, *self._asked):
            with suppress(*_FAILURES):
                await driver.aclose()
        if isinstance(self.driver, RedisCluster):
            # After a failure the driver takes itself for closed, and leaves these open.
            for nodes in ("nodes_cache", "startup_nodes"):
                with suppress(*_FAILURES):
                    await self.driver.nodes_manager.aclose(nodes)

    def _check(self) -> None:
        if not self.breaker.lets_pass():
            raise StoreError("the cache server is away")

    def _away(self, error: Exception) -> StoreError:
        reason = str(error) or type(error).__name__
        self.breaker.failed(reason)
        return StoreError(f"the cache server cannot be used: {reason}")

    async def _send(self) -> None:
        """Send what waits, and then what came meanwhile."""
        calls: list[Call] = []
        failure: Exception = StoreError("the cache server is not used any more")
        try:
            while self._waiting:
                calls, self._waiting = self._waiting[:MOST_TOGETHER], self._waiting[MOST_TOGETHER:]
                answers = await self._patiently(self._answers(calls))
                for call, answer in zip(calls, answers, strict=True):
                    self._settle(call, answer)
        except _FAILURES as error:
            failure = self._away(error)
        finally:
            self._sending = None
            # Those who came while a dead server was waited for have waited long enough.
            late, self._waiting = [*calls, *self._waiting], []
            for call in late:
                _fail(call, failure)

    def _settle(self, call: Call, answer: object) -> None:
        if isinstance(answer, Exception):
            _fail(call, self._away(answer))
        else:
            self.breaker.succeeded()
            if not call.answer.done():
                call.answer.set_result(answer)

    async def _patiently(self, work: Awaitable[Any]) -> Any:  # noqa: ANN401 - what the work gives
        """Wait for work for a moment; what takes longer goes on alone, so that the driver learns where servers are.

        Raises:
            TimeoutError: It takes longer.
        """
        task = asyncio.ensure_future(work)
        self._late.add(task)
        task.add_done_callback(self._ended)
        done, _ = await asyncio.wait((task,), timeout=PATIENCE_SECONDS)
        if not done:
            # Perhaps it was this process that stood still, and the answer is there.
            done, _ = await asyncio.wait((task,), timeout=_GRACE_SECONDS)
        if not done:
            raise TimeoutError("no answer in time")
        return task.result()

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._late.discard(task)
        if not task.cancelled():
            task.exception()

    async def _answers(self, calls: Sequence[Call]) -> list[Any]:
        answers = await self._together([call.by_digest() for call in calls])
        unknown = [at for at, answer in enumerate(answers) if isinstance(answer, NoScriptError)]
        if unknown:
            told = await self._together([calls[at].by_text() for at in unknown])
            for at, answer in zip(unknown, told, strict=True):
                answers[at] = answer
        return answers

    async def _together(self, commands: Sequence[tuple[Argument, ...]]) -> list[Any]:
        # The kinds of pipelines that the driver has share no type.
        pipeline = cast("Any", self.driver).pipeline(transaction=False)
        for command in commands:
            pipeline.execute_command(*command)
        return cast("list[Any]", await pipeline.execute(raise_on_error=False))

    async def _copied(self, call: Call) -> tuple[Any, int]:
        wait = ("WAIT", self.replicas, _WAIT_MILLISECONDS)
        if isinstance(self.driver, RedisCluster):
            return await self._copied_in_cluster(self.driver, call, wait)
        answer, copies = await self._together([call.by_digest(), wait])
        if isinstance(answer, NoScriptError):
            answer, copies = await self._together([call.by_text(), wait])
        for one in (answer, copies):
            if isinstance(one, Exception):
                raise one
        return answer, copies

    async def _copied_in_cluster(
        self, cluster: RedisCluster, call: Call, wait: tuple[Argument, ...]
    ) -> tuple[Any, int]:
        """Do both on one connection to the node that has the key; where that moved, nothing is certain."""
        # What follows finds out where the key is now, and has the script known there.
        [answer] = await self._answers([call])
        if isinstance(answer, Exception):
            raise answer
        node = cluster.get_node_from_key(call.key.decode())
        if node is None:
            return answer, 0
        connection: Any = node.acquire_connection()
        try:
            await connection.connect()
            await connection.send_packed_command(connection.pack_commands([call.by_digest(), wait]))
            return await connection.read_response(), await connection.read_response()
        except RedisError:
            await connection.disconnect()
            return answer, 0
        finally:
            node.release(connection)


def _fail(call: Call, failure: Exception) -> None:
    if not call.answer.done():
        call.answer.set_exception(failure)
        # Whoever asked may have gone away.
        call.answer.exception()
