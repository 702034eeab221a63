"""Spans: which steps a request took, how long each was, what came of it; only where that is asked for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any, Protocol, TypeVar, cast

T = TypeVar("T")


class Span(Protocol):
    """One step, while it lasts."""

    @property
    def traceparent(self) -> str:
        """Return what another program names as the parent of its own spans (W3C Trace Context)."""

    def rename(self, name: str) -> None:
        """Give it the name that is only known at its end."""

    def note(self, name: str, value: str | int | bool) -> None:  # noqa: FBT001 - a value like the others
        """Add an attribute."""

    def fail(self, kind: str) -> None:
        """Say that it failed, and of what kind the error was; never its text, which may hold what was sent."""


class Tracer(Protocol):
    """Makes spans; safe to use from any task, and never in the way of what is traced."""

    def request(self, method: str, headers: Mapping[str, str]) -> AbstractContextManager[Span]:
        """Begin the span of a request, below the span that its headers (W3C Trace Context) name, if they do."""

    def step(self, name: str, tenant: str) -> AbstractContextManager[Span]:
        """Begin the span of a step below that which the task is in; an error that leaves it makes it a failed one."""

    async def close(self) -> None:
        """Send what is waiting, for a second at most; harmless to repeat."""


class _Traced:
    """Another object, some of whose methods are spans; all else is its own."""

    def __init__(self, target: object, tracer: Tracer, names: Mapping[str, str]) -> None:
        self._target = target
        for method, name in names.items():
            setattr(self, method, _spanned(getattr(target, method), tracer, name))

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the other object has
        return getattr(self._target, name)


def traced(target: T, tracer: Tracer | None, names: Mapping[str, str]) -> T:
    """Return an object that does what another does, with a span around each call of some of its methods.

    Args:
        target: The other object; returned as it is where there is no tracer, so that nothing is paid then.
        tracer: Makes the spans.
        names: The names of the spans by method; each is a coroutine function whose first argument is the tenant.
    """
    return target if tracer is None else cast("T", _Traced(target, tracer, names))


def _spanned(method: Callable[..., Awaitable[T]], tracer: Tracer, name: str) -> Callable[..., Awaitable[T]]:
    @wraps(method)
    async def call(tenant: str, *arguments: object, **options: object) -> T:
        with tracer.step(name, tenant):
            return await method(tenant, *arguments, **options)

    return call
