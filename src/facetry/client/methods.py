"""Methods that both clients have: each is written once, as what it asks for, and done by either."""

from __future__ import annotations

import functools
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from types import TracebackType
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeVar, overload

from facetry.client.core import Core
from facetry.client.errors import NoAnswerError
from facetry.client.exchange import END, Action, Flow, Item, Pause, Request, Send, Stream
from facetry.client.transports import AsyncTransport, Transport

P = ParamSpec("P")
T = TypeVar("T")


class Methods:
    """Methods of both clients; a core makes their requests."""

    _core: Core


class SyncPart(Methods):
    """A client, or a part of one, whose methods block."""

    def __init__(self, core: Core, transport: Transport) -> None:
        """Do what a core makes of requests over a transport."""
        self._core = core
        self._transport = transport

    def _run(self, flow: Flow[T]) -> T:
        """Return what a flow returns."""
        try:
            action = next(flow)
            while True:
                action = _resumed(flow, self._outcome(action))
        except StopIteration as end:
            result: T = end.value
            return result

    def _iterate(self, stream: Stream[T]) -> Iterator[T]:
        """Yield the items of a stream."""
        try:
            action = next(stream)
            while True:
                if isinstance(action, Item):
                    yield action.value
                    action = next(stream)
                else:
                    action = _resumed(stream, self._outcome(action))
        except StopIteration:
            return
        finally:
            stream.close()

    def _outcome(self, action: Action) -> object:
        """Return what came of an action; an error is raised in the flow, which may know what to do."""
        if isinstance(action, Send):
            try:
                return self._transport.send(action.request)
            except NoAnswerError as error:
                return error
        if isinstance(action, Pause):
            time.sleep(action.seconds)
            return None
        return TypeError("what is iterated asynchronously needs the asynchronous client")


class AsyncPart(Methods):
    """A client, or a part of one, whose methods are awaited."""

    def __init__(self, core: Core, transport: AsyncTransport) -> None:
        """Do what a core makes of requests over a transport."""
        self._core = core
        self._transport = transport

    async def _run(self, flow: Flow[T]) -> T:
        """Return what a flow returns."""
        try:
            action = next(flow)
            while True:
                action = _resumed(flow, await self._outcome(action))
        except StopIteration as end:
            result: T = end.value
            return result

    async def _iterate(self, stream: Stream[T]) -> AsyncIterator[T]:
        """Yield the items of a stream."""
        try:
            action = next(stream)
            while True:
                if isinstance(action, Item):
                    yield action.value
                    action = next(stream)
                else:
                    action = _resumed(stream, await self._outcome(action))
        except StopIteration:
            return
        finally:
            stream.close()

    async def _outcome(self, action: Action) -> object:
        """Return what came of an action; an error is raised in the flow, which may know what to do."""
        if isinstance(action, Send):
            try:
                return await self._transport.send(action.request)
            except NoAnswerError as error:
                return error
        if isinstance(action, Pause):
            import asyncio  # noqa: PLC0415 - it takes long to import, and who awaits this has it already

            await asyncio.sleep(action.seconds)
            return None
        return await anext(action.source, END)


class SyncClient(SyncPart):
    """A client whose methods block; as a context manager it closes itself."""

    def __enter__(self) -> Self:
        """Return the client."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._transport.close()


class AsyncClient(AsyncPart):
    """A client whose methods are awaited; as a context manager it closes itself."""

    async def __aenter__(self) -> Self:
        """Return the client."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        await self._transport.close()


class Method(Generic[P, T]):
    """A method that is one request; what it wraps makes that."""

    def __init__(self, function: Callable[Concatenate[Any, P], Request[T]]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, part: None, owner: type) -> Self: ...

    @overload
    def __get__(self, part: SyncPart, owner: type) -> Callable[P, T]: ...

    @overload
    def __get__(self, part: AsyncPart, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...

    def __get__(self, part: SyncPart | AsyncPart | None, owner: type) -> object:
        """Return the method of a part."""
        if part is None:
            return self
        function, core, run = self._function, part._core, part._run  # noqa: SLF001 - this makes its methods

        def call(*args: P.args, **kwargs: P.kwargs) -> object:
            return run(core.performed(function(part, *args, **kwargs)))

        return functools.update_wrapper(call, function)


class Steps(Generic[P, T]):
    """A method that takes several requests; what it wraps is their flow."""

    def __init__(self, function: Callable[Concatenate[Any, P], Flow[T]]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, part: None, owner: type) -> Self: ...

    @overload
    def __get__(self, part: SyncPart, owner: type) -> Callable[P, T]: ...

    @overload
    def __get__(self, part: AsyncPart, owner: type) -> Callable[P, Coroutine[Any, Any, T]]: ...

    def __get__(self, part: SyncPart | AsyncPart | None, owner: type) -> object:
        """Return the method of a part."""
        if part is None:
            return self
        function, run = self._function, part._run  # noqa: SLF001 - this makes its methods

        def call(*args: P.args, **kwargs: P.kwargs) -> object:
            return run(function(part, *args, **kwargs))

        return functools.update_wrapper(call, function)


class Iteration(Generic[P, T]):
    """A method that is iterated; what it wraps is the stream of its items."""

    def __init__(self, function: Callable[Concatenate[Any, P], Stream[T]]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    @overload
    def __get__(self, part: None, owner: type) -> Self: ...

    @overload
    def __get__(self, part: SyncPart, owner: type) -> Callable[P, Iterator[T]]: ...

    @overload
    def __get__(self, part: AsyncPart, owner: type) -> Callable[P, AsyncIterator[T]]: ...

    def __get__(self, part: SyncPart | AsyncPart | None, owner: type) -> object:
        """Return the method of a part."""
        if part is None:
            return self
        function, iterate = self._function, part._iterate  # noqa: SLF001 - this makes its methods

        def call(*args: P.args, **kwargs: P.kwargs) -> object:
            return iterate(function(part, *args, **kwargs))

        return functools.update_wrapper(call, function)


def _resumed(flow: Any, outcome: object) -> Any:  # noqa: ANN401 - a flow or a stream, and what it wants next
    """Give a flow what came of its action, and return its next one."""
    return flow.throw(outcome) if isinstance(outcome, Exception) else flow.send(outcome)
