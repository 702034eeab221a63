"""How long this process has worked for searches that mostly wait for another one."""

from __future__ import annotations

from collections.abc import Awaitable, Coroutine, Generator
from functools import partial
from typing import Any, TypeVar

from facetry.telemetry.tenant_work import TenantWork

T = TypeVar("T")


class Counted(Awaitable[T]):
    """Do what a coroutine does, and count each of its steps as work of a tenant, but not what it waits for."""

    def __init__(self, work: TenantWork, tenant: str, inner: Coroutine[Any, Any, T]) -> None:
        """Count the steps of ``inner``."""
        self._work = work
        self._tenant = tenant
        self._inner = inner

    def __await__(self) -> Generator[Any, Any, T]:
        """Go through the steps and return the result."""
        step = partial(self._inner.send, None)
        while True:
            try:
                with self._work.counted(self._tenant):
                    awaited = step()
            except StopIteration as done:
                result: T = done.value
                return result
            try:
                value = yield awaited
            except BaseException as error:  # noqa: BLE001 - what is thrown in is the coroutine's to deal with
                step = partial(self._inner.throw, error)
            else:
                step = partial(self._inner.send, value)
